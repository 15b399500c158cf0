"""Cancelling: who may, what becomes of the money. Procedures 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from flows.cells import CLOCKWISE, OUTSIDE
from flows.effects import FollowUp, Implies, Refused, Tell

from .. import money
from ..models import Order
from ..states import Closed, Payment, S
from ..tables import ORDER

AFTER_PACKING = (S.PACKED, S.PARTLY_SHIPPED, S.SHIPPED)


@ORDER.told("ask_cancel")
def told_ask_cancel(order: Order, at: datetime, *, by: str = "customer", reason: str = "") -> Iterator[FollowUp]:
    """A wish: the customer's on cash on delivery, the merchant's on a paid order are recorded, and people are told."""
    theirs = "merchant" if order.payment == Payment.COD else "customer"
    order.wish, order.wished_at, order.wished_by = "cancel", at, by
    yield Tell("order.cancel_asked", {"by": by, "reason": reason[:200]})
    if by == theirs:
        yield Implies("cancel", at)


@ORDER.on("cancel")
def cancel(
    order: Order, *, by: str = "", asked: Sequence[str] = (), about: str = "", swap: Mapping[str, Any] | None = None,
    **_inputs: Any,
) -> Iterator[FollowUp]:  # fmt: skip
    """One refund of all that was paid, unless the money goes over to a replacement (`swap`, see swapped).

    asked: [role, name] of whose word it is; about: the return that it is for.

    Paid online, only the customer cancels; on delivery, only the merchant (procedures 1). What has happened outside
    is never barred.
    """
    if order.caller & ~(OUTSIDE | CLOCKWISE):
        _who_may(order, by)
    if order.state in AFTER_PACKING:
        yield Tell("order.stop_parcel", {"parcels": [p.words() for p in order.goods.sent() or order.goods.parcels]})
    order.wish, order.closed_at = "", order.moment
    yield from money.presume(order, collected=False)
    if order.close_reason in (Closed.SWAPPED, Closed.MERGED):
        return  # its money has gone its way
    order.close_reason = Closed.CANCELLED
    if swap is None and order.after_sale:
        return  # what it holds was carried to it: its return takes it home
    if swap is None:
        yield from money.give_all_back(order, asked=money.Asked.of(asked), about=about)
    else:
        order.close_reason = Closed.SWAPPED
        yield from swapped(order, asked=asked, **swap)


def swapped(order: Order, *, cause: str, carried: int, back: int, asked: Sequence[str] = ()) -> Iterator[FollowUp]:
    """carried: fen that go over to the replacement; back: fen by which it is cheaper, refunded."""
    yield from money.carry_out(order, carried, cause)
    yield from money.promise(order, cause, goods=back, asked=money.Asked.of(asked), clip=True)


def _who_may(order: Order, by: str) -> None:
    if order.after_sale:
        raise Refused(_("这是售后补换的订单，请在它的售后单上转为退款或撤销"), "refused")
    if order.payment == Payment.COD and by != "merchant":
        raise Refused(_("货到付款订单下单后客户不能取消；可由商家取消"), "refused")
    if order.payment == Payment.ONLINE and by != "customer":
        raise Refused(_("已付款订单只能按客户本人的要求取消"), "refused")
