"""How orders and stock-outs move: the tables, read beside the shop's procedure."""

from .order import ORDER
from .stock_out import STOCK_OUT

__all__ = ["ORDER", "STOCK_OUT"]
