"""A dispute as the API shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from flows.api.openapi import MOMENT, MONEY, TEXT, an_object, many, nullable
from flows.api.queries import text
from flows.api.subjects import Resource, when
from flows.models import LONGEST
from orders.api.orders import MOST_FOUND

from .. import ruling
from ..models import Dispute
from ..states import Remedy
from ..tables import DISPUTE
from .returns import find as find_returns
from .showing import masked, money


def find(q: str, shops: Sequence[int]) -> list[int]:
    """Its own number, or its return as returns are found."""
    own_ = Dispute.objects.filter(shop__in=shops).order_by().values_list("pk", flat=True)
    found = own_.filter(number=q).union(own_.filter(of__in=find_returns(q, shops)))
    return sorted(found, reverse=True)[:MOST_FOUND]


def narrow(rows: QuerySet[Any], asked: Mapping[str, Any]) -> QuerySet[Any]:
    rows = rows.filter(of__number=asked["return"]) if asked["return"] else rows
    return rows.filter(order__number=asked["order"]) if asked["order"] else rows


def load(disputes: Sequence[Dispute]) -> None:
    """Their returns with all that a step looks at."""
    ruling.bring(disputes)


def own(d: Dispute, unmasked: bool) -> dict[str, Any]:
    told = {k: str(d.platform.get(k) or "") for k in ("status", "number", "version", "seen_at")}
    dues = [{"clock": name, "due": pair[0]} for name, pair in d.dues.items()]
    return {
        "order": d.of.belongings.order.number, "return": d.of.number, "reason": masked(d.reason, unmasked),
        "opened_by": d.opened_by, "statement": masked(d.statement, unmasked), "remedy": d.remedy or None,
        "awarded": money(d.awarded), "rulings": [ruled(r) for r in d.rulings],
        "platform": {**told, "deadlines": dues}, "pack": d.pack, "ruled_at": when(d.ruled_at),
        "enforced_at": when(d.enforced_at), "withdrawn_at": when(d.withdrawn_at), "ended_at": when(d.ended_at),
    }  # fmt: skip


def ruled(told: Sequence[Any]) -> dict[str, Any]:
    at, for_whom, remedy, amount = told
    return {"at": at, "for": for_whom, "remedy": remedy or None, "amount": money(amount)}


REMEDY = {"type": ["string", "null"], "enum": [*(str(v) for v in Remedy.values), None]}
SCHEMA: dict[str, Any] = {
    "order": TEXT,
    "return": {**TEXT, "description": "The number of the return that it is about."},
    "reason": TEXT,
    "opened_by": {**TEXT, "description": "hook, desk, api."},
    "statement": {**TEXT, "description": "What was handed in last."},
    "remedy": {**REMEDY, "description": "What the newest ruling for the buyer demands."},
    "awarded": nullable(MONEY),
    "rulings": many(
        an_object(
            {"at": TEXT, "for": {"type": "string", "enum": ["buyer", "seller"]}, "remedy": REMEDY,
             "amount": nullable(MONEY)}
        )
    ),
    "platform": an_object(
        {
            "status": TEXT, "number": TEXT, "version": TEXT, "seen_at": TEXT,
            "deadlines": many(an_object({"clock": TEXT, "due": TEXT})),
        },
        description="What the platform itself says, raw. Its deadlines win.",
    ),
    "pack": {**TEXT, "description": "SHA-256 of the manifest of the evidence pack that was handed in."},
    "ruled_at": nullable(MOMENT),
    "enforced_at": nullable(MOMENT),
    "withdrawn_at": nullable(MOMENT),
    "ended_at": nullable(MOMENT),
}  # fmt: skip

DISPUTES = Resource(
    "disputes",
    "Dispute",
    DISPUTE,
    own,
    SCHEMA,
    find,
    "Its number, or its return as returns are found.",
    load=load,
    joined=("order", "of"),
    params=(text("return", "Number of its return.", LONGEST), text("order", "Number of its order.", LONGEST)),
    narrow=narrow,
)
