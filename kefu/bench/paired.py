"""Ours and its baselines in turns: what disturbs the machine disturbs all of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from statistics import median


def in_turns(rounds: int, ways: Mapping[str, Callable[[], float]], *, about: str = "") -> dict[str, float]:
    """Each way gives a figure a round (a rate, a time). -> the median of each; every other round runs backwards."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for n in range(rounds):
        order = list(ways.items())
        for name, way in order if n % 2 == 0 else reversed(order):
            found[name].append(way())
        if sys.stderr.isatty() or about:
            said = "  ".join(f"{name} {figures[-1]:,.4g}" for name, figures in found.items())
            print(f"  {about} {n + 1}/{rounds}: {said}", file=sys.stderr, flush=True)
    return {name: median(figures) for name, figures in found.items()}
