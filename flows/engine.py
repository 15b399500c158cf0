"""The one door: every change of a state passes through here, for one subject or for thousands.

One transaction: the order of the case is locked, then the subjects by key; the caller, the state and the needs are
asked; django-fsm-2's guard; the effect, which sees one subject and only sets its fields; then a handful of statements
for all: Moves, changed columns, clocks, one event each; last what the effects asked for beside, through the same door.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

import rows

from . import followups, words
from .effects import FollowUp, Implies, Refused
from .facts import Told
from .models import Subject
from .table import OUTSIDE, Flow, Step, Who
from .writing import Moved, write_beside, write_moves, write_recorded, write_reports


@dataclass(slots=True)
class Want:
    """One subject's share of a step. at: when it happened, where not at the door's time; version: what the caller saw."""

    pk: int
    inputs: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    version: int | None = None
    trigger: str = ""
    why: str = ""


@dataclass(slots=True)
class Taken:
    """What became of one subject. why "" and moved: it took `step`; else `code` and `why` say why it did not."""

    subject: Any
    moved: bool = False
    step: str = ""
    why: str = ""
    code: str = ""
    recorded: bool = False  # a report left something behind, whether or not it moved
    error: Exception | None = None


def take(
    subject: Any, step: str, *, who: Who, by: str, at: datetime, why: str = "", version: int | None = None,
    trigger: str = "", inputs: Mapping[str, Any] | None = None,
) -> Any:  # fmt: skip
    """Take one step of one subject. -> the subject as it is afterwards. Raises Refused; nothing is written then."""
    want = Want(subject.pk, inputs or {}, version=version, trigger=trigger, why=why)
    with transaction.atomic():
        [taken] = take_many(subject.flow, step, [want], who=who, by=by, at=at) or [None]
        if taken is None:
            raise Refused(words.gone(), "gone")
        if taken.error:
            raise taken.error
        if not taken.moved:
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

    A fault of one subject's effect spoils only that one. Raises LookupError for a step that is not in the table.
    """
    if step not in flow.rows:
        raise LookupError(f"{flow.name} has no step {step}")
    asked = {w.pk: w for w in (Want(w) if isinstance(w, int) else w for w in wants)}
    with transaction.atomic():
        door = Door(flow, at=at, cause=cause)
        door.enter(list(asked), [step], beside=flow.beside(step, [w.inputs for w in asked.values()]))
        for subject in door.subjects:
            door.attempt(subject, step, asked[subject.pk], who=who, by=by)
        door.close()
    return list(door.taken.values())


def start(
    subject: Any, *, who: Who, by: str, at: datetime, trigger: str = "", inputs: Mapping[str, Any] | None = None
) -> Any:
    """Start one subject: an unsaved instance that stands in one of the flow's start states. -> it, saved."""
    want = Want(0, inputs or {}, trigger=trigger)
    [taken] = start_many(subject.flow, [(subject, want)], who=who, by=by, at=at)
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
    """Start many subjects; `flow.on("start")` adds what belongs to them. Raises IntegrityError where one is there already."""
    if not begun:
        return []
    with transaction.atomic():
        door = Door(flow, at=at, cause=cause)
        for (subject, want), pk in zip(begun, rows.allocate(flow.model, len(begun)), strict=True):
            door.begin(subject, pk, want, who=who, by=by)
        door.close()
    return list(door.taken.values())


