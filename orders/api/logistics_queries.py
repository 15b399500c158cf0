"""A logistics query as the API shows it, how it is found, how one is started."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

import rows
from flows import engine
from flows.api.addresses import Starting
from flows.api.bodies import an_object as object_of
from flows.api.bodies import validated
from flows.api.callers import roles_of
from flows.api.inputs import field_schema
from flows.api.openapi import FLAG, MOMENT, TEXT, WHOLE, an_object, many, nullable
from flows.api.problems import Problem, invalid
from flows.api.queries import some_of, text
from flows.api.subjects import Resource, when
from flows.asks import Asks
from flows.effects import Refused
from flows.models import LONGEST
from flows.table import Who
from shops.access import Caller

from ..models import LogisticsQuery, QueryNote
from ..queries import begin as unsaved
from ..states import Cause
from ..steps.querying import bring
from ..tables import LOGISTICS_QUERY
from .orders import MOST_FOUND, ORDERS
from .orders import find as find_orders
from .placing import ONE_LINE

MAY_ASK = Who.AGENT | Who.LEAD | Who.SHOP
STATUS = {"input": 400, "role": 403}


# ---- finding
def find(q: str, shops: Sequence[int]) -> list[int]:
    """Its own number, its parcel's, its return's, or its order as orders are found."""
    own = LogisticsQuery.objects.filter(shop__in=shops).order_by().values_list("pk", flat=True)
    named = own.filter(number=q).union(own.filter(tracking_number=q.strip().upper()), all=True)
    return list(named.union(own.filter(order__in=find_orders(q, shops)), all=True).order_by("-pk")[:MOST_FOUND])


def narrow(found: QuerySet[Any], asked: Mapping[str, Any]) -> QuerySet[Any]:
    named = {"order__number": "order", "about": "return", "cause__in": "cause"}
    found = found.filter(**{column: asked[name] for column, name in named.items() if asked[name]})
    number = asked["tracking_number"]
    return found.filter(tracking_number=number.strip().upper()) if number else found


# ---- showing
def load(queries: Sequence[LogisticsQuery]) -> None:
    """Their orders' goods, which the needs look at, and what was said: a statement for each kind."""
    bring(queries)
    found: dict[int, list[QueryNote]] = {}
    for note in rows.fetch(QueryNote, "query", [q.pk for q in queries]):
        found.setdefault(note.query_id, []).append(note)
    for q in queries:
        q.spoken = found.get(q.pk, [])


def own(q: Any, unmasked: bool) -> dict[str, Any]:
    return {
        "order": q.order.number, "return": q.about, "carrier": q.carrier, "tracking_number": q.tracking_number,
        "cause": q.cause, "cause_label": q.get_cause_display(), "words": q.words, "status": q.status,
        "status_at": when(q.status_at), "track": [{"at": str(at), "text": words} for at, words in q.track],
        "looked_at": when(q.looked_at), "traced_at": when(q.traced_at), "answered_at": when(q.answered_at),
        "expected_at": when(q.expected_at), "reason": q.reason, "apologised": q.apologised, "late": q.late,
        "damaged": q.damaged, "made_good": q.made_good or None, "ended_at": when(q.ended_at),
        "notes": [note(n) for n in q.spoken],
    }  # fmt: skip


def note(n: QueryNote) -> dict[str, Any]:
    return {
        "kind": n.kind, "whom": n.whom, "words": n.words, "reason": n.reason, "apologised": n.apologised,
        "expected_at": when(n.expected_at), "by": n.by, "at": when(n.at),
    }  # fmt: skip


SCHEMA = {
    "order": TEXT,
    "return": {**TEXT, "description": "Number of the return whose own parcel it is; empty: the order's."},
    "carrier": TEXT,
    "tracking_number": {**TEXT, "description": "Empty: it is about the whole order."},
    "cause": {"type": "string", "enum": [str(c) for c in Cause.values]},
    "cause_label": TEXT,
    "words": TEXT,
    "status": {**TEXT, "description": "The parcel's, as last seen while the query was open."},
    "status_at": nullable(MOMENT),
    "track": many(an_object({"at": TEXT, "text": TEXT})),
    "looked_at": nullable(MOMENT),
    "traced_at": nullable(MOMENT),
    "answered_at": nullable(MOMENT),
    "expected_at": {**nullable(MOMENT), "description": "What the customer was told."},
    "reason": TEXT,
    "apologised": FLAG,
    "late": {**FLAG, "description": "Whether an apology comes first."},
    "damaged": FLAG,
    "made_good": nullable(
        an_object({"kind": TEXT, "lines": many(an_object({"line": TEXT, "quantity": WHOLE}))})
    ),
    "ended_at": nullable(MOMENT),
    "notes": many(
        an_object(
            {
                "kind": TEXT, "whom": TEXT, "words": TEXT, "reason": TEXT, "apologised": FLAG,
                "expected_at": nullable(MOMENT), "by": TEXT, "at": MOMENT,
            }
        )
    ),
}  # fmt: skip

LOGISTICS_QUERIES = Resource(
    "logistics-queries",
    "LogisticsQuery",
    LOGISTICS_QUERY,
    own,
    SCHEMA,
    find,
    "Its number, its tracking number, or exactly a number, a phone or a buyer's id of its order.",
    load=load,
    joined=("order",),
    params=(
        text("order", "Number of its order.", LONGEST),
        text("return", "Number of the return whose own parcel it is.", LONGEST),
        text("tracking_number", "Of its parcel.", 64),
        some_of("cause", Cause.values, "Why it was opened."),
    ),
    narrow=narrow,
)


# ---- starting
class Asked(Asks):
    """tracking_number: of the order, or of one of its returns; left out: its only parcel, else the whole order."""

    order = serializers.RegexField(ONE_LINE, max_length=LONGEST)
    tracking_number = serializers.RegexField(r"^[A-Za-z0-9-]{4,40}$", required=False)
    words = serializers.CharField(required=False, allow_blank=True, max_length=1000)


def begin(caller: Caller, data: Any, shop: str | None, trigger: str) -> LogisticsQuery:
    """-> the started query. Raises Problem 400, 403, 409."""
    told = validated(Asked(data=data), object_of(data))
    order = _order(caller, told["order"], shop)
    who = next((w for w in roles_of(caller, order.shop_id) if w & MAY_ASK), None)
    if who is None:
        raise Problem(403, "forbidden", _("您的角色不能发起物流查询"))
    query = unsaved(order.pk, order.shop_id, tracking_number=told.get("tracking_number", ""))
    words = {"words": told["words"]} if told.get("words") else {}
    try:
        started: LogisticsQuery = engine.start(
            query, who=who, by=caller.by[:80], at=timezone.now(), trigger=trigger, inputs=words
        )
    except Refused as refused:
        raise Problem(STATUS.get(refused.code, 409), refused.code, refused.why) from None
    return started


def _order(caller: Caller, number: str, shop: str | None) -> Any:
    try:
        return ORDERS.located(caller, number, shop)
    except Problem as problem:
        if problem.status != 404:
            raise
        raise invalid(_("没有编号为“%(number)s”的订单") % {"number": number}, "/order") from None


ASKING = Starting(begin, lambda: field_schema(Asked()), gettext_lazy("一个包裹同时只有一个未结束的物流查询"))
