"""Returns, disputes, and what belongs to them."""

from .claim import CourierClaim, FreightAdvance, PayeeRead
from .dispute import Dispute
from .evidence import Evidence
from .offer import Offer
from .pack import PackTaken
from .page import LinkRevoked, Visits
from .parcel import BackParcel
from .return_ import Return, ReturnLine

__all__ = [
    "BackParcel",
    "CourierClaim",
    "Dispute",
    "Evidence",
    "FreightAdvance",
    "LinkRevoked",
    "Offer",
    "PackTaken",
    "PayeeRead",
    "Return",
    "ReturnLine",
    "Visits",
]
