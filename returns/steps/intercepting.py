"""Money asked for goods that are on their way: the courier is told to bring them back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import FollowUp, Implies, Refused, Take, Tell
from orders.states import P

from .. import parcels, paying
from ..models import Return
from ..outside import says
from ..tables import RETURN
from .sending import CALLED_BACK


@RETURN.on("intercept")
def intercept(ret: Return, *, why: str = "", **_platform: Any) -> Iterator[FollowUp]:
    """The order's own parcels come back under their numbers; what has turned round already is intercepted at once."""
    gone = [p for p in ret.belongings.order.goods.sent() if p.status != P.SIGNED]
    if not gone:
        raise Refused(_("包裹已签收，无法拦截，请改为退货退款"), "refused")
    for p in gone:
        with parcels.of(ret, p.tracking_number) as (parcel, asked):
            parcel.carrier, parcel.contents, parcel.told_by = p.carrier, p.contents, ret.actor[:80]
            parcel.bounced_at, parcel.status, parcel.status_at = None, p.status, p.status_at
        yield from asked
    ret.intercepted_to = ""
    yield Tell("order.stop_parcel", {"parcels": [p.words() for p in gone]})
    if all(p.status in CALLED_BACK for p in gone):
        yield Take("return", ret.pk, "intercepted", must=False)


def _told(step: str) -> None:
    @RETURN.told(step)
    def told(
        ret: Return, at: datetime, *, status: str = "", due_at: datetime | None = None, **given: Any
    ) -> Iterator[FollowUp]:
        yield from says(ret, at, clock="intercept", status=status, due_at=due_at)
        yield Implies(step, at, given)


for step in ("intercepted", "intercept_failed"):
    _told(step)


@RETURN.on("intercepted")
def intercepted(ret: Return, *, refund_now: bool = False) -> Iterator[FollowUp]:
    """The goods are ours again: the money goes back now, or when the parcel is here."""
    ret.intercepted_to = "money" if refund_now else "back"
    for p in [p for p in ret.belongings.live() if not p.received_at and parcels.ours(ret, p.tracking_number)]:
        with parcels.of(ret, p.tracking_number) as (parcel, asked):
            parcel.sent_at = parcel.sent_at or ret.moment
        yield from asked
    ret.sent_at = ret.sent_at or ret.moment
    if refund_now:
        yield from paying.pay(ret)


@RETURN.on("intercept_failed")
def intercept_failed(ret: Return, *, why: str = "") -> Iterator[FollowUp]:
    """Delivered all the same: nothing is on its way to us."""
    for p in [p for p in ret.belongings.live() if not p.sent_at and not p.received_at]:
        yield from parcels.taken_back(ret, p, ret.moment)
