"""What happens to the n-th order, as its shop's back end tells it. Pure: the same seed and number, the same story."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from . import buyers, courier
from .messages import AGAIN, Message, Teller, yuan
from .products import GOODS
from .shops import SAMPLES, Sample

# Every so many orders one is never paid, so that whoever watches soon sees the clock close one.
NEVER_PAID = 11
EVERY = 3.0  # seconds between two orders of all shops together, at pace 1


@dataclass(frozen=True)
class Story:
    """`gap`: seconds after the story before it, at pace 1. `total` in fen. `basket`: what was bought, of
    each line: sku, title, quantity, category, exclusion, and "fen", what was paid for the whole line."""

    n: int
    shop: str
    number: str
    payment: str
    total: int
    titles: str
    gap: float
    basket: tuple[dict[str, Any], ...]
    messages: tuple[Message, ...]


def number_of(sample: Sample, seed: int, n: int) -> str:
    return f"{sample.prefix}{seed % 1000:03d}{n:06d}"


def n_of(number: str, seed: int) -> int | None:
    """Which story an order's number belongs to; None for another seed's or somebody else's. A replacement's is -H1."""
    head = number.partition("-")[0]
    for sample in SAMPLES:
        start = f"{sample.prefix}{seed % 1000:03d}"
        if head.startswith(start) and head.removeprefix(start).isdecimal():
            return int(head.removeprefix(start))
    return None


def story(seed: int, n: int, hurry: float = 1.0) -> Story:
    rng = Random(f"{seed}:{n}")  # noqa: S311 (dice, no secret)
    [sample] = rng.choices(SAMPLES, [s.share for s in SAMPLES])
    teller = Teller(rng, sample.code, number_of(sample, seed, n), hurry)
    forgotten = n % NEVER_PAID == 3
    payment = "cod" if rng.random() < sample.cod and not forgotten else "online"
    lines, freight = _basket(rng, sample.code)
    total = sum(line["fen"] for line in lines) + freight
    placed = {
        "payment": payment, "buyer": buyers.buyer(rng), "address": buyers.address(rng), "freight": yuan(freight),
        "lines": [_line(line) for line in lines], "total": yuan(total), "buyer_note": buyers.note(rng),
        "insured": rng.random() < sample.insured,
    }  # fmt: skip
    paid = _begun(teller, sample, payment, placed, forgotten)
    if paid is not None:
        _goes_on(teller, sample, payment, paid, lines)
    titles = "、".join(f"{line['title']} ×{line['quantity']}" for line in lines)
    gap = EVERY * rng.uniform(0.4, 1.6)
    return Story(n, sample.code, teller.number, payment, total, titles, gap, tuple(lines), tuple(teller.told))


def _basket(rng: Random, shop: str) -> tuple[list[dict[str, Any]], int]:
    chosen = rng.sample(GOODS[shop], rng.choices((1, 2, 3), (6, 3, 1))[0])
    lines = []
    for goods in chosen:
        quantity = rng.choices((1, 2), (5, 1))[0]
        fen = goods.price * quantity * rng.choice((100, 100, 100, 95, 90)) // 100
        lines.append({"sku": goods.sku, "title": goods.title, "quantity": quantity, "price": goods.price,
                      "category": goods.category, "exclusion": goods.exclusion, "fen": fen})  # fmt: skip
    return lines, rng.choice((0, 0, 800))


def _line(line: dict[str, Any]) -> dict[str, Any]:
    return {"line": line["sku"], "sku": line["sku"], "title": line["title"], "quantity": line["quantity"],
            "unit_price": yuan(line["price"]), "paid": yuan(line["fen"]), "category": line["category"],
            "exclusion": line["exclusion"], "confirmed": bool(line["exclusion"])}  # fmt: skip


def _begun(teller: Teller, sample: Sample, payment: str, placed: dict[str, Any], forgotten: bool) -> float | None:
    """Placed, and mostly paid. -> when it is ready to be worked on; None: never."""
    rng, dice = teller.rng, 0.2 if forgotten else teller.rng.random()
    if payment == "cod":
        teller.of_order("order.placed", 0, **placed)
        return 0.0
    closes = float(sample.limits["unpaid_close"][0])
    at, late = rng.uniform(2, 15), 0.0
    if dice < 0.05:  # the payment overtakes the order
        late = at + 4
    elif dice < 0.09:  # paid after the clock has closed it: it opens again
        at = closes + rng.uniform(8, 20)
    teller.of_order("order.placed", 0, late, **placed)
    if 0.09 <= dice < 0.17:
        teller.of_order("order.abandoned", rng.uniform(5, closes * 0.7), by="customer", reason="不想要了")
    if 0.09 <= dice < 0.22:  # abandoned, or never heard of again: then the clock closes it
        return None
    teller.of_order("order.paid", at, amount=placed["total"], transaction=f"PAY{teller.number}", method="alipay")
    return at


def _goes_on(teller: Teller, sample: Sample, payment: str, paid: float, lines: list[dict[str, Any]]) -> None:
    """From the payment to the parcel: a change, a cancellation, a stock-out, or simply shipped."""
    rng, dice = teller.rng, teller.rng.random()
    if dice < 0.07:
        by = "merchant" if payment == "cod" and rng.random() < 0.5 else "customer"
        at = paid + rng.uniform(8, 60)
        teller.of_order("order.cancel_requested", at, by=by, reason=rng.choice(("拍错了", "不想要了", "地址填错")))
        if by == "merchant" or payment == "online":
            return
        paid = at  # a wish on cash on delivery: it goes on, with a person in between
    elif dice < 0.14:
        at = paid + rng.uniform(6, 25)
        teller.of_order("order.amended", at, address=buyers.address(rng), version=1)
        paid = at
    elif dice < 0.22:
        _missing(teller, payment, paid, lines)
        return
    if rng.random() < sample.by_itself:
        _shipped(teller, paid + rng.uniform(15, 75), lines)
    elif rng.random() < 0.65:  # left to the people here for some minutes, then somebody at the shop does it
        _shipped(teller, paid + rng.uniform(240, 600), lines)


def _missing(teller: Teller, payment: str, paid: float, lines: list[dict[str, Any]]) -> None:
    """Some are settled by the customer or by the shop after a while, the others wait for the people here."""
    rng, at = teller.rng, paid + teller.rng.uniform(15, 40)
    short = lines[:1] if rng.random() < 0.7 else lines
    named = [{"line": line["sku"], "quantity": 1 if rng.random() < 0.5 else line["quantity"]} for line in short]
    teller.of_order("order.out_of_stock", at, lines=named)
    dice = rng.random()
    if dice < 0.25:
        by = "merchant" if payment == "cod" else "customer"
        teller.of_order("order.cancel_requested", at + rng.uniform(80, 200), by=by, reason="缺货，不等了")
    elif dice < 0.45:
        _shipped(teller, at + rng.uniform(100, 220), lines)


def _shipped(teller: Teller, at: float, lines: list[dict[str, Any]]) -> None:
    """In one parcel or two; now and then the courier is faster than the shop's message."""
    rng = teller.rng
    late = rng.uniform(40, 90) if rng.random() < 0.06 else 0.0
    halves = [lines[:1], lines[1:]] if len(lines) > 1 and rng.random() < 0.4 else [lines]
    for i, some in enumerate(halves):
        carrier, number = courier.parcel_number(rng)
        one: dict[str, Any] = {"carrier": carrier, "tracking_number": number}
        if len(halves) > 1:
            one["lines"] = [{"line": line["sku"], "quantity": line["quantity"]} for line in some]
        twist = AGAIN if rng.random() < 0.1 else ""
        teller.of_order("order.shipped", at + 12 * i, late, twist, parcels=[one])
        teller.parcel(at + 12 * i, carrier, number)
