"""The parts of a WooCommerce order that a desk needs (REST v3), and the same in native terms."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any

from msgspec import Meta, Struct

from hooks.events.fields import NAMES
from hooks.refused import invalid

from .provinces import PROVINCES

Amount = str | int | float | None
_AMOUNT = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,12})?")


class Person(Struct, frozen=True):
    first_name: str = ""
    last_name: str = ""
    address_1: str = ""
    address_2: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""
    phone: str = ""


class Item(Struct, frozen=True):
    id: int
    name: str = ""
    quantity: int = 1
    product_id: int = 0
    variation_id: int = 0
    sku: str | None = None
    subtotal: Amount = None
    subtotal_tax: Amount = None
    total: Amount = None
    total_tax: Amount = None

    @property
    def paid(self) -> int:
        return fen(self.total) + fen(self.total_tax)


class Refund(Struct, frozen=True):
    """As an order lists it; its total is negative."""

    id: int
    total: Amount = None
    reason: str | None = None

    @property
    def data(self) -> dict[str, Any]:
        return {"key": f"woocommerce-{self.id}", "amount": yuan(abs(fen(self.total))), "reason": clip(self.reason, 300)}


class Kept(Struct, frozen=True):
    """A plugin's own data."""

    key: str = ""
    value: Any = None


class Order(Struct, frozen=True):
    id: int
    number: Annotated[str, Meta(min_length=1, max_length=64, pattern=NAMES)]
    status: Annotated[str, Meta(min_length=1, max_length=60)]
    currency: str
    total: Amount
    date_created_gmt: str | None = None
    date_modified_gmt: str | None = None
    date_paid_gmt: str | None = None
    date_completed_gmt: str | None = None
    shipping_total: Amount = None
    shipping_tax: Amount = None
    customer_id: int = 0
    customer_note: str | None = None
    created_via: str = ""
    payment_method: str = ""
    transaction_id: str = ""
    billing: Person = Person()
    shipping: Person = Person()
    line_items: list[Item] = []
    fee_lines: list[Item] = []
    refunds: list[Refund] = []
    meta_data: list[Kept] = []

    @property
    def created(self) -> datetime:
        at = gmt(self.date_created_gmt, "/date_created_gmt") or gmt(self.date_modified_gmt, "/date_modified_gmt")
        if at is None:
            raise invalid("An order has a date.", "/date_created_gmt")
        return at

    @property
    def modified(self) -> datetime:
        return gmt(self.date_modified_gmt, "/date_modified_gmt") or self.created

    @property
    def paid(self) -> datetime | None:
        return gmt(self.date_paid_gmt, "/date_paid_gmt")

    @property
    def completed(self) -> datetime | None:
        return gmt(self.date_completed_gmt, "/date_completed_gmt")


def gmt(text: str | None, pointer: str) -> datetime | None:
    """The `*_gmt` fields are UTC without saying so."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise invalid("Expected a date and time.", pointer) from None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if not 2000 < at.year < 2100:
        raise invalid("Expected a moment of this century.", pointer)
    return at.astimezone(UTC)


def fen(amount: Amount) -> int:
    """Amounts are texts with the shop's own number of places, from some plugins numbers; they may be negative."""
    text = "0" if amount is None or amount == "" else str(amount)
    if not _AMOUNT.fullmatch(text):
        raise invalid("Expected an amount.", "/total")
    return int((Decimal(text) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def yuan(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02}"


def clip(text: str | None, most: int) -> str:
    """Texts come HTML-escaped, and longer than ours may be."""
    return html.unescape(text or "")[:most]


def contents(order: Order) -> dict[str, Any]:
    """Buyer, address, lines and sums of `order.placed` and `order.amended`."""
    paid, freight = shares(order)
    lines = [line(item, share) for item, share in zip(goods(order), paid, strict=True)]
    to = order.shipping if order.shipping.address_1 else order.billing
    return {
        "buyer": {
            "id": str(order.customer_id) if order.customer_id else "",
            "name": clip(name(to), 100),
            "phone": clip(to.phone or order.billing.phone, 40),
        },
        "address": {
            "province": clip(PROVINCES.get(to.state, to.state) if to.country == "CN" else to.state, 100),
            "city": clip(to.city, 100),
            "detail": clip(" ".join(filter(None, (to.address_1, to.address_2))), 300),
            "postcode": clip(to.postcode, 20),
        },
        "lines": lines,
        "freight": yuan(freight),
        "total": yuan(sum(paid) + freight),
        "buyer_note": clip(order.customer_note, 4000),
    }


def name(person: Person) -> str:
    """Chinese names stand family name first, unspaced."""
    first, last = person.first_name.strip(), person.last_name.strip()
    return f"{last}{first}" if not (first + last).isascii() else f"{first} {last}".strip()


def goods(order: Order) -> list[Item]:
    return [item for item in order.line_items if item.quantity > 0]


def line(item: Item, paid: int) -> dict[str, Any]:
    return {
        "line": item.id,
        "sku": clip(item.sku or str(item.variation_id or item.product_id), 100),
        "title": clip(item.name, 300),
        "quantity": item.quantity,
        "unit_price": yuan(max(0, fen(item.subtotal) + fen(item.subtotal_tax)) // item.quantity),
        "paid": yuan(paid),
    }


def shares(order: Order) -> tuple[list[int], int]:
    """-> what each line paid and the freight, in fen; together exactly the order's total.

    Fees (wrapping, payment) and what rounding leaves over are the freight's: no goods come back for them. A discount
    that WooCommerce keeps as a negative fee is the lines', in proportion.
    """
    paid = [max(0, item.paid) for item in goods(order)]
    fees = sum(max(0, fee.paid) for fee in order.fee_lines)
    freight = max(0, fen(order.shipping_total) + fen(order.shipping_tax)) + fees
    total = fen(order.total)
    if total < 0:
        raise invalid("The total is negative.", "/total")
    over = sum(paid) + freight - total
    if over > 0:
        paid = _lessened(paid, min(over, sum(paid)))
    return paid, total - sum(paid)


def _lessened(paid: list[int], by: int) -> list[int]:
    """Each less by its share, rounded down; what is then still to go comes off the last ones."""
    whole = sum(paid) or 1
    left = [share - share * by // whole for share in paid]
    rest = sum(left) - (sum(paid) - by)
    for i in reversed(range(len(left))):
        off = min(rest, left[i])
        left[i] -= off
        rest -= off
    return left


def parcels(order: Order) -> list[dict[str, Any]]:
    """Parcels as the shipment tracking plugins keep them (Shipment Tracking, Advanced Shipment Tracking)."""
    kept = [meta.value for meta in order.meta_data if meta.key == "_wc_shipment_tracking_items"]
    found = {}
    for item in kept[-1] if kept and isinstance(kept[-1], list) else []:
        if isinstance(item, dict):
            number = str(item.get("tracking_number") or "").strip()
            carrier = str(item.get("tracking_provider") or item.get("custom_tracking_provider") or "").strip()
            if number and carrier:
                found[number] = {"tracking_number": number[:64], "carrier": carrier[:40]}
    return list(found.values())
