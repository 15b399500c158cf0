"""The money of an order as it is recorded, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from flows.facts import Told
from flows.table import Who

from ..goods import _by_order
from ..models import Order, Payment, Refund
from ..states import R

SETTLED = (R.SUCCEEDED, R.CONFIRMED)
PENDING = (R.DRAFTED, R.APPROVED, R.SENT, R.UNKNOWN)
UNHEARD = (R.DRAFTED, R.APPROVED)  # nobody out there has heard of it
UNSENT = (*UNHEARD, R.FAILED)
DOUBTED = (R.SENT, R.UNKNOWN, R.FAILED)


@dataclass
class Purse:
    """gone: refunds that the effect under way has pulled back. asked: {(shop, who): fen asked today}, see authority;
    one for all orders of a batch, whose refunds are written after all effects have run."""

    payments: list[Payment]
    refunds: list[Refund]
    gone: set[int] = field(default_factory=set)
    asked: dict[Any, Any] = field(default_factory=dict)

    def live(self) -> list[Refund]:
        return [r for r in self.refunds if r.state != R.CANCELLED and r.pk not in self.gone]

    def of_cause(self, cause: str) -> Refund | None:
        """The live refund of this cause: there is one at most."""
        return next((r for r in self.live() if r.cause == cause), None)

    def stopped(self, cause: str) -> Refund | None:
        """The last refund of this cause that was cancelled or rejected."""
        return next((r for r in reversed(self.refunds) if r.cause == cause and r.state == R.CANCELLED), None)

    def pending(self) -> int:
        """Refunds that were promised and have neither come nor failed: they count against what can be given back."""
        return sum(r.amount for r in self.live() if r.state in PENDING)

    def promised(self) -> int:
        """The pending ones and those that failed, which a lead sends again under their key."""
        return sum(r.amount for r in self.live() if r.state in (*PENDING, R.FAILED))

    def missed(self) -> list[Refund]:
        """Refunds that had come, as we were told, and that the customer misses."""
        return [r for r in self.live() if r.missed and r.state in DOUBTED]

    def left(self, part: str, of: int) -> int:
        """What of this part of the order is neither refunded nor promised."""
        return max(0, of - sum(r.parts[part] for r in self.live()))

    def fresh_key(self, order: Order, cause: str) -> str:
        """A key for a new refund: a key is never used twice, whoever used it, for whichever order of the shop."""
        stem = f"{order.number}:{cause}"
        known = {r.key for r in self.refunds}
        for n in count(1):
            key = stem if n == 1 else f"{stem}:{n}"
            if key not in known and not Refund.objects.filter(shop=order.shop_id, key=key).exists():
                return key
        raise AssertionError


def facts(order: Order) -> Iterator[Told]:
    """Once all that was paid is refunded, the order is closed; it stays so while money that is missed is looked for.

    Freight that the customer has advanced is no price: it comes and goes beside.
    """
    missed = [r for r in order.purse.missed() if not r.advance]
    advances = [r for r in order.purse.live() if r.advance]
    paid = order.paid - sum(r.amount for r in advances)
    refunded = order.refunded - sum(r.amount for r in advances if r.state in SETTLED)
    if 0 < paid <= refunded + sum(r.amount for r in missed):
        times = [r.settled_at for r in order.purse.live() if r.settled_at]
        times += [datetime.fromisoformat(r.struck["succeed"]) for r in missed]
        yield Told("close_refunded", max(times, default=order.created_at), Who.PLATFORM.word)


def bring(orders: Sequence[Order]) -> None:
    """Load payments and refunds of a batch of orders: two statements."""
    pks, asked = [o.pk for o in orders], dict[Any, Any]()
    payments, refunds = _by_order(Payment, pks), _by_order(Refund, pks)
    for o in orders:
        o.purse = Purse(payments.get(o.pk, []), refunds.get(o.pk, []), asked=asked)
        for refund in o.purse.refunds:
            refund.order = o


def order_of(refund: Refund) -> Order:
    """The order of a refund with its money, loaded where a batch has not brought it."""
    if "purse" not in refund.order.__dict__:
        bring([refund.order])
    return refund.order


def bring_orders(refunds: Sequence[Refund]) -> None:
    """The orders of a batch of refunds, which are locked already, each with its money, these refunds among it."""
    orders = {o.pk: o for o in Order.objects.filter(pk__in={r.order_id for r in refunds})}
    bring(list(orders.values()))
    of = {r.pk: r for r in refunds}
    for o in orders.values():
        o.purse.refunds = [of.get(r.pk, r) for r in o.purse.refunds]
    for r in refunds:
        r.order = orders[r.order_id]
