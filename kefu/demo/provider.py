"""The sample shops' payment provider: carries out what Kefu asks for, in a ledger of its own, and answers by hooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .messages import Message
from .payments import Ledger, carry_out
from .wishes import dice

# What goes wrong, and how often. Nothing is lost or paid wrongly for good: at the end two ledgers are compared.
SHARES = {
    "usual": 0.70, "at_once": 0.04, "twice": 0.06, "late": 0.05, "fails_then_pays": 0.07, "wrong_then_right": 0.04,
    "silent": 0.04,
}  # fmt: skip


def mode_of(seed: int, key: str) -> str:
    """The same key misbehaves in the same way, however often it is sent."""
    [mode] = dice(seed, "pays", key).choices(list(SHARES), list(SHARES.values()))
    return mode


def answers(ledger: Ledger, seed: int, hurry: float, data: Mapping[str, Any]) -> list[Message]:
    """What follows from one `refund.send`: pays at once, says so in its time. Some customers say that it came."""
    rng, key, order = dice(seed, "told", data["key"]), str(data["key"]), str(data["order"])
    told = []
    for answer in carry_out(ledger, data, mode_of(seed, key)):
        at, name = answer.after / hurry, _id(answer.name, data)
        told.append(Message(at, data["shop"], order, name, answer.type, answer.data, at))
    if told and told[-1].type == "refund.succeeded" and rng.random() < 0.45:
        told.append(_came(data, told[-1].after + rng.uniform(15, 60) / hurry, key, order, rng.random() < 0.3))
    return told


def _id(name: str, data: Mapping[str, Any]) -> str:
    """Of its own for each attempt: what is said at another time is no repetition of the same message."""
    return f"pay.{name}.{data.get('attempt', 1)}"


def _came(data: Mapping[str, Any], at: float, key: str, order: str, on_the_page: bool) -> Message:
    """The customer has seen the money: on the return's page, or at the platform."""
    if on_the_page and data.get("return"):
        return Message(at, data["shop"], str(data["return"]), _id(f"{key}.seen", data), "page.received", {}, at)
    told = {"key": key, "order": order}
    return Message(at, data["shop"], order, _id(f"{key}.came", data), "refund.confirmed", told, at)
