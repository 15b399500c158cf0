"""Who listens within the house: after the commit of what happened, leased, retried, once per (listener, event).

An upper floor registers a function for topics of the floors below. It runs in a transaction of its own, together with
the mark that it has heard: both or neither. Events of one subject may be heard out of their order, by two workers at
once: a listener looks at how things are, not at how they were told.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from rows import insert
from rows.claim import back_off, claim, done

from .models import Event, Notice

BATCH = 100
Listen = Callable[[Event, datetime], None]  # (what happened, now)

logger = logging.getLogger(__name__)


class Lost(Exception):
    """Another worker has taken the row: what was done here is not done."""


@dataclass(frozen=True)
class Listener:
    """patterns: topics, or `flow.*`; unless: topics that these patterns leave out."""

    name: str
    patterns: tuple[str, ...]
    listen: Listen
    unless: tuple[str, ...] = ()

    def hears(self, topic: str) -> bool:
        heard = any(p == topic or (p.endswith(".*") and topic.startswith(p[:-1])) for p in self.patterns)
        return heard and topic not in self.unless


LISTENERS: dict[str, Listener] = {}


def listens(name: str, *patterns: str, unless: Sequence[str] = ()) -> Callable[[Listen], Listen]:
    """Register a function under a name, which its rows keep. Raises LookupError where two have the same."""

    def register(func: Listen) -> Listen:
        if name in LISTENERS:
            raise LookupError(f"two listeners are called {name}")
        LISTENERS[name] = Listener(name, patterns, func, tuple(unless))
        return func

    return register


def note(events: Sequence[Event], at: datetime) -> None:
    """A row for each listener of each event, in the transaction that fans them out."""
    heard = [(x.name, e.pk, at) for e in events for x in LISTENERS.values() if x.hears(e.topic)]
    if heard:
        insert(Notice, ("listener", "event", "rings_at"), heard, ignore=True)
        transaction.on_commit(_ring)


def _ring() -> None:
    from .tasks import listen_bell

    listen_bell.ring()


def listen(*, at: datetime, limit: int = BATCH) -> int:
    """Hear what is due. -> how many rows were claimed; fewer than `limit`: nothing is left."""
    waiting = claim(Notice, at=at, limit=limit)
    events = Event.objects.in_bulk({row.event_id for row in waiting})
    for row in waiting:
        _hear(row, events[row.event_id], at)
    return len(waiting)


def _hear(row: Notice, event: Event, at: datetime) -> None:
    """A listener that is no more has heard everything."""
    listener = LISTENERS.get(row.listener)
    try:
        with transaction.atomic():
            if listener is not None:
                listener.listen(event, at)
            if not done(Notice, [row], heard_at=at):
                raise Lost(row.listener)
    except Lost:
        logger.info("%s was heard by another worker", row)
    except Exception as error:
        logger.exception("%s did not hear event %s", row.listener, row.event_id)
        back_off(Notice, [row], f"{type(error).__name__}: {error}", at=at)


def hear_again(notices: Sequence[int], *, at: datetime) -> int:
    """Into the queue again, with all attempts before them: what no listener could take in. -> how many."""
    fresh = {"rings_at": at, "dead_at": None, "attempts": 0, "failure": "", "token": None, "leased_until": None}
    count = Notice.objects.filter(pk__in=notices, dead_at__isnull=False, heard_at=None).update(**fresh)
    if count:
        transaction.on_commit(_ring)
    return count
