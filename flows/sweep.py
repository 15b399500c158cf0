"""What the clock does with the rows that ring: warn, take the step, or declare late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import deadlines.service as deadlines
import outbox.service as outbox
from deadlines.models import Deadline
from rows import claim as queue

from . import clocks, followups
from .door import Door
from .effects import FollowUp
from .halving import carefully
from .registry import FLOWS
from .table import LATE, Clock, Flow, Who
from .wants import Want
from .writing import worded, write_beside

BATCH = 2000
NEVER = 2**31  # a clock whose step is refused is asked again every hour, however long: it must not be forgotten


def sweep(*, at: datetime, limit: int = BATCH) -> int:
    """One pass over what rings at or before `at`. -> how many rows were claimed; fewer than `limit`: nothing is left.

    A clock that rings both for its warning and its due moment (a long sleep) only does what is due.
    """
    rung = queue.claim(Deadline, at=at, limit=limit)
    unknown = [d for d in rung if d.flow not in FLOWS or d.clock not in FLOWS[d.flow].clock]
    if unknown:
        queue.back_off(Deadline, unknown, "no such clock", at=at, dead_after=NEVER)
    known = sorted(
        (d for d in rung if d.flow in FLOWS and d.clock in FLOWS[d.flow].clock), key=lambda d: (d.flow, d.clock)
    )
    for (flow, clock), batch in groupby(known, key=lambda d: (d.flow, d.clock)):
        _ring_carefully(FLOWS[flow], clock, list(batch), at=at)
    return len(rung)


def _ring_carefully(flow: Flow, clock: str, batch: list[Deadline], *, at: datetime) -> None:
    refused = dict(
        carefully(
            batch,
            lambda some: ring(flow, clock, some, at=at),
            lambda d, error: (d.pk, f"{type(error).__name__}: {error}"),
        )
    )
    if refused:
        late = [d for d in batch if d.pk in refused]
        queue.back_off(Deadline, late, refused, at=at, dead_after=NEVER)


def ring(flow: Flow, clock: str, batch: Sequence[Deadline], *, at: datetime) -> list[tuple[int, str]]:
    """-> (row, why) of those whose step was refused: they back off and surface. Subjects are locked before the rows."""
    cell = flow.clock[clock]
    door = Door(flow, at=at)
    subjects = {s.pk: s for s in door.enter([d.subject for d in batch], [clock if cell.then == LATE else cell.then])}
    mine = queue.still_mine(Deadline, batch)
    due, late, early = [], [], []
    for d in batch:
        if d.pk not in mine or d.subject not in subjects:
            continue
        if d.due_at is not None and d.due_at > at:
            early.append(d)
        elif cell.then == LATE or not clocks.acts(cell, subjects[d.subject]):
            late.append(d)
        else:
            due.append(d)
    _warn(flow, early, subjects, at=at)
    refused = _take(door, cell, due, subjects)
    door.close()
    _breach(door, late, subjects)
    return refused


def _take(door: Door, cell: Clock, due: Sequence[Deadline], subjects: dict[int, Any]) -> list[tuple[int, str]]:
    door.fired = cell.name
    refused = []
    for d in due:
        want = Want(d.subject, {}, trigger=f"deadline:{d.pk}")
        taken = door.attempt(subjects[d.subject], cell.then, want, who=Who.CLOCK, by="clock")
        if not taken.moved:
            refused.append((d.pk, taken.why))
    return refused


def _warn(flow: Flow, those: Sequence[Deadline], subjects: dict[int, Any], *, at: datetime) -> None:
    deadlines.warned(those, at=at)
    outbox.write([_event("deadline.warned", flow, d, subjects[d.subject], at) for d in those])


def _breach(door: Door, those: Sequence[Deadline], subjects: dict[int, Any]) -> None:
    """Nothing moves: recorded with how late, announced, escalated, and what the flow has registered for it."""
    deadlines.breached(those, at=door.at)
    outbox.write([_event("deadline.breached", door.flow, d, subjects[d.subject], door.at) for d in those])
    asked: list[tuple[Any, FollowUp]] = []
    for d in those:
        subject = subjects[d.subject]
        door.address(subject, Who.CLOCK, "clock", door.at)
        for react in door.flow.lates.get(d.clock, ()):
            asked += [(subject, f) for f in react(subject, d.part) or ()]
    write_beside(f for _, f in asked)
    followups.do(door, asked)


def _event(topic: str, flow: Flow, d: Deadline, subject: Any, at: datetime) -> tuple[Any, ...]:
    late = int((at - d.due_at).total_seconds()) if d.due_at else 0
    data = {"flow": flow.name, "number": subject.number, "clock": d.clock, "due_at": d.due_at, "tell": d.tell.split(),
            **({"part": d.part} if d.part else {}), **({"late_seconds": late} if late > 0 else {})}  # fmt: skip
    return d.shop_id, topic, flow.name, d.subject, subject.version, worded(data), at, at
