"""The native events of an order."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from ..refused import invalid
from .fields import Fen, Moment, Number, OrderFact, Quantity, Ref, Short, Text, Words

Lines = Annotated[list["Line"], Meta(min_length=1, max_length=1000)]
Exclusion = Literal["", "made_to_order", "fresh", "digital", "periodical", "unsealed", "activated", "flawed"]
Parcels = Annotated[list["Parcel"], Meta(max_length=200)]


class Buyer(Struct, frozen=True, kw_only=True):
    id: Short = ""
    name: Short = ""
    phone: Annotated[str, Meta(max_length=40)] = ""


class Address(Struct, frozen=True, kw_only=True):
    province: Short = ""
    city: Short = ""
    district: Short = ""
    detail: Text
    postcode: Annotated[str, Meta(max_length=20)] = ""


class Line(Struct, frozen=True, kw_only=True):
    """`paid`: the whole line after discounts, tax included; `unit_price`: of one piece, before discounts.

    `exclusion`: why it has not the seven days; `confirmed`: the buyer confirmed that at purchase. `bundle`: the set or
    offer it was bought in. For a gift `unit_price` is the price marked on it beforehand.
    """

    line: Ref
    sku: Short
    title: Text
    quantity: Quantity
    unit_price: Fen
    paid: Fen
    gift: bool = False
    category: Annotated[str, Meta(max_length=40)] = ""
    exclusion: Exclusion = ""
    confirmed: bool = False
    bundle: Annotated[str, Meta(max_length=64)] = ""


class Some(Struct, frozen=True, kw_only=True):
    """So many of a line; `quantity` absent: all of it that is still owed."""

    line: Ref
    quantity: Quantity | None = None


class Parcel(Struct, frozen=True, kw_only=True):
    """`lines` absent: all that is still owed."""

    tracking_number: Number
    carrier: Annotated[str, Meta(max_length=40)] = ""
    lines: Annotated[list[Some], Meta(min_length=1, max_length=1000)] | None = None


class OrderPlaced(OrderFact, frozen=True, kw_only=True):
    type: ClassVar = "order.placed"
    payment: Literal["online", "cod"]
    buyer: Buyer
    address: Address
    lines: Lines
    freight: Fen
    total: Fen
    placed_at: Moment | None = None  # absent: when it occurred
    ship_by: Moment | None = None
    currency: Annotated[str, Meta(max_length=3)] = ""
    channel: Annotated[str, Meta(max_length=40)] = ""
    buyer_note: Words = ""
    insured: bool = False  # with freight insurance (运费险), which pays the way back

    def check(self, currency: str) -> None:
        check_currency(self.currency, currency)
        check_lines(self.lines)
        if sum(line.paid for line in self.lines) + self.freight != self.total:
            raise invalid("The lines' paid and the freight do not add up to the total.", "/data/total", "inconsistent")


class OrderPaid(OrderFact, frozen=True, kw_only=True):
    type: ClassVar = "order.paid"
    amount: Fen | None = None  # absent: the order's total
    transaction: Short = ""  # the payment's own number
    method: Short = ""
    currency: Annotated[str, Meta(max_length=3)] = ""

    def check(self, currency: str) -> None:
        check_currency(self.currency, currency)


class OrderAbandoned(OrderFact, frozen=True, kw_only=True):
    type: ClassVar = "order.abandoned"
    by: Literal["customer", "merchant", "platform"] = "customer"
    reason: Words = ""


class OrderAmended(OrderFact, frozen=True, kw_only=True):
    """What has changed; what is absent stays as it is.

    `snapshot`: the source tells the whole of the order every time, changed or not (WooCommerce): where nothing differs
    from what is known, nothing was amended.
    """

    type: ClassVar = "order.amended"
    buyer: Buyer | None = None
    address: Address | None = None
    lines: Lines | None = None
    freight: Fen | None = None
    total: Fen | None = None
    ship_by: Moment | None = None
    buyer_note: Words | None = None
    currency: Annotated[str, Meta(max_length=3)] = ""
    snapshot: bool = False

    def check(self, currency: str) -> None:
        check_currency(self.currency, currency)
        check_lines(self.lines or [])
        if self.lines is None or self.freight is None or self.total is None:
            return
        if sum(line.paid for line in self.lines) + self.freight != self.total:
            raise invalid("The lines' paid and the freight do not add up to the total.", "/data/total", "inconsistent")


class OrderCancelRequested(OrderFact, frozen=True, kw_only=True):
    """A wish: whether it cancels is decided by who wishes it and how the order is paid."""

    type: ClassVar = "order.cancel_requested"
    by: Literal["customer", "merchant", "platform"] = "customer"
    reason: Words = ""


class OrderClosed(OrderFact, frozen=True, kw_only=True):
    """It has happened: never barred."""

    type: ClassVar = "order.closed"
    reason: Literal["unpaid", "cancelled", "refunded"]
    by: Literal["customer", "merchant", "platform"] = "platform"
    words: Words = ""

    @property
    def from_platform(self) -> bool:
        return self.reason != "cancelled"


class OrderPacked(OrderFact, frozen=True, kw_only=True):
    type: ClassVar = "order.packed"
    parcels: Parcels = []


class OrderShipped(OrderFact, frozen=True, kw_only=True):
    """Carrier and tracking number are required: without them nobody can say where it is."""

    type: ClassVar = "order.shipped"
    parcels: Annotated[list[Parcel], Meta(min_length=1, max_length=200)]

    def check(self, currency: str) -> None:
        for i, parcel in enumerate(self.parcels):
            if not parcel.carrier:
                raise invalid("A shipped parcel needs its carrier.", f"/data/parcels/{i}/carrier")


class OrderSigned(OrderFact, frozen=True, kw_only=True):
    """Naming parcels ends those, naming none ends all; so for the next two."""

    type: ClassVar = "order.signed"
    parcels: Parcels = []


class OrderParcelRejected(OrderFact, frozen=True, kw_only=True):
    type: ClassVar = "order.parcel_rejected"
    parcels: Parcels = []


class OrderBounced(OrderFact, frozen=True, kw_only=True):
    type: ClassVar = "order.bounced"
    parcels: Parcels = []


class OrderCompleted(OrderFact, frozen=True, kw_only=True):
    type: ClassVar = "order.completed"


class OrderOutOfStock(OrderFact, frozen=True, kw_only=True):
    type: ClassVar = "order.out_of_stock"
    lines: Annotated[list[Some], Meta(min_length=1, max_length=1000)]
    words: Words = ""


def check_currency(told: str, currency: str) -> None:
    if told and told != currency:
        raise invalid("The currency is not the shop's.", "/data/currency", "currency")


def check_lines(lines: list[Line]) -> None:
    if len({line.line for line in lines}) != len(lines):
        raise invalid("Two lines have the same name.", "/data/lines")
