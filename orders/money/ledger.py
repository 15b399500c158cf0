"""The ledger: append-only, and its sum is the balance shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flows.effects import Add, FollowUp, Save

from ..models import Entry, Order, Payment

BACK = ("refunded", "missed")


def book(order: Order, kind: str, amount: int, cause: str, at: datetime) -> Iterator[FollowUp]:
    """One line of the ledger; `paid` and `refunded` follow it."""
    if not amount:
        return
    if kind in BACK:
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
        yield from correct(order, known, amount, at)


def correct(order: Order, payment: Payment, amount: int, at: datetime) -> Iterator[FollowUp]:
    """Another amount of a payment that is known."""
    difference, payment.amount, payment.at = amount - payment.amount, amount, at
    payment.corrections += 1
    yield Save(payment, "amount", "at", "corrections")
    yield from book(order, "corrected", difference, f"corrected:{payment.corrections}:{payment.key}", at)


def carry_out(order: Order, amount: int, cause: str) -> Iterator[FollowUp]:
    """Money that goes over to another order: never refunded."""
    yield from book(order, "carried_out", -amount, cause, order.moment)


def carry_in(order: Order, amount: int, cause: str) -> Iterator[FollowUp]:
    yield from book(order, "carried_in", amount, cause, order.moment)
