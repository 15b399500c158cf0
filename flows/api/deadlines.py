"""/deadlines/: what is running, held and late, over all flows of the caller's shops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import URLPattern
from django.utils import timezone

from deadlines.models import Deadline
from flows.registry import FLOWS
from shops.access import Caller, scope
from shops.roles import STAFF

from .openapi import MOMENT, TEXT, WHOLE, many, nullable
from .pages import DUE, NEWEST
from .plain import Rows, plain_addresses
from .queries import SHOP, flag, moment, some_of, text
from .subjects import clock_body, when


def live(caller: Caller) -> QuerySet[Deadline]:
    return scope(Deadline.objects.filter(ended_at=None).select_related("shop"), caller)


def filtered(rows: QuerySet[Any], asked: Mapping[str, Any]) -> QuerySet[Any]:
    if asked["shop"]:
        rows = rows.filter(shop__code=asked["shop"])
    if asked["flow"]:
        rows = rows.filter(flow__in=asked["flow"])
    if asked["clock"]:
        rows = rows.filter(clock=asked["clock"])
    if asked["due_before"]:
        rows = rows.filter(due_at__lt=asked["due_before"])
    if asked["tell"]:
        rows = rows.filter(tell__contains=asked["tell"])
    if asked["held"] is not None:
        rows = rows.filter(due_at__isnull=asked["held"])
    if asked["late"] is not None:
        late = Q(breached_at__isnull=False) | Q(due_at__isnull=False, due_at__lte=timezone.now())
        rows = rows.filter(late if asked["late"] else ~late)
    # one that is held has no due moment, and no place in this order
    return rows.filter(due_at__isnull=False) if asked["ordering"] == DUE.name and not asked["held"] else rows


def shown(rows: Sequence[Deadline], caller: Caller) -> list[dict[str, Any]]:
    """With the subjects' numbers: one statement for each flow."""
    numbers: dict[tuple[str, int], str] = {}
    for name in {d.flow for d in rows} & FLOWS.keys():
        pks = [d.subject for d in rows if d.flow == name]
        which = FLOWS[name].model._base_manager.filter(pk__in=pks).values_list("pk", "number")
        numbers |= {(name, pk): number for pk, number in which}
    now = timezone.now()
    return [_body(d, numbers.get((d.flow, d.subject), ""), now) for d in rows]


def _body(d: Deadline, number: str, now: Any) -> dict[str, Any]:
    return {
        "id": d.pk, "shop": d.shop.code, "flow": d.flow, "number": number, **clock_body(FLOWS.get(d.flow), d, now),
        "source": d.source, "limit": d.limit, "policy": d.policy, "tell": d.tell.split(), "warned": when(d.warned_at),
        "breached": when(d.breached_at),
    }  # fmt: skip


def deadline_addresses() -> list[URLPattern]:
    from .openapi import COMPONENTS

    clock = COMPONENTS["Clock"]["properties"]
    return plain_addresses(
        Rows(
            "deadlines", "Deadline", "Deadlines", live, shown,
            {
                "id": WHOLE, "shop": TEXT, "flow": TEXT, "number": TEXT, **clock, "source": TEXT, "limit": TEXT,
                "policy": WHOLE, "tell": many(TEXT), "warned": nullable(MOMENT), "breached": nullable(MOMENT),
            },
            params=(
                SHOP, some_of("flow", FLOWS, "One or several flows."), text("clock", "Name of a clock.", 20),
                flag("late", "Late ones only, or none of them."), flag("held", "Held ones only, or none of them."),
                moment("due_before", "Due before this moment."),
                some_of_one("tell", STAFF, "Whom a breach is told: a role."),
            ),
            filtered=filtered, orders=(NEWEST, DUE),
        )
    )  # fmt: skip


def some_of_one(name: str, values: Sequence[str], words: str) -> Any:
    from dataclasses import replace

    from .queries import one_of

    kind = one_of(name, values, words)
    schema = {k: v for k, v in kind.schema.items() if k != "default"}
    return replace(kind, absent=None, schema=schema)
