"""The goods on their way to us: numbers, second parcels, false numbers, tracks. Procedures 4 and 5."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import FollowUp, Implies, Refused, Tell
from orders.couriers import asking
from orders.states import P

from .. import parcels
from ..models import BackParcel, Return
from ..outside import says
from ..states import S
from ..tables import RETURN

CALLED_BACK = (P.RETURNING, P.RETURNED, P.REFUSED)


@RETURN.told("send_back")
def told_send_back(
    ret: Return,
    at: datetime,
    *,
    tracking_number: str,
    carrier: str = "",
    lines: parcels.Lines | None = None,
    instead_of: str = "",
    status: str = "",
    due_at: datetime | None = None,
) -> Iterator[FollowUp]:
    """A parcel was handed over; that the goods are under way follows from the parcels (facts.py).

    instead_of: the number that was false, or that another one replaces.
    """
    yield from says(ret, at, clock="receive", status=status, due_at=due_at)
    if instead_of and (wrong := parcels.find(ret, instead_of)) and not wrong.received_at:
        yield from parcels.taken_back(ret, wrong, at)
    yield from parcels.sent(ret, at, tracking_number, carrier, lines)


@RETURN.on("send_back")
def send_back(ret: Return, **_inputs: Any) -> None:
    """Also of what our own clock had closed: it is open again."""
    sent = [p.sent_at for p in ret.belongings.live() if p.sent_at]
    ret.sent_at = min(sent, default=ret.moment)
    ret.closed_by, ret.ended_at = "", None


@RETURN.told("unwatched")
def unwatched(ret: Return, at: datetime, *, tracking_number: str, service: str) -> Iterator[FollowUp]:
    """A courier service looks after a parcel of ours no more: asked to go on while it may come."""
    known = parcels.find(ret, tracking_number)
    if known in parcels.under_way(ret):
        yield from asking.again(known, service, at=ret.now, by=ret.actor)


@RETURN.told("track")
def track(
    ret: Return,
    at: datetime,
    *,
    tracking_number: str,
    status: str,
    carrier: str = "",
    points: Sequence[dict[str, Any]] = (),
) -> Iterator[FollowUp]:
    """What the courier says of a parcel of ours. One of the order's own that comes back confirms an interception; the
    customer's own that goes back to the customer is on its way no more."""
    known = parcels.find(ret, tracking_number)
    before = known.status if known else ""
    yield from parcels.tracked(ret, at, tracking_number, status, carrier, points)
    parcel = parcels.find(ret, tracking_number)
    assert parcel is not None
    if parcel.status == before:
        return
    if status in (P.PROBLEM, P.LOST):
        yield Tell("parcel.in_trouble", _words(parcel))
    elif parcels.ours(ret, tracking_number):
        yield from intercepting(ret, at, parcel)
    elif status == P.SIGNED and parcel.received_at is None:
        yield Tell("return.parcel_signed", _words(parcel))
    elif status == P.RETURNED and parcel.received_at is None:
        yield from _came_to_nothing(ret, at, parcel)


def intercepting(ret: Return, at: datetime, parcel: BackParcel) -> Iterator[FollowUp]:
    if ret.state == S.INTERCEPTING and parcel.status in CALLED_BACK:
        yield Implies("intercepted", at)
    elif ret.state == S.INTERCEPTING and parcel.status == P.SIGNED:
        yield Implies("intercept_failed", at, {"why": _("包裹已签收")})


def _came_to_nothing(ret: Return, at: datetime, parcel: BackParcel) -> Iterator[FollowUp]:
    yield from parcels.taken_back(ret, parcel, at)
    if ret.state == S.RETURNING and not parcels.under_way(ret) and not ret.goods_here:
        yield Implies("bounce", at, {"why": _("快递已退回给寄件人")})


@RETURN.on("bounce")
def bounce(ret: Return, *, why: str = "", tracking_number: str = "") -> Iterator[FollowUp]:
    """tracking_number: the parcel that is not coming; none named: none that is under way is."""
    named = parcels.find(ret, tracking_number) if tracking_number else None
    if tracking_number and named is None:
        raise Refused(_("这张售后单没有单号 %(number)s") % {"number": tracking_number}, "input")
    those = [named] if named else parcels.under_way(ret)
    for parcel in those:
        if parcel.received_at is None and parcel.bounced_at is None:
            yield from parcels.taken_back(ret, parcel, ret.moment)
    if rest := parcels.under_way(ret):
        number = rest[0].tracking_number
        raise Refused(
            _("还有包裹 %(number)s 在途；单号有误时，请登记正确的单号并注明替换哪一个") % {"number": number}, "refused"
        )
    ret.sent_at = None


def _words(parcel: BackParcel) -> dict[str, Any]:
    return {"carrier": parcel.carrier, "tracking_number": parcel.tracking_number, "status": parcel.status}
