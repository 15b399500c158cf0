"""Putting a better wording in the place of what was found: where, and what then stands there."""

from __future__ import annotations

from dataclasses import dataclass

from . import clauses
from .plain import plain
from .rule import Finding

_MARKS = "，,。！!？?；;：:、~"


@dataclass(frozen=True)
class Mending:
    """Characters [start, end) of the words give way to `text`. In a browser's counting: UTF-16 units."""

    start: int
    end: int
    text: str


def mending(words: str, finding: Finding, *, of_the_whole: bool) -> Mending:
    """of_the_whole: something is missing in the message (a greeting): the better wording goes before it."""
    if of_the_whole:
        return Mending(0, 0, _joined(finding.better, words))
    start, end = (finding.start, finding.end) if finding.replaces == "passage" else _clauses(words, finding)
    text = _joined(finding.better, words[end:])
    return Mending(_units(words[:start]), _units(words[:end]), text)


def _clauses(words: str, finding: Finding) -> tuple[int, int]:
    """The whole clauses that the passage touches, as they were written."""
    found = plain(words)
    places = [n for n, at in enumerate(found.at) if finding.start <= at < finding.end]
    if not places:
        return finding.start, finding.end
    return found.written(*clauses.clause(found.text, places[0], places[-1] + 1))


def _joined(better: str, rest: str) -> str:
    """Two marks do not follow one another."""
    return better.rstrip("。") if rest.lstrip()[:1] in tuple(_MARKS) else better


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
