"""A WooCommerce order as it stands -> what has happened to it (docs/adr/0010-woocommerce-statuses.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from hooks.events import (
    Fact,
    OrderAmended,
    OrderClosed,
    OrderCompleted,
    OrderPaid,
    OrderPlaced,
    OrderShipped,
    RefundSucceeded,
    convert,
)
from hooks.platform import Endpoint, Event, Headers, Told
from hooks.refused import invalid

from .order import Order, contents, parcels
from .signature import DELIVERY, TOPIC

STANDS = ("pending", "failed", "on-hold", "processing")  # nothing has left the house: it may still be amended
PAID = ("processing", "completed", "refunded")
KNOWN = (*STANDS, "completed", "cancelled", "refunded")
NOT_PLACED = ("checkout-draft", "auto-draft", "draft", "new", "trash")
READ = ("order.created", "order.updated", "order.restored")


def identify(headers: Headers, body: Mapping[str, Any]) -> tuple[str, str]:
    """WooCommerce draws a delivery's id from the webhook and the second: two orders of one second share it."""
    return f"{headers[DELIVERY]}:{body.get('id', '')}", headers[TOPIC]


def translate(body: dict[str, Any], headers: Headers, endpoint: Endpoint) -> Told:
    topic = headers[TOPIC]
    if topic not in READ:
        return Told(topic, outcome="ignored", why="not a topic that moves an order", flag=topic)
    if "id" not in body and "code" in body:
        return Told(topic, outcome="ignored", why="WooCommerce could not read the order that it sends")
    order = convert(body, Order)
    if order.currency != endpoint.currency:
        raise invalid("The currency is not the shop's.", "/currency", "currency")
    if order.status in NOT_PLACED:
        return Told(topic, number=order.number, outcome="ignored", why=f"status {order.status}: not placed")
    version = int(order.modified.timestamp())
    told = _facts(order, updated=topic != "order.created")
    events = tuple(
        Event(i, kind.type, at, "platform", convert({**data, "version": version}, kind))
        for i, (kind, at, data) in enumerate(told)
    )
    for event in events:
        event.data.check(endpoint.currency)
    return Told(topic, events, order.number, flag="" if order.status in KNOWN else f"status: {order.status}"[:100])


def _facts(order: Order, *, updated: bool) -> Iterator[tuple[type[Fact], datetime, dict[str, Any]]]:
    """What has happened by now, in the order in which it happened; each with its own moment and its data."""
    named, cod = {"number": order.number}, order.payment_method == "cod"
    goods = {**named, **contents(order)}
    yield OrderPlaced, order.created, {**goods, "payment": "cod" if cod else "online", **_terms(order)}
    if updated and order.status in STANDS:
        yield OrderAmended, order.modified, {**goods, "snapshot": True}
    paid = order.paid or (order.modified if order.status in PAID else None)
    if paid and not cod:  # WooCommerce dates cash on delivery as paid when it is placed
        yield OrderPaid, paid, {**named, "transaction": order.transaction_id, "method": order.payment_method}
    if order.status == "completed":
        yield _completed(order, named)
    for refund in order.refunds:
        yield RefundSucceeded, order.modified, {"order": order.number, **refund.data}
    if order.status == "refunded":
        yield OrderClosed, order.modified, {**named, "reason": "refunded"}
    elif order.status == "cancelled":
        yield OrderClosed, order.modified, {**named, "reason": "cancelled" if cod or paid else "unpaid"}


def _completed(order: Order, named: dict[str, Any]) -> tuple[type[Fact], datetime, dict[str, Any]]:
    """ "Fulfilled": with tracking numbers it is on its way, without any there is nothing more to wait for."""
    at, sent = order.completed or order.modified, parcels(order)
    if sent:
        return OrderShipped, at, {**named, "parcels": sent}
    return OrderCompleted, at, named


def _terms(order: Order) -> dict[str, Any]:
    return {"currency": order.currency, "channel": order.created_via, "placed_at": order.created.isoformat()}
