"""Deliver what is due: in order per subject, subscribers side by side, each failure by its schedule.

Threads only speak HTTP; the rows are claimed and written by the caller's thread alone.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from rows.claim import claim

from .call import Answer, Call, assert_no_transaction, post
from .fanout import fan_out
from .models import Delivery, Subscriber
from .outcome import bury, end, record
from .recall import withdrawn

SLOTS = 32  # calls at the same time
SLOTS_EACH = 8  # of one subscriber
TROUBLED = 3  # so many calls in a row without a timely answer, and a subscriber gets one slot
SLOTS_TROUBLED = 16  # of all such together: the others never wait for them
PAUSE = 0.2  # seconds after which new events are looked for while calls are under way

logger = logging.getLogger(__name__)
Flying = dict["Future[Answer]", Delivery]


def deliver(*, at: datetime | None = None, budget: float = 20.0) -> int:
    """Fan out and send until nothing is due; -> how many calls were made.

    `at`: the moment that decides what is due (a tick's); None: the real clock, and after `budget` seconds no new call.
    """
    now: Callable[[], datetime] = (lambda: at) if at else timezone.now
    until, flying, calls = time.monotonic() + budget, Flying(), 0
    with ThreadPoolExecutor(SLOTS, thread_name_prefix="outbox") as pool:
        while True:
            fanned = 0
            if at or time.monotonic() < until:
                fanned = fan_out(at=now())
                calls += _launch(pool, flying, at=now())
            if flying:
                landed, _ = wait(flying, timeout=0 if fanned else PAUSE, return_when=FIRST_COMPLETED)
                record([(flying.pop(future), future.result()) for future in landed], at=now())
            elif not fanned:
                return calls


def _launch(pool: ThreadPoolExecutor, flying: Flying, *, at: datetime) -> int:
    """Claim as many heads as there are slots, shared out between the subscribers; -> how many."""
    launched, busy = 0, Counter(row.subscriber_id for row in flying.values())
    subscribers = list(_due(at))
    weak = sum(busy[s.pk] for s in subscribers if s.troubles >= TROUBLED)
    for subscriber in subscribers:
        if not subscriber.active:
            bury(subscriber.pk, at=at)
            continue
        troubled = subscriber.troubles >= TROUBLED
        free = (1 if troubled else SLOTS_EACH) - busy[subscriber.pk]
        free = min(free, SLOTS - len(flying), SLOTS_TROUBLED - weak if troubled else SLOTS)
        if free <= 0:
            continue
        rows = _heads(subscriber.pk, free, at=at)
        assert_no_transaction()
        flying |= {pool.submit(post, call_of(row, subscriber)): row for row in rows}
        launched, weak = launched + len(rows), weak + (len(rows) if troubled else 0)
    return launched


def _heads(subscriber: int, limit: int, *, at: datetime) -> list[Delivery]:
    """Claim what is to be said; what was taken back ends here, and the next of its lane goes in its place."""
    while rows := claim(Delivery, at=at, limit=limit, where="q.subscriber_id = %s", params=[subscriber]):
        gone = withdrawn(rows)
        end([row for row in rows if row.pk in gone], at=at)
        if left := [row for row in rows if row.pk not in gone]:
            return left
    return []


def _due(at: datetime) -> list[Subscriber]:
    """Who has something to hear, the healthy first."""
    free = Q(leased_until=None) | Q(leased_until__lt=timezone.now())
    due = Delivery.objects.filter(free, subscriber=OuterRef("pk"), rings_at__isnull=False, rings_at__lte=at)
    return list(Subscriber.objects.filter(Exists(due)).order_by(F("troubles").asc(), "pk"))


def call_of(row: Delivery, subscriber: Subscriber) -> Call:
    return Call(subscriber.url, f"evt_{row.event_id}_{row.subscriber_id}", row.body, tuple(subscriber.secrets))
