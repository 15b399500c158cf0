"""The one door: every change of a state passes through here, for one subject or for thousands.

One transaction: the order of the case is locked, then the subjects by key; the caller, the state and the needs are
asked; django-fsm-2's guard; the effect, which sees one subject and only sets its fields; then a handful of statements
for all: Moves, changed columns, clocks, one event each; last what the effects asked for beside, through the same door.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

import rows

from . import words
from .door import Door
from .effects import Refused
from .halving import carefully
from .permit import lock, lock_orders, permit
from .table import OUTSIDE, Flow, Who
from .wants import Taken, Want

__all__ = ["Door", "Refused", "Taken", "Want", "permit", "start", "start_many", "take", "take_many"]


def take(
    subject: Any, step: str, *, who: Who, by: str, at: datetime, why: str = "", version: int | None = None,
    trigger: str = "", inputs: Mapping[str, Any] | None = None,
) -> Any:  # fmt: skip
    """Take one step of one subject. -> the subject as it is afterwards. Raises Refused; nothing is written then.

    A fact that shop or platform report is weighed: where another outranks it, it is recorded and moves nothing.
    """
    want = Want(subject.pk, inputs or {}, version=version, trigger=trigger, why=why)
    taken = next(iter(take_many(subject.flow, step, [want], who=who, by=by, at=at)), None)
    if taken is None:
        raise Refused(words.gone(), "gone")
    if taken.error:
        raise taken.error
    if not (taken.moved or taken.noted):
        raise Refused(taken.why, taken.code, taken.subject)
    return taken.subject


def take_many(
    flow: Flow,
    step: str,
    wants: Iterable[Want | int],
    *,
    who: Who,
    by: str,
    at: datetime,
    cause: frozenset[Any] = frozenset(),
) -> list[Taken]:
    """Take one step of many subjects: those that may, move; the others say why. One result a subject, by key.

    A fault of one subject spoils only that one; within another step (`cause`) it spoils that step: all or nothing.
    Subjects that are not there are left out. Raises LookupError for a step that is not in the table, ValueError where
    a subject is named twice.
    """
    if step not in flow.rows:
        raise LookupError(f"{flow.name} has no step {step}")
    asked = _asked(wants)
    if who & OUTSIDE and step in flow.strength and not cause:
        return _reported(flow, step, list(asked.values()), who=who, by=by, at=at)

    def pass_door(some: Sequence[Want]) -> list[Taken]:
        door = Door(flow, at=at, cause=cause)
        given = [w.inputs for w in some]
        hung_on = flow.orders_of(step, given)
        door.enter([w.pk for w in some], [step], beside=flow.beside(step, given), orders=hung_on)
        for subject in door.subjects:
            door.attempt(subject, step, asked[subject.pk], who=who, by=by)
        door.close()
        return list(door.taken.values())

    if cause:
        return pass_door(list(asked.values()))
    taken: list[Taken] = []
    waves = _apart(flow, step, asked.values())
    if len(waves) > 1 and connection.in_atomic_block:
        _lock_all(flow, step, asked.values())
    for some in waves:
        taken += carefully(some, pass_door, lambda w, error: spoiled(flow, w.pk, step, error))
    return sorted(taken, key=lambda t: t.subject.pk)


def _asked(wants: Iterable[Want | int]) -> dict[int, Want]:
    """By key. One of two for the same subject would be lost without a word."""
    given = [Want(w) if isinstance(w, int) else w for w in wants]
    found = {w.pk: w for w in given}
    if len(found) < len(given):
        raise ValueError("a subject is named twice")
    return found


def _apart(flow: Flow, step: str, wants: Iterable[Want]) -> list[list[Want]]:
    """Those that touch the same other subject (merged into one) go one after the other: each sees what the one before
    it has done. All others go together."""
    waves: list[tuple[set[int], list[Want]]] = []
    for want in wants:
        names = flow.beside(step, [want.inputs])
        names |= {want.pk} if names else set()
        after = 1 + max((n for n, (busy, _some) in enumerate(waves) if busy & names), default=-1)
        if after == len(waves):
            waves.append((set(), []))
        waves[after][0].update(names)
        waves[after][1].append(want)
    return [some for _busy, some in waves]


def _lock_all(flow: Flow, step: str, wants: Collection[Want]) -> None:
    """Once, in the one order: a transaction around several waves keeps the locks of each until the end, and a later
    one may hold lower keys than those before it."""
    keys, given = [w.pk for w in wants], [w.inputs for w in wants]
    lock(flow, sorted({*keys, *flow.beside(step, given)}), orders=flow.orders_of(step, given))


def _reported(flow: Flow, step: str, wants: Sequence[Want], *, who: Who, by: str, at: datetime) -> list[Taken]:
    """What has happened outside is weighed, by whichever way we hear of it."""
    from .reports import Heard, report_many  # which stands on this module

    heard = [
        Heard(w.pk, step, w.at or at, who, by, w.inputs, trigger=w.trigger, why=w.why, as_step=True, seen=w.version)
        for w in wants
    ]
    return report_many(flow, heard, at=at)


def spoiled(flow: Flow, pk: int, step: str, error: Exception) -> Taken:
    """The result of one whose follow-ups were refused or failed: nothing of it is written."""
    subject = flow.model._base_manager.get(pk=pk)
    if isinstance(error, Refused):
        return Taken(subject, step=step, why=error.why, code=error.code)
    return Taken(subject, step=step, why=str(error) or type(error).__name__, code="error", error=error)


def start(
    subject: Any, *, who: Who, by: str, at: datetime, trigger: str = "", inputs: Mapping[str, Any] | None = None
) -> Any:
    """Start one subject: an unsaved instance that stands in one of the flow's start states. -> it, saved.

    Raises Refused where its effect does; nothing is written then.
    """
    want = Want(0, inputs or {}, trigger=trigger)
    [taken] = start_many(subject.flow, [(subject, want)], who=who, by=by, at=at)
    if not taken.moved:
        raise Refused(taken.why, taken.code, subject)
    return taken.subject


def start_many(
    flow: Flow,
    begun: Sequence[tuple[Any, Want]],
    *,
    who: Who,
    by: str,
    at: datetime,
    cause: frozenset[Any] = frozenset(),
) -> list[Taken]:
    """Start many subjects; `flow.on("start")` adds what belongs to them, or refuses. -> in their order, what became of
    each: one that was refused is not saved. Raises IntegrityError where one is there."""
    if not begun:
        return []
    with transaction.atomic():
        lock_orders(flow.model, (subject.order_pk for subject, _ in begun))
        door = Door(flow, at=at, cause=cause)
        door.load([subject for subject, _ in begun], ["start"])
        for (subject, want), pk in zip(begun, _keys([subject for subject, _ in begun]), strict=True):
            door.begin(subject, pk, want, who=who, by=by)
        door.close()
    return list(door.taken.values())


def _keys(subjects: Sequence[Any]) -> list[int]:
    """A key for each; one that an effect has allocated, to refer to it (ADR 6), stays."""
    without = [s for s in subjects if s.pk is None]
    fresh = iter(rows.allocate(type(without[0]), len(without)) if without else ())
    return [next(fresh) if s.pk is None else s.pk for s in subjects]
