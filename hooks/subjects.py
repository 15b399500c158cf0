"""Whom an event speaks of: orders by number, parcels by tracking number, refunds by key. A few statements a batch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import rows
from flows.registry import FLOWS
from orders.models import LogisticsQuery, Order, Parcel, Refund, StockOut
from returns.models import BackParcel, Dispute, Return
from tickets.conversations import hearing
from tickets.models import Message

from . import events as e

Key = tuple[str, int, str]  # ("order", shop, number), ("parcel", …), ("refund", …), ("stock_out", …)
KINDS: dict[str, tuple[Any, str, str]] = {
    "order": (Order, "number", "pk"),
    "parcel": (Parcel, "tracking_number", "order_id"),
    "refund": (Refund, "number", "pk"),
    "refund_key": (Refund, "key", "pk"),
    "stock_out": (StockOut, "number", "pk"),
    "logistics_query": (LogisticsQuery, "number", "pk"),
    "return": (Return, "number", "pk"),
    "order_of_return": (Return, "number", "order_id"),
    "dispute": (Dispute, "number", "pk"),
    "dispute_of": (Dispute, "about", "pk"),
    "back_parcel": (BackParcel, "tracking_number", "of_id"),
    "message": (Message, "external", "ticket_id"),
}
TALK = "conversation"  # its ticket is found by tickets.conversations


def keys_of(shop: int, data: e.Fact) -> list[Key]:
    """The names under which the event's subject may be known, the surest first."""
    if isinstance(data, e.ParcelFact):
        return [("parcel", shop, data.tracking_number.strip().upper())]
    if isinstance(data, e.RefundFact):
        return [("refund_key", shop, data.key), *paid_elsewhere(shop, data)]
    if isinstance(data, e.ReturnRequested):
        return [("return", shop, data.number), ("order", shop, data.order)]
    if isinstance(data, e.ReturnFact):
        return [("return", shop, data.number)]
    if isinstance(data, e.DisputeFact):  # which of its return's it is, is said by hooks/disputing.py
        hangs_on = [("return", shop, data.return_)] if isinstance(data, e.DisputeOpened) else []
        return [("dispute_of", shop, data.return_), *hangs_on]
    if isinstance(data, e.DeadlineChanged):
        return [(data.flow, shop, data.number)]
    if isinstance(data, e.StockChanged):  # no subject's; so that no two of a wave speak of one product
        return [("stock", shop, x.sku) for x in data.goods]
    if isinstance(data, e.MessageReceived):
        return [(TALK, shop, data.conversation), *([("message", shop, data.message)] if data.message else [])]
    return [("order", shop, data.about), *_review(shop, data)]


def _review(shop: int, data: e.Fact) -> list[Key]:
    """So that no two of a wave speak of one review."""
    return [("review", shop, data.review)] if isinstance(data, e.ReviewPosted) and data.review else []


def paid_elsewhere(shop: int, data: e.Fact) -> list[Key]:
    """The order that hears of a success under a key that is not ours: it is named, or its return is."""
    if not isinstance(data, e.RefundSucceeded):
        return []
    named = [("order", shop, data.order)] if data.order else []
    return [*named, *([("order_of_return", shop, data.return_)] if data.return_ else [])]


def further_keys(shop: int, data: e.Fact) -> list[Key]:
    """Names of a return that hears the same: a parcel of its own, or one of its order's that comes back."""
    if isinstance(data, e.ParcelFact):
        return [("back_parcel", shop, data.tracking_number.strip().upper())]
    if isinstance(data, e.MessageReceived) and data.order:
        return [("order", shop, data.order)]
    return []


def moved_keys(shop: int, data: e.Fact) -> list[Key]:
    """Names of a return that it moves, without speaking to it: a ruling drives its return, a refund settles it."""
    told = isinstance(data, e.DisputeFact | e.RefundFact) and data.return_
    return [("return", shop, told)] if told else []


def all_keys(shop: int, data: e.Fact) -> list[Key]:
    return [*keys_of(shop, data), *further_keys(shop, data), *moved_keys(shop, data)]


def flow_of(data: e.Fact) -> str:
    if isinstance(data, e.DisputeFact):
        return "dispute"
    if isinstance(data, e.ReturnFact):
        return "return"
    return data.flow if isinstance(data, e.DeadlineChanged) else "order"


@dataclass
class Known:
    """What a batch's names stand for: key -> subjects' keys. A parcel may carry two orders' goods."""

    found: dict[Key, list[int]] = field(default_factory=dict)

    def look_up(self, keys: Iterable[Key]) -> None:
        """One statement for each kind of name."""
        groups: dict[str, set[Key]] = {}
        for key in keys:
            groups.setdefault(key[0], set()).add(key)
            self.found[key] = []
        for kind, those in groups.items():
            if kind in KINDS:
                self._read(kind, those)
            if kind == TALK:
                heard = hearing((shop, name) for _kind, shop, name in those)
                self.found |= {(TALK, shop, name): [pk] for (shop, name), pk in heard.items()}

    def _read(self, kind: str, those: set[Key]) -> None:
        model, name, subject = KINDS[kind]
        wanted = {(shop, text) for _kind, shop, text in those}
        for row in rows.fetch(model, name, sorted({text for _shop, text in wanted})):
            if (row.shop_id, getattr(row, name)) in wanted and (pk := getattr(row, subject)) is not None:
                self.found[kind, row.shop_id, getattr(row, name)].append(pk)

    def subjects(self, keys: Iterable[Key]) -> list[int]:
        """The subjects of the first name that is known; none where nobody is known by any."""
        return next((sorted(set(pks)) for key in keys if (pks := self.found.get(key))), [])

    def spoken_to(self, shop: int, data: e.Fact) -> list[tuple[str, int]]:
        """(flow, key) of everybody of whom the event speaks."""
        if isinstance(data, e.RefundFact):
            ours = [("refund", pk) for pk in self.subjects([("refund_key", shop, data.key)])]
            return ours or [("order", pk) for pk in self.subjects(paid_elsewhere(shop, data))]
        if isinstance(data, e.MessageReceived):  # heard by hooks/talking.py
            hears = [("ticket", pk) for pk in self.found.get((TALK, shop, data.conversation), [])]
            return hears + [("order", pk) for pk in self.subjects(further_keys(shop, data))]
        flow = flow_of(data)
        found = [(flow, pk) for pk in self.subjects(keys_of(shop, data))] if flow in FLOWS else []
        return found + [("return", pk) for pk in self.subjects(further_keys(shop, data))]

    def moved(self, shop: int, data: e.Fact) -> list[tuple[str, int]]:
        """(flow, key) of everybody whom the event may move."""
        return self.spoken_to(shop, data) + [("return", pk) for pk in self.subjects(moved_keys(shop, data))]
