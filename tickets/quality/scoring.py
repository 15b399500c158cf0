"""A conversation's score: 100, less what each finding takes; every point lost has its finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from . import reading
from .rule import Finding

FULL = 100
# One fault said five times is not five faults: a rule takes at most twice its points.
_TIMES = 2


@dataclass(frozen=True)
class Lost:
    rule: str
    label: str
    findings: int
    points: int


@dataclass(frozen=True)
class Score:
    """points: 0 to 100. lost: what it was taken for, the dearest first."""

    points: int
    lost: tuple[Lost, ...]


def score(findings: Iterable[Finding], points: Mapping[str, int] | None = None) -> Score:
    """points: what a rule takes, by name, where a shop sets its own."""
    named: dict[str, str] = {}
    count: Counter[str] = Counter()
    for finding in findings:
        named[finding.rule] = finding.label
        count[finding.rule] += 1
    lost = sorted((_lost(rule, label, count[rule], points or {}) for rule, label in named.items()), key=_dearest)
    return Score(max(0, FULL - sum(part.points for part in lost)), tuple(lost))


def _lost(rule: str, label: str, findings: int, points: Mapping[str, int]) -> Lost:
    each = points[rule] if rule in points else reading.named(rule).points
    return Lost(rule, label, findings, each * min(findings, _TIMES))


def _dearest(lost: Lost) -> tuple[int, str]:
    return (-lost.points, lost.rule)
