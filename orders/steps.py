"""What an order's steps do beside moving, and what is recorded when they are reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import Add, FollowUp, Implies, Refused, Save, Start, Take, Tell, Wind
from flows.table import CLOCKWISE, OUTSIDE, Who
from shops import policy

from . import goods, money, parcels
from .amend import amend_order
from .models import Line, Order, StockOut
from .states import Closed, P, Payment, Q, S
from .tables import ORDER

Parcels = Sequence[Mapping[str, Any]]
FACTS = ("pay", "pack", "ship_part", "ship", "cancel", "bounce", "sign", "reject_parcel", "close_refunded", "complete")
AFTER_PACKING = (S.PACKED, S.PARTLY_SHIPPED, S.SHIPPED)

ORDER.brings(goods.bring, *FACTS, "track", "amend", "report_stock_out", "recall", "resend", "drop_rest", "merge", "absorb")
ORDER.brings(money.bring, *FACTS, "refund_succeeded", "refund_failed", "drop_rest", "merge", "absorb")


# ---- placing and paying
@ORDER.on("start")
def placed(order: Order, *, lines: Sequence[Mapping[str, Any]] = (), carried: int = 0, cause: str = "") -> Iterator[FollowUp]:
    """lines: {"line", "sku", "title", "quantity", "unit_price", "paid", "gift", "category"}; carried: money of another order's."""
    added = [Line(order_id=order.pk, **line) for line in lines]
    order.categories = sorted({line.category for line in added if line.category})
    yield from (Add(line) for line in added)
    yield from money.carry_in(order, carried, cause)
    if order.state == S.AWAITING_CONFIRMATION:
        yield from auto_confirm(order)
    elif order.state == S.AWAITING_AUDIT and not order.replaces_id:
        yield from auto_audit(order)


def auto_confirm(order: Order) -> Iterator[FollowUp]:
    """The policy's rule: small orders without a note of the buyer's need no person."""
    rules = policy.of(order.shop_id)
    below = rules.auto_confirm_below
    if rules.auto_confirm and not order.buyer_note and (below is None or order.total < below):
        yield Take("order", order.pk, "confirm", must=False)


def auto_audit(order: Order) -> Iterator[FollowUp]:
    if policy.of(order.shop_id).auto_audit:
        yield Take("order", order.pk, "audit", must=False)


@ORDER.told("pay")
def told_pay(order: Order, at: datetime, *, amount: int | None = None, transaction: str = "") -> Iterator[FollowUp]:
    """The money is recorded whatever the order's state; that of a cancelled order goes back, whenever it is recorded."""
    yield from money.receive(order, transaction, order.total if amount is None else amount, at)
    order.paid_at = min(order.paid_at or at, at)
    if order.state == S.CLOSED and order.close_reason == Closed.CANCELLED:
        yield from money.give_all_back(order)
    yield Implies("pay", at)


@ORDER.on("pay")
def pay(order: Order, **_inputs: Any) -> Iterator[FollowUp]:
    order.close_reason = ""
    yield from auto_confirm(order)


@ORDER.on("confirm")
def confirm(order: Order) -> Iterator[FollowUp]:
    return auto_audit(order)


@ORDER.on("abandon")
def abandon(order: Order) -> None:
    order.close_reason = Closed.ABANDONED


@ORDER.on("close_unpaid")
def close_unpaid(order: Order) -> None:
    order.close_reason = Closed.UNPAID


ORDER.on("send_back")(lambda order, *, why: None)
ORDER.on("amend")(amend_order)


# ---- packing, shipping, arriving
@ORDER.told("pack")
def told_pack(order: Order, at: datetime, *, parcels: Parcels = ()) -> Iterator[FollowUp]:
    yield from packed(order, at, parcels)
    yield Implies("pack", at)


def packed(order: Order, at: datetime, given: Parcels) -> Iterator[FollowUp]:
    for one in given:
        parcel, new = parcels.find(order, one["carrier"], one["tracking_number"])
        if parcel.shipped_at is None:
            parcel.contents, parcel.packed_at, parcel.void = parcels.contents_of(order, one), at, False
        yield parcels.keep(parcel, new)


@ORDER.on("pack")
def pack(order: Order, **_inputs: Any) -> Iterator[FollowUp]:
    return alive(order)


