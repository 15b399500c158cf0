"""What an order's step moves up here: replacements that leave, arrive, fail; the order's own parcels that come back.

A return reacts to the order that replaces its goods, and to the order that it is about: never to another of the family.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from flows.cells import CLOCKWISE
from flows.effects import FollowUp, Report, Save, Start, Take, Tell
from flows.table import Who
from orders.models import Order
from orders.states import S as O
from orders.tables import ORDER

from .eligibility.quantity import left_of
from .models import Return, ReturnLine
from .starting import begin
from .states import Kind, Reason, S
from .tables import RETURN
from .unshipped import Claim, opened

TO_SEND = (S.EXCHANGING, S.INSPECTED, S.AWAITING_FREIGHT, S.REPAIRING)
SWITCHED_FROM = (S.EXCHANGING, S.AWAITING_FREIGHT, S.REPAIRING, S.RESHIPPED)
PARCEL = "parcel"  # who opened a return that began with a refused parcel


# ---- the order is what a return sends
def sent_by(order: Order) -> list[Return]:
    """The returns whose goods this order replaces; ordinary orders ask nothing."""
    return list(Return.objects.filter(replacement=order.pk).order_by("pk")) if order.after_sale else []


@ORDER.after("start")
def goes_on_as(order: Order) -> Iterator[FollowUp]:
    """A replacement whose goods were out of stock was ordered anew with others: the return waits for that one."""
    if order.after_sale and order.replaces_id:
        for ret in Return.objects.filter(replacement=order.replaces_id, state=S.EXCHANGING):
            ret.replacement_id = order.pk
            yield Save(ret, "replacement")


@ORDER.after("ship")
def replacement_left(order: Order) -> Iterator[FollowUp]:
    for ret in sent_by(order):
        if ret.state in TO_SEND:
            sent = order.goods.sent()
            parcel = {"carrier": sent[-1].carrier, "tracking_number": sent[-1].tracking_number} if sent else {}
            yield Take("return", ret.pk, "dispatch", parcel, must=False)
        elif ret.state not in (S.RESHIPPED, S.COMPLETED):
            yield out(order, ret)


@ORDER.after("sign")
def replacement_arrived(order: Order) -> Iterator[FollowUp]:
    """What the outside says of the order it says of the return; our own clock stays a clock."""
    found = sent_by(order)
    if order.after_sale and not found:
        found = [r for r in Return.objects.filter(order=order.replaces_id) if order.pk in r.choice.get("earlier", [])]
    for ret in found:
        if not order.caller & CLOCKWISE:
            yield Report("return", ret.pk, "confirm", {"order": order.pk})
        elif ret.state == S.RESHIPPED:
            yield Take("return", ret.pk, "confirm", must=False, who=Who.CLOCK)
        if ret.state in (S.REFUNDING, S.HANDING_BACK):
            yield out(order, ret)


@ORDER.after("reject_parcel", "bounce")
def replacement_came_back(order: Order) -> Iterator[FollowUp]:
    for ret in sent_by(order):
        if ret.state == S.RESHIPPED:
            why = _("客户拒收换货/补寄的包裹") if order.state == O.CLOSED else _("换货/补寄的包裹被快递退回")
            yield Take("return", ret.pk, "replacement_failed", {"why": why}, must=False)


@ORDER.after("cancel")
def replacement_cancelled(order: Order) -> Iterator[FollowUp]:
    for ret in sent_by(order):
        if ret.state in SWITCHED_FROM:
            yield Take("return", ret.pk, "switch_to_refund", {"why": _("换货/补寄订单已取消")}, must=False)


@ORDER.after("close_refunded")
def replacement_refunded(order: Order) -> Iterator[FollowUp]:
    """The platform has paid for what was about to be sent; of our own refunds nothing follows."""
    for ret in sent_by(order):
        if order.caller & Who.PLATFORM and ret.state in TO_SEND:
            yield Report("return", ret.pk, "platform_refunded")


def out(order: Order, ret: Return) -> Tell:
    """The customer gets the goods though the money goes back, or went: a lead decides."""
    return Tell("return.replacement_out", {"return": ret.number, "state": ret.state, "order": order.number})


# ---- the order is what a return is about: its own parcels come back
def coming_back(order: Order, state: str) -> list[Claim]:
    """The returns that wait for the order's own parcels."""
    return [c for c in opened(order) if c.state == state]


@ORDER.after("sign")
def delivered_all_the_same(order: Order) -> Iterator[FollowUp]:
    """No interception any more; and what was said to be refused was not."""
    for ret in coming_back(order, S.INTERCEPTING):
        yield Take("return", ret.pk, "intercept_failed", {"why": _("包裹已签收")}, must=False)
    for ret in coming_back(order, S.RETURNING):
        if ret.opened_by == PARCEL:
            yield Take("return", ret.pk, "dismiss", must=False)


@ORDER.after("reject_parcel", "bounce")
def caught(order: Order) -> Iterator[FollowUp]:
    for ret in coming_back(order, S.INTERCEPTING):
        yield Take("return", ret.pk, "intercepted", must=False)


@ORDER.after("reject_parcel")
def goods_come_back(order: Order) -> Iterator[FollowUp]:
    """拒收: the goods' way back is a return of its own, under the parcels' own numbers (effects.md).

    Not where an interception or another return already has them, and not for a replacement, whose return goes on.
    """
    if order.after_sale or coming_back(order, S.INTERCEPTING):
        return
    others = list(ReturnLine.objects.filter(of__order=order.pk).select_related("of"))
    if any(x.of.opened_by == PARCEL and x.of.state not in RETURN.final for x in others):
        return
    left = {name: n for name, n in left_of(order, others).items() if n}
    if left:
        ret, inputs = _rejected(order, left)
        yield Start(ret, inputs)


def _rejected(order: Order, left: dict[str, int]) -> tuple[Return, dict[str, Any]]:
    parcels = [
        {"carrier": p.carrier, "tracking_number": p.tracking_number, "sent_at": order.moment}
        for p in order.goods.sent()
    ]
    return begin(
        order, kind=Kind.RETURN_REFUND, reason=Reason.REJECTED, parcels=parcels, state=S.RETURNING, opened_by=PARCEL,
        lines=[{"line": name, "quantity": n} for name, n in left.items()],
    )  # fmt: skip
