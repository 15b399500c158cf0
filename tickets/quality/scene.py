"""What the checker is told of the case: who says what, when, and what the shop has promised."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from .plain import Plain, plain
from .rule import Kind

# Channels on which the customer waits at the other end: only there seconds are counted.
LIVE = ("im", "phone")


class Speaker(StrEnum):
    CUSTOMER = "customer"
    AGENT = "agent"
    ROBOT = "robot"  # an automatic greeting: its words are the shop's, nobody's finding
    EVENT = "event"  # what opened or moved the ticket without words of the customer


@dataclass(frozen=True)
class Promise:
    """What the shop does promise. words: its wording (防尘袋, 满200减20). fen: up to how much, where it is money."""

    kind: Kind
    words: str = ""
    fen: int | None = None


@dataclass(frozen=True)
class Line:
    """at: seconds since the conversation began, in the shop's working time."""

    speaker: Speaker
    words: str
    at: float = 0.0

    @cached_property
    def plain(self) -> Plain:
        """The words as they are meant: read once, however many rules and later lines ask."""
        return plain(self.words)


@dataclass(frozen=True)
class Scene:
    """One draft's surroundings. kind: the ticket's. before: the conversation so far, oldest first."""

    kind: str = "other"
    channel: str = "im"
    before: tuple[Line, ...] = ()
    promises: tuple[Promise, ...] = ()


@dataclass(frozen=True)
class Conversation:
    """A conversation to look at afterwards. ended: the ticket is resolved or closed, nobody will answer any more."""

    kind: str
    lines: tuple[Line, ...]
    channel: str = "im"
    promises: tuple[Promise, ...] = ()
    ended: bool = True
