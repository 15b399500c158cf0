"""Cash on delivery: what the courier collects is presumed, until somebody tells what was really paid."""

from __future__ import annotations

from collections.abc import Iterator

from flows.effects import Add, FollowUp

from ..models import Order
from ..models import Payment as PaymentRow
from ..states import Payment, S
from .ledger import book, correct
from .refunds import fit

KEY = "cod"
COLLECTED = (S.SIGNED, S.COMPLETED)


def presume(order: Order, *, collected: bool | None = None) -> Iterator[FollowUp]:
    """The whole total once the parcel is handed over against money; nothing once a payment is told, or where the goods
    come back. collected: by default as the order stands."""
    if order.payment != Payment.COD:
        return
    collected = order.state in COLLECTED if collected is None else collected
    told = any(p.amount for p in order.purse.payments if p.key != KEY)
    amount = order.total if collected and not told else 0
    known = next((p for p in order.purse.payments if p.key == KEY), None)
    if known is not None and known.amount != amount:
        yield from correct(order, known, amount, order.moment)
        yield from fit(order)
    elif known is None and amount:
        payment = PaymentRow(order_id=order.pk, key=KEY, amount=amount, at=order.moment)
        order.purse.payments.append(payment)
        yield Add(payment)
        yield from book(order, "paid", amount, f"payment:{KEY}", order.moment)
