"""/inbox/: what platforms told us and what became of it; a lead has it tried again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _

from flows.api.openapi import MOMENT, TEXT, WHOLE, nullable
from flows.api.plain import Act, Rows, plain_addresses
from flows.api.problems import Problem
from flows.api.queries import SHOP, moment, some_of, text
from flows.api.subjects import when
from flows.registry import FLOWS
from shops.access import Caller, scope

from .admin import replay
from .models import Inbox

ACCEPTED, DEAD = "accepted", "dead"  # stored, not yet applied; tried too often
OUTCOMES = (ACCEPTED, *(name for name, _label in Inbox.OUTCOMES), DEAD)


def rows(caller: Caller) -> QuerySet[Inbox]:
    return scope(Inbox.objects.select_related("shop").defer("body", "headers"), caller)


def outcome_of(row: Inbox) -> str:
    return DEAD if row.dead_at else row.outcome or ACCEPTED


def filtered(found: QuerySet[Any], asked: Mapping[str, Any]) -> QuerySet[Any]:
    if asked["shop"]:
        found = found.filter(shop__code=asked["shop"])
    for name in ("type", "number", "key"):
        if asked[name]:
            found = found.filter(**{name: asked[name]})
    if asked["received_after"]:
        found = found.filter(received_at__gt=asked["received_after"])
    if asked["outcome"]:
        found = found.filter(_with(asked["outcome"]))
    return found


def _with(outcomes: Sequence[str]) -> Q:
    named = {ACCEPTED: ""}
    found = Q(dead_at=None, outcome__in=[named.get(o, o) for o in outcomes if o != DEAD])
    return found | Q(dead_at__isnull=False) if DEAD in outcomes else found


def shown(found: Sequence[Inbox], caller: Caller) -> list[dict[str, Any]]:
    """With what each has moved, by number: one statement for each flow."""
    numbers: dict[tuple[str, int | None], str] = {}
    for name in {r.flow for r in found} & FLOWS.keys():
        pks = [r.subject for r in found if r.flow == name]
        moved = FLOWS[name].model._base_manager.filter(pk__in=pks).values_list("pk", "number")
        numbers |= {(name, pk): number for pk, number in moved}
    return [_body(r, numbers.get((r.flow, r.subject))) for r in found]


def _body(r: Inbox, subject: str | None) -> dict[str, Any]:
    return {
        "id": r.pk, "shop": r.shop.code, "source": r.source, "type": r.type, "key": r.key, "number": r.number,
        "received_at": when(r.received_at), "occurred_at": when(r.occurred_at), "outcome": outcome_of(r), "why": r.why,
        "flag": r.flag, "flow": r.flow, "subject": subject, "attempts": r.attempts, "failure": r.failure,
        "next_attempt": when(r.rings_at),
    }  # fmt: skip


def raw(r: Inbox, caller: Caller) -> dict[str, Any]:
    """What came, as it came; only to who may see what buyers are called and where they live."""
    clear = caller.may_unmask(r.shop_id) and r.body
    return {"body": bytes(r.body).decode("utf-8", "replace") if clear else None}


def again(caller: Caller, r: Inbox) -> None:
    """Back into the queue, under the same id, so that nothing happens twice. Raises Problem 403, 409."""
    if not caller.leads(r.shop_id):
        raise Problem(403, "forbidden", _("只有店长/主管可以重新处理"))
    if not replay([r.pk], at=timezone.now()):
        raise Problem(409, "state", _("只有等待中、被拒绝或失败的消息可以重新处理"))


def inbox_addresses() -> list[URLPattern]:
    return plain_addresses(
        Rows(
            "inbox", "Message", "Inbox", rows, shown,
            {
                "id": WHOLE, "shop": TEXT, "source": TEXT, "type": TEXT, "key": TEXT, "number": TEXT,
                "received_at": MOMENT, "occurred_at": nullable(MOMENT),
                "outcome": {"type": "string", "enum": list(OUTCOMES)}, "why": TEXT, "flag": TEXT, "flow": TEXT,
                "subject": {**nullable(TEXT), "description": "Number of what it moved."}, "attempts": WHOLE,
                "failure": TEXT, "next_attempt": nullable(MOMENT),
            },
            params=(
                SHOP, some_of("outcome", OUTCOMES, "One or several."), text("type", "E.g. order.paid.", 100),
                text("number", "What the message names.", 64), text("key", "The message's own id.", 160),
                moment("received_after", "Received after this moment."),
            ),
            filtered=filtered,
            acts=(Act("replay", "Try a parked, rejected or failed message again", again),),
            detailed=raw, detail_schema={"body": nullable(TEXT)},
        )
    )  # fmt: skip
