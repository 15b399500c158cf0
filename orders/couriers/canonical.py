"""One set for the codes of all services: the states of `parcel.tracked`; and what their texts and times mean.

Two services give one code different meanings (快递100: 0 in transit, 1 picked up, 2 problem; 快递鸟: 0 nothing,
1 picked up, 2 in transit): a code means nothing without its table. A signature by a locker or a station is none (the
contract): it is `locker`, until the customer's own signature or the clock of the order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from orders.states import TRACKED, P

from .contract import Point, Unreadable

NOTHING_YET = ""  # ordered, to be collected: no track of a parcel
ZONE = ZoneInfo("Asia/Shanghai")  # couriers say their times without an offset
MOST_POINTS, LONGEST, DEEPEST = 200, 300, 32
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
Table = Mapping[str, str]


def table(*groups: tuple[str, str]) -> Table:
    """("signed", "3 301 302") … -> {code: state}; each code once, each state of the canonical set."""
    found: dict[str, str] = {}
    for state, codes in groups:
        for code in codes.split():
            if code in found or (state != NOTHING_YET and state not in TRACKED):
                raise LookupError(f"{code}: {state}")
            found[code] = state
    return found


def meaning(codes: Table, told: Iterable[str], *, moving: bool) -> tuple[str, str]:
    """The first known of the codes, the most precise first. -> its state, and the first that we do not know, to be kept
    as it came. None known: where it is moving at all, it is in transit."""
    said = [code for code in told if code]
    flag = next((code for code in said if code not in codes), "")[:40]
    known = next((codes[code] for code in said if code in codes), None)
    if known is None:
        known = P.IN_TRANSIT.value if moving and said else NOTHING_YET
    return known, flag


# ---- what services write
def read_object(raw: bytes | str) -> dict[str, Any]:
    """The JSON object of an answer. Raises Unreadable."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise Unreadable("not JSON") from None
    if not isinstance(found, dict):
        raise Unreadable("not an object")
    return found


def text(value: object, most: int = LONGEST) -> str:
    """A text or a number as one clean line; anything else is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    plain = str(value)[: 4 * most].encode("utf-8", "ignore").decode()  # half a surrogate pair cannot be kept
    return _CONTROLS.sub(" ", plain).strip()[:most]


def listed(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def point(at: object, words: object) -> Point | None:
    """None where its time cannot be read: a point without one has no place in a track."""
    try:
        found = datetime.fromisoformat(text(at, 40).replace("/", "-"))
    except ValueError:
        return None
    if not 2000 < found.year < 2100:
        return None
    return Point((found if found.tzinfo else found.replace(tzinfo=ZONE)).astimezone(UTC), text(words))


def in_order(points: Iterable[Point | None]) -> tuple[Point, ...]:
    """Oldest first, each once, the newest MOST_POINTS."""
    return tuple(sorted({p for p in points if p is not None}, key=lambda p: (p.at, p.text))[-MOST_POINTS:])
