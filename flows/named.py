"""Due moments that a platform itself names for a subject's clock: the newest word wins over policy and promise.

Kept in `subject.dues` as {clock or clock/part: [due, said at]} (RFC 3339), so that a moment named before its clock
runs is not lost, and an older word that comes late changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from deadlines.models import Deadline

from . import words
from .effects import Due, FollowUp, Moot, Refused


def told(subject: Any, at: datetime, *, clock: str, due: datetime, part: str = "") -> list[FollowUp]:
    """The report "deadline" of any flow. at: when the platform said so; part: "" for all parts of the clock.

    Raises Refused ("input") for a clock that the flow has not.
    """
    cell = subject.flow.clock.get(clock)
    if cell is None or (part and not cell.part):
        raise Refused(words.no_clock(subject.flow, clock, part), "input", subject)
    key = _key(clock, part)
    known = _said(subject, key)
    if known and known >= (at, due):
        return [Moot(words.repeated() if known == (at, due) else words.renamed())]
    subject.dues = {**subject.dues, key: [due.isoformat(), at.isoformat()]}
    return [Due(subject.flow.name, subject.pk, clock, due, Deadline.PLATFORM, part)]


def due_of(subject: Any, clock: str, part: str = "", *, after: datetime | None = None) -> datetime | None:
    """What was said last of this clock or of this part of it. A moment that is not `after` its clock's start was
    meant for an earlier run of it, and is spent."""
    said = [s for key in dict.fromkeys((clock, _key(clock, part))) if (s := _said(subject, key))]
    if not said:
        return None
    due = max(said)[1]
    return due if after is None or due > after else None


def _key(clock: str, part: str) -> str:
    return f"{clock}/{part}" if part else clock


def _said(subject: Any, key: str) -> tuple[datetime, datetime] | None:
    """-> (said at, due)"""
    if (pair := subject.dues.get(key)) is None:
        return None
    due, said = map(datetime.fromisoformat, pair)
    return said, due
