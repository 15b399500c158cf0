"""What the steps of returns and disputes do beside moving. Importing registers them."""

from ..belongings import bring
from ..tables import RETURN
from . import paying

__all__ = ["paying"]

RETURN.brings(bring, *RETURN.rows)
