"""What news of a parcel mean beyond its track: its clock begins anew, its logistics query opens, hears, ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flows.effects import FollowUp, Take, Unwind, Wind
from flows.table import PEOPLE

from . import queries
from .models import LogisticsQuery, Order, Parcel
from .states import ASTRAY, MOVING, L, P, S

UNSEEN = (P.PACKED.value, P.ANNOUNCED.value)
RESTING = (P.LOCKER.value, P.LOST.value)  # it waits for the customer, or for us
OVER = (S.SIGNED.value, S.COMPLETED.value, S.CLOSED.value)
Was = Mapping[str, Any]


def last_movement(parcel: Any) -> datetime | None:
    """The newest thing that the courier has said of it."""
    return _movement(parcel.status, parcel.status_at, parcel.track)


def _movement(status: str, status_at: datetime | None, track: list[Any]) -> datetime | None:
    known = [status_at] if status_at and status not in UNSEEN else []
    known += [datetime.fromisoformat(str(track[-1][0]))] if track else []
    return max(known, default=None)


def winds(parcel: Parcel) -> Iterator[FollowUp]:
    """The clocks of a parcel that is on its way, where its order lets them run."""
    if parcel.shipped_at is None or parcel.ended:
        return
    yield Wind("deliver", parcel.part, parcel.shipped_at)
    if parcel.first_track_at is None:
        yield Wind("collect", parcel.part, parcel.shipped_at)
    if (moved := last_movement(parcel)) and parcel.status not in RESTING:
        yield Wind("still", parcel.part, moved)


def noticed(order: Order, parcel: Parcel, was: Was) -> Iterator[FollowUp]:
    """was: what the parcel's columns were before this report, or this step."""
    yield from _still(parcel, was)
    if parcel.shipped_at and parcel.status not in UNSEEN and not _ends_with_its_order(order, parcel):
        yield from _queried(order, parcel, was)


def _still(parcel: Parcel, was: Was) -> Iterator[FollowUp]:
    """Hours without a movement count from the newest one; what has arrived, is lost or waits in a locker rests."""
    before, now = _movement(was["status"], was["status_at"], was["track"]), last_movement(parcel)
    if parcel.ended or parcel.void or now is None or parcel.status in RESTING:
        if before is not None and was["status"] not in RESTING:
            yield Unwind("still", parcel.part)
    elif now != before or was["status"] in RESTING:
        yield Wind("still", parcel.part, now, again=True)


def _ends_with_its_order(order: Order, parcel: Parcel) -> bool:
    """The last parcel to arrive signs its order, which closes all queries (the table's `also`)."""
    return parcel.status == P.SIGNED and order.state not in OVER and all(p.ended for p in order.goods.sent())


def _queried(order: Order, parcel: Parcel, was: Was) -> Iterator[FollowUp]:
    astray = parcel.status in ASTRAY and (parcel.status != was["status"] or was["shipped_at"] is None)
    query = queries.open_of(order, parcel.tracking_number)
    if query is not None:
        yield from queries.keep(query, parcel)
        yield from _goes_on(query, parcel, astray)
    elif astray and not order.caller & PEOPLE:  # who writes it down knows of it
        yield from queries.opened(order, parcel.status, parcel)


def _goes_on(query: LogisticsQuery, parcel: Any, astray: bool) -> Iterator[FollowUp]:
    """Signed: nothing is left to ask. What was lost turns up; what was answered has changed since."""
    step = ""
    if parcel.status == P.SIGNED:
        step = "close"
    elif query.state == L.LOST and parcel.status in MOVING:
        step = "find"
    elif query.state == L.ANSWERED and astray:
        step = "look_up"
    if step and query.pk is not None:
        yield Take("logistics_query", query.pk, step, must=False)
