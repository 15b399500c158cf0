"""What an order's steps do beside moving, and what is recorded when they are reported."""

from __future__ import annotations

from collections.abc import Iterator

from flows.facts import Told

from .. import goods, money
from ..models import Order
from ..tables import ORDER
from . import cancelling, closing, missing, paying, placing, querying, refunding, shipping

__all__ = ["cancelling", "closing", "missing", "paying", "placing", "querying", "refunding", "shipping"]


@ORDER.infers
def facts(order: Order) -> Iterator[Told]:
    """What the goods and the money say of their order."""
    yield from order.goods.facts()
    yield from money.facts(order)


ORDER.brings(
    goods.bring,
    *ORDER.strength,
    "track",
    "amend",
    "report_stock_out",
    "recall",
    "resend",
    "drop_rest",
    "merge",
    "absorb",
)
ORDER.brings(
    money.bring,
    *ORDER.strength,
    "amend",
    "refund_succeeded",
    "refund_moved",
    "drop_rest",
    "merge",
    "absorb",
)
