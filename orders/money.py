"""What comes in for an order and what goes back. Called by effects, under the order's lock; amounts are fen.

The refund here is a placeholder for the refund flow. It keeps what may never go wrong: one refund per cause, one key
for its life, written before the instruction; one whose only cause is a hook waits `reorder_window`, since a fact that
outranks its cause may still be under way, and is pulled back while nobody has heard of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import outbox.service as outbox
import rows
from flows.asks import yuan
from flows.effects import Add, FollowUp, Save, Take, Tell
from flows.facts import Told
from flows.table import OUTSIDE, Who
from outbox.models import Event
from shops import policy

from .goods import _by_order
from .models import Entry, Order, Payment, Refund
from .states import Closed, S

WAITING = (Refund.OPEN, Refund.WRONG)
# What comes in for these goes back; where the platform itself has closed it as refunded, its own refund is awaited.
FOR_GOOD = (Closed.CANCELLED, Closed.REFUNDED, Closed.SWAPPED, Closed.MERGED)


@dataclass
class Purse:
    """The money of one order, as recorded."""

    payments: list[Payment]
    refunds: list[Refund]

    def of_cause(self, cause: str) -> Refund | None:
        return next((r for r in self.refunds if r.cause == cause and r.status != Refund.CANCELLED), None)

    def pending(self) -> int:
        """Refunds that were promised and have not yet come or failed: they count against what can be given back."""
        return sum(r.amount for r in self.refunds if r.status in WAITING)

    def fresh_key(self, stem: str) -> str:
        """A key for a new refund: a key is never used twice, whoever used it."""
        known = {r.key for r in self.refunds}
        tried = (stem if n == 1 else f"{stem}:{n}" for n in count(1))
        return next(key for key in tried if key not in known)


def facts(order: Order) -> Iterator[Told]:
    """Once all that was paid is refunded, the order is closed."""
    if 0 < order.paid <= order.refunded:
        yield Told("close_refunded", max(r.settled_at for r in order.purse.refunds if r.settled_at), Who.PLATFORM.word)


def bring(orders: Sequence[Order]) -> None:
    """Load payments and refunds of a batch of orders: two statements."""
    pks = [o.pk for o in orders]
    payments, refunds = _by_order(Payment, pks), _by_order(Refund, pks)
    for o in orders:
        o.purse = Purse(payments.get(o.pk, []), refunds.get(o.pk, []))


def book(order: Order, kind: str, amount: int, cause: str, at: datetime) -> Iterator[FollowUp]:
    """One line of the ledger; `paid` and `refunded` follow it."""
    if not amount:
        return
    if kind == "refunded":
        order.refunded -= amount
    else:
        order.paid += amount
    yield Add(Entry(order_id=order.pk, kind=kind, amount=amount, cause=cause, at=at))


def receive(order: Order, key: str, amount: int, at: datetime) -> Iterator[FollowUp]:
    """A payment as reported. The same one again changes nothing; with another amount the newest report corrects it."""
    known = next((p for p in order.purse.payments if p.key == key), None)
    if known is None:
        payment = Payment(order_id=order.pk, key=key, amount=amount, at=at)
        order.purse.payments.append(payment)
        yield Add(payment)
        yield from book(order, "paid", amount, f"payment:{key}", at)
    elif (at, amount) > (known.at, known.amount):
        difference, known.amount, known.at = amount - known.amount, amount, at
        yield Save(known, "amount", "at")
        yield from book(order, "corrected", difference, f"payment:{key}:{at.isoformat()}:{amount}"[:150], at)


def give_back(order: Order, cause: str, amount: int) -> Iterator[FollowUp]:
    """Tell the shop's back end to refund: never more than the order holds, once per cause."""
    amount = min(amount, order.received - order.purse.pending())
    if amount <= 0 or order.purse.of_cause(cause):
        return
    key = order.purse.fresh_key(f"{order.number}:{cause}")
    [event] = rows.allocate(Event, 1)
    refund = Refund(order_id=order.pk, cause=cause, key=key, amount=amount, event=event, at=order.moment)
    order.purse.refunds.append(refund)
    yield Add(refund)
    yield Tell("refund.send", {"key": key, "amount": yuan(amount), "cause": cause}, not_before=send_at(order), pk=event)


