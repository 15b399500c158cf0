"""What the shop says of refunds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flows.effects import FollowUp, Save, Tell

from .. import money
from ..models import Order
from ..tables import ORDER
from .closing import settled


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
