"""From events to deliveries: for each subscriber who hears the topic one, counted without a gap per subject."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from rows import insert, update
from rows.claim import FREE, back_off, claim, still_mine
from shops.models import Shop

from . import listening
from .models import Delivery, Event, Lane, Subscriber

BATCH = 500
# Only the oldest due event of a subject is claimed, so that no two workers count the same subject at once.
HEAD = (
    "NOT EXISTS (SELECT 1 FROM outbox_event AS e WHERE e.flow = q.flow AND e.subject = q.subject AND e.id < q.id"
    " AND e.rings_at IS NOT NULL AND e.rings_at <= %s)"
)

logger = logging.getLogger(__name__)
Key = tuple[int, str, int]  # subscriber, flow, subject


def fan_out(*, at: datetime, limit: int = BATCH) -> int:
    """Take up to `limit` subjects that have events due at `at`; -> how many events left the queue."""
    heads = claim(Event, at=at, limit=limit, where=HEAD, params=[connection.ops.adapt_datetimefield_value(at)])
    return _fan_out(heads, at) if heads else 0


def _fan_out(heads: list[Event], at: datetime) -> int:
    """All in one transaction; where that fails each subject in one of its own, so that one bad event stops no other."""
    try:
        with transaction.atomic():
            events = _with_followers(heads, at)
            _deliver(events, at)
            update(Event, FREE, [(event.pk, None, None, None, 0, "", None) for event in events])
    except Exception as error:
        if len(heads) > 1:
            return sum(_fan_out([head], at) for head in heads)
        logger.exception("event %s was not fanned out", heads[0].pk)
        back_off(Event, heads, f"{type(error).__name__}: {error}", at=at)
        return 0
    return len(events)


def _with_followers(heads: list[Event], at: datetime) -> list[Event]:
    """The heads still ours and, since they bar all others from their subjects, what is due behind them, by key."""
    mine = still_mine(Event, heads)
    first = {(e.flow, e.subject): e.pk for e in heads if e.pk in mine}
    due = Event.objects.filter(rings_at__lte=at, subject__in={subject for _, subject in first})
    due = due.filter(flow__in={flow for flow, _ in first}).select_for_update().order_by("pk")
    return [e for e in due if e.pk >= first.get((e.flow, e.subject), e.pk + 1)]


def _deliver(events: list[Event], at: datetime) -> None:
    listening.note(events, at)
    heard: dict[Key, list[Event]] = defaultdict(list)
    for event, subscriber in _pairs(events):
        heard[subscriber, event.flow, event.subject].append(event)
    codes = dict(Shop.objects.filter(pk__in={e.shop_id for e in events}).values_list("pk", "code"))
    counted, written = [], []
    for lane in _lanes(list(heard)):
        idle, sequence = lane.ended == lane.sequence, lane.sequence
        for event in heard[lane.subscriber_id, lane.flow, lane.subject]:
            sequence += 1
            rings_at = at if idle and sequence == lane.sequence + 1 else None
            body = worded(event, codes[event.shop_id], sequence)
            written.append((lane.subscriber_id, event.pk, lane.pk, sequence, body, rings_at))
        counted.append((lane.pk, sequence))
    update(Lane, ("sequence",), counted)
    insert(Delivery, ("subscriber", "event", "lane", "sequence", "body", "rings_at"), written)


def _pairs(events: list[Event]) -> list[tuple[Event, int]]:
    by_shop: dict[int, list[Subscriber]] = defaultdict(list)
    for subscriber in Subscriber.objects.filter(active=True, shop__in={e.shop_id for e in events}).order_by("pk"):
        by_shop[subscriber.shop_id].append(subscriber)
    return [(e, s.pk) for e in events for s in by_shop[e.shop_id] if s.hears(e.topic)]


def _lanes(keys: list[Key]) -> list[Lane]:
    """The lanes, made where there was none, locked in order of their keys (as everywhere: no deadlock)."""
    insert(Lane, ("subscriber", "flow", "subject", "sequence"), [(*key, 0) for key in sorted(keys)], ignore=True)
    subscribers, flows, subjects = (set(column) for column in zip(*keys, strict=True)) if keys else ((), (), ())
    near = Lane.objects.filter(subscriber__in=subscribers, flow__in=flows, subject__in=subjects)
    return [
        lane
        for lane in near.select_for_update().order_by("pk")
        if (lane.subscriber_id, lane.flow, lane.subject) in set(keys)
    ]


def worded(event: Event, shop: str, sequence: int) -> str:
    """The body, worded once: every attempt says the same bytes."""
    fixed: dict[str, Any] = {"shop": shop, "flow": event.flow, "seq": event.seq, "sequence": sequence}
    data = {**fixed, **event.data, **fixed}
    said = {"type": event.topic, "timestamp": event.at.isoformat(), "data": data}
    return json.dumps(said, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