@ORDER.told("ship")
def told_ship(order: Order, at: datetime, *, parcels: Parcels = ()) -> Iterator[FollowUp]:
    return sent(order, at, parcels, "ship")


@ORDER.told("ship_part")
def told_ship_part(order: Order, at: datetime, *, parcels: Parcels = ()) -> Iterator[FollowUp]:
    return sent(order, at, parcels, "ship_part")


sent = parcels.sent


@ORDER.on("ship_part")
@ORDER.on("ship")
def ship(order: Order, **_inputs: Any) -> Iterator[FollowUp]:
    """The clocks of the parcels that are still on their way start from when each was handed over."""
    under_way = [p for p in order.goods.sent() if not p.ended]
    order.shipped_at = max((p.shipped_at for p in order.goods.sent() if p.shipped_at), default=order.moment)
    yield from alive(order)
    for p in under_way:
        if p.shipped_at:
            yield Wind("deliver", p.part, p.shipped_at)
            if p.first_track_at is None:
                yield Wind("collect", p.part, p.shipped_at)


@ORDER.told("sign")
def told_sign(order: Order, at: datetime, *, parcels: Parcels | None = None) -> Iterator[FollowUp]:
    return ended(order, at, parcels, status=P.SIGNED, step="sign")


@ORDER.told("reject_parcel")
def told_reject(order: Order, at: datetime, *, parcels: Parcels | None = None) -> Iterator[FollowUp]:
    return ended(order, at, parcels, status=P.REFUSED, step="reject_parcel")


@ORDER.told("bounce")
def told_bounce(order: Order, at: datetime, *, parcels: Parcels | None = None) -> Iterator[FollowUp]:
    return ended(order, at, parcels, status=P.RETURNED, step="bounce")


ended = parcels.ended


@ORDER.on("sign")
def sign(order: Order, **_inputs: Any) -> Iterator[FollowUp]:
    order.signed_at = order.moment
    yield from alive(order)


@ORDER.on("bounce")
def bounce(order: Order, **_inputs: Any) -> Iterator[FollowUp]:
    return alive(order)


@ORDER.on("complete")
def complete(order: Order, **_inputs: Any) -> Iterator[FollowUp]:
    return alive(order)


@ORDER.on("reject_parcel")
def reject_parcel(order: Order, **_inputs: Any) -> Iterator[FollowUp]:
    yield from alive(order)
    order.close_reason = Closed.REJECTED


def alive(order: Order) -> Iterator[FollowUp]:
    """The goods went their way after all: a closed order is open again, its unsent refund is pulled back."""
    order.close_reason = order.wish = ""
    yield from money.pull_back(order, "cancel")
    yield from settled(order)


def settled(order: Order) -> Iterator[FollowUp]:
    """Once all that was paid is refunded, the order is closed, whatever is reported of it later."""
    if order.paid > 0 and order.refunded >= order.paid:
        yield Take("order", order.pk, "close_refunded", must=False)


@ORDER.on("close_refunded")
def close_refunded(order: Order, **_inputs: Any) -> None:
    order.close_reason = Closed.REFUNDED


# ---- cancelling
@ORDER.told("ask_cancel")
def told_ask_cancel(order: Order, at: datetime, *, by: str = "customer", reason: str = "") -> Iterator[FollowUp]:
    """A wish: the customer's on cash on delivery and the merchant's on a paid order are recorded, and people are told."""
    theirs = "merchant" if order.payment == Payment.COD else "customer"
    order.wish, order.wished_at, order.wished_by = "cancel", at, by
    yield Tell("order.cancel_asked", {"by": by, "reason": reason[:200]})
    if by == theirs:
        yield Implies("cancel", at)


@ORDER.on("cancel")
def cancel(order: Order, *, by: str = "", swap: Mapping[str, Any] | None = None, **_inputs: Any) -> Iterator[FollowUp]:
    """One refund of all that was paid, unless the money goes over to a replacement (`swap`, see swapped).

    Paid online, only the customer cancels; cash on delivery, only the merchant (desk.md 1). What has happened outside
    is never barred.
    """
    if order.caller & ~(OUTSIDE | CLOCKWISE):
        _who_may(order, by)
    if order.state in AFTER_PACKING:
        yield Tell("order.stop_parcel", {"parcels": [p.words() for p in order.goods.sent() or order.goods.parcels]})
    order.close_reason, order.wish = Closed.CANCELLED, ""
    if swap is None:
        yield from money.give_all_back(order)
    else:
        order.close_reason = Closed.SWAPPED
        yield from swapped(order, **swap)


