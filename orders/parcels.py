"""What is reported of parcels: recorded in any order of arrival, then read as facts of the order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import Add, FollowUp, Implies, Refused, Save, Tell, Unwind

from . import watching
from .couriers import asking, normal
from .goods import checked
from .models import Order, Parcel
from .states import P, S
from .tables import ORDER

NAMES = (
    "carrier", "contents", "told_at", "status", "status_at", "packed_at", "shipped_at", "first_track_at", "track",
    "void",
)  # fmt: skip
MOST_POINTS = 200
# Decides between two reports of one moment, a refusal last, as among the order's facts.
PLACE = {str(status): place for place, status in enumerate([*P.values, P.REFUSED])}


@contextmanager
def of(order: Order, number: str, carrier: str = "") -> Iterator[tuple[Parcel, list[FollowUp]]]:
    """-> the order's parcel of this number, a new one where it has none, and the list that keeps what is done to it:
    nothing where nothing changes."""
    number = number.strip().upper()
    found = next((p for p in order.goods.parcels if p.tracking_number == number), None)
    parcel = found or Parcel(shop_id=order.shop_id, order_id=order.pk, carrier=carrier.strip(), tracking_number=number)
    if found is None:
        order.goods.parcels.append(parcel)
    asked: list[FollowUp] = []
    was = {name: getattr(parcel, name) for name in NAMES}
    yield parcel, asked
    if found is None:
        asked.append(Add(parcel))
        return
    if changed := [name for name in NAMES if getattr(parcel, name) != was[name]]:
        asked.append(Save(parcel, *NAMES))
    if "first_track_at" in changed or "status" in changed:
        asked.append(Unwind("collect", parcel.part))
    if parcel.ended and "status" in changed:
        asked.append(Unwind("deliver", parcel.part))
    if changed:
        asked += watching.noticed(order, parcel, was)


def strength(status: str, at: datetime | None) -> tuple[int, float, int]:
    """Of two reports about one parcel the stronger stands: a signature or a refusal over a return over a way point;
    of equals the later."""
    level = {P.SIGNED: 3, P.REFUSED: 3, P.RETURNED: 2, P.PACKED: -1, P.ANNOUNCED: 0}.get(P(status), 1)
    return level, at.timestamp() if at else 0.0, PLACE[str(status)]


def reach(parcel: Parcel, status: str, at: datetime) -> None:
    """The parcel is at `status` unless something stronger is known of it."""
    if strength(status, at) >= strength(parcel.status, parcel.status_at):
        parcel.status, parcel.status_at = status, at


def hold(order: Order, parcel: Parcel, given: Mapping[str, Any], at: datetime) -> None:
    """What is in it: the newest word counts. No lines named: whatever is in no other parcel."""
    contents = checked(order.goods, given["lines"]) if given.get("lines") else None
    newest = (parcel.told_at or at, json.dumps(parcel.contents, sort_keys=True))
    if parcel.told_at is None or (at, json.dumps(contents, sort_keys=True)) > newest:
        parcel.contents, parcel.told_at = contents, at
        parcel.carrier = given.get("carrier", "").strip() or parcel.carrier


def sent(order: Order, at: datetime, parcels: Sequence[Mapping[str, Any]]) -> Iterator[FollowUp]:
    """Parcels handed to the courier: what that makes of the order follows from all of its parcels."""
    if not parcels:
        raise Refused(_("发货须填写快递公司和快递单号"), "input")
    for given in parcels:
        with of(order, given["tracking_number"], given["carrier"]) as (parcel, asked):
            fresh = parcel.shipped_at is None
            _hand_over(order, parcel, given, at)
        yield from asked
        if fresh and not parcel.ended:
            yield from asking.watched(parcel, at=order.now, by=order.actor)
        if asked:
            yield from watching.winds(parcel)
        if asked and order.state == S.CLOSED and order.closed_at and order.closed_at <= at:
            yield Tell("order.stop_parcel", {"parcels": [parcel.words()]})  # it left though nobody wants it any more


def _hand_over(order: Order, parcel: Parcel, given: Mapping[str, Any], at: datetime) -> None:
    struck = order.goods.struck
    if struck and parcel.shipped_at and parcel.shipped_at <= struck < at:  # sent again under its old number
        parcel.shipped_at = parcel.first_track_at = None
        parcel.status, parcel.status_at = P.PACKED, None
    if parcel.shipped_at is None:
        parcel.told_at = None  # what was said at packing counts no more
    hold(order, parcel, given, at)
    parcel.void = False
    parcel.shipped_at = min(parcel.shipped_at or at, at)
    reach(parcel, P.ANNOUNCED, at)
    for status, until in order.ends.items():
        _end(parcel, status, datetime.fromisoformat(until))


def _end(parcel: Parcel, status: str, at: datetime) -> None:
    """A word about all parcels is about those that had left by then."""
    if parcel.shipped_at and parcel.shipped_at <= at:
        reach(parcel, status, at)


def ended(
    order: Order, at: datetime, parcels: Sequence[Mapping[str, Any]] | None, *, status: str, step: str
) -> Iterator[FollowUp]:
    """order.signed and the like: naming a parcel ends that one, naming none ends all of them and so the order."""
    for given in parcels or ():
        with of(order, given["tracking_number"], given.get("carrier", "")) as (parcel, asked):
            reach(parcel, status, at)
        yield from asked
    if parcels is not None:
        return
    newest = order.ends.get(status)
    if newest is None or datetime.fromisoformat(newest) < at:
        order.ends = {**order.ends, status: at.isoformat()}
    for one in order.goods.sent():
        with of(order, one.tracking_number) as (parcel, asked):
            _end(parcel, status, at)
        yield from asked
    yield Implies(step, at)


def know_when_signed(order: Order) -> None:
    """The clock had presumed the signature: the real one was earlier, and the buyer's days count from it."""
    told = [f.at for f in order.goods.facts() if f.step == "sign"]
    if told and order.fact != "sign" and order.signed_at and max(told) < order.signed_at:
        order.signed_at = max(told)


@ORDER.told("track")
def track(
    order: Order,
    at: datetime,
    *,
    tracking_number: str,
    status: str,
    carrier: str = "",
    points: Sequence[Mapping[str, Any]] = (),
) -> Iterator[FollowUp]:
    """What the courier says of one parcel. A locker is no signature; a problem is told at once (疑难件)."""
    with of(order, tracking_number, carrier) as (parcel, asked):
        reach(parcel, status, at)
        parcel.first_track_at = min(parcel.first_track_at or at, at)
        seen = {tuple(point) for point in parcel.track} | {(p["at"].isoformat(), p["text"][:300]) for p in points}
        parcel.track = [list(point) for point in sorted(seen)][-MOST_POINTS:]
    yield from asked
    know_when_signed(order)
    if status in (P.PROBLEM, P.LOST) and asked:
        yield Tell("parcel.in_trouble", parcel.words())


@ORDER.told("unwatched")
def unwatched(order: Order, at: datetime, *, tracking_number: str, service: str) -> Iterator[FollowUp]:
    """A courier service looks after the parcel no more: no track for days. It is asked to go on while one may come."""
    known = next((p for p in order.goods.sent() if p.tracking_number == normal(tracking_number)), None)
    if known is not None and not known.ended:
        yield from asking.again(known, service, at=order.now, by=order.actor)
