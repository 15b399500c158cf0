"""How much a person carries: the weights of their open tickets, each as much as it asks of them now.

Whole while the customer waits for us. Half while the customer has the last word within ten minutes: a conversation that
is on comes right back. A quarter while a colleague works on it. Nothing once the customer has been silent for longer:
such tickets lie there for three days, and a seat that counted them would be full of people who have left.
Counted in quarters, so that sums are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from ..models import Ticket
from ..states import OPEN, OWED, T
from .rules import rules_of

WHOLE, HALF, QUARTER = 4, 2, 1
WARM = timedelta(minutes=10)


def loads(agents: Sequence[str], at: datetime) -> dict[str, dict[int, int]]:
    """{login: {shop: quarters}}, over all shops, each ticket by its own shop's weights: two statements."""
    if not agents:
        return {}
    found = list(_counted(Ticket.objects.filter(agent__in=list(agents), state__in=OPEN), at))
    rules = rules_of(shop for _agent, shop, *_rest in found)
    carried: dict[str, dict[int, int]] = {}
    for agent, shop, desk, kind, part, count in found:
        of_shop = carried.setdefault(agent, {})
        of_shop[shop] = of_shop.get(shop, 0) + rules.of(shop, desk, kind).weight(kind) * part * count
    return carried


def _counted(rows: QuerySet[Ticket], at: datetime) -> Iterable[tuple[str, int, str, str, int, int]]:
    """-> (login, shop, desk, kind, how much of its weight, how many)"""
    part = Case(
        When(state__in=OWED, then=Value(WHOLE)),
        When(state=T.AWAITING_INTERNAL, then=Value(QUARTER)),
        default=Value(HALF),
        output_field=IntegerField(),
    )
    warm = ~Q(state=T.AWAITING_CUSTOMER) | Q(answered_at__gte=at - WARM)
    names = ("agent", "shop_id", "desk", "kind", "part")
    counted = rows.filter(warm).annotate(part=part).values(*names).annotate(n=Count("pk"))
    found: Iterable[tuple[str, int, str, str, int, int]] = counted.order_by().values_list(*names, "n")
    return found


def shown(quarters: int) -> str:
    """14 -> 3.5"""
    return f"{quarters / WHOLE:g}"
