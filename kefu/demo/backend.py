"""The sample shops' back ends listen too: they follow parcels, stop what is off, hear what their customers say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from . import courier, customers, referee, talk, wishes
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
# What brings up a wish of the customer's; with the order end those that are not told yet.
WISHES = {
    "order.pay": (wishes.UNSHIPPED,),
    "order.ship": (wishes.ON_THE_WAY,),
    "order.sign": (wishes.SIGNED, wishes.AGAIN),
}


@dataclass
class Reaction:
    """`answers`: messages to be sent, their times from now · `drops`: by number, types of messages that are no longer
    to be sent · `settled`: the order whose customer has asked, or was helped before: they ask for nothing more."""

    answers: list[Message] = field(default_factory=list)
    drops: dict[str, frozenset[str]] = field(default_factory=dict)
    settled: str = ""


def react(seed: int, hurry: float, event: Mapping[str, Any], settled: Collection[str] = ()) -> Reaction:
    """What a back end does about one event of ours, and its customers say to it; refunds are the provider's. settled:
    the orders that earlier reactions have named so."""
    reaction = _react(seed, hurry, event, settled)
    if answered := talk.unsaid(seed, event):
        reaction.drops = {**reaction.drops, answered: frozenset({"message.received"})}
    reaction.answers += talk.hears(seed, hurry, event)
    return reaction


def _react(seed: int, hurry: float, event: Mapping[str, Any], settled: Collection[str]) -> Reaction:
    topic, data = event["type"], event["data"]
    if topic == "order.stop_parcel" and data.get("flow") == "return":
        return called_back(seed, hurry, event)
    if topic.startswith("order."):
        return of_order(seed, hurry, topic, data, settled)
    if topic.startswith("dispute.") and data.get("step"):
        tell, _number = referee.of_dispute(seed, hurry, event)
        return Reaction(tell.told)
    if topic.startswith("return.") and data.get("step"):
        return of_return(seed, hurry, event)
    return Reaction()


def of_order(seed: int, hurry: float, topic: str, data: Mapping[str, Any], settled: Collection[str]) -> Reaction:
    number, reaction = str(data.get("number", "")), Reaction()
    by_people = data.get("who") in PEOPLE
    if topic in OVER:
        reaction.drops = {number: TO_SHIP} | unasked(number)
    elif topic in ("order.ship", "order.ship_part") and by_people:
        reaction = Reaction(follow(seed, hurry, data, number), {number: TO_SHIP})
    elif topic == "order.report_stock_out" and by_people:
        reaction.drops = {number: TO_SHIP}
    elif topic == "order.drop_rest":
        reaction.settled = number
    elif topic == "order.audit" and "-H" in number:
        reaction.answers = replacement(seed, hurry, data, number)
    asked = [m for when in WISHES.get(topic, ()) for m in customers.ask(seed, hurry, number, when)]
    if asked and number not in settled:
        reaction.answers += asked
        reaction.settled = number
    return reaction


def of_return(seed: int, hurry: float, event: Mapping[str, Any]) -> Reaction:
    case = customers.react(seed, hurry, event)
    reaction = Reaction(case.tell.told, {case.tell.number: frozenset(case.drops)})
    if event["type"] == "return.start" and case.wish and case.wish.when == wishes.UNSHIPPED:
        reaction.drops[case.wish.order] = TO_SHIP  # nobody sends what is about to be cancelled
    if event["type"] == "return.start" and case.wish is None:
        reaction.settled = case.tell.number.rpartition("-")[0]
        reaction.drops |= unasked(reaction.settled)
    return reaction


def unasked(order: str) -> dict[str, frozenset[str]]:
    """Nobody asks for anything about this order any more."""
    unsaid = frozenset(customers.ALL | {"return.requested"})
    return {f"{order}{wishes.MARK}{when}": unsaid for when in wishes.SHARES}


def called_back(seed: int, hurry: float, event: Mapping[str, Any]) -> Reaction:
    """The courier is asked to turn round: what it would have said of the parcel's way to the customer is void."""
    data, number = event["data"], str(event["data"]["number"])
    name = f"{number}.stop.{data.get('seq', 0)}"
    tell = Teller(wishes.dice(seed, name), data["shop"], number, hurry, name)
    turned = number.partition("-S")[0] != number and referee.called_back(tell, data.get("parcels") or [])
    order = number.partition("-")[0]
    return Reaction(tell.told, {order: frozenset({"parcel.tracked"})} if turned else {})


def _dice(seed: int, name: str) -> Random:
    return Random(f"{seed}:{name}")  # noqa: S311 (dice, no secret)


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
    """What was swapped for missing goods, or is sent after a return, mostly leaves by the shop's own hand."""
    rng = _dice(seed, f"{number}:{data['seq']}")
    if rng.random() < 0.35:  # by that of the warehouse here
        return []
    teller = Teller(rng, data["shop"], number, hurry, f"{number}.swap{data['seq']}")
    at = rng.uniform(20, 50)
    carrier, tracking = courier.parcel_number(rng)
    teller.of_order("order.shipped", at, parcels=[{"carrier": carrier, "tracking_number": tracking}])
    teller.parcel(at, carrier, tracking)
    return teller.told
