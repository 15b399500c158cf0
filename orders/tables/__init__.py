"""How orders, stock-outs, logistics queries and refunds move: the tables, read beside the shop's procedure."""

from .logistics_query import LOGISTICS_QUERY
from .order import ORDER
from .refund import REFUND
from .stock_out import STOCK_OUT

__all__ = ["LOGISTICS_QUERY", "ORDER", "REFUND", "STOCK_OUT"]
