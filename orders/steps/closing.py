"""An order is closed, and open again where the goods went their way after all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.cells import OUTSIDE
from flows.effects import FollowUp, Tell

from .. import money
from ..models import Order
from ..states import Closed
from ..tables import ORDER


def alive(order: Order, *, collected: bool = False) -> Iterator[FollowUp]:
    """The goods went their way after all: a closed order is open again, its unsent refund is pulled back.

    collected: they were handed over, on delivery against money.

    Where its money went over to another order the goods may go out twice: people are told.
    """
    if order.close_reason in (Closed.SWAPPED, Closed.MERGED):
        yield Tell("order.goods_out_twice", {"closed": order.close_reason})
    order.close_reason, order.wish, order.closed_at = "", "", None
    for refund in [r for r in order.purse.live() if r.owed]:
        yield from money.pull_back(order, refund.cause)
    yield from money.presume(order, collected=collected)


@ORDER.on("close_refunded")
def close_refunded(order: Order, **_inputs: Any) -> Iterator[FollowUp]:
    """Where the platform says so it has paid: our own refunds that nobody has heard of are pulled back."""
    order.close_reason, order.closed_at = Closed.REFUNDED, order.moment
    if order.caller & OUTSIDE:
        for refund in order.purse.live():
            yield from money.pull_back(order, refund.cause)
