"""An order is closed, and open again where the goods went their way after all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.effects import FollowUp, Take

from .. import money
from ..models import Order
from ..states import Closed
from ..tables import ORDER


def alive(order: Order) -> Iterator[FollowUp]:
    """The goods went their way after all: a closed order is open again, its unsent refund is pulled back."""
    order.close_reason = order.wish = ""
    yield from money.pull_back(order, "cancel")
    yield from settled(order)


def settled(order: Order) -> Iterator[FollowUp]:
    """Once all that was paid is refunded, the order is closed, whatever is reported of it later."""
    if order.paid > 0 and order.refunded >= order.paid:
        yield Take("order", order.pk, "close_refunded", must=False)


@ORDER.on("close_refunded")
def close_refunded(order: Order, **_inputs: Any) -> None:
    order.close_reason = Closed.REFUNDED
