"""The sample shops' back ends listen too: they send refunds, follow parcels that people here ship, stop what is off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from . import courier
from .messages import Message, Teller

# After these nothing of what the story had still to say comes to pass.
OVER = {
    "order.cancel",
    "order.close_unpaid",
    "order.abandon",
    "order.merge",
    "order.close_refunded",
    "order.reject_parcel",
}
PEOPLE = {"agent", "auditor", "warehouse", "lead"}
TO_SHIP = frozenset({"order.shipped", "order.amended", "order.out_of_stock"})


@dataclass
class Reaction:
    """`answers`: messages to be sent, their times from now · `drops`: types of messages about `number` that are no
    longer to be sent."""

    number: str
    answers: list[Message] = field(default_factory=list)
    drops: frozenset[str] = frozenset()


def react(seed: int, hurry: float, event: Mapping[str, Any]) -> Reaction:
    """What a back end does about one event of ours."""
    topic, data = event["type"], event["data"]
    number = str(data.get("order") or data.get("number", ""))
    reaction = Reaction(number)
    if topic == "refund.send":
        reaction.answers = refund(seed, hurry, data, number)
    elif topic in OVER:
        reaction.drops = TO_SHIP
    elif topic in ("order.ship", "order.ship_part") and data.get("who") in PEOPLE:
        reaction.answers, reaction.drops = follow(seed, hurry, data, number), TO_SHIP
    elif topic == "order.report_stock_out" and data.get("who") in PEOPLE:
        reaction.drops = TO_SHIP
    elif topic == "order.audit" and "-H" in number:
        reaction.answers = replacement(seed, hurry, data, number)
    return reaction


def _dice(seed: int, name: str) -> Random:
    return Random(f"{seed}:{name}")  # noqa: S311 (dice, no secret)


def refund(seed: int, hurry: float, data: Mapping[str, Any], number: str) -> list[Message]:
    """Carried out within seconds; now and then it fails first and is done by hand a minute later."""
    key, rng = data["key"], _dice(seed, data["key"])
    teller = Teller(rng, data["shop"], number, hurry, f"refund.{key}")
    at = rng.uniform(3, 9)
    if rng.random() < 0.08:
        teller.tell("refund.failed", at, key=key, order=number, reason="收款账户异常")
        at += 60
    voucher = f"V{rng.randrange(10**10):010d}"
    teller.tell("refund.succeeded", at, key=key, order=number, amount=data["amount"], voucher=voucher)
    return teller.told


def follow(seed: int, hurry: float, data: Mapping[str, Any], number: str) -> list[Message]:
    """The courier's part of parcels that people here have shipped."""
    told = []
    for parcel in (data.get("inputs") or {}).get("parcels") or ():
        tracking = parcel["tracking_number"].upper()
        teller = Teller(_dice(seed, f"{number}:{tracking}"), data["shop"], number, hurry, f"{number}.{tracking}")
        teller.parcel(0, parcel["carrier"], tracking)
        told += teller.told
    return told


def replacement(seed: int, hurry: float, data: Mapping[str, Any], number: str) -> list[Message]:
    """What was swapped for missing goods leaves by the shop's own hand."""
    rng = _dice(seed, f"{number}:{data['seq']}")
    teller = Teller(rng, data["shop"], number, hurry, f"{number}.swap{data['seq']}")
    at = rng.uniform(20, 50)
    carrier, tracking = courier.parcel_number(rng)
    teller.of_order("order.shipped", at, parcels=[{"carrier": carrier, "tracking_number": tracking}])
    teller.parcel(at, carrier, tracking)
    return teller.told
