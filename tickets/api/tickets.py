"""A ticket as the API shows it, and how tickets are found and narrowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from flows.api.openapi import FLAG, MOMENT, TEXT, WHOLE, an_object, many, nullable
from flows.api.queries import Param, some_of, text
from flows.api.queries import flag as flag_param
from flows.api.subjects import Resource, when
from flows.models import LONGEST
from orders.api.orders import MOST_FOUND
from orders.phones import digits, masked_name, masked_phone, phone_key

from ..customers import NAMELESS
from ..hidden import words_of
from ..models import Ticket
from ..states import Channel, Colour, Desk, Kind, Result, Team
from ..tables import TICKET

UNCOLOURED = "none"  # as a filter names tickets of no colour


def find(q: str, shops: Sequence[int]) -> list[int]:
    """Exact: its own number, its order's, the buyer's id or phone, the conversation in which it answers; each by
    its index."""
    mine = Ticket.objects.filter(shop__in=shops).order_by().values_list("pk", flat=True)
    found = mine.filter(number=q).union(
        mine.filter(order__shop__in=shops, order__number=q),
        mine.filter(customer__shop__in=shops, customer__buyer_id=q),
        mine.filter(conversation=q).exclude(conversation=""),
        mine.filter(answers_in=q).exclude(answers_in=""),
    )
    if 7 <= len(digits(q)) <= 15:
        found = found.union(mine.filter(customer__phone_key=phone_key(q)).exclude(customer__phone_key=""))
    return sorted(found, reverse=True)[:MOST_FOUND]


def narrow(rows: QuerySet[Any], asked: Mapping[str, Any]) -> QuerySet[Any]:
    for name in ("kind", "channel", "desk"):
        if asked[name]:
            rows = rows.filter(**{f"{name}__in": asked[name]})
    if asked["colour"]:
        rows = rows.filter(colour__in=["" if c == UNCOLOURED else c for c in asked["colour"]])
    for name, column in (("agent", "agent"), ("assignee", "agent"), ("order", "order__number")):
        if asked[name]:
            rows = rows.filter(**{column: asked[name]})
    if asked["buyer"]:
        rows = rows.filter(customer__buyer_id=asked["buyer"])
    if asked["unassigned"] is not None:
        rows = rows.filter(agent="") if asked["unassigned"] else rows.exclude(agent="")
    return rows


def own(t: Ticket, unmasked: bool) -> dict[str, Any]:
    return {
        "kind": t.kind, "kind_label": str(t.get_kind_display()), "channel": t.channel, "desk": t.desk,
        "title": words_of(t.title, unmasked), "colour": t.colour or None,
        "colour_why": [{"signal": str(name), "words": words_of(str(said), unmasked)} for name, said in t.colour_why],
        "colour_by_hand": t.painted, "customer": customer(t, unmasked),
        "order": t.order.number if t.order is not None else None, "order_named": t.order_named or None,
        "conversation": t.talk, "opened_by": t.opened_by, "agent": t.agent or None,
        "assigned_at": when(t.assigned_at), "assigned_why": t.assigned_why, "spoken": t.spoken, "heard": t.heard,
        "waiting_since": when(t.waiting_since), "heard_at": when(t.heard_at), "answered_at": when(t.answered_at),
        "first_answered_at": when(t.first_answered_at), "team": t.team or None,
        "waits_for_subject": awaited(t), "follow_up_at": when(t.follow_up_at), "result": t.result or None,
        "resolved_at": when(t.resolved_at), "solved_by": t.solved_by or None, "closed_at": when(t.closed_at),
        "reopened": t.reopened, "transferred": t.transferred,
        "merged_into": t.merged_into.number if t.merged_into is not None else None, "distributor": t.distributor,
    }  # fmt: skip


def customer(t: Ticket, unmasked: bool) -> dict[str, Any] | None:
    c = t.customer
    if c is None:
        return None
    name, phone = (c.name, c.phone) if unmasked else (masked_name(c.name), masked_phone(c.phone))
    known = "" if c.buyer_id.startswith(NAMELESS) else c.buyer_id
    return {"id": known, "name": name, "phone": phone, "score": c.score, "vip": c.vip, "distributor": c.distributor}


def awaited(t: Ticket) -> dict[str, str] | None:
    if not t.awaits:
        return None
    return {"flow": str(t.awaits.get("flow", "")), "number": str(t.awaits.get("number", ""))}


def choice(of: Any) -> dict[str, Any]:
    return {"type": "string", "enum": [str(v) for v in of.values if v]}


def choice_or_none(of: Any) -> dict[str, Any]:
    return {"type": ["string", "null"], "enum": [*(str(v) for v in of.values if v), None]}


SCHEMA: dict[str, Any] = {
    "kind": choice(Kind),
    "kind_label": TEXT,
    "channel": choice(Channel),
    "desk": choice(Desk),
    "title": TEXT,
    "colour": {**choice_or_none(Colour), "description": "How serious it is; null: not judged."},
    "colour_why": many(an_object({"signal": TEXT, "words": TEXT})),
    "colour_by_hand": {**FLAG, "description": "A person chose it: signals change it no more."},
    "customer": nullable(
        an_object({"id": TEXT, "name": TEXT, "phone": TEXT, "score": {"type": "integer"}, "vip": FLAG,
                   "distributor": FLAG})
    ),
    "order": {**nullable(TEXT), "description": "The number of the order that it is about."},
    "order_named": {**nullable(TEXT), "description": "An order that was named and is not here yet."},
    "conversation": {**TEXT, "description": "The source's own id of the conversation in which it answers."},
    "opened_by": {**TEXT, "description": "message, review, desk, api, or the topic that was heard."},
    "agent": {**nullable(TEXT), "description": "The login of who works it; null: in the queue."},
    "assigned_at": nullable(MOMENT),
    "assigned_why": TEXT,
    "spoken": {**FLAG, "description": "A customer has spoken in it."},
    "heard": {**WHOLE, "description": "How often the customer spoke."},
    "waiting_since": {**nullable(MOMENT), "description": "The oldest word of the customer that nobody answered."},
    "heard_at": nullable(MOMENT),
    "answered_at": nullable(MOMENT),
    "first_answered_at": nullable(MOMENT),
    "team": choice_or_none(Team),
    "waits_for_subject": {
        **nullable(an_object({"flow": TEXT, "number": TEXT})),
        "description": "What its end resumes the ticket of.",
    },
    "follow_up_at": nullable(MOMENT),
    "result": choice_or_none(Result),
    "resolved_at": nullable(MOMENT),
    "solved_by": nullable(TEXT),
    "closed_at": nullable(MOMENT),
    "reopened": WHOLE,
    "transferred": WHOLE,
    "merged_into": {**nullable(TEXT), "description": "The ticket that goes on in its place."},
    "distributor": FLAG,
}  # fmt: skip

PARAMS: tuple[Param, ...] = (
    some_of("kind", Kind.values, "One or several kinds, separated by commas."),
    some_of("channel", Channel.values, "One or several channels."),
    some_of("desk", Desk.values, "One or both queues."),
    some_of("colour", [*(c for c in Colour.values if c), UNCOLOURED], "One or several colours."),
    text("agent", "Login of who works it.", 150),
    text("assignee", "The same as `agent`.", 150),
    flag_param("unassigned", "true: those of nobody; false: those of somebody."),
    text("order", "Number of its order.", LONGEST),
    text("buyer", "The platform's id of the buyer.", 120),
)
TICKETS = Resource(
    "tickets",
    "Ticket",
    TICKET,
    own,
    SCHEMA,
    find,
    "Exactly its number, its order's number, the buyer's id or phone, or the conversation's id.",
    joined=("order", "customer", "merged_into"),
    params=PARAMS,
    narrow=narrow,
)
