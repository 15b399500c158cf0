"""What buyers say of orders in public; of an order that is not here yet it waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from orders.models import Order
from tickets import customers, reviews

from . import events as e
from .platform import Event
from .subjects import Known

if TYPE_CHECKING:
    from .process import Item


def review(spoken: Sequence[tuple[Item, Event, str]], known: Known, *, at: datetime) -> None:
    """Keep these reviews, an order's one: a few statements for all of them."""
    waiting: list[tuple[Item, Event, str, int]] = []
    for item, event, trigger in spoken:
        order = known.subjects([("order", item.row.shop_id, event.data.about)])
        item.parked |= not order
        if order:
            waiting.append((item, event, trigger, order[0]))
    orders = Order.objects.in_bulk({pk for _i, _ev, _t, pk in waiting}) if waiting else {}
    told = [_told(event, orders[pk], trigger) for _i, event, trigger, pk in waiting]
    for (item, *_rest), taken in zip(waiting, reviews.posted(told, by="hook", at=at) if told else [], strict=True):
        item.taken.append(taken)


def _told(event: Event, order: Order, trigger: str) -> reviews.Told:
    data = event.data
    assert isinstance(data, e.ReviewPosted)
    buyer = None
    if data.buyer is not None and data.buyer.id:
        buyer = customers.Told(order.shop_id, data.buyer.id, data.buyer.name, data.buyer.phone)
    external = data.review or f"order:{order.number}"
    return reviews.Told(
        order, external, data.rating, data.text.strip(), data.images, event.at, buyer, trigger
    )  # fmt: skip
