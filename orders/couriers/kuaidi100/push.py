"""Its pushes: `sign` and `param` as a form; the whole track each time, until it is signed for or given up."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ..canonical import read_object, text
from ..contract import Account, Form, Push, Unreadable
from .query import track_of
from .signature import is_signed

ABORTED = "abort"  # 3天查询无记录, 60天无变化: it may be subscribed to again after half an hour


def proves(form: Form, account: Account) -> bool:
    return is_signed(form.get("param", ""), form.get("sign", ""), account.salt)


def pushed(form: Form) -> Sequence[Push]:
    """Raises Unreadable."""
    param = form.get("param", "")
    said = read_object(param)
    last = said.get("lastResult")
    if not isinstance(last, dict):
        raise Unreadable("no lastResult")
    track = track_of(last)
    status = text(said.get("status"), 20)
    newest = track.at.isoformat() if track.at else ""
    news = hashlib.sha256(param.encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return [
        Push(
            f"{track.number}:{status}:{track.state}:{newest}:{news}", track, status == ABORTED,
            text(said.get("message"), 200),
        )
    ]  # fmt: skip


def heard(form: Form, well: bool, why: str, now: datetime) -> dict[str, Any]:
    if well:
        return {"result": True, "returnCode": "200", "message": "成功"}
    return {"result": False, "returnCode": "500", "message": why or "失败"}