class Door:
    """One passage of many subjects of one flow: enter (lock), attempt or begin each, close (write)."""

    def __init__(self, flow: Flow, *, at: datetime, cause: frozenset[Any] = frozenset()) -> None:
        self.flow, self.at, self.cause = flow, at, cause
        self.subjects: list[Any] = []
        self.taken: dict[int, Taken] = {}
        self.moves: list[Moved] = []
        self.changed: set[str] = set()
        self.recorded: dict[int, Any] = {}  # subjects of which a report set columns: `noted`
        self.noted: set[str] = set()
        self.reported: list[tuple[Any, ...]] = []
        self.beside: list[tuple[Any, list[FollowUp]]] = []
        self.fired = ""

    def enter(self, pks: Sequence[int], kinds: Iterable[str], *, beside: Iterable[int] = ()) -> list[Any]:
        """Lock the case, then the subjects; load the children that these steps look at.

        beside: further subjects that the step will touch, locked with the others in one order of keys.
        """
        more = set(beside) - set(pks)
        found = lock(self.flow, [*pks, *more])
        self.subjects = [s for s in found if s.pk not in more]
        loaders = dict.fromkeys(load for kind in dict.fromkeys(kinds) for load in self.flow.loaders.get(kind, ()))
        for load in loaders:
            load(self.subjects)
        return self.subjects

    def begin(self, subject: Any, pk: int, want: Want, *, who: Who, by: str) -> None:
        if subject.state not in self.flow.start:
            raise LookupError(f"{self.flow.name} does not start at {subject.state}")
        at = want.at or self.at
        subject.pk, subject.version = pk, 1
        subject.created_at = subject.created_at or at
        subject.caller, subject.moment, subject.now = who, at, self.at
        effect = self.flow.effects.get("start")
        asked = list((effect(subject, **want.inputs) if effect else None) or ())
        logged = loggable(self.flow, want.inputs)
        self.moves.append(Moved(subject, "", "start", at, who, by, want.why, want.trigger, logged, followups=asked))
        self.taken[pk] = Taken(subject, moved=True, step="start")

    def attempt(self, subject: Any, step: str, want: Want, *, who: Who, by: str, told: bool = False) -> Taken:
        """Move this one if it may; what it says stays in memory until the door closes.

        told: what the step reports is recorded already (see reports), only the moving is asked for.
        """
        kept = dict(subject.__dict__)
        taken = self.taken[subject.pk] = Taken(subject, step=step)
        try:
            permit(self.flow, subject, step, who, want.version)
            self._move(subject, step, want, who=who, by=by, told=told)
            taken.moved = True
        except Refused as refused:
            taken.why, taken.code = refused.why, refused.code
            _restore(subject, kept)
        except Exception as error:  # one subject's fault must not stop the others: nothing of it is written yet
            taken.why, taken.code, taken.error = str(error) or type(error).__name__, "error", error
            _restore(subject, kept)
        return taken

    def _move(self, subject: Any, step: str, want: Want, *, who: Who, by: str, told: bool) -> None:
        old, before, at = subject.state, dict(subject.__dict__), want.at or self.at
        row = self.flow.row(step, old)
        assert row is not None
        subject.caller, subject.moment, subject.now = who, at, self.at
        asked: list[FollowUp] = []
        seen: list[Told] = []
        by_hand = step in self.flow.strength and bool(who & ~(Who.CLOCK | Who.SYSTEM))
        if by_hand and not told:  # people's steps are recorded facts, the clock's and the system's are not
            seen, asked = by_their_hand(self.flow, subject, step, at, want.inputs)
        asked += getattr(subject, step)(**({} if told else want.inputs)) or ()
        subject.version += 1
        if by_hand:
            subject.fact = step
        strike(self.flow, subject, step, at)
        self.changed |= changes(before, subject)
        passed = self.flow.passed(old, step) if row.fact else ()
        logged = loggable(self.flow, want.inputs)
        self.moves.append(
            Moved(subject, old, step, at, who, by, want.why, want.trigger, logged, passed, row.also, asked)
        )
        self.report(subject, seen, who=who, by=by, trigger=want.trigger)

    def report(
        self, subject: Any, facts: Iterable[Told], *, who: Who, by: str, trigger: str = "", version: str = ""
    ) -> None:
        """Keep these facts of the subject."""
        key = (self.flow.name, subject.pk)
        self.reported += [(*key, f.step, f.at, version, who.word, by[:80], trigger, self.at) for f in facts]

    def close(self) -> None:
        """Write everything, then do what the effects asked for beside."""
        beside = [f for m in self.moves for f in m.followups] + [f for _, asked in self.beside for f in asked]
        moved = {m.subject.pk for m in self.moves}
        still = [s for pk, s in self.recorded.items() if pk not in moved]
        if still and self.noted:
            write_recorded(self.flow, still, self.noted)
        self.changed |= self.noted
        if self.moves:
            write_moves(self.flow, self.moves, self.changed, at=self.at, fired=self.fired)
        write_reports(self.reported)
        write_beside(beside)
        followups.carry_out(self)


# ---- asked of every step
def permit(flow: Flow, subject: Any, step: str, who: Who, version: int | None = None) -> Step:
    """-> the row by which this caller may take this step now. Raises Refused ("moved", "state", "role", "refused")."""
    if version is not None and version != subject.version:
        raise Refused(words.moved(subject), "moved", subject)
    row = flow.row(step, subject.state)
    if row is None or (row.fact and not row.who & who):
        raise Refused(words.not_from(flow, subject, step), "state", subject)
    if not row.who & who:
        raise Refused(words.not_for(flow, step, who), "role", subject)
    why = row.reason(subject, who)
    if not why and not who & OUTSIDE:
        why = next((w for need in flow.needs_of(step) if (w := need(subject))), "")
    if why:
        raise Refused(why, "refused", subject)
    return row


def lock(flow: Flow, pks: Sequence[int]) -> list[Any]:
    """The case's orders first, then the subjects by key: so no two steps of one case deadlock."""
    model: type[Subject] = flow.model
    if model.root:
        root = model._meta.get_field(model.root).related_model
        roots = model._base_manager.filter(pk__in=list(pks)).values_list(f"{model.root}_id", flat=True)
        rows.lock(root, sorted(set(roots)))  # type: ignore[arg-type]
    return rows.lock(model, list(pks))


def changes(before: Mapping[str, Any], subject: Any) -> set[str]:
    """The columns that an effect has set. A value changed in place is not seen: effects assign."""
    now = subject.__dict__
    return {k for k, v in before.items() if k in subject.columns and now[k] is not v}


def strike(flow: Flow, subject: Any, step: str, at: datetime) -> None:
    if undone := flow.undone_by.get(step):
        subject.struck = {**subject.struck, **dict.fromkeys(undone, at.isoformat())}
        subject.fact = ""


def by_their_hand(
    flow: Flow, subject: Any, step: str, at: datetime, inputs: Mapping[str, Any]
) -> tuple[list[Told], list[FollowUp]]:
    """A fact's step taken here: -> the fact, and what its teller records. Raises Refused where the data says another step."""
    teller = flow.tellers.get(step)
    asked = list(teller(subject, at=at, **inputs) or ()) if teller else []
    implied = {f.step: f.at for f in asked if isinstance(f, Implies)}
    if teller and step not in implied:
        other = next(iter(implied), "")
        raise Refused(words.rather(flow, step, other), "input", subject)
    return [Told(step, implied.get(step, at))], [f for f in asked if not isinstance(f, Implies)]


def _restore(subject: Any, kept: Mapping[str, Any]) -> None:
    subject.__dict__.clear()
    subject.__dict__.update(kept)


def loggable(flow: Flow, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs as the log may keep them: without personal data and without what cannot be worded."""
    plain = (str, int, bool, float, list, dict, datetime, type(None))
    return {
        k: v
        for k, v in inputs.items()
        if k not in flow.personal and isinstance(v, plain) and v not in (None, "", [], {})
    }
