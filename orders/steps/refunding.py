"""What an order hears of its refunds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flows.effects import FollowUp, Report, Save, Start

from .. import money
from ..models import Order, Refund
from ..states import R
from ..tables import ORDER


@ORDER.told("refund_succeeded")
def refund_succeeded(
    order: Order, at: datetime, *, key: str, amount: int, voucher: str = "", about: str = "", paid_by: str = "",
    **_inputs: Any,
) -> Iterator[FollowUp]:  # fmt: skip
    """Of a key that is not ours: paid back by somebody else, and booked, so that the sums are true."""
    if (ours := _ours(order, key)) is not None:
        yield _pass_on(order, ours, "succeed", amount=amount, voucher=voucher)
        return
    if (awaited := _awaited(order, amount, about)) is not None:
        awaited.key = key  # the platform's own, under which it may speak of it again
        yield Save(awaited, "key")
        yield _pass_on(order, awaited.pk, "succeed", amount=amount, voucher=voucher)
        return
    yield Start(money.outside(order, key, amount, voucher, about, paid_by))
    yield from money.book(order, "refunded", -amount, f"refund:{key}", at)
    yield from money.fit(order)


def _ours(order: Order, key: str) -> int | None:
    return next((r.pk for r in order.purse.refunds if r.key == key), None)


def _awaited(order: Order, amount: int, about: str) -> Refund | None:
    """The refund that the platform has said it pays itself, and whose key nobody has told us."""
    return next(
        (
            r
            for r in order.purse.live()
            if r.paid_by == Refund.PLATFORM and r.amount == amount and r.state in (R.SENT, R.UNKNOWN)
            if about in ("", r.about) and not r.heard
        ),
        None,
    )


def _pass_on(order: Order, refund: int, kind: str, **inputs: Any) -> Report:
    """The refund has become known since the message was read."""
    return Report("refund", refund, kind, inputs, who=order.caller)


@ORDER.told("refund_moved")
def refund_moved(order: Order, at: datetime, **_inputs: Any) -> Iterator[FollowUp]:
    """Its money has moved: what still waits has to fit, and all of it gone closes the order (money.facts)."""
    return money.fit(order)
