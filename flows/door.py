"""One passage of many subjects of one flow through the door: enter (lock), attempt or begin each, close (write)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from . import followups
from .effects import FollowUp, Refused
from .facts import Told
from .permit import by_their_hand, changes, lock, loggable, permit, strike
from .table import Flow, Who
from .wants import Taken, Want
from .writing import Moved, write_beside, write_columns, write_moves, write_reports

logger = logging.getLogger(__name__)


class Door:
    """Holds in memory what the passage does until it closes; nobody but the engine and the sweep opens one."""

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
        self.further: dict[int, Any] = {}  # subjects of this flow that a step has led to take another one at once
        self.fired = ""

    def enter(
        self, pks: Sequence[int], kinds: Iterable[str], *, beside: Iterable[int] = (), orders: Iterable[int] = ()
    ) -> list[Any]:
        """Lock the case, then the subjects, then what they share with others; load what these steps look at.

        beside: further subjects that the step will touch, locked with the others in one order of keys.
        orders: those that the step will hang its subject on, locked with the subjects' own.
        """
        more = set(beside) - set(pks)
        found = lock(self.flow, [*pks, *more], orders=orders)
        self.subjects = [s for s in found if s.pk not in more]
        kinds = dict.fromkeys(kinds)
        for turn in dict.fromkeys(turn for kind in kinds for turn in self.flow.turns.get(kind, ())):
            turn(self.subjects)
        self.load(self.subjects, kinds)
        return self.subjects

    def load(self, subjects: Sequence[Any], kinds: Iterable[str]) -> None:
        """The children that these steps look at."""
        for load in dict.fromkeys(load for kind in dict.fromkeys(kinds) for load in self.flow.loaders_of(kind)):
            load(subjects)

    def begin(self, subject: Any, pk: int, want: Want, *, who: Who, by: str) -> None:
        """Start this one, unless its effect refuses it: then it stays unsaved, without a key."""
        if subject.state not in self.flow.start:
            raise LookupError(f"{self.flow.name} does not start at {subject.state}")
        at = want.at or self.at
        subject.pk, subject.version = pk, 1
        subject.created_at = subject.created_at or at
        self.address(subject, who, by, at)
        effect = self.flow.effects.get("start")
        try:
            asked = list((effect(subject, **want.inputs) if effect else None) or ())
        except Refused as refused:
            subject.pk = None
            self.taken[pk] = Taken(subject, step="start", why=refused.why, code=refused.code)
            return
        logged = loggable(self.flow, want.inputs)
        self.moves.append(
            Moved(subject, "", subject.state, 1, "start", at, who, by, want.why, want.trigger, logged, followups=asked)
        )
        self.taken[pk] = Taken(subject, moved=True, step="start")

    def attempt(self, subject: Any, step: str, want: Want, *, who: Who, by: str, told: bool = False) -> Taken:
        """Move this one if it may; what it says stays in memory until the door closes.

        told: what the step reports is recorded already (see reports), only the moving is asked for.
        """
        kept = dict(subject.__dict__)
        taken = self.taken[subject.pk] = Taken(subject, step=step)
        try:
            self.address(subject, who, by, want.at or self.at)
            permit(self.flow, subject, step, who, want.version)
            self._move(subject, step, want, who=who, by=by, told=told)
            taken.moved = True
        except Refused as refused:
            taken.why, taken.code = refused.why, refused.code
            _restore(subject, kept)
        except Exception as error:  # one subject's fault must not stop the others: nothing of it is written yet
            logger.exception("%s.%s of %s failed", self.flow.name, step, subject.pk)
            taken.why, taken.code, taken.error = str(error) or type(error).__name__, "error", error
            _restore(subject, kept)
        return taken

    def _move(self, subject: Any, step: str, want: Want, *, who: Who, by: str, told: bool) -> None:
        old, before, at = subject.state, dict(subject.__dict__), want.at or self.at
        row = self.flow.row(step, old)
        assert row is not None
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
            Moved(
                subject, old, subject.state, subject.version, step, at, who, by, want.why, want.trigger, logged,
                passed, row.also, asked,
            )
        )  # fmt: skip
        self.report(subject, seen, who=who, by=by, trigger=want.trigger)

    def address(self, subject: Any, who: Who, by: str, at: datetime) -> None:
        """Tell the subject who is at the door, for its effect and its needs to look at; and the order that was loaded
        with it, for which its effect may speak."""
        subject.caller, subject.actor, subject.moment, subject.now = who, by, at, self.at
        order = subject._state.fields_cache.get(subject.root) if subject.root else None
        if order is not None and not (subject._state.adding and hasattr(order, "now")):
            order.caller, order.actor, order.moment, order.now = who, by, at, self.at

    def report(
        self, subject: Any, facts: Iterable[Told], *, who: Who, by: str, trigger: str = "", version: str = ""
    ) -> None:
        """Keep these facts of the subject."""
        key = (self.flow.name, subject.pk)
        self.reported += [(*key, f.step, f.at, version, who.word, by[:80], trigger, self.at) for f in facts]

    @cached_property
    def last_steps(self) -> dict[int, str]:
        """{subject's key: the step that it took last}: asked once all have passed."""
        return {m.subject.pk: m.step for m in self.moves}

    def close(self) -> None:
        """Write everything, then do what the effects asked for beside."""
        beside = [f for m in self.moves for f in m.followups] + [f for _, asked in self.beside for f in asked]
        moved = {m.subject.pk for m in self.moves}
        still = [s for pk, s in self.recorded.items() if pk not in moved]
        if still and self.noted:
            write_columns(self.flow, still, sorted(self.noted))
        self.changed |= self.noted
        if self.moves:
            write_moves(self.flow, self.moves, self.changed, at=self.at, fired=self.fired)
        write_reports(self.reported)
        write_beside(beside)
        followups.carry_out(self)
        for pk in self.further.keys() & self.taken.keys():  # what is given back stands where it stands by now
            now = self.further[pk]
            self.taken[pk].subject.__dict__.update({n: now.__dict__[n] for n in ("state", "version")})


def _restore(subject: Any, kept: Mapping[str, Any]) -> None:
    subject.__dict__.clear()
    subject.__dict__.update(kept)
