"""What a rule of quality is, and what a finding says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from .pattern import Pattern

Kind = Literal["gift", "date", "price", "compensation"]


class Severity(StrEnum):
    """warn: the agent is told. block: the words leave only with a lead's reason."""

    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True)
class Rule:
    """One thing that an agent must not say, or must not leave out; its examples are its tests.

    patterns: how it is said (pattern.py). unless: words in the same clauses that excuse it; unless_sentence: in the
    same sentence. negated: a "not" before or after it is an excuse. promise: the kind of the shop's own promises that
    excuse it. replaces: what the better wording stands in for, "passage" or "sentence". judge: the name of a judge of
    whole conversations (course.py), instead of patterns. kinds: the kinds of ticket in which it applies; empty: in
    all. source: the law's article, the platform's rule or the procedure. points: what one finding takes from the score.
    """

    name: str
    label: str
    family: str
    severity: Severity
    source: str
    message: str
    better: str
    points: int
    patterns: tuple[Pattern, ...] = ()
    unless: tuple[Pattern, ...] = ()
    unless_sentence: tuple[Pattern, ...] = ()
    negated: bool = True
    replaces: str = "sentence"
    promise: Kind | None = None
    judge: str = ""
    kinds: tuple[str, ...] = ()
    hits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()

    def applies(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds


@dataclass(frozen=True)
class Finding:
    """A rule's finding in one message: characters [start, end) of the words as they were written.

    line: which line of the conversation, counted from 0; of a draft it is 0. better: words to put in place of the
    passage (`replaces` "passage") or of its whole sentence ("sentence").
    """

    rule: str
    label: str
    severity: Severity
    start: int
    end: int
    passage: str
    message: str
    better: str
    replaces: str = "sentence"
    line: int = 0
