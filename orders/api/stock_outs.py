"""A stock-out as the API shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

import rows
from flows.api.openapi import MOMENT, MONEY, TEXT, WHOLE, an_object, many, nullable
from flows.api.queries import text
from flows.api.subjects import Resource, when
from flows.asks import yuan
from flows.models import LONGEST

from ..models import Contact, StockOut
from ..tables import STOCK_OUT
from .orders import MOST_FOUND, QUANTITY
from .orders import find as find_orders


def find(q: str, shops: Sequence[int]) -> list[int]:
    """Its own number, or its order as orders are found."""
    own = StockOut.objects.filter(shop__in=shops).order_by().values_list("pk", flat=True)
    of_orders = own.filter(order__in=find_orders(q, shops))
    return list(own.filter(number=q).union(of_orders, all=True).order_by("-pk")[:MOST_FOUND])


def narrow(found: QuerySet[Any], asked: Mapping[str, Any]) -> QuerySet[Any]:
    return found.filter(order__number=asked["order"]) if asked["order"] else found


def load(stock_outs: Sequence[StockOut]) -> None:
    """Every logged contact, in one statement."""
    found: dict[int, list[Contact]] = {}
    for contact in rows.fetch(Contact, "stock_out", [s.pk for s in stock_outs]):
        found.setdefault(contact.stock_out_id, []).append(contact)
    for s in stock_outs:
        s.spoken = found.get(s.pk, [])


def own(s: Any, unmasked: bool) -> dict[str, Any]:
    return {
        "order": s.order.number, "lines": [{"line": x["line"], "quantity": x["quantity"]} for x in s.lines],
        "choice": choice(s.choice), "difference": yuan(s.difference), "promised_for": when(s.promised_for),
        "refund_of": s.refund_of, "contacts": [contact(c) for c in s.spoken],
    }  # fmt: skip


def choice(chosen: Mapping[str, Any]) -> dict[str, Any] | None:
    if not chosen:
        return None
    return {
        "sku": chosen["sku"], "title": chosen["title"], "quantity": chosen["quantity"],
        "unit_price": yuan(chosen["unit_price"]), "paid": yuan(chosen["paid"]),
    }  # fmt: skip


def contact(c: Contact) -> dict[str, Any]:
    return {
        "channel": c.channel, "words": c.words, "offered": list(c.offered), "none_why": c.none_why, "by": c.by,
        "at": when(c.at),
    }  # fmt: skip


SCHEMA = {
    "order": TEXT,
    "lines": many(QUANTITY),
    "choice": nullable(
        an_object({"sku": TEXT, "title": TEXT, "quantity": WHOLE, "unit_price": MONEY, "paid": MONEY})
    ),
    "difference": MONEY,
    "promised_for": nullable(MOMENT),
    "refund_of": TEXT,
    "contacts": many(
        an_object(
            {"channel": TEXT, "words": TEXT, "offered": many(TEXT), "none_why": TEXT, "by": TEXT, "at": MOMENT}
        )
    ),
}  # fmt: skip

STOCK_OUTS = Resource(
    "stock-outs",
    "StockOut",
    STOCK_OUT,
    own,
    SCHEMA,
    find,
    "Its number, or exactly a number, a phone, a buyer's id or a tracking number of its order.",
    load=load,
    joined=("order",),
    params=(text("order", "Number of its order.", LONGEST),),
    narrow=narrow,
)
