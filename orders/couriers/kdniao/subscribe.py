"""The subscription: the service pushes to the address that the shop has entered in its account there."""

from __future__ import annotations

from ..canonical import read_object, text
from ..contract import Account, Answer, Request, Wanted
from ..outcomes import Outcome
from .query import SUBSCRIBE, asked, is_well, refused, worded


def subscribe(account: Account, wanted: Wanted, address: str) -> Request:
    return asked(account, worded(wanted), SUBSCRIBE)


def subscribed(raw: bytes) -> Answer:
    """Subscribed twice is subscribed. Raises Unreadable."""
    found = read_object(raw)
    words = text(found.get("Reason"), 200)
    if is_well(found) or "重复" in words or "已订阅" in words:
        return Answer(Outcome.SUBSCRIBED, words)
    return refused(words)
