"""The contract of a courier service: a folder here whose package offers `COURIER`; nothing beyond knows which it is.

A service words a request, reads its answer, proves and reads its pushes. It is pure: bytes in, bytes out; who posts
them, when, and what follows, is asking.py's, working.py's and the hooks'. Its codes end in the canonical set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from .outcomes import Outcome

Form = Mapping[str, str]


class Account(NamedTuple):
    """A shop's contract, opened. customer: its number at the service; salt: with which pushes to it are signed."""

    customer: str
    key: str
    salt: str
    base: str = ""  # in place of the service's own address


class Wanted(NamedTuple):
    """What is asked for. carrier: the service's own code; phone: the last four digits, "" where nobody needs them."""

    carrier: str
    number: str
    phone: str = ""


class Request(NamedTuple):
    url: str
    body: bytes  # a form


class Point(NamedTuple):
    at: datetime
    text: str


class Track(NamedTuple):
    """state: canonical, "" where nothing has happened yet or nobody can tell; at: of its newest point; flag: a code
    that we do not know, as it came. carrier: by its common name, else as it came."""

    number: str
    carrier: str
    state: str
    points: tuple[Point, ...] = ()
    flag: str = ""

    @property
    def at(self) -> datetime | None:
        return self.points[-1].at if self.points else None


class Answer(NamedTuple):
    """later: the service is busy, the same may be asked again in its time."""

    outcome: Outcome
    words: str = ""  # the service's own
    track: Track | None = None
    later: bool = False


class Push(NamedTuple):
    """One number's part of a push. id: the same for the same news, however often it is said. aborted: the service
    looks after this number no more, though it has not arrived."""

    id: str
    track: Track
    aborted: bool = False
    words: str = ""


class Unreadable(ValueError):
    """It is not what the service sends; the words say where, and repeat no value."""


@dataclass(frozen=True, slots=True)
class Courier:
    """
    label, base   how it is called, where it lives
    codes         {our common name of a courier: the service's code}
    phoned        common names of couriers for whom it wants the last four digits of the phone
    told_where    does a subscription tell where to push to? Else people enter the address at the service
    query, subscribe   (account, wanted[, address]) -> the request
    answered, subscribed   an answer's bytes -> what it says; raises Unreadable
    proves        (a push's form, the account's secrets) -> is it the service's?
    pushed        a push's form -> its parts; raises Unreadable
    heard         (the form, well?, why, now) -> the body that the service expects to its push
    """

    name: str
    label: Any
    base: str
    codes: Mapping[str, str]
    phoned: frozenset[str]
    told_where: bool
    query: Callable[[Account, Wanted], Request]
    answered: Callable[[bytes], Answer]
    subscribe: Callable[[Account, Wanted, str], Request]
    subscribed: Callable[[bytes], Answer]
    proves: Callable[[Form, Account], bool]
    pushed: Callable[[Form], Sequence[Push]]
    heard: Callable[[Form, bool, str, datetime], dict[str, Any]]

    def name_of(self, code: str) -> str:
        """Our common name of the service's code; what is not known stays as it came."""
        return next((name for name, known in self.codes.items() if known == code), code)
