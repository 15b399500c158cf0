"""A refund as the API shows it. Nothing of the payee."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from flows.api.openapi import MOMENT, MONEY, TEXT, WHOLE, an_object, nullable
from flows.api.queries import some_of, text
from flows.api.subjects import Resource, when
from flows.asks import yuan
from flows.models import LONGEST

from .. import money
from ..models import Refund
from ..models.refund import KEY
from ..tables import REFUND
from .orders import MOST_FOUND
from .orders import find as find_orders


def find(q: str, shops: Sequence[int]) -> list[int]:
    """Its own number or key, or its order as orders are found."""
    own = Refund.objects.filter(shop__in=shops).order_by().values_list("pk", flat=True)
    of_orders = own.filter(order__in=find_orders(q, shops))
    return list(own.filter(number=q).union(own.filter(key=q), of_orders, all=True).order_by("-pk")[:MOST_FOUND])


def narrow(found: QuerySet[Any], asked: Mapping[str, Any]) -> QuerySet[Any]:
    named = {"order__number": "order", "about": "return", "key": "key", "paid_by__in": "paid_by"}
    return found.filter(**{column: asked[name] for column, name in named.items() if asked[name]})


def load(refunds: Sequence[Refund]) -> None:
    """Their orders' money, which a step looks at: a statement for each kind."""
    orders = {r.order_id: r.order for r in refunds}
    money.bring(list(orders.values()))
    for r in refunds:
        r.order = orders[r.order_id]


def own(r: Any, unmasked: bool) -> dict[str, Any]:
    return {
        "order": r.order.number, "return": r.about, "key": r.key, "cause": r.cause, "amount": yuan(r.amount),
        "parts": {part: yuan(amount) for part, amount in r.parts.items()}, "paid_by": r.paid_by,
        "asked_by": r.asked_by, "asked_as": r.asked_as, "approved_by": r.approved_by, "note": r.note, "why": r.why,
        "voucher": r.voucher, "attempts": r.attempts, "send_at": when(r.send_at), "sent_at": when(r.sent_at),
        "settled_at": when(r.settled_at),
    }  # fmt: skip


SCHEMA = {
    "order": TEXT,
    "return": {**TEXT, "description": "Number of the return that it is for; empty: of none."},
    "key": {**TEXT, "description": "The one key of all its instructions."},
    "cause": TEXT,
    "amount": MONEY,
    "parts": an_object({"goods": MONEY, "freight": MONEY, "compensation": MONEY}),
    "paid_by": {"type": "string", "enum": [Refund.SHOP, Refund.PLATFORM]},
    "asked_by": TEXT,
    "asked_as": TEXT,
    "approved_by": TEXT,
    "note": TEXT,
    "why": TEXT,
    "voucher": TEXT,
    "attempts": WHOLE,
    "send_at": {**nullable(MOMENT), "description": "Not before: only a message has caused it."},
    "sent_at": nullable(MOMENT),
    "settled_at": nullable(MOMENT),
}

REFUNDS = Resource(
    "refunds",
    "Refund",
    REFUND,
    own,
    SCHEMA,
    find,
    "Its number, its key, or exactly a number, a phone, a buyer's id or a tracking number of its order.",
    load=load,
    joined=("order",),
    params=(
        text("order", "Number of its order.", LONGEST),
        text("return", "Number of its return.", LONGEST),
        text("key", "Its key.", KEY),
        some_of("paid_by", [Refund.SHOP, Refund.PLATFORM], "shop, platform."),
    ),
    narrow=narrow,
)
