"""What the simulated colleagues do about orders and goods that are out of stock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from . import courier
from .colleagues import Deed, Duty
from .messages import yuan
from .products import GOODS

Case = Mapping[str, Any]


def plain(step: str, inputs: Callable[[Random, Case], dict[str, Any]] | None = None) -> Any:
    """Always this step."""
    return lambda rng, case: Deed(step, inputs(rng, case) if inputs else {})


def parcel(rng: Random, case: Case) -> dict[str, Any]:
    carrier, number = courier.parcel_number(rng)
    return {"carrier": carrier, "tracking_number": number}


def missing(rng: Random, case: Case) -> dict[str, Any]:
    return {"lines": [{"line": case["lines"][0]["line"]}]}


def _instead(rng: Random, case: Case) -> Any:
    """Something of the same kind as what is missing (a line is named by its goods)."""
    goods, sku = GOODS[case["shop"]], case["lines"][0]["line"]
    kind = next((g.category for g in goods if g.sku == sku), "")
    same = [g for g in goods if g.category == kind and g.sku != sku]
    return rng.choice(same or goods)


def contact(rng: Random, case: Case) -> dict[str, Any]:
    words = "您好，您买的商品暂时缺货，很抱歉。可以等调货、换一件相近的，或退款，您看哪样方便？"
    return {"channel": rng.choice(("im", "phone")), "words": words, "offered": [_instead(rng, case).sku]}


def refund(rng: Random, case: Case) -> dict[str, Any]:
    return {"refund_of": rng.choice(("order", "lines"))}


def wait(rng: Random, case: Case) -> dict[str, Any]:
    return {"promised_for": (datetime.now(UTC) + timedelta(seconds=rng.uniform(60, 180))).isoformat()}


def swap(rng: Random, case: Case) -> dict[str, Any]:
    goods = _instead(rng, case)
    quantity = case["lines"][0]["quantity"]
    return {"sku": goods.sku, "title": goods.title, "quantity": quantity, "price": yuan(goods.price * quantity)}


DUTIES = (
    Duty(5, "agent", "orders", "awaiting_confirmation", plain("confirm")),
    Duty(6, "auditor", "orders", "awaiting_audit", plain("audit")),
    Duty(5, "warehouse", "orders", "picking", plain("ship", parcel)),
    Duty(1, "warehouse", "orders", "picking", plain("pack")),
    Duty(1, "warehouse", "orders", "picking", plain("report_stock_out", missing)),
    Duty(2, "warehouse", "orders", "packed", plain("ship", parcel)),
    Duty(2, "agent", "stock-outs", "reported", plain("contact", contact)),
    Duty(1, "agent", "stock-outs", "contacting", plain("agree_refund", refund)),
    Duty(1, "agent", "stock-outs", "contacting", plain("agree_wait", wait)),
    Duty(1, "agent", "stock-outs", "contacting", plain("agree_swap", swap)),
    Duty(1, "auditor", "stock-outs", "swapping", plain("swap", swap)),
    Duty(1, "warehouse", "stock-outs", "waiting_stock", plain("found")),
)
