"""Orders and what belongs to them."""

from .contact import Contact, StockOut
from .money import Entry, Payment
from .order import Amendment, Line, Order
from .parcel import Parcel
from .product import Product, Related
from .refund import Refund

__all__ = [
    "Amendment",
    "Contact",
    "Entry",
    "Line",
    "Order",
    "Parcel",
    "Payment",
    "Product",
    "Refund",
    "Related",
    "StockOut",
]
