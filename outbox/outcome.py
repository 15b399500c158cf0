"""What an answer means for a delivery, its lane and its subscriber; every attempt is kept."""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from rows import insert, lock, update
from rows.claim import FAILURE, FREE, still_mine

from .call import Answer
from .models import Attempt, Delivery, Lane, Subscriber
from .recall import WITHDRAWN, withdrawn

# Seconds after each failed attempt: close at first, three days in all. Then the delivery is dead.
SCHEDULE = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 21600, 28800, 36000, 43200, 43200, 57600)
PATIENCE = 24 * 3600.0  # the longest Retry-After that is honoured
SLOW = 3000  # milliseconds
GONE = 410

logger = logging.getLogger(__name__)
Landed = Sequence[tuple[Delivery, Answer]]


def record(landed: Landed, *, at: datetime) -> None:
    """Write down what came of calls; what another worker has taken meanwhile keeps only the attempt."""
    if not landed:
        return
    with transaction.atomic():
        lanes = {lane.pk: lane for lane in lock(Lane, sorted({row.lane_id for row, _ in landed}))}
        mine = still_mine(Delivery, [row for row, _ in landed])
        _keep_attempts(landed)
        ours = [(row, answer) for row, answer in landed if row.pk in mine]
        ended = [row for row, _ in _judge(ours, at=at)]
        _advance(lanes, ended, at=at)
        _note_health(ours)
    for subscriber in {row.subscriber_id for row, answer in ours if answer.status == GONE}:
        disable(subscriber, at=at)


def end(rows: Sequence[Delivery], *, at: datetime) -> None:
    """What was taken back ends without a call, and lets the next of its lane go."""
    if not rows:
        return
    with transaction.atomic():
        lanes = {lane.pk: lane for lane in lock(Lane, sorted({row.lane_id for row in rows}))}
        mine = still_mine(Delivery, rows)
        ours = [row for row in rows if row.pk in mine]
        update(Delivery, FREE, [(row.pk, None, None, None, row.attempts, WITHDRAWN, at) for row in ours])
        _advance(lanes, ours, at=at)


def _keep_attempts(landed: Landed) -> None:
    names = ("delivery", "at", "status", "milliseconds", "error", "excerpt")
    insert(Attempt, names, [(row.pk, a.at, a.status, a.milliseconds, a.error, a.excerpt) for row, a in landed])


def _judge(ours: Landed, *, at: datetime) -> Landed:
    """Delivered, later again, or dead. -> those that have ended."""
    written, ended = [], []
    gone = withdrawn([row for row, answer in ours if not answer.well])
    for row, answer in ours:
        well = answer.well
        wait = None if well or row.pk in gone else retry_in(row.attempts, answer)
        dead_at = at if wait is None and not well else None
        rings_at = None if wait is None else at + wait
        failure = "" if well else answer.error[:FAILURE]
        delivered_at = at if well else row.delivered_at
        written.append((row.pk, rings_at, None, None, row.attempts, failure, dead_at, delivered_at))
        if rings_at is None:
            ended.append((row, answer))
        if dead_at:
            logger.error("delivery %s is dead: %s", row.pk, failure)
    update(Delivery, (*FREE, "delivered_at"), written)
    return ended


def retry_in(attempts: int, answer: Answer) -> timedelta | None:
    """How long until the next attempt; None: there is none."""
    if answer.status == GONE or attempts > len(SCHEDULE):
        return None
    planned = SCHEDULE[max(attempts, 1) - 1] * (1 + random.random() / 10)  # noqa: S311 (jitter, no secret)
    return timedelta(seconds=max(planned, min(answer.retry_after or 0.0, PATIENCE)))


def _advance(lanes: dict[int, Lane], ended: Sequence[Delivery], *, at: datetime) -> None:
    """The end of a lane's head rings the next. What was replayed stands before the head and moves nothing."""
    moved = [row for row in ended if row.sequence == lanes[row.lane_id].ended + 1]
    if not moved:
        return
    update(Lane, ("ended",), [(row.lane_id, row.sequence) for row in moved])
    following = Delivery.objects.filter(lane__in=[row.lane_id for row in moved], sequence=F("lane__ended") + 1)
    waiting = following.filter(rings_at=None, delivered_at=None, dead_at=None).values_list("pk", flat=True)
    update(Delivery, ("rings_at",), [(pk, at) for pk in waiting])


def _note_health(ours: Landed) -> None:
    for subscriber in sorted({row.subscriber_id for row, _ in ours}):
        answers = [a for row, a in ours if row.subscriber_id == subscriber]
        bad = sum(a.status is None or a.milliseconds > SLOW for a in answers)
        here = Subscriber.objects.filter(pk=subscriber)
        if bad == len(answers):
            here.update(troubles=F("troubles") + bad)
        else:
            here.exclude(troubles=0).update(troubles=0)


def disable(subscriber: int, *, at: datetime) -> None:
    """It answered 410: nothing more is sent to it until somebody switches it on again."""
    Subscriber.objects.filter(pk=subscriber).update(active=False, disabled_at=at)
    logger.warning("subscriber %s answered 410 and is switched off", subscriber)
    bury(subscriber, at=at)


def bury(subscriber: int, *, at: datetime) -> int:
    """What waits for a subscriber that is switched off is dead (and can be replayed); -> how many."""
    with transaction.atomic():
        keys = Lane.objects.filter(subscriber=subscriber).exclude(ended=F("sequence")).values_list("pk", flat=True)
        lanes = lock(Lane, list(keys))
        waiting = Q(lane__in=[lane.pk for lane in lanes], delivered_at=None, dead_at=None)
        ours = Delivery.objects.filter(waiting | Q(rings_at__isnull=False), subscriber=subscriber)
        dead = {"rings_at": None, "token": None, "leased_until": None, "dead_at": at, "failure": "subscriber is off"}
        buried = ours.update(**dead)
        update(Lane, ("ended",), [(lane.pk, lane.sequence) for lane in lanes])
    return buried
