"""The number of a return that nobody has named: {order}-R{n}."""

from __future__ import annotations

from collections.abc import Container
from itertools import count

from flows.models import LONGEST
from orders.models import Order

from .models import Return


def next_of(order: Order, known: Container[str] | None = None) -> str:
    """The next that is free, under the order's lock. known: the numbers of its returns, where they are loaded.

    A shop's own back end may have called another return so: then the one after it.
    """
    if known is None:
        known = set(Return.objects.filter(order=order).values_list("number", flat=True))
    stem = f"{order.number}-R"
    same = Return.objects.filter(shop=order.shop_id)
    tried = (f"{stem}{n}"[:LONGEST] for n in count(1))
    return next(name for name in tried if name not in known and not same.filter(number=name).exists())
