"""The contract of a platform's dialect: how its messages are proved, named, read and answered.

A dialect is a folder of platforms/ whose package offers `DIALECT`. It ends in native events; nothing beyond this floor
knows which platform spoke.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from .events import Fact
from .strict import read

Headers = Mapping[str, str]  # names in lower case
Who = Literal["shop", "platform"]


class Secret(NamedTuple):
    """A live secret of a shop; several while one is rotated. `id`: its row's."""

    id: int
    text: str


class Endpoint(NamedTuple):
    """The shop behind an address, as far as a hook needs it."""

    shop: int
    code: str
    dialect: str
    currency: str
    secrets: tuple[Secret, ...]


class Event(NamedTuple):
    """One native event of a message. (inbox row, `position`) names it for ever: decoding again gives the same ones.

    `at`: its occurred_at (UTC) · `who` acts by the contract, the shop's back end or its platform.
    """

    position: int
    type: str
    at: datetime
    who: Who
    data: Fact


class Told(NamedTuple):
    """What a message says.

    `number`: the subject that it names, to be parked and found under · `outcome`: '' for the queue, else `ignored` or
    `parked` at once, with `why` · `flag`: a code of the platform's that we do not know, as it came.
    """

    type: str
    events: tuple[Event, ...] = ()
    number: str = ""
    outcome: Literal["", "ignored", "parked"] = ""
    why: str = ""
    flag: str = ""

    @property
    def occurred_at(self) -> datetime | None:
        return self.events[-1].at if self.events else None


Verify = Callable[[bytes, Headers, Sequence[Secret], float], Secret | None]
Identify = Callable[[Headers, Mapping[str, Any]], tuple[str, str]]
Translate = Callable[[dict[str, Any], Headers, Endpoint], Told]


def accepted(event: int, outcome: str) -> dict[str, Any]:
    """The contract's own answer to a message that was taken (`accepted`) or known (`duplicate`)."""
    return {"event": event, "outcome": outcome}


def no_ping(raw: bytes) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Dialect:
    """
    verify     (raw body, headers, live secrets, now as Unix seconds) -> the secret that proves it, or None. Does the
               same work whatever is wrong, and reads nothing of the body.
    identify   (headers, body) -> the message's own id, which is stored once for ever, and its type as it came
    translate  (body, headers, endpoint) -> what it says; raises Refused 422
    read       a body's bytes -> the object that identify and translate look at; raises Refused 400 or 422
    ping       does this form body only try whether the address answers? Answered 200 before anything is looked up
    answer     (event, outcome) -> the JSON that the platform expects to a 2xx
    """

    name: str
    headers: tuple[str, ...]  # kept with the row: what verify, identify and translate read
    verify: Verify
    identify: Identify
    translate: Translate
    ping: Callable[[bytes], bool] = no_ping
    read: Callable[[bytes], dict[str, Any]] = read
    answer: Callable[[int, str], dict[str, Any]] = accepted
    meta: tuple[tuple[str, str], ...] = field(init=False)  # header -> its key in the request's META

    def __post_init__(self) -> None:
        pairs = tuple((name, "HTTP_" + name.upper().replace("-", "_")) for name in self.headers)
        object.__setattr__(self, "meta", pairs)

    def kept(self, meta: Mapping[str, Any]) -> dict[str, str]:
        return {name: meta[key] for name, key in self.meta if key in meta}
