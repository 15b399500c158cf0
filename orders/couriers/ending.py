"""How a question ends: its row says what came of it, in the same transaction in which the track is told."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from flows.permit import lock_cases
from flows.registry import FLOWS
from flows.reports import Heard, report_many
from flows.table import Who
from rows import claim as queue

from ..models import Lookup
from .contract import Answer, Track
from .outcomes import Outcome
from .whose import Whose

DEAD_AFTER = 5  # attempts without an answer
HOUR = timedelta(hours=1)

logger = logging.getLogger(__name__)


class LostLease(Exception):
    """Another worker has taken the row: nothing of ours may stay."""


def end(row: Lookup, answer: Answer, *, at: datetime) -> bool:
    """-> was it still ours to end?"""
    return bool(queue.done(Lookup, [row], **_said(answer, at)))


def _said(answer: Answer, at: datetime) -> dict[str, Any]:
    track = answer.track
    return {
        "ended_at": at, "outcome": answer.outcome.value, "words": answer.words[:300],
        "state": track.state if track else "", "flag": track.flag if track else "",
    }  # fmt: skip


def wait(row: Lookup, until: datetime) -> None:
    """It is not its turn: no failure, and no attempt."""
    queue.done(Lookup, [row], rings_at=until)


def later(row: Lookup, answer: Answer, *, at: datetime, first: timedelta) -> None:
    """Nobody answered: again in a while, ever later; after DEAD_AFTER attempts it ends as that."""
    with transaction.atomic():
        why = answer.words or str(answer.outcome.label)
        dead = queue.back_off(
            Lookup, [row], why, at=at, dead_after=DEAD_AFTER, first=first, cap=max(first * 2, HOUR)
        )  # fmt: skip
        if dead:
            said = _said(answer._replace(outcome=Outcome.AWAY), at)
            Lookup.objects.filter(pk__in=dead).update(**said)


def told(row: Lookup, answer: Answer, track: Track, owners: Sequence[Whose], *, at: datetime) -> None:
    """Report the track to everybody whose parcel it is, and end the row: both or neither."""
    try:
        with transaction.atomic():
            outcome = report(track, row.tracking_number, owners, by=f"courier:{row.service}", of=row.pk, at=at)
            if not end(row, answer._replace(outcome=outcome), at=at):
                raise LostLease
    except LostLease:
        return
    except Exception as error:
        logger.exception("the track of question %s was not told", row.pk)
        end(row, answer._replace(outcome=Outcome.FAILED, words=type(error).__name__), at=at)


def report(track: Track, number: str, owners: Sequence[Whose], *, by: str, of: int, at: datetime) -> Outcome:
    """As the hook `parcel.tracked` tells it: to the orders and the returns whose parcel this is, as a fact from
    outside that is weighed with all others. The caller's transaction."""
    if not owners:
        return Outcome.UNKNOWN_PARCEL
    if not track.state or track.at is None:
        return Outcome.NO_RECORD
    subjects: dict[str, list[int]] = {}
    for one in owners:
        subjects.setdefault(one.flow, []).append(one.pk)
    lock_cases(subjects)
    inputs = {
        "carrier": track.carrier, "tracking_number": number, "status": track.state,
        "points": [{"at": p.at, "text": p.text} for p in track.points],
    }  # fmt: skip
    for flow, pks in subjects.items():
        heard = [
            Heard(pk, "track", track.at, Who.PLATFORM, by, inputs, trigger=f"lookup:{of}")
            for pk in sorted(set(pks))
        ]  # fmt: skip
        for taken in report_many(FLOWS[flow], heard, at=at):
            if taken.error:
                raise taken.error
    return Outcome.TRACKED
