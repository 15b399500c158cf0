"""The cells of a table: who, from where, to where, by which clock. No database here."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LATE = "late"


class Who(enum.Flag):
    """Who takes a step; the order is the one in which a caller's roles are tried."""

    CUSTOMER = enum.auto()
    AGENT = enum.auto()
    AUDITOR = enum.auto()
    WAREHOUSE = enum.auto()
    LEAD = enum.auto()
    SHOP = enum.auto()
    PLATFORM = enum.auto()
    CLOCK = enum.auto()
    SYSTEM = enum.auto()

    @property
    def word(self) -> str:
        return (self.name or "").lower()

    @property
    def words(self) -> list[str]:
        return [w.word for w in Who if w & self]


NOBODY = Who(0)
OUTSIDE = Who.SHOP | Who.PLATFORM
REPORTERS = OUTSIDE | Who.SYSTEM  # who may take a step by `facts_from`
CLOCKWISE = Who.CLOCK | Who.SYSTEM  # who acts without a person or a report
PEOPLE = Who.CUSTOMER | Who.AGENT | Who.AUDITOR | Who.WAREHOUSE | Who.LEAD


class _Stay:
    """The target of a step that leaves the subject where it is."""

    def __repr__(self) -> str:
        return "STAY"


STAY = _Stay()


@dataclass(frozen=True)
class By:
    """A target that follows from an attribute of the subject after the effect: its kind, its payer, what is left."""

    attribute: str
    to: tuple[tuple[str, str], ...]

    def __init__(self, attribute: str, **to: str) -> None:
        object.__setattr__(self, "attribute", attribute)
        object.__setattr__(self, "to", tuple((k, str(v)) for k, v in to.items()))

    def of(self, subject: Any) -> str:
        return dict(self.to)[str(getattr(subject, self.attribute))]


Need = Callable[[Any], str]
Target = str | By | _Stay


@dataclass(frozen=True)
class Step:
    """One row. A step may have several rows (same name, other sources): they share effect, asks and label.

    needs: predicates of the subject, each "" or the reason why not; asked of everybody but shop and platform,
    since what has happened outside cannot be barred here (rows made by `Fact` ask everybody).
    also: steps "flow.step" of the other subjects of the same order, taken in the same transaction as `system`.
    undoes: facts that lose their force when this step is taken.
    done: what is said once it is taken, where “已” before the label is no Chinese.
    """

    name: str
    sources: tuple[str, ...]
    target: Target
    who: Who
    label: Any = ""
    needs: tuple[Need, ...] = ()
    asks: type | None = None
    also: tuple[str, ...] = ()
    undoes: tuple[str, ...] = ()
    tone: str = ""  # "main": the step that moves the case on; "harm": asks before it is taken
    fact: bool = False
    done: Any = ""

    def targets_from(self, source: str) -> tuple[str, ...]:
        if self.target is STAY:
            return (source,)
        if isinstance(self.target, By):
            return tuple(dict.fromkeys(to for _, to in self.target.to))
        return (str(self.target),)

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(t for s in self.sources for t in self.targets_from(s)))

    def reason(self, subject: Any, who: Who) -> str:
        """Why the needs of this row refuse, or "". The system's and the clock's steps are asked like people's."""
        if not self.fact and who & OUTSIDE:
            return ""
        return next((why for need in self.needs if (why := need(subject))), "")


def Fact(name: str, sources: tuple[str, ...], target: Target, who: Who = REPORTERS, **cells: Any) -> Step:
    """Further sources of a step (`facts_from`), for what happened whatever people here have done so far."""
    return Step(name, sources, target, who & REPORTERS, fact=True, **cells)


@dataclass(frozen=True)
class Clock:
    """Runs while its subject is in one of `during`.

    limit: a limit of the shop's policy; `otherwise` where that limit's channels leave the subject's channel out.
    then: the step that the clock takes, or LATE. tell: the role to which a breach is escalated.
    pauses, held_by: states of the subject, and "flow" or "flow:state" of the same order, that hold it.
    due: an attribute naming the due moment itself; since: one naming the start (else the moment of the move).
    when: an attribute that must be true for it to run at all, asked as it would start.
    part: a row for each part of the subject (a parcel); started and stopped by effects, ended with the states.
    """

    name: str
    during: tuple[str, ...]
    limit: str
    then: str
    label: Any = ""
    pauses: tuple[str, ...] = ()
    held_by: tuple[str, ...] = ()
    tell: Who = NOBODY
    due: str = ""
    since: str = ""
    when: str = ""
    otherwise: str = ""
    part: bool = False

    def lives_in(self, state: str) -> bool:
        """May it be open, running or held, while its subject is there? A move to elsewhere ends it."""
        return state in self.during or state in self.pauses


@dataclass(frozen=True)
class Change:
    """What a move from one state to another does to the subject's clocks."""

    stop: tuple[str, ...]
    settle: tuple[str, ...]  # may be held or resumed
    start: tuple[str, ...]
