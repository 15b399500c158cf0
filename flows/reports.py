"""What the outside reports: recorded whatever people here have got to, weighed, and taken where it is the strongest.

A report (`order.shipped`) tells its data to the subject (`flow.told`), which says what it implies: facts, that are
recorded and compared with all that were recorded before, or ordinary steps, that are taken where they are open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import rows

from . import words
from .door import Door
from .effects import FollowUp, Implies, Moot, Refused
from .engine import spoiled
from .facts import Told, alive, strongest
from .halving import carefully
from .models import Reported
from .permit import changes, permit
from .table import Flow, Who
from .wants import Taken, Want


@dataclass(slots=True)
class Heard:
    """One report of one subject. at: when it happened at its source; version: the source's own, where it has one."""

    pk: int
    kind: str
    at: datetime
    who: Who
    by: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    trigger: str = ""
    why: str = ""
    as_step: bool = False  # asked for as a step: refused where the table has it not open, as any step is
    anew: bool = False  # nothing was reported: what follows from the rows beside the subject has changed
    seen: int | None = None  # the subject's version that the caller has seen


def report_many(
    flow: Flow, heard: Sequence[Heard], *, at: datetime, cause: frozenset[Any] = frozenset()
) -> list[Taken]:
    """Hear one report each of many subjects. -> what became of each, by key; who is not there is left out.

    Within another step (`cause`) a fault spoils that step: all or nothing.
    """
    of = {h.pk: h for h in heard}
    if len(of) != len(heard):
        raise ValueError("one report a subject at a time: what was heard first must be weighed first")

    def pass_door(some: Sequence[Heard]) -> list[Taken]:
        door = Door(flow, at=at, cause=cause)
        pks = [h.pk for h in some]
        door.enter(pks, [*(h.kind for h in some), *flow.strength])
        known = recorded(flow, pks)
        for subject in door.subjects:
            _hear(door, subject, of[subject.pk], known.get(subject.pk, []))
        door.close()
        return list(door.taken.values())

    if cause:
        return pass_door(list(heard))
    taken = carefully(heard, pass_door, lambda h, error: spoiled(flow, h.pk, h.kind, error))
    return sorted(taken, key=lambda t: t.subject.pk)


def recorded(flow: Flow, pks: Sequence[int]) -> dict[int, list[Told]]:
    """All facts that were reported of these subjects, struck ones too."""
    found: dict[int, list[Told]] = {}
    for r in rows.fetch(Reported, "subject", pks):
        if r.flow == flow.name:
            found.setdefault(r.subject, []).append(Told(r.step, r.at, r.who, r.by))
    return found


def _hear(door: Door, subject: Any, h: Heard, known: list[Told]) -> None:
    before, inferred = dict(subject.__dict__), door.flow.inferred(subject)
    door.address(subject, h.who, h.by, h.at)
    taken = door.taken[subject.pk] = Taken(subject)
    try:
        asked = _told(door.flow, subject, h)
    except Refused as refused:
        taken.code, taken.why = refused.code, refused.why
    except Exception as error:  # one report's fault must not stop the others
        taken.code, taken.why, taken.error = "error", str(error) or type(error).__name__, error
    else:
        moot = next((f.why for f in asked if isinstance(f, Moot)), "")
        taken.code, taken.why = ("outranked", moot) if moot else ("", "")
        _keep(door, subject, before, [f for f in asked if not isinstance(f, Moot)])
        _weigh(door, subject, h, [f for f in asked if isinstance(f, Implies)], known, inferred)
        return
    subject.__dict__.clear()
    subject.__dict__.update(before)


def _told(flow: Flow, subject: Any, h: Heard) -> list[FollowUp]:
    if h.as_step:
        permit(flow, subject, h.kind, h.who, h.seen)
    teller = flow.tellers.get(h.kind)
    return list(teller(subject, at=h.at, **h.inputs) or ()) if teller else [Implies(h.kind, h.at, h.inputs)]


def _keep(door: Door, subject: Any, before: Mapping[str, Any], asked: list[FollowUp]) -> None:
    """What the report recorded stays, whether or not the subject moves."""
    beside: list[FollowUp] = [f for f in asked if not isinstance(f, Implies)]
    if noted := changes(before, subject):
        door.recorded[subject.pk] = subject
        door.noted |= noted
    if beside:
        door.beside.append((subject, beside))
    door.taken[subject.pk].recorded = bool(noted or beside)


