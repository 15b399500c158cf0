"""The policy of each queue as values: a kind's own row goes before its desk's, and that before the defaults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..models import QueuePolicy
from ..states import Desk, Kind

# A complaint takes as much attention as two other conversations; what is not named takes that of one.
WEIGHTS: dict[str, int] = dict.fromkeys((Kind.COMPLAINT, Kind.APPEAL, Kind.DISPUTE, Kind.BAD_REVIEW), 2)
MINUTE = 60


@dataclass(frozen=True)
class Rule:
    """How one queue is given out; lengths in seconds. The defaults work without any setup: whoever of the shop is
    online, an agent before a lead, and nobody waits for the one who knows them (a greeting is due within 15 s)."""

    on: bool = True
    named: frozenset[str] = frozenset()
    weights: Mapping[str, int] = field(default_factory=dict)
    prefer_known: bool = True
    hold_for: int = 0
    red_to_leads: bool = True
    anybody_after: int = 5 * MINUTE
    silent_after: int = 5 * MINUTE

    def weight(self, kind: str) -> int:
        return self.weights.get(kind, WEIGHTS.get(kind, 1))


DEFAULT = Rule()


class Rules:
    """Those of some shops."""

    def __init__(self, rows: Iterable[QueuePolicy] = ()) -> None:
        self._rules = {(r.shop_id, r.desk, r.kind): _rule(r) for r in rows}

    def of(self, shop: int, desk: str, kind: str = "") -> Rule:
        own = self._rules.get((shop, desk, kind))
        return own or self._rules.get((shop, desk, "")) or DEFAULT

    def off(self, shop: int) -> dict[str, list[str]]:
        """{desk: the kinds of it that nobody is given}"""
        found = {desk: [k.value for k in Kind if not self.of(shop, desk, k).on] for desk in Desk.values}
        return {desk: kinds for desk, kinds in found.items() if kinds}

    @property
    def shortest_silence(self) -> int:
        return min([DEFAULT.silent_after, *(r.silent_after for r in self._rules.values())])


def rules_of(shops: Iterable[int]) -> Rules:
    """One statement."""
    return Rules(QueuePolicy.objects.filter(shop__in=sorted(set(shops))))


def _rule(row: QueuePolicy) -> Rule:
    return Rule(
        row.on, frozenset(row.named), row.weights, row.prefer_known, row.hold_for, row.red_to_leads,
        row.anybody_after, row.silent_after,
    )  # fmt: skip
