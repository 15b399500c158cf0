"""What a refund's steps do beside moving: who may, what is told to the shop's back end, what is booked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from flows.asks import yuan
from flows.cells import OUTSIDE
from flows.effects import FollowUp, Implies, Recall, Refused, Save, Take, Tell, Weigh
from flows.facts import Told
from flows.table import PEOPLE
from shops import policy

from .. import money
from ..models import Refund
from ..money.refunds import elsewhere
from ..states import Q, R
from ..tables import REFUND

A_MOMENT = timedelta(microseconds=1)

REFUND.brings(
    money.bring_orders, "approve", "reject", "send", "succeed", "fail", "confirm", "reconcile", "cancel", "miss"
)


@REFUND.infers
def facts(refund: Refund) -> Iterator[Told]:
    """It has come as soon as anybody has said so, of our amount rather than of another, be it of the same moment."""
    for at, fen, _voucher in refund.counting():
        yield Told("succeed", at + A_MOMENT if fen == refund.amount else at)


# ---- out
@REFUND.on("start")
def promised(refund: Refund) -> Iterator[FollowUp]:
    """Within the authority it is sent at once; where only a hook has caused it, after the shop's window."""
    refund.sent_at = refund.moment if refund.state == R.SENT else None
    if refund.state != R.APPROVED:
        return
    if refund.asked_as in OUTSIDE.words:
        window = policy.of(refund.shop_id).limits["reorder_window"]
        refund.send_at = refund.now + timedelta(seconds=window.after)
    else:
        yield Take("refund", refund.pk, "send")


@REFUND.on("approve")
def approve(refund: Refund) -> Iterator[FollowUp]:
    refund.approved_by = refund.actor[:80]
    yield Take("refund", refund.pk, "send")


@REFUND.on("send")
def send(refund: Refund) -> Iterator[FollowUp]:
    """The instruction is the step's own event, under the one key for life: written with the step or not at all."""
    refund.attempts += 1
    refund.sent_at, refund.send_at, refund.why = refund.moment, None, ""
    yield Tell("", instruction(refund))


def instruction(refund: Refund) -> dict[str, Any]:
    """What the shop's back end pays. Nothing personal: `payee` is an address of the API to ask for it."""
    parts = {part: yuan(amount) for part, amount in refund.parts.items()}
    payee = {"payee": refund.payee} if refund.payee else {}
    return {**named(refund), "parts": parts, "attempt": refund.attempts, **payee}


def called_off(refund: Refund) -> Iterator[FollowUp]:
    """An instruction that still waits to be delivered, or to be repeated, is taken back: else it would pay what has
    been given back another way. People wait for one that is being said; what the outside reports has happened."""
    if refund.attempts:
        yield Recall("refund.send", strictly=bool(refund.caller & PEOPLE))


def named(refund: Refund) -> dict[str, Any]:
    return {
        "key": refund.key, "amount": yuan(refund.amount), "cause": refund.cause, "order": refund.order.number,
        "return": refund.about or None,
    }  # fmt: skip


# ---- what became of it
@REFUND.told("succeed")
def told_succeed(
    refund: Refund, at: datetime, *, amount: int, voucher: str = "", order: str = "", **_inputs: Any
) -> Iterator[FollowUp]:
    """Kept whatever its amount and whichever comes first; what follows from all that was heard is inferred."""
    _is_of(refund, order)
    told = [at.isoformat(), amount, voucher[:100]]
    if told in refund.heard:
        return
    refund.heard = sorted([*refund.heard, told])
    if amount != refund.amount:
        words = {"key": refund.key, "amount": yuan(amount), "expected": yuan(refund.amount)}
        yield Tell("refund.wrong_amount", words)
    elif refund.voucher and voucher and refund.voucher != voucher[:100]:
        yield Tell("refund.twice", {"key": refund.key, "vouchers": [refund.voucher, voucher[:100]]})


def _is_of(refund: Refund, order: str) -> None:
    """Raises Refused ("input") where the report names another order than ours."""
    if order and order != refund.order.number:
        words = {"key": refund.key, "order": refund.order.number, "named": order}
        raise Refused(_("退款单号 %(key)s 属于订单 %(order)s，不属于 %(named)s") % words, "input", refund)


