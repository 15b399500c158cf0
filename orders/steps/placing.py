"""Placing, paying, confirming: with the rules of the policy that need no person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from flows.effects import Add, FollowUp, Implies, Take
from shops import policy

from .. import money
from ..amend import amend_order
from ..models import Line, Order
from ..states import Closed, S
from ..tables import ORDER


@ORDER.on("start")
def placed(
    order: Order, *, lines: Sequence[Mapping[str, Any]] = (), carried: int = 0, cause: str = ""
) -> Iterator[FollowUp]:
    """lines: {"line", "sku", "title", "quantity", "unit_price", "paid", "gift", "category", "exclusion",
    "confirmed", "bundle"}.

    carried: money of another order's.
    """
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
    """The money is recorded whatever the order's state; that of a cancelled order goes back, whenever it comes."""
    yield from money.receive(order, transaction, order.total if amount is None else amount, at)
    order.paid_at = min(order.paid_at or at, at)
    yield from money.presume(order)
    yield from money.fit(order)
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
