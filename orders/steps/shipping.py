"""Packing, shipping, arriving, coming back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from flows.effects import FollowUp, Implies, Save

from .. import watching
from ..models import Order
from ..parcels import ended, hold, know_when_signed, of, sent
from ..states import Closed, P
from ..tables import ORDER
from .closing import alive

Parcels = Sequence[Mapping[str, Any]]


@ORDER.told("pack")
def told_pack(order: Order, at: datetime, *, parcels: Parcels = ()) -> Iterator[FollowUp]:
    yield from packed(order, at, parcels)
    yield Implies("pack", at)


def packed(order: Order, at: datetime, given: Parcels) -> Iterator[FollowUp]:
    """A parcel that was packed before its recall stays void; once it is shipped that report counts."""
    recalled = order.struck.get("pack")
    for one in given:
        with of(order, one["tracking_number"], one["carrier"]) as (parcel, asked):
            parcel.packed_at = min(parcel.packed_at or at, at)
            if parcel.shipped_at is None:
                hold(order, parcel, one, at)
                parcel.void = recalled is not None and at <= datetime.fromisoformat(recalled)
        yield from asked


@ORDER.on("pack")
def pack(order: Order, **_inputs: Any) -> Iterator[FollowUp]:
    return alive(order)


@ORDER.told("ship")
def told_ship(order: Order, at: datetime, *, parcels: Parcels = ()) -> Iterator[FollowUp]:
    return sent(order, at, parcels)


@ORDER.told("ship_part")
def told_ship_part(order: Order, at: datetime, *, parcels: Parcels = ()) -> Iterator[FollowUp]:
    return sent(order, at, parcels)


@ORDER.on("ship_part")
@ORDER.on("ship")
def ship(order: Order, **_inputs: Any) -> Iterator[FollowUp]:
    """The clocks of the parcels that are still on their way start from when each was handed over."""
    under_way = [p for p in order.goods.sent() if not p.ended]
    order.shipped_at = max((p.shipped_at for p in order.goods.sent() if p.shipped_at), default=order.moment)
    yield from alive(order)
    for p in under_way:
        yield from watching.winds(p)


@ORDER.told("sign")
def told_sign(order: Order, at: datetime, *, parcels: Parcels | None = None) -> Iterator[FollowUp]:
    yield from ended(order, at, parcels, status=P.SIGNED, step="sign")
    know_when_signed(order)


@ORDER.told("reject_parcel")
def told_reject(order: Order, at: datetime, *, parcels: Parcels | None = None) -> Iterator[FollowUp]:
    return ended(order, at, parcels, status=P.REFUSED, step="reject_parcel")


@ORDER.told("bounce")
def told_bounce(order: Order, at: datetime, *, parcels: Parcels | None = None) -> Iterator[FollowUp]:
    return ended(order, at, parcels, status=P.RETURNED, step="bounce")


@ORDER.on("sign")
def sign(order: Order, **_inputs: Any) -> Iterator[FollowUp]:
    order.signed_at = order.moment
    yield from alive(order, collected=True)


@ORDER.on("bounce")
def bounce(order: Order, **_inputs: Any) -> Iterator[FollowUp]:
    return alive(order)


@ORDER.on("complete")
def complete(order: Order, **_inputs: Any) -> Iterator[FollowUp]:
    return alive(order, collected=True)


@ORDER.on("reject_parcel")
def reject_parcel(order: Order, **_inputs: Any) -> Iterator[FollowUp]:
    yield from alive(order)
    order.close_reason = Closed.REJECTED


@ORDER.on("recall")
def recall(order: Order, *, why: str) -> Iterator[FollowUp]:
    for parcel in order.goods.parcels:
        if parcel.shipped_at is None and not parcel.void:
            parcel.void = True
            yield Save(parcel, "void")


@ORDER.on("resend")
def resend(order: Order, *, confirmed: bool) -> None:
    order.shipped_at = order.signed_at = None
