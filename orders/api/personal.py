"""What is shown of a buyer: all of it to who may see it, else masked (contract §3)."""

from __future__ import annotations

from typing import Any

from ..models import Order
from ..phones import masked_name, masked_phone, masked_words

PARTS = ("province", "city", "district", "detail", "postcode")
REGION = ("province", "city", "district")


def buyer(order: Order, unmasked: bool) -> dict[str, str]:
    name, phone = order.buyer_name, order.buyer_phone
    if not unmasked:
        name, phone = masked_name(name), masked_phone(phone)
    return {"id": order.buyer_id, "name": name, "phone": phone}


def address(order: Order, unmasked: bool) -> dict[str, str]:
    """The region stays: where a parcel goes is no secret, whose door it is."""
    told = {part: str(order.address.get(part) or "") for part in PARTS}
    if unmasked:
        return told
    return {part: text if part in REGION else "****" if text else "" for part, text in told.items()}


def note(order: Order, unmasked: bool) -> str:
    return order.buyer_note if unmasked else masked_words(order.buyer_note)


def schema() -> dict[str, Any]:
    text = {"type": "string"}
    return {"type": "object", "properties": dict.fromkeys(PARTS, text), "required": list(PARTS)}
