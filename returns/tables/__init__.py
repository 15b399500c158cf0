"""How returns and disputes move: the tables, read beside the shop's procedure."""

from .dispute import DISPUTE
from .return_ import RETURN

__all__ = ["DISPUTE", "RETURN"]
