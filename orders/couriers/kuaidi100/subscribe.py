"""The subscription: from now on the service looks for itself, and pushes to the address that is told here."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from ..canonical import read_object, text
from ..contract import Account, Answer, Request, Unreadable, Wanted
from ..outcomes import Outcome
from .query import ADVANCED, BASE, worded

OUTCOMES = {
    "200": Outcome.SUBSCRIBED, "501": Outcome.SUBSCRIBED,  # 501: it is subscribed already
    "500": Outcome.AWAY, "600": Outcome.BAD_KEY, "601": Outcome.QUOTA, "700": Outcome.BAD_NUMBER,
    "701": Outcome.UNSERVED, "702": Outcome.BAD_NUMBER,
}  # fmt: skip


def subscribe(account: Account, wanted: Wanted, address: str) -> Request:
    more: dict[str, Any] = {"callbackurl": address, "salt": account.salt, "resultv2": ADVANCED, "autoCom": "0"}
    if wanted.phone:
        more["phone"] = wanted.phone
    param = {"company": wanted.carrier, "number": wanted.number, "key": account.key, "parameters": more}
    form = {"schema": "json", "param": worded(param)}
    return Request(f"{account.base or BASE}/poll", urlencode(form).encode())


def subscribed(raw: bytes) -> Answer:
    """Raises Unreadable."""
    found = read_object(raw)
    code, words = text(found.get("returnCode"), 20), text(found.get("message"), 200)
    if not code:
        raise Unreadable("no returnCode")
    outcome = OUTCOMES.get(code, Outcome.MALFORMED)
    return Answer(outcome, words if code == "200" else f"{words} ({code})", later=outcome == Outcome.AWAY)
