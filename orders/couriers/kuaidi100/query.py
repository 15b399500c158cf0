"""The query: `customer`, `sign` and `param`, the signed text, as a form. At most once in 30 minutes for one number."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from ..canonical import in_order, listed, meaning, point, read_object, text
from ..contract import Account, Answer, Request, Track, Unreadable, Wanted
from ..outcomes import Outcome
from .codes import COMPANIES, STATES, told
from .signature import sign_query

BASE = "https://poll.kuaidi100.com"
ADVANCED = "4"  # resultv2: with the advanced codes, where the contract has them
# What it answers instead of a track; 501 and 502 are its own trouble.
REFUSALS = {
    "400": Outcome.BAD_NUMBER, "408": Outcome.BAD_PHONE, "500": Outcome.NO_RECORD, "501": Outcome.AWAY,
    "502": Outcome.AWAY, "503": Outcome.BAD_KEY, "600": Outcome.BAD_KEY, "601": Outcome.QUOTA,
}  # fmt: skip


def worded(value: Mapping[str, Any]) -> str:
    """The text that is signed, and sent as it was signed."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def query(account: Account, wanted: Wanted) -> Request:
    asked: dict[str, Any] = {"com": wanted.carrier, "num": wanted.number}
    if wanted.phone:
        asked["phone"] = wanted.phone
    param = worded({**asked, "resultv2": ADVANCED, "show": "0", "order": "desc"})
    form = {
        "customer": account.customer,
        "sign": sign_query(param, account.key, account.customer),
        "param": param,
    }
    return Request(f"{account.base or BASE}/poll/query.do", urlencode(form).encode())


def answered(raw: bytes) -> Answer:
    """Raises Unreadable."""
    found = read_object(raw)
    words = text(found.get("message"), 200)
    if isinstance(found.get("data"), list) and text(found.get("status")) in ("", "200"):
        track = track_of(found)
        return Answer(Outcome.TRACKED if track.points else Outcome.NO_RECORD, words, track)
    code = text(found.get("returnCode"), 20) or text(found.get("status"), 20)
    if not code and not words:
        raise Unreadable("neither a track nor a refusal")
    if "频繁" in words or "锁" in words:
        return Answer(Outcome.TOO_OFTEN, words)
    outcome = REFUSALS.get(code, Outcome.MALFORMED)
    return Answer(outcome, f"{words} ({code})", later=outcome == Outcome.AWAY)


def track_of(found: Mapping[str, Any]) -> Track:
    """Of an answer or of a push's lastResult. Raises Unreadable where it names no number."""
    number, rows = text(found.get("nu"), 64), listed(found.get("data"))
    if not number:
        raise Unreadable("no number")
    dated = [(point(row.get("ftime") or row.get("time"), row.get("context")), row) for row in rows]
    known = [(p, row) for p, row in dated if p is not None]
    last = max(known, key=lambda pair: pair[0].at)[1] if known else {}
    codes = told(text(found.get("state"), 20), text(last.get("statusCode"), 20))
    state, flag = meaning(STATES, codes, moving=bool(known))
    names = {code: name for name, code in COMPANIES.items()}
    carrier = text(found.get("com"), 40)
    return Track(number, names.get(carrier, carrier), state, in_order(p for p, _row in known), flag)
