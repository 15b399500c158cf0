"""Ours and its baselines in turns: what disturbs the machine disturbs all of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Turns:
    """What each way gave in each round: a rate or a time."""

    found: Mapping[str, list[float]] = field(default_factory=dict)

    def of(self, name: str) -> float:
        return median(self.found[name])

    def ratio(self, name: str, baseline: str) -> float:
        """The median of the rounds' ratios: a round is over before the machine's mood changes."""
        return median(a / b for a, b in zip(self.found[name], self.found[baseline], strict=True))


def in_turns(rounds: int, ways: Mapping[str, Callable[[], float]], *, about: str = "") -> Turns:
    """Each way gives its figure once a round; every other round runs backwards."""
    turns = Turns({name: [] for name in ways})
    for n in range(rounds):
        order = list(ways.items())
        for name, way in order if n % 2 == 0 else reversed(order):
            turns.found[name].append(way())
        said = "  ".join(f"{name} {figures[-1]:,.4g}" for name, figures in turns.found.items())
        print(f"  {about} {n + 1}/{rounds}: {said}", file=sys.stderr, flush=True)
    return turns
