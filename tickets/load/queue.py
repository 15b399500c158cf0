"""What nobody has: by queue, with how long it waits and why nobody got it; and a page of the tickets themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Coalesce

from flows.due import span

from ..assign.bring import unassigned
from ..assign.chooser import choose
from ..assign.people import Hand, Waiting
from ..assign.rules import Rules
from ..assign.weighing import WHOLE
from ..models import Ticket
from ..states import OPEN, Colour, Desk, Kind

PAGE = 50


@dataclass(frozen=True)
class Group:
    """Of one shop, desk and kind: how many wait, how many of them are red, how long the first one, and why."""

    shop: int
    desk: str
    kind: str
    count: int
    red: int
    waited: str
    why: str
    shop_name: str = ""


def groups(names: dict[int, str], hands: Sequence[Hand], rules: Rules, now: datetime) -> list[Group]:
    """One statement."""
    counted = (
        unassigned().filter(shop__in=sorted(names)).values("shop_id", "desk", "kind")
        .annotate(n=Count("pk"), red=Count("pk", filter=Q(colour=Colour.RED)),
                  first=Min(Coalesce("waiting_since", "created_at")))
        .order_by("first")
    )  # fmt: skip
    return [
        Group(
            row["shop_id"], str(Desk(row["desk"]).label), str(Kind(row["kind"]).label), row["n"], row["red"],
            span(int((now - row["first"]).total_seconds())),
            _why(row["shop_id"], row["desk"], row["kind"], row["first"], hands, rules, now), names[row["shop_id"]],
        )
        for row in counted
    ]  # fmt: skip


def _why(
    shop: int, desk: str, kind: str, since: datetime, hands: Sequence[Hand], rules: Rules, now: datetime
) -> str:  # fmt: skip
    """As the chooser would say it now; empty where the next second gives it to somebody."""
    rule = rules.of(shop, desk, kind)
    ticket = Waiting(0, shop, desk, kind, since, weight=rule.weight(kind) * WHOLE)
    choice = choose(ticket, [h for h in hands if h.shop == shop], rule, at=now, now=now)
    return choice.why if choice.hand is None else ""


def tickets(shops: Iterable[int], agent: str, start: int) -> tuple[list[Ticket], bool]:
    """A page of somebody's open tickets, or of nobody's (agent ""), the longest waiting first. -> they, and whether
    there are more."""
    rows: QuerySet[Ticket] = Ticket.objects.filter(shop__in=sorted(shops), agent=agent, state__in=OPEN)
    rows = rows.select_related("shop", "customer").order_by(Coalesce("waiting_since", "created_at"), "pk")
    found = list(rows[start : start + PAGE + 1])
    return found[:PAGE], len(found) > PAGE
