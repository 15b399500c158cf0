"""Which recorded fact is the strongest. Pure: the heart of "any order of arrival ends in the same state".

A subject stands where the strongest of its recorded facts says. The order of strength is the flow's; inside a
bracket the later happening is the stronger (tie: the later in the list). A fact with `only_before` counts only if
it happened before the first of those (tie: it does not count). A struck fact counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .table import Flow


@dataclass(frozen=True, slots=True)
class Told:
    """A fact as it is recorded: the step it reports and when it happened at its source."""

    step: str
    at: datetime
    who: str = field(default="", compare=False)
    by: str = field(default="", compare=False)


def alive(told: Told, struck: Mapping[str, datetime]) -> bool:
    """A struck fact that comes again with an older time stays struck."""
    until = struck.get(told.step)
    return until is None or told.at > until


def counting(flow: Flow, recorded: Iterable[Told], struck: Mapping[str, datetime]) -> list[Told]:
    """The facts that decide: not struck, and not a wish that came too late."""
    live = [t for t in recorded if alive(t, struck)]
    firsts: dict[str, datetime] = {}
    for name, befores in flow.only_before.items():
        times = [t.at for t in live if t.step in befores]
        if times:
            firsts[name] = min(times)
    return [t for t in live if t.step not in firsts or t.at < firsts[t.step]]


def strongest(flow: Flow, recorded: Iterable[Told], struck: Mapping[str, datetime]) -> Told | None:
    """The fact that says where the subject stands; None where nothing counts."""

    def strength(told: Told) -> tuple[int, datetime, int]:
        bracket, place = flow.strength[told.step]
        return bracket, told.at, place

    return max(counting(flow, recorded, struck), key=strength, default=None)
