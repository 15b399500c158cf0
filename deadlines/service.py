"""Clocks as rows: started, held, resumed, stopped, moved. Knows moments and names; which state runs which clock, and
how long a limit is, is decided above."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

import rows
from rows.claim import FREE

from .models import Change, Deadline

NAMES = (
    "shop", "flow", "subject", "case", "clock", "part", "limit", "policy", "hours", "after", "warn",
    "started_at", "due_at", "left", "held_at", "source", "tell", "rings_at",
    "held_for", "attempts", "failure", "ended",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Begun:
    """A clock that starts now. after, warn: seconds. due: None where it begins held, with `left` seconds to run."""

    shop: int
    flow: str
    subject: int
    case: int
    clock: str
    part: str
    limit: str
    policy: int
    hours: str
    after: int
    warn: int
    since: datetime
    due: datetime | None
    left: int | None = None
    held_at: datetime | None = None
    source: str = Deadline.POLICY
    tell: str = ""

    def row(self) -> tuple[object, ...]:
        rings = rings_at(self.due, self.warn)
        return (
            self.shop, self.flow, self.subject, self.case, self.clock, self.part, self.limit, self.policy,
            self.hours, self.after, self.warn, self.since, self.due, self.left, self.held_at, self.source,
            self.tell, rings, 0, 0, "", "",
        )  # fmt: skip


def rings_at(due: datetime | None, warn: int, warned: bool = False) -> datetime | None:
    """The next moment with work: the warning where one is still to come, else the due moment."""
    if due is None or warned or not warn:
        return due
    return due - timedelta(seconds=warn)


def start(begun: Sequence[Begun]) -> None:
    """Insert these clocks; a part's clock that already runs stays as it is."""
    rows.insert(Deadline, NAMES, [b.row() for b in begun], ignore=any(b.part for b in begun))


ANEW = (
    "started_at", "due_at", "left", "held_at", "held_for", "resumed_at", "resumed_with", "warned_at",
    "policy", "hours", "after", "warn",
)  # fmt: skip


def start_again(flow: str, begun: Sequence[Begun], *, at: datetime) -> None:
    """These clocks count from a new moment: the row that runs is written anew, since nothing has come of it; one that
    was late stays as it was, ends, and another begins. A moment that the platform has named stays."""
    if not begun:
        return
    running = open_of(flow, sorted({b.subject for b in begun}), {b.clock for b in begun})
    known = {(d.subject, d.clock, d.part): d for d in running}
    late, anew, fresh = [], [], []
    for b in begun:
        d = known.get((b.subject, b.clock, b.part))
        if d is None or d.breached_at:
            late += [(b.subject, b.clock, b.part)] if d else []
            fresh.append(b)
        elif not d.fixed:
            d.started_at, d.due_at, d.left, d.held_at = b.since, b.due, b.left, b.held_at
            d.held_for, d.resumed_at, d.resumed_with, d.warned_at = 0, None, None, None
            d.policy, d.hours, d.after, d.warn = b.policy, b.hours, b.after, b.warn
            anew.append(d)
    _write(anew, ANEW)
    stop_parts(flow, late, at=at)
    start(fresh)


def stop(flow: str, subjects: Sequence[int], clocks: Sequence[str], *, at: datetime, fired: str = "") -> None:
    """End the open rows of these clocks; `fired` names the one that brought us here."""
    of, subject_param = rows.among("subject", subjects)
    named, clock_param = rows.among("clock", clocks)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE deadlines_deadline SET ended_at = %s, rings_at = NULL, token = NULL, leased_until = NULL,"
            " ended = CASE clock WHEN %s THEN 'fired' ELSE 'stopped' END"
            f" WHERE flow = %s AND {of} AND {named} AND ended_at IS NULL",
            [_moment(at), fired, flow, subject_param, clock_param],
        )


ENDED = ("ended_at", "ended", "rings_at", "token", "leased_until")


def stop_parts(flow: str, those: Iterable[tuple[int, str, str]], *, at: datetime) -> None:
    """End the open clocks of single parts: (subject, clock, part). Two statements, however many."""
    wanted = set(those)
    if not wanted:
        return
    found = open_of(flow, sorted({pk for pk, _, _ in wanted}), {clock for _, clock, _ in wanted})
    ended = [d.pk for d in found if (d.subject, d.clock, d.part) in wanted]
    rows.update(Deadline, ENDED, [(pk, at, Deadline.STOPPED, None, None, None) for pk in ended])


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def open_of(flow: str, subjects: Sequence[int], clocks: Collection[str]) -> list[Deadline]:
    """The open rows of these clocks of these subjects."""
    found = rows.fetch(Deadline, "subject", subjects, where="ended_at IS NULL")
    return [d for d in found if d.flow == flow and d.clock in clocks]


def rehang(flow: str, cases: Mapping[int, int]) -> None:
    """{subject: the order that it hangs on from now on}, of all their rows, also those that have ended."""
    found = [d for d in rows.fetch(Deadline, "subject", sorted(cases)) if d.flow == flow]
    rows.update(Deadline, ("case",), [(d.pk, cases[d.subject]) for d in found])