def send_at(order: Order) -> datetime:
    """At once; after the shop's reorder window where only a hook has caused it."""
    if not order.caller & OUTSIDE:
        return order.now
    window = policy.of(order.shop_id).limits["reorder_window"]
    return order.now + timedelta(seconds=window.after)


def pull_back(order: Order, cause: str, *, quietly: bool = False) -> Iterator[FollowUp]:
    """The refund is withdrawn while nobody has heard of it; else people must know (unless `quietly`)."""
    refund = order.purse.of_cause(cause)
    if refund is None or refund.status != Refund.OPEN or refund.pk is None:
        return
    if refund.event and outbox.withdraw(refund.event, at=order.now):
        refund.status = Refund.CANCELLED
        yield Save(refund, "status")
    elif not quietly:
        yield Tell("refund.too_late", {"key": refund.key, "amount": yuan(refund.amount), "cause": cause})


def give_all_back(order: Order) -> Iterator[FollowUp]:
    """The one refund of a cancelled order: all that is recorded as paid, whenever that is recorded.

    Money that is recorded later joins the refund while nobody has heard of it; else it goes back by itself.
    """
    if order.received == order.purse.pending():
        return
    yield from pull_back(order, "cancel", quietly=True)
    told = order.purse.of_cause("cancel")
    cause = f"cancel:{len(order.purse.refunds)}" if told else "cancel"
    yield from give_back(order, cause, order.received)


def fit(order: Order) -> Iterator[FollowUp]:
    """What waits to be refunded fits what the order holds, now that it holds something else: nothing is paid back
    twice. An order that is closed for good gives back all it holds."""
    for refund in [r for r in order.purse.refunds if r.status == Refund.OPEN]:
        if order.purse.pending() <= order.received:
            break
        yield from pull_back(order, refund.cause)
        if refund.status == Refund.CANCELLED and refund.cause != "cancel":
            yield from give_back(order, refund.cause, refund.amount)
    if order.state == S.CLOSED and order.close_reason in FOR_GOOD and order.fact != "close_refunded":
        yield from give_all_back(order)


def carry_out(order: Order, amount: int, cause: str) -> Iterator[FollowUp]:
    """Money that goes over to another order: never refunded."""
    yield from book(order, "carried_out", -amount, cause, order.moment)


def carry_in(order: Order, amount: int, cause: str) -> Iterator[FollowUp]:
    yield from book(order, "carried_in", amount, cause, order.moment)


def succeeded(order: Order, refund: Refund, amount: int, voucher: str, at: datetime) -> Iterator[FollowUp]:
    """Also of one that was pulled back: what another refund of its cause still promises has then to fit."""
    if refund.status == Refund.CANCELLED and order.purse.of_cause(refund.cause):
        refund.cause = f"outside:{refund.key}"[:60]
    refund.status, refund.amount, refund.voucher, refund.settled_at = Refund.SUCCEEDED, amount, voucher[:100], at
    yield Save(refund, "cause", "amount", "status", "voucher", "settled_at")
    yield from book(order, "refunded", -refund.amount, f"refund:{refund.key}", at)
    yield from fit(order)
    kind, _colon, pk = refund.cause.partition(":")
    if kind == "stock_out" and pk.isdigit():
        yield Take("stock_out", int(pk), "settle", must=False)
    elif kind == "cancel":
        for stock_out in order.stock_outs.filter(state="refunding"):
            yield Take("stock_out", stock_out.pk, "settle", must=False)


def outside_refund(order: Order, key: str, amount: int, voucher: str, at: datetime) -> Iterator[FollowUp]:
    """Paid back by somebody else: booked, so that the sums are true."""
    refund = Refund(
        order_id=order.pk, cause=f"outside:{key}"[:60], key=key, amount=amount, status=Refund.SUCCEEDED,
        voucher=voucher[:100], at=at, settled_at=at,
    )  # fmt: skip
    order.purse.refunds.append(refund)
    yield Add(refund)
    yield from book(order, "refunded", -amount, f"refund:{key}", at)
    yield from fit(order)
