"""What an order's steps do beside moving, and what is recorded when they are reported."""

from .. import goods, money
from ..tables import ORDER
from . import cancelling, closing, missing, placing, refunding, shipping

__all__ = ["cancelling", "closing", "missing", "placing", "refunding", "shipping"]

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
ORDER.brings(money.bring, *ORDER.strength, "refund_succeeded", "refund_failed", "drop_rest", "merge", "absorb")
