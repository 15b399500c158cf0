"""Parcels of a return: what was said of each, in any order of arrival, and what was in it.

What the customer sends travels to us; a parcel of the order's own that was refused, recalled or brought back travels to
us under its old number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flows.effects import Add, FollowUp, Save
from orders import couriers
from orders.couriers.asking import watched
from orders.goods import checked
from orders.parcels import MOST_POINTS, reach
from orders.states import P

from . import lost
from .models import BackParcel, Return

NAMES = (
    "carrier", "contents", "counted", "sent_at", "told_by", "status", "status_at", "track", "bounced_at", "received_at",
    "received_by", "scans", "words",
)  # fmt: skip
Lines = Sequence[Mapping[str, Any]]


def find(ret: Return, number: str) -> BackParcel | None:
    number = couriers.normal(number)
    return next((p for p in ret.belongings.parcels if p.tracking_number == number), None)


@contextmanager
def of(ret: Return, number: str) -> Iterator[tuple[BackParcel, list[FollowUp]]]:
    """-> the return's parcel of this number, a new one where it has none, and the list that keeps what is done to it:
    nothing where nothing changes."""
    found = find(ret, number)
    parcel = found or BackParcel(shop_id=ret.shop_id, of_id=ret.pk, tracking_number=couriers.normal(number))
    asked: list[FollowUp] = []
    was = {name: getattr(parcel, name) for name in NAMES}
    yield parcel, asked
    if found is None:
        ret.belongings.parcels.append(parcel)
        asked.append(Add(parcel))
    elif any(getattr(parcel, name) != was[name] for name in NAMES):
        asked.append(Save(parcel, *NAMES))


def named(told: Mapping[str, Any]) -> dict[str, Any]:
    """A parcel that is none of ours to follow, {"carrier", "tracking_number"}, with its `courier`: the common name."""
    return {**told, "courier": couriers.known_as(str(told.get("carrier") or ""))}


def ours(ret: Return, number: str) -> bool:
    """Did the order's own goods leave under this number?"""
    own, number = ret.belongings, couriers.normal(number)
    return any(p.tracking_number == number for p in own.order.goods.parcels)


def under_way(ret: Return) -> list[BackParcel]:
    """Sent, not here, not taken back."""
    return [p for p in ret.belongings.live() if p.sent_at and not p.received_at]


# ---- sent
def sent(ret: Return, at: datetime, number: str, carrier: str = "", lines: Lines | None = None) -> Iterator[FollowUp]:
    """The courier is guessed from the number where nobody names it. One that went back and comes again counts again."""
    named = couriers.known_as(carrier) if carrier.strip() else ""
    within = {x.line.line: max(x.quantity, x.received) for x in ret.belongings.lines}
    contents = checked(ret.belongings.order.goods, lines, within) if lines else None
    with of(ret, number) as (parcel, asked):
        parcel.carrier = named or parcel.carrier or couriers.guess(number)
        parcel.contents = contents if contents is not None else parcel.contents
        if parcel.bounced_at and parcel.bounced_at < at:
            parcel.bounced_at, parcel.sent_at, parcel.status, parcel.status_at = None, at, P.ANNOUNCED, None
        fresh = parcel.sent_at is None
        parcel.sent_at = min(parcel.sent_at or at, at)
        parcel.told_by = parcel.told_by or ret.actor[:80]
    yield from asked
    if fresh and not parcel.received_at:
        yield from watched(parcel, at=ret.now, by=ret.actor)


def taken_back(ret: Return, parcel: BackParcel, at: datetime) -> Iterator[FollowUp]:
    """The courier brought it to the customer again, or the number was false: it counts no more."""
    with of(ret, parcel.tracking_number) as (one, asked):
        one.bounced_at = at
    yield from asked


def tracked(ret: Return, at: datetime, number: str, status: str, carrier: str, points: Lines) -> Iterator[FollowUp]:
    with of(ret, number) as (parcel, asked):
        status_was = parcel.status
        parcel.carrier = parcel.carrier or couriers.known_as(carrier)
        reach(parcel, status, at)  # type: ignore[arg-type]  # the same columns as an order's parcel
        seen = {tuple(point) for point in parcel.track} | {(p["at"].isoformat(), p["text"][:300]) for p in points}
        parcel.track = [list(point) for point in sorted(seen)][-MOST_POINTS:]
    yield from asked
    if asked:
        yield from lost.heard(ret, parcel, status_was)


# ---- what was in it
def expected(ret: Return, parcel: BackParcel) -> dict[str, int]:
    """{line: pieces} of a parcel that nobody has opened: as announced, else whatever of the return is in no other."""
    if parcel.contents is not None:
        return {str(line): int(n) for line, n in parcel.contents.items()}
    left = {x.line.line: x.quantity + x.gone for x in ret.belongings.lines}
    for other in ret.belongings.live():
        if other is not parcel:
            for line, n in (other.counted or other.contents or {}).items():
                left[line] = left.get(line, 0) - n
    return {line: n for line, n in left.items() if n > 0}


def counted(ret: Return) -> dict[str, int]:
    """{line: pieces} that have come, in all parcels together."""
    found: dict[str, int] = {}
    for parcel in ret.belongings.parcels:
        for line, n in (parcel.counted or {}).items():
            found[line] = found.get(line, 0) + n
    return found