def _weigh(door: Door, subject: Any, h: Heard, implied: list[Implies], known: list[Told], inferred: list[Told]) -> None:
    """known: what was reported before; inferred: what followed before from the rows beside the subject."""
    flow, left_behind, undone = door.flow, door.taken[subject.pk].recorded, False
    for i in implied:
        if i.step not in flow.strength:
            apart = len(implied) > 1 or i.step in flow.undone_by
            trigger = f"{h.trigger}:{i.step}" if h.trigger and apart else h.trigger
            want = Want(subject.pk, i.inputs, at=i.at, trigger=trigger)
            taken = door.attempt(subject, i.step, want, who=h.who, by=h.by)
            undone |= taken.moved and i.step in flow.undone_by
    told = [Told(i.step, i.at, h.who.word, h.by) for i in implied if i.step in flow.strength]
    told_anew = [f for f in told if f not in known]
    door.report(subject, told_anew, who=h.who, by=h.by, trigger=h.trigger, version=h.version)
    follows = flow.inferred(subject)
    new = [*told_anew, *(f for f in follows if f not in inferred)]
    if undone or h.anew:  # what it struck may have been told anew before: then that says where the subject goes on to
        _go_on(door, subject, h, [*known, *told_anew, *follows])
    elif told or follows != inferred or (h.kind in flow.strength and not left_behind):
        _decide(door, subject, h, [*told, *new], new, [*known, *told_anew, *follows])
    door.taken[subject.pk].recorded |= left_behind


def _decide(door: Door, subject: Any, h: Heard, facts: list[Told], new: list[Told], known: list[Told]) -> None:
    """The strongest known fact says where the subject stands. facts: what this report says; new: what it adds."""
    flow = door.flow
    struck = {step: datetime.fromisoformat(until) for step, until in subject.struck.items()}
    top = strongest(flow, known, struck)
    if top is not None and (top.step != subject.fact or (top in new and _goes_on(flow, top.step, subject.state))):
        who = Who[top.who.upper()] if top.who else h.who
        want = Want(subject.pk, {}, at=top.at, trigger=h.trigger, why=h.why)
        taken = door.attempt(subject, top.step, want, who=who, by=top.by or h.by, told=True)
        if taken.moved or top in facts:
            return
    said = sorted(facts, key=lambda f: f.step == h.kind) or [Told(h.kind, h.at)]
    left_behind = door.taken[subject.pk].recorded
    taken = door.taken[subject.pk] = Taken(subject, step=said[-1].step)
    # One more of what moved it last.
    again = top is not None and top.step == said[-1].step and (bool(new) or left_behind)
    taken.code, taken.why = "again" if again else "outranked", _why(flow, said, top, new, struck)


def _go_on(door: Door, subject: Any, h: Heard, known: list[Told]) -> None:
    """The step that was implied has moved the subject and struck facts; the strongest that is left moves it on."""
    struck = {step: datetime.fromisoformat(until) for step, until in subject.struck.items()}
    moved, top = door.taken[subject.pk], strongest(door.flow, known, struck)
    if top is None or top.step == subject.fact:
        return
    who = Who[top.who.upper()] if top.who else h.who
    want = Want(subject.pk, {}, at=top.at, trigger=h.trigger, why=h.why)
    taken = door.attempt(subject, top.step, want, who=who, by=top.by or h.by, told=True)
    if not taken.moved and taken.error is None:
        door.taken[subject.pk] = moved


def _goes_on(flow: Flow, step: str, state: str) -> bool:
    """Is the same fact, reported again of another time, a step on (a further parcel), not a repetition?"""
    row = flow.row(step, state)
    return row is not None and not row.fact


def _why(flow: Flow, facts: list[Told], top: Told | None, new: list[Told], struck: Mapping[str, datetime]) -> str:
    if top is None or not any(alive(f, struck) for f in facts):
        return words.undone(flow, facts[-1].step)
    if not new:
        return words.repeated()
    return words.repeated() if top.step == facts[-1].step else words.outranked(flow, top.step)
