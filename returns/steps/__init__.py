"""What the steps of returns and disputes do beside moving. Importing registers them."""

from ..belongings import bring
from ..eligibility import excluded
from ..tables import RETURN
from . import (
    applying,
    deciding,
    disputing,
    ending,
    exchanging,
    handing_back,
    intercepting,
    offering,
    paying,
    receiving,
    sending,
)

__all__ = [
    "applying",
    "deciding",
    "disputing",
    "ending",
    "exchanging",
    "handing_back",
    "intercepting",
    "offering",
    "paying",
    "receiving",
    "sending",
]

RETURN.brings(bring, *RETURN.rows)
RETURN.brings(excluded.bring, "approve", "reopen")