def swapped(order: Order, *, cause: str, carried: int, back: int) -> Iterator[FollowUp]:
    """carried: fen that go over to the replacement; back: fen by which it is cheaper, refunded."""
    yield from money.carry_out(order, carried, cause)
    yield from money.give_back(order, cause, back)


def _who_may(order: Order, by: str) -> None:
    if order.payment == Payment.COD and by != "merchant":
        raise Refused(_("货到付款订单下单后客户不能取消；可由商家取消"), "refused")
    if order.payment == Payment.ONLINE and by != "customer":
        raise Refused(_("已付款订单只能按客户本人的要求取消"), "refused")


# ---- stock-outs, taking lines out
@ORDER.on("report_stock_out")
def report_stock_out(order: Order, *, lines: Sequence[Mapping[str, Any]] = ()) -> Iterator[FollowUp]:
    """One open stock-out an order: a later report adds its lines to it."""
    missing = goods.checked(order.goods, lines)
    found = order.goods.open_stock_out()
    if found is not None:
        known = {row["line"]: row["quantity"] for row in found.lines}
        found.lines = [{"line": k, "quantity": q} for k, q in {**known, **missing}.items()]
        yield Save(found, "lines")
        return
    yield Start(
        StockOut(
            shop_id=order.shop_id, order=order, number=f"{order.number}-Q{len(order.goods.stock_outs) + 1}",
            state=Q.REPORTED, lines=[{"line": k, "quantity": q} for k, q in missing.items()],
        )
    )  # fmt: skip


@ORDER.on("recall")
def recall(order: Order, *, why: str) -> Iterator[FollowUp]:
    for parcel in order.goods.parcels:
        if parcel.shipped_at is None and not parcel.void:
            parcel.void = True
            yield Save(parcel, "void")


@ORDER.on("resend")
def resend(order: Order, *, confirmed: bool) -> None:
    order.shipped_at = order.signed_at = None


@ORDER.on("drop_rest")
def drop_rest(
    order: Order, *, lines: Sequence[Mapping[str, Any]], cause: str = "", swap: Mapping[str, Any] | None = None
) -> Iterator[FollowUp]:
    """Lines leave the order: only what was paid for them goes back, or over to what replaces them (`swap`)."""
    back = 0
    for name, quantity in goods.checked(order.goods, lines).items():
        line = order.goods.line(name)
        back += line.share(quantity)
        line.dropped += quantity
        yield Save(line, "dropped")
    order.total -= back
    if swap is not None:
        yield from swapped(order, **swap)
    elif order.paid:
        yield from money.give_back(order, cause, back)
    if any(True for _ in order.goods.ending()):  # all that is left has arrived already
        yield Take("order", order.pk, "sign", {"parcels": []}, must=False, who=Who.PLATFORM)


# ---- money comes back
@ORDER.told("refund_succeeded")
def refund_succeeded(
    order: Order, at: datetime, *, key: str, amount: int, voucher: str = "", **_inputs: Any
) -> Iterator[FollowUp]:
    """Heard from the shop: another amount than ours is an alarm, never a success; an unknown key is an outside refund."""
    refund = next((r for r in order.purse.refunds if r.key == key), None)
    if refund is None:
        yield from money.outside_refund(order, key, amount, voucher, at)
    elif refund.status == refund.SUCCEEDED:
        return
    elif refund.amount != amount:
        refund.status = refund.WRONG
        yield Save(refund, "status")
        yield Tell("refund.wrong_amount", {"key": key})
        return
    else:
        yield from money.succeeded(order, refund, voucher, at)
    yield from settled(order)


@ORDER.told("refund_failed")
def refund_failed(order: Order, at: datetime, *, key: str, reason: str = "", **_inputs: Any) -> Iterator[FollowUp]:
    refund = next((r for r in order.purse.refunds if r.key == key), None)
    if refund is not None and refund.status == refund.OPEN:
        refund.status, refund.why = refund.FAILED, reason[:200]
        yield Save(refund, "status", "why")
        yield Tell("refund.fail", {"key": key, "reason": reason[:200]})