@REFUND.on("succeed")
def succeed(refund: Refund, **_inputs: Any) -> Iterator[FollowUp]:
    """Also of one that was pulled back: what its cause has promised since has then to fit."""
    yield from _revived(refund)
    right = [t for t in refund.counting() if t[1] == refund.amount]
    if right:
        at, _fen, voucher = right[0]
        yield from settled(refund, at, voucher)
    else:
        yield Weigh("order", refund.order_id, "refund_moved")


@REFUND.told("fail")
def told_fail(refund: Refund, at: datetime, *, reason: str = "", order: str = "", **_inputs: Any) -> Iterator[FollowUp]:
    """Of an attempt older than the last send: only recorded (send strikes it)."""
    _is_of(refund, order)
    if refund.attempts == 1 and refund.sent_at:  # it has no elder, whatever the shop's clock says
        at = max(at, refund.sent_at + A_MOMENT)
    yield Implies("fail", at)
    if refund.state not in money.SETTLED and reason:
        refund.why = reason[:200]


@REFUND.on("fail")
def fail(refund: Refund, **_inputs: Any) -> Iterator[FollowUp]:
    """Its amount is free again, so nothing pays it but a lead who sends it again."""
    yield from called_off(refund)
    yield Tell("", {**named(refund), "reason": refund.why})


@REFUND.told("confirm")
def told_confirm(refund: Refund, at: datetime, *, order: str = "", **_inputs: Any) -> Iterator[FollowUp]:
    _is_of(refund, order)
    yield Implies("confirm", at)


@REFUND.on("confirm")
def confirm(refund: Refund, **_inputs: Any) -> Iterator[FollowUp]:
    """Who has the money need not be told that it has come."""
    if refund.state != R.SUCCEEDED:
        yield from _revived(refund)
        yield from settled(refund, refund.moment, "")


@REFUND.on("reconcile")
def reconcile(refund: Refund, *, result: str, voucher: str = "") -> Iterator[FollowUp]:
    """What the shop's account really says. An instruction that has not got there must not be carried out afterwards."""
    yield from called_off(refund)
    refund.result = result
    if result == R.SUCCEEDED:
        yield from settled(refund, refund.moment, voucher)


def _revived(refund: Refund) -> Iterator[FollowUp]:
    """One that was cancelled and came all the same; its cause may have another refund by now."""
    if refund.state == R.CANCELLED and money.order_of(refund).purse.of_cause(refund.cause):
        refund.cause = elsewhere(refund.key)
    return iter(())


def settled(refund: Refund, at: datetime, voucher: str) -> Iterator[FollowUp]:
    """The money is there: booked once, and told to what it was promised for."""
    order = refund.order
    refund.settled_at, refund.voucher, refund.why = at, voucher[:100] or refund.voucher, ""
    again = f":{refund.version + 1}" if refund.missed else ""
    yield from money.book(order, "refunded", -refund.amount, f"refund:{refund.key}{again}", at)
    yield Save(order, "refunded")
    yield from _settles(refund)
    yield Weigh("order", order.pk, "refund_moved")


def _settles(refund: Refund) -> Iterator[FollowUp]:
    """The stock-out that this refund ends: the one of its cause, or the one for which the order was cancelled."""
    kind, _colon, pk = refund.cause.partition(":")
    if kind == "stock_out" and pk.isdigit():
        yield Take("stock_out", int(pk), "settle", must=False)
    elif refund.owed:
        for whole in refund.order.stock_outs.filter(state=Q.REFUNDING, refund_of="order"):
            yield Take("stock_out", whole.pk, "settle", must=False)


# ---- not at all, or not there
@REFUND.on("reject")
@REFUND.on("cancel")
def stop(refund: Refund, *, why: str = "", instead: bool = False) -> Iterator[FollowUp]:
    """instead: the order promises it anew, so nothing has stopped for its cause."""
    yield from called_off(refund)
    refund.why, refund.quiet = why, instead
    refund.send_at = None
    kind, _colon, pk = refund.cause.partition(":")
    if not instead and kind == "stock_out" and pk.isdigit():
        yield Take("stock_out", int(pk), "money_stopped", must=False)


@REFUND.on("miss")
def miss(refund: Refund, *, why: str = "") -> Iterator[FollowUp]:
    """The customer says that nothing has come: the books are as if it had not, and the money counts as pending."""
    refund.settled_at, refund.why = None, why
    cause = f"missed:{refund.key}:{refund.version + 1}"
    yield from money.book(refund.order, "missed", refund.amount, cause, refund.moment)
    yield Save(refund.order, "refunded")
