"""What the steps of returns and disputes do beside moving. Importing registers them."""

from ..belongings import bring
from ..tables import RETURN
from . import applying, deciding, ending, offering, paying

__all__ = ["applying", "deciding", "ending", "offering", "paying"]

RETURN.brings(bring, *RETURN.rows)
