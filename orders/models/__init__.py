"""Orders and what belongs to them."""

from .contact import Contact, StockOut
from .courier import CourierContract, LastAsked, Lookup
from .logistics_query import LogisticsQuery, QueryNote
from .money import Entry, Payment
from .order import Amendment, Line, Order
from .parcel import Parcel
from .product import Product, Related
from .refund import Refund

__all__ = [
    "Amendment",
    "Contact",
    "CourierContract",
    "Entry",
    "LastAsked",
    "Line",
    "LogisticsQuery",
    "Lookup",
    "Order",
    "Parcel",
    "Payment",
    "Product",
    "QueryNote",
    "Refund",
    "Related",
    "StockOut",
]
