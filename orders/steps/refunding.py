"""What the shop says of refunds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flows.effects import FollowUp, Save, Tell

from .. import money
from ..models import Order
from ..tables import ORDER


@ORDER.told("refund_succeeded")
def refund_succeeded(
    order: Order, at: datetime, *, key: str, amount: int, voucher: str = "", **_inputs: Any
) -> Iterator[FollowUp]:
    """Another amount than ours is an alarm, never a success; an unknown key is an outside refund. One that we pulled
    back and that came all the same is booked as it came."""
    refund = next((r for r in order.purse.refunds if r.key == key), None)
    if refund is None:
        yield from money.outside_refund(order, key, amount, voucher, at)
    elif refund.status == refund.SUCCEEDED:
        return
    elif refund.amount != amount and refund.status != refund.CANCELLED:
        refund.status = refund.WRONG
        yield Save(refund, "status")
        yield Tell("refund.wrong_amount", {"key": key})
    else:
        yield from money.succeeded(order, refund, amount, voucher, at)


@ORDER.told("refund_failed")
def refund_failed(order: Order, at: datetime, *, key: str, reason: str = "", **_inputs: Any) -> Iterator[FollowUp]:
    refund = next((r for r in order.purse.refunds if r.key == key), None)
    if refund is not None and refund.status == refund.OPEN:
        refund.status, refund.why = refund.FAILED, reason[:200]
        yield Save(refund, "status", "why")
        yield Tell("refund.fail", {"key": key, "reason": reason[:200]})
