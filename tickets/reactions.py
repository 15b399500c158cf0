"""What happens to orders and moves their tickets, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.effects import FollowUp, Take
from orders.models import Order
from orders.tables import ORDER

from .models import Ticket
from .states import LIVE

SPOKEN_OF = "spoken_of"  # of an order about to start: the keys of the tickets that speak of it


def bring(orders: Sequence[Order]) -> None:
    """The tickets that speak of these orders by a number that was not here yet: one statement a batch."""
    names = {(o.shop_id, o.number): o for o in orders}
    talked = Ticket.objects.filter(shop__in={s for s, _n in names}, order_named__in={n for _s, n in names})
    rows = talked.exclude(order_named="").filter(state__in=LIVE).order_by("pk")
    for pk, shop, number in rows.values_list("pk", "shop_id", "order_named"):
        if order := names.get((shop, number)):
            order.__dict__.setdefault(SPOKEN_OF, []).append(pk)


ORDER.brings(bring, "start")


@ORDER.after("start")
def appeared(order: Order) -> Iterator[FollowUp]:
    for pk in order.__dict__.get(SPOKEN_OF, ()):
        yield Take("ticket", pk, "link", {"order": order.pk}, must=False)
