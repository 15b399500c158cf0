"""What an effect may ask for beside setting its subject's fields. The engine does it, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .table import Who


class Refused(Exception):
    """This step is not taken now; the words say why.

    code: "state" (not from here), "role" (not for this caller), "refused" (a need), "moved" (another version),
    "input" (what was given does not fit the subject), "gone" (no such subject).
    """

    def __init__(self, why: str, code: str = "refused", subject: Any = None) -> None:
        super().__init__(why)
        self.why, self.code, self.subject = why, code, subject


@dataclass(frozen=True)
class Moot:
    """The report is older than what is known: kept, and nothing else. The words say what is newer."""

    why: str


@dataclass(frozen=True)
class Add:
    """Insert this unsaved row."""

    row: Any


@dataclass(frozen=True)
class Save:
    """Write these changed fields of another row of the subject's."""

    row: Any
    names: tuple[str, ...]

    def __init__(self, row: Any, *names: str) -> None:
        object.__setattr__(self, "row", row)
        object.__setattr__(self, "names", names)


@dataclass(frozen=True)
class Implies:
    """What a report amounts to: this step, happened at `at`. A fact is recorded and weighed; another step is taken
    where it is open."""

    step: str
    at: datetime
    inputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Take:
    """Take this step of that subject, as `system`, where it is open to it (`must`: else all is refused).

    first: before anything is started, which may take the place of what this step ends.
    who: the platform, where what is known of the outside implies the step (all parcels of what is left are signed).
    """

    flow: str
    pk: int
    step: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    must: bool = True
    who: Who = Who.SYSTEM
    first: bool = False


@dataclass(frozen=True)
class Report:
    """Report this to that subject, in this transaction, as the outside reports it to ours: recorded whatever it has got
    to, weighed, moved only where it is the strongest. at: when it happened, where not with the step."""

    flow: str
    pk: int
    kind: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    who: Who = Who.PLATFORM
    at: datetime | None = None


@dataclass(frozen=True)
class Weigh:
    """Weigh anew where that subject stands, after all the rest: something beside it has changed from which its facts
    follow (`flow.infers`), which so stays the only place that knows them.

    kind: what it is told before (`flow.told`), for what it has to do about it.
    """

    flow: str
    pk: int
    kind: str


@dataclass(frozen=True)
class Start:
    """Start this unsaved subject, as `system`."""

    subject: Any
    inputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tell:
    """One more outbox event beside the step's own. not_before: held until then; pk: a key the effect has allocated,
    by which it can withdraw the event while it is held. topic "": the step's own event says this as well."""

    topic: str
    data: Mapping[str, Any]
    not_before: datetime | None = None
    pk: int | None = None


@dataclass(frozen=True)
class Recall:
    """Take back the subject's own events of this topic: said no more, by replay neither. strictly: the step is refused
    while one is being said, since that one may be heard."""

    topic: str
    strictly: bool = False


@dataclass(frozen=True)
class Wind:
    """Start a clock of a part (a parcel) of the subject, where the state it is now in lets it run; part "": of the
    subject itself. What others hold begins held.

    again: one that runs already begins anew; one that was late has its end, and another begins.
    """

    clock: str
    part: str
    since: datetime
    again: bool = False


@dataclass(frozen=True)
class Unwind:
    """Stop a clock of a part of the subject; part "": of the subject itself."""

    clock: str
    part: str


@dataclass(frozen=True)
class Due:
    """Move an open clock of a subject to this moment (a promised date); the platform's own date still wins.

    source: Deadline.PROMISE or PLATFORM. part: "" for every part that the clock runs for.
    """

    flow: str
    pk: int
    clock: str
    at: datetime
    source: str
    part: str = ""
    why: str = ""


@dataclass(frozen=True)
class Rehang:
    """The subject's order is another one from now on: its clocks go with it. The step names the order beforehand
    (`flow.roots`), so that it is locked before the subject, as everywhere."""


@dataclass(frozen=True)
class Recount:
    """Count this open clock of the subject anew by the limit that fits it now (another colour); it is logged."""

    clock: str
    why: str


FollowUp = (
    Implies | Moot | Add | Save | Take | Report | Weigh | Start | Tell | Recall | Wind | Unwind | Due | Rehang | Recount
)
