"""Messages whose subject is not there yet: woken when it appears, tried again by the clock, then shown to people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from flows.effects import FollowUp
from flows.table import OUTSIDE
from orders.models import Order
from orders.tables import ORDER
from returns.models import Dispute, Return
from returns.tables import DISPUTE, RETURN

from . import events as e
from .models import Inbox

if TYPE_CHECKING:
    from .process import Item

WEEK = timedelta(days=7)


def rings_again(row: Inbox, at: datetime) -> datetime | None:
    """Ever later, an hour at the most; None once it has waited a week (promise I-09)."""
    if at - row.received_at > WEEK:
        return None
    later: timedelta = timedelta(minutes=1) * 2 ** min(row.attempts, 6)
    return at + min(later, timedelta(hours=1))


def wake(items: Iterable[Item], *, at: datetime) -> int:
    """What has begun and which parcels have become known in this wave: who waited for them rings now. -> how many."""
    names: dict[int, set[str]] = {}
    for item in items:
        for event in item.events:
            data = event.data
            named = {data.number} if isinstance(data, e.OrderPlaced | e.ReturnRequested) else set()
            if isinstance(data, e.DisputeOpened) and item.taken:  # else it waits itself under this number
                named = {data.return_}
            if isinstance(data, e.RefundSucceeded) and item.taken:
                named = {name[:64] for name in (data.key, data.order, data.return_) if name}
            sent = [data] if isinstance(data, e.ReturnSentBack) else getattr(data, "parcels", ())
            named |= {p.tracking_number.strip().upper() for p in sent}
            if named:
                names.setdefault(item.row.shop_id, set()).update(named)
    return sum(call(shop, sorted(numbers), at=at) for shop, numbers in names.items())


def call(shop: int, numbers: Sequence[str], *, at: datetime) -> int:
    """Wake the parked messages of these numbers. -> how many. They ring for the sweep of the inbox and at once."""
    from .tasks import BELL

    waiting = Inbox.objects.filter(shop=shop, outcome=Inbox.PARKED, number__in=numbers, token=None)
    woken = waiting.update(rings_at=at)
    if woken:
        transaction.on_commit(BELL.ring)
    return woken


@DISPUTE.after("start")
def dispute_begun_by_hand(dispute: Dispute) -> Iterator[FollowUp]:
    """What the platform said of a dispute before people recorded that it had begun."""
    if not dispute.caller & OUTSIDE:
        call(dispute.shop_id, [dispute.about], at=dispute.now)
    return iter(())


@RETURN.after("start")
def return_begun_by_hand(ret: Return) -> Iterator[FollowUp]:
    """Returns that people or other subjects begin."""
    if not ret.caller & OUTSIDE:
        call(ret.shop_id, [ret.number], at=ret.now)
    return iter(())


@RETURN.after("send_back", "receive")
def sent_by_hand(ret: Return) -> Iterator[FollowUp]:
    """Parcels that people enter for the customer."""
    if not ret.caller & OUTSIDE:
        call(ret.shop_id, [p.tracking_number for p in ret.belongings.parcels], at=ret.now)
    return iter(())


@ORDER.after("start", "pack", "ship", "ship_part")
def begun_by_hand(order: Order) -> Iterator[FollowUp]:
    """Orders and parcels that people bring in; the inbox wakes its own, set by set."""
    if not order.caller & OUTSIDE:
        parcels: Iterable[Any] = order.goods.parcels if "goods" in order.__dict__ else ()
        call(order.shop_id, [order.number, *(p.tracking_number for p in parcels)], at=order.now)
    return iter(())
