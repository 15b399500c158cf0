"""What the composer offers for a ticket: replies found by what was typed, and those that the case calls for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shops.access import Caller

from ..models import QuickReply
from . import habits
from .case import ReplyCase
from .defaults import fits_of
from .filling import Values
from .rights import usable
from .scenes import Scene
from .search import busy, find
from .suggest import Hint, Situation, fitting, hints
from .template import Filled, filled

MOST = 30  # rows of a list; who wants more types a letter


@dataclass(frozen=True)
class Offered:
    """A reply as it would be said in this case. why: of a suggestion."""

    reply: QuickReply
    filled: Filled
    why: str = ""


class Shelf:
    """The replies that a caller may use on a ticket, with how often they are used: three statements."""

    def __init__(self, caller: Caller, case: ReplyCase) -> None:
        self.case, self.values = case, Values(case)
        self.replies = usable(caller, case.ticket.shop, case.ticket.desk)
        habits.bring(self.replies, case.ticket.shop_id, caller.by, case.at)

    def found(self, typed: str = "", scene: str = "", most: int = MOST) -> list[Offered]:
        """The best first; nothing typed: what the case calls for, then the most used."""
        those = [r for r in self.replies if not scene or r.scene == scene]
        first = [] if typed.strip() or scene else self.suggested()
        there = {o.reply.pk for o in first}
        rest = [r for r in find(those, typed) if r.pk not in there]
        return [*first, *(self.offered(r) for r in rest)][:most]

    def suggested(self) -> list[Offered]:
        """For each scene that the case calls for, one reply: the one made for such a case, that leaves least empty, the
        most used among those."""
        now = situation(self.case)
        told = now.told
        return [found for hint in hints(now) if (found := self._best(hint, told)) is not None]

    def _best(self, hint: Hint, told: Mapping[str, frozenset[str]]) -> Offered | None:
        ranked = []
        for reply in self.replies:
            fits = fitting(fits_of().get(reply.key, {}), told) if reply.scene == hint.scene else None
            if fits is not None:
                offered = self.offered(reply, hint.why)
                ranked.append(((-fits, len(offered.filled.empty), *busy(reply)), offered))
        return min(ranked, key=lambda pair: pair[0], default=(None, None))[1]

    def offered(self, reply: QuickReply, why: str = "") -> Offered:
        return Offered(reply, filled(reply.words, self.values), why)

    def scenes(self) -> Sequence[Scene]:
        """Those that have a reply, in their order."""
        there = {r.scene for r in self.replies}
        return [scene for scene in Scene if scene in there]


def situation(case: ReplyCase) -> Situation:
    """The case in a few words."""
    ret, order = case.ret, case.order
    return Situation(
        kind=case.ticket.kind, words=case.words, answered=case.ticket.first_answered_at is not None,
        order=str(order.state) if order else "", parcel=case.parcel.status if case.parcel else "",
        stock_out=str(case.stock_out.state) if case.stock_out else "",
        query=str(case.query.state) if case.query else "", return_state=str(ret.state) if ret else "",
        return_kind=ret.kind if ret else "", return_reason=ret.reason if ret else "",
        refund=str(case.refund.state) if case.refund else "", late=case.late,
        payment=order.payment if order else "", insured=bool(order and order.insured),
    )  # fmt: skip