Between = Callable[[Deadline, datetime, datetime], int]
Plus = Callable[[Deadline, datetime, int], datetime]


@dataclass(frozen=True, slots=True)
class Terms:
    """The part of a limit that a row keeps: seconds, counted in `hours`."""

    policy: int
    hours: str
    after: int
    warn: int


HELD = ("due_at", "left", "held_at", "held_for", "resumed_at", "resumed_with")


def hold(those: Iterable[Deadline], *, at: datetime, between: Between) -> None:
    """Freeze the time left, counted in each clock's own hours; nothing to hold where the platform named the moment."""
    held = [d for d in those if d.left is None and d.due_at and not d.fixed and d.breached_at is None]
    for d in held:
        assert d.due_at is not None
        d.left, d.held_at, d.due_at = max(0, between(d, at, d.due_at)), at, None
    _write(held, HELD)


def resume(those: Iterable[Deadline], *, at: datetime, plus: Plus) -> None:
    """Give each held clock back the time it had left."""
    back = [d for d in those if d.left is not None]
    for d in back:
        assert d.left is not None
        d.resumed_at, d.resumed_with = at, d.left
        d.due_at, d.left = plus(d, at, d.left), None
        if d.held_at is not None:
            d.held_for += max(0, int((at - d.held_at).total_seconds()))
        d.held_at = None
    _write(back, HELD)


def _write(those: Sequence[Deadline], names: Sequence[str]) -> None:
    """These columns, and the row's place in the queue: free, as if it had never been claimed."""
    for d in those:
        rings = None if d.breached_at else rings_at(d.due_at, d.warn, d.warned_at is not None)
        d.rings_at, d.token, d.leased_until, d.attempts, d.failure, d.dead_at = rings, None, None, 0, "", None
    written = (*names, *FREE)
    rows.update(Deadline, written, [(d.pk, *(getattr(d, n) for n in written)) for d in those])


MOVED = ("due_at", "left", "held_at", "source", "warned_at", "breached_at")


def move(those: Iterable[Deadline], due: datetime, source: str, *, at: datetime, by: str, why: str) -> int:
    """Set another due moment, logged. The platform's wins over the policy's and a promise's, and over a hold.

    -> how many rows moved. A clock that was already late and now has time again is running again.
    """
    moved = [d for d in those if source == Deadline.PLATFORM or not d.fixed]
    moved = [d for d in moved if d.due_at != due or d.source != source]
    log = [(d.pk, d.due_at, due, why[:200], by[:80], at) for d in moved]
    for d in moved:
        d.due_at, d.left, d.held_at, d.source = due, None, None, source
        _afresh(d, at)
    _write(moved, MOVED)
    rows.insert(Change, ("deadline", "was", "now", "why", "by", "at"), log)
    return len(moved)


def _afresh(d: Deadline, at: datetime) -> None:
    """With time again it is neither late nor warned of, if the warning is still to come."""
    if d.due_at is None or d.due_at <= at:
        return
    d.breached_at = None
    if d.due_at - timedelta(seconds=d.warn) > at:
        d.warned_at = None


RECOUNTED = ("due_at", "left", "resumed_with", "warned_at", "breached_at", "policy", "hours", "after", "warn")


def recount(
    those: Iterable[Deadline],
    terms: Callable[[Deadline], Terms],
    due: Callable[[Deadline], datetime],
    *,
    at: datetime,
    by: str,
    why: str,
) -> int:
    """Count anew by another policy or calendar, each logged. What the platform named or was promised stays.

    -> how many rows changed. One whose limit reads the same and whose moment stays is left alone.
    """
    changed, log = [], []
    for d in those:
        if d.source != Deadline.POLICY:
            continue
        was, before = d.due_at, (d.hours, d.after, d.warn, d.due_at, d.left)
        _agree(d, terms(d))
        d.due_at = due(d) if d.left is None else None
        if before == (d.hours, d.after, d.warn, d.due_at, d.left):
            continue
        _afresh(d, at)
        log.append((d.pk, was, d.due_at, why[:200], by[:80], at))
        changed.append(d)
    _write(changed, RECOUNTED)
    rows.insert(Change, ("deadline", "was", "now", "why", "by", "at"), log)
    return len(changed)


def _agree(d: Deadline, new: Terms) -> None:
    """The row takes these terms; what was left at a hold grows or shrinks by as much as the whole."""
    more = new.after - d.after
    d.left = None if d.left is None else max(0, d.left + more)
    d.resumed_with = None if d.resumed_with is None else max(0, d.resumed_with + more)
    d.policy, d.hours, d.after, d.warn = new.policy, new.hours, new.after, new.warn


def warned(those: Sequence[Deadline], *, at: datetime) -> None:
    """The warning has been given: the row rings again when it is due."""
    for d in those:
        d.warned_at = at
    _write(those, ("warned_at",))


def breached(those: Sequence[Deadline], *, at: datetime) -> None:
    """Late, and nothing moves: the row stays open and rings no more."""
    for d in those:
        d.breached_at = at
    _write(those, ("breached_at",))
