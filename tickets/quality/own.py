"""A shop's own rule: written by a lead, held to its own examples before it is kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .checking import check
from .pattern import BadPattern
from .reading import patterns, words
from .rule import Rule, Severity
from .scene import Scene

FAMILY = "own"
LEAST = 2  # examples of each side
# Of one pattern: each further one multiplies the ways in which a text can be read, and every reply waits for that.
MOST_GAPS, MOST_MARKS = 3, 8
_GAP, _MARK = re.compile("…+"), re.compile(r"[?(]")


@dataclass(frozen=True)
class Failing:
    """What speaks against a rule: hits that it does not find; misses that it finds, each with the passage."""

    unfound: tuple[str, ...]
    found: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        return bool(self.unfound or self.found)


def own_rule(
    name: str,
    label: str,
    severity: Severity,
    *,
    points: int,
    message: str,
    better: str,
    said: Sequence[str],
    unless: Sequence[str] = (),
    negated: bool = True,
    hits: Sequence[str] = (),
    misses: Sequence[str] = (),
) -> Rule:
    """Raise BadPattern where a pattern cannot be read, or could be read in too many ways."""
    for pattern in (*said, *unless):
        _simple(pattern)
    return Rule(
        name, label, FAMILY, severity, "", message, better, points,
        patterns=patterns(said), unless=patterns(unless), negated=negated, hits=tuple(hits), misses=tuple(misses),
    )  # fmt: skip


def _simple(pattern: str) -> None:
    if len(_GAP.findall(pattern)) > MOST_GAPS:
        raise BadPattern(f"{pattern!r}: more than {MOST_GAPS} times …")
    if len(_MARK.findall(pattern)) > MOST_MARKS:
        raise BadPattern(f"{pattern!r}: more than {MOST_MARKS} brackets and question marks")


def failing(rule: Rule) -> Failing:
    """The rule's examples, tried."""
    tried = {example: check(example, Scene(), [rule]) for example in (*rule.hits, *rule.misses)}
    return Failing(
        tuple(example for example in rule.hits if not tried[example]),
        tuple((example, tried[example][0].passage) for example in rule.misses if tried[example]),
    )


def known_lists() -> list[str]:
    """The lists of words that a pattern may name in braces."""
    return sorted(words())
