"""What is reported of parcels: recorded in any order of arrival, then read as facts of the order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import Add, FollowUp, Implies, Refused, Save, Tell, Unwind

from .goods import checked
from .models import Order, Parcel
from .states import ENDS, P
from .tables import ORDER

NAMES = ("carrier", "contents", "status", "status_at", "packed_at", "shipped_at", "first_track_at", "track", "void")
MOST_POINTS = 200


def find(order: Order, carrier: str, number: str) -> tuple[Parcel, bool]:
    """-> the parcel, and whether it is a new one (then it stands among the order's from now on)."""
    number = number.strip().upper()
    found = next((p for p in order.goods.parcels if p.tracking_number == number), None)
    if found is not None:
        return found, False
    parcel = Parcel(shop_id=order.shop_id, order_id=order.pk, carrier=carrier.strip(), tracking_number=number)
    order.goods.parcels.append(parcel)
    return parcel, True


def keep(parcel: Parcel, new: bool) -> FollowUp:
    return Add(parcel) if new else Save(parcel, *NAMES)


def strength(status: str | None, at: datetime | None) -> tuple[int, float]:
    """Of two reports about one parcel the stronger stands: a signature or a refusal over a return over a way point;
    of equals the later."""
    level = {P.SIGNED: 3, P.REFUSED: 3, P.RETURNED: 2, P.PACKED: -1, P.ANNOUNCED: 0}.get(P(status or P.PACKED), 1)
    return level, at.timestamp() if at else 0.0


def reach(parcel: Parcel, status: str, at: datetime) -> None:
    """The parcel is at `status` unless something stronger is known of it."""
    if strength(status, at) >= strength(parcel.status, parcel.status_at):
        parcel.status, parcel.status_at = status, at


def contents_of(order: Order, parcel: Mapping[str, Any]) -> dict[str, int] | None:
    """None where the report names no lines: whatever is in no other parcel."""
    return checked(order.goods, parcel["lines"]) if parcel.get("lines") else None


def sent(order: Order, at: datetime, parcels: Sequence[Mapping[str, Any]]) -> Iterator[FollowUp]:
    """Parcels handed to the courier: `ship` where their contents cover what is owed, else `ship_part`."""
    if not parcels:
        raise Refused(_("发货须填写快递公司和快递单号"), "input")
    for given in parcels:
        parcel, new = find(order, given["carrier"], given["tracking_number"])
        parcel.contents, parcel.void = contents_of(order, given), False
        parcel.carrier = given["carrier"].strip() or parcel.carrier
        parcel.shipped_at = at if parcel.shipped_at is None else min(parcel.shipped_at, at)
        reach(parcel, P.ANNOUNCED, at)
        _ended_with_the_order(order, parcel)
        yield keep(parcel, new)
    yield Implies("ship_part" if order.goods.unshipped() else "ship", at)
    yield from order.goods.ending()


def _ended_with_the_order(order: Order, parcel: Parcel) -> None:
    """A parcel that is named only after its order was signed for has arrived with it."""
    if order.signed_at and parcel.shipped_at and parcel.shipped_at <= order.signed_at:
        reach(parcel, P.SIGNED, order.signed_at)


def ended(
    order: Order, at: datetime, parcels: Sequence[Mapping[str, Any]] | None, *, status: str, step: str
) -> Iterator[FollowUp]:
    """order.signed and the like: naming a parcel ends that one, naming none ends all of them."""
    if parcels:
        for given in parcels:
            parcel, new = find(order, given.get("carrier", ""), given["tracking_number"])
            reach(parcel, status, at)
            yield keep(parcel, new)
            yield from stopped(parcel, new)
        yield from order.goods.ending()
        return
    if parcels is None or not order.goods.sent():
        for parcel in order.goods.sent():
            reach(parcel, status, at)
            yield keep(parcel, False)
            yield from stopped(parcel, False)
        yield Implies(step, at)
        return
    yield from order.goods.ending()


def stopped(parcel: Parcel, new: bool) -> Iterator[FollowUp]:
    if not new:
        yield Unwind("collect", parcel.part)
        if parcel.ended:
            yield Unwind("deliver", parcel.part)


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
    parcel, new = find(order, carrier, tracking_number)
    reach(parcel, status, at)
    parcel.first_track_at = min(parcel.first_track_at or at, at)
    seen = {tuple(point) for point in parcel.track} | {(p["at"].isoformat(), p["text"][:300]) for p in points}
    parcel.track = [list(point) for point in sorted(seen)][-MOST_POINTS:]
    yield keep(parcel, new)
    yield from stopped(parcel, new)
    if status in (P.PROBLEM, P.LOST):
        yield Tell("parcel.in_trouble", parcel.words())
    if status in ENDS or status == P.RETURNED:
        yield from order.goods.ending()
