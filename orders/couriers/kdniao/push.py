"""Its pushes: RequestData, signed with the account's key, as a form; several numbers in one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ..canonical import ZONE, listed, read_object, text
from ..contract import Account, Form, Push, Unreadable
from .query import track_of
from .signature import is_signed

MOST = 100  # numbers in one push: each becomes a row of its own


def proves(form: Form, account: Account) -> bool:
    """Signed with the key, and addressed to this account: two shops may share neither."""
    data = form.get("RequestData", "")
    signed = is_signed(data, form.get("DataSign", ""), account.key)
    return signed and form.get("EBusinessID", account.customer) in ("", account.customer)


def pushed(form: Form) -> Sequence[Push]:
    """Raises Unreadable."""
    said = listed(read_object(form.get("RequestData", "")).get("Data"))
    if not 0 < len(said) <= MOST:
        raise Unreadable(f"between one and {MOST} parts are expected in Data")
    return [_part(one) for one in said]


def _part(one: Mapping[str, Any]) -> Push:
    """The same news keeps its id when the service says it again, at another PushTime."""
    track = track_of(one)
    newest = track.at.isoformat() if track.at else ""
    news = hashlib.sha256(repr((track.points, track.flag)).encode("utf-8", "surrogatepass")).hexdigest()[:24]
    words = text(one.get("Reason"), 200)
    return Push(f"{track.number}:{track.state}:{newest}:{news}", track, words=words)


def heard(form: Form, well: bool, why: str, now: datetime) -> dict[str, Any]:
    said = form.get("RequestData", "")
    try:
        customer = text(read_object(said).get("EBusinessID"), 40)
    except Unreadable:
        customer = ""
    return {
        "EBusinessID": customer,
        "UpdateTime": now.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S"),
        "Success": well,
        "Reason": why,
    }
