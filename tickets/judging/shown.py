"""How a passage is shown: the words before it, itself, the words after."""

from __future__ import annotations

from dataclasses import dataclass

from ..models import QualityFinding
from ..quality import Finding
from ..quality.mending import Mending, mending
from ..quality.reading import named

AROUND = 60  # characters to either side


@dataclass(frozen=True)
class Marked:
    before: str
    passage: str
    after: str


@dataclass(frozen=True)
class Hint:
    """A finding of a draft. mending: the better wording, and where it goes."""

    finding: Finding
    marked: Marked
    mending: Mending
    of_the_whole: bool


def marked(words: str, start: int, end: int) -> Marked:
    head, tail = words[:start], words[end:]
    return Marked(
        f"…{head[-AROUND:]}" if len(head) > AROUND else head,
        words[start:end],
        f"{tail[:AROUND]}…" if len(tail) > AROUND else tail,
    )


def hint(words: str, finding: Finding) -> Hint:
    whole = _of_the_whole(finding.rule)
    place = mending(words, finding, of_the_whole=whole)
    return Hint(finding, marked(words, finding.start, finding.end), place, whole)


def passage_of(finding: QualityFinding) -> Marked:
    return marked(finding.message.words, finding.start, finding.end)


def _of_the_whole(rule: str) -> bool:
    """Whether the rule finds that something is missing, not that something was said."""
    try:
        return bool(named(rule).judge)
    except KeyError:
        return False
