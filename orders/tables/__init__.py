"""How orders, stock-outs and refunds move: the tables, read beside the shop's procedure."""

from .order import ORDER
from .refund import REFUND
from .stock_out import STOCK_OUT

__all__ = ["ORDER", "REFUND", "STOCK_OUT"]
