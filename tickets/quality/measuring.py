"""How right the rules are: findings against what people labelled, rule by rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from . import reading
from .checking import review
from .corpus import Label, Labelled
from .rule import Finding


@dataclass(frozen=True)
class Measured:
    """right: findings that a person labelled too. wrong: findings that nobody labelled. missed: labels not found."""

    rule: str
    labelled: int
    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float | None:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        return (self.labelled - self.missed) / self.labelled if self.labelled else None


@dataclass(frozen=True)
class Difference:
    """One finding that nobody labelled, or one label that was not found; words are the passage."""

    talk: str
    rule: str
    line: int
    words: str
    missed: bool


def measure(corpus: Iterable[Labelled]) -> tuple[list[Measured], list[Difference]]:
    """Every rule's figures, and each difference to look at.

    A finding is right if a label of the same rule in the same line overlaps it; a label is found likewise.
    """
    tally = {rule.name: [0, 0, 0, 0] for rule in reading.rules()}
    differences = []
    for labelled in corpus:
        findings = review(labelled.conversation)
        for label in labelled.labels:
            found = any(_same(finding, label) for finding in findings)
            tally[label.rule][0] += 1
            tally[label.rule][3] += not found
            if not found:
                words = labelled.conversation.lines[label.line].words[label.start : label.end]
                differences.append(Difference(labelled.name, label.rule, label.line, words, True))
        for finding in findings:
            right = any(_same(finding, label) for label in labelled.labels)
            tally[finding.rule][1 if right else 2] += 1
            if not right:
                differences.append(Difference(labelled.name, finding.rule, finding.line, finding.passage, False))
    return [Measured(rule, *counts) for rule, counts in tally.items()], differences


def total(measured: Iterable[Measured]) -> Measured:
    rows = list(measured)
    return Measured(
        "",
        sum(row.labelled for row in rows),
        sum(row.right for row in rows),
        sum(row.wrong for row in rows),
        sum(row.missed for row in rows),
    )


def _same(finding: Finding, label: Label) -> bool:
    overlap = finding.start < label.end and label.start < finding.end
    return finding.rule == label.rule and finding.line == label.line and overlap
