"""Who may be given a ticket, and what waits, as values: what the chooser looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .rules import Rule
from .weighing import WHOLE

ONLINE, AWAY, OFF = "online", "away", "off"
SILENT, UNPLANNED, NOT_NAMED, NOT_HERE, NO_SKILL, GAVE_BACK, FULL = (
    "silent", "unplanned", "not_named", "not_here", "no_skill", "gave_back", "full",
)  # fmt: skip


@dataclass
class Person:
    """One seat, whatever the number of its shops. room, load: quarters of a ticket's weight; `elsewhere` of the load is
    another shop's. load grows while tickets are given out."""

    login: str
    name: str
    pk: int = 0
    status: str = ONLINE
    since: datetime | None = None
    last_seen: datetime | None = None
    given_at: datetime | None = None
    room: int = 8 * WHOLE
    load: int = 0
    by_shop: Mapping[int, int] = field(default_factory=dict)

    def silent(self, rule: Rule, now: datetime) -> bool:
        """No sign of life for longer than the queue bears."""
        return self.last_seen is None or now - self.last_seen > timedelta(seconds=rule.silent_after)

    def fits(self, weight: int) -> bool:
        return self.load + weight <= self.room

    @property
    def share(self) -> int:
        """How full, in thousandths."""
        return self.load * 1000 // self.room if self.room else 1000


@dataclass(frozen=True)
class Hand:
    """A person as a member of one shop. desks, kinds: none, no bounds."""

    person: Person
    shop: int = 0
    agent: bool = True
    lead: bool = False
    planned: bool = True  # on shift now
    desks: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    @property
    def login(self) -> str:
        return self.person.login


@dataclass(frozen=True)
class Waiting:
    """A ticket that nobody has. since: how long it waits; weight: in quarters.

    known: who has answered in it, else who solved the customer's last one. gave_back: who put it back into the queue.
    quiet: no customer waits for our words in it.
    """

    pk: int
    shop: int
    desk: str
    kind: str
    since: datetime
    version: int = 1
    red: bool = False
    known: str = ""
    followed: bool = False  # the known one has answered in this very ticket
    gave_back: str = ""
    weight: int = WHOLE
    quiet: bool = False
