"""/deliveries/: what was told to whom, and what came of it; a lead has it said again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _

from outbox import service
from outbox.models import Attempt, Delivery
from shops.access import Caller, scope

from .openapi import MOMENT, TEXT, WHOLE, an_object, many, nullable
from .plain import Act, Rows, plain_addresses
from .problems import Problem
from .queries import SHOP, some_of, text
from .subjects import when

WAITING, DELIVERED, DEAD = "waiting", "delivered", "dead"


def rows(caller: Caller) -> QuerySet[Delivery]:
    told = Delivery.objects.select_related("subscriber__shop", "event").defer("body")
    return scope(told, caller, "subscriber__shop_id")


def state_of(d: Delivery) -> str:
    if d.rings_at is not None:
        return WAITING
    return DEAD if d.dead_at else DELIVERED if d.delivered_at else WAITING


def filtered(found: QuerySet[Any], asked: Mapping[str, Any]) -> QuerySet[Any]:
    if asked["shop"]:
        found = found.filter(subscriber__shop__code=asked["shop"])
    if asked["topic"]:
        found = found.filter(event__topic=asked["topic"])
    if asked["outcome"]:
        found = found.filter(_in_states(asked["outcome"]))
    return found


def _in_states(states: Sequence[str]) -> Any:
    from django.db.models import Q

    dead = Q(rings_at=None, dead_at__isnull=False)
    delivered = Q(rings_at=None, dead_at=None, delivered_at__isnull=False)
    each = {DEAD: dead, DELIVERED: delivered, WAITING: ~dead & ~delivered}
    found = each[states[0]]
    for name in states[1:]:
        found |= each[name]
    return found


def shown(found: Sequence[Delivery], caller: Caller) -> list[dict[str, Any]]:
    return [
        {
            "id": d.pk, "shop": d.subscriber.shop.code, "url": d.subscriber.url, "event": d.event_id,
            "topic": d.event.topic, "flow": d.event.flow, "sequence": d.sequence, "outcome": state_of(d),
            "attempts": d.attempts, "failure": d.failure, "next_attempt": when(d.rings_at),
            "delivered": when(d.delivered_at), "dead": when(d.dead_at), "at": when(d.event.at),
        }
        for d in found
    ]  # fmt: skip


def calls(d: Delivery, caller: Caller) -> dict[str, Any]:
    made = Attempt.objects.filter(delivery=d).order_by("-pk")[:100]
    return {
        "calls": [
            {"at": when(a.at), "status": a.status, "milliseconds": a.milliseconds, "error": a.error} for a in made
        ]
    }


def replay(caller: Caller, d: Delivery) -> None:
    """Say it again, in the same bytes under the same id. Raises Problem 403, 409."""
    if not caller.leads(d.subscriber.shop_id):
        raise Problem(403, "forbidden", _("只有店长/主管可以重新投递"))
    if d.event.withdrawn_at is not None:
        raise Problem(409, "state", _("这条通知已撤回，不能重新投递"))
    if not service.replay([d.pk], at=timezone.now()):
        raise Problem(409, "state", _("还在投递中，不必重发"))


def delivery_addresses() -> list[URLPattern]:
    attempt = {"at": MOMENT, "status": nullable(WHOLE), "milliseconds": WHOLE, "error": TEXT}
    return plain_addresses(
        Rows(
            "deliveries", "Delivery", "Deliveries", rows, shown,
            {
                "id": WHOLE, "shop": TEXT, "url": TEXT, "event": WHOLE, "topic": TEXT, "flow": TEXT, "sequence": WHOLE,
                "outcome": {"type": "string", "enum": [WAITING, DELIVERED, DEAD]}, "attempts": WHOLE, "failure": TEXT,
                "next_attempt": nullable(MOMENT), "delivered": nullable(MOMENT), "dead": nullable(MOMENT), "at": MOMENT,
            },
            params=(
                SHOP, text("topic", "Of the event, e.g. order.ship.", 60),
                some_of("outcome", (WAITING, DELIVERED, DEAD), "What became of it."),
            ),
            filtered=filtered, acts=(Act("replay", "Say again what was delivered or is dead", replay),),
            detailed=calls, detail_schema={"calls": many(an_object(attempt))},
        )
    )  # fmt: skip
