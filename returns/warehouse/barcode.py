"""A number as bars, for a slip that a hand scanner reads again: Code 128, drawn as an SVG of our own."""

from __future__ import annotations

from dataclasses import dataclass

from barcode import Code128
from barcode.errors import BarcodeError

QUIET = 10  # modules of white on either side, as the code asks for


@dataclass(frozen=True)
class Bars:
    """bars: (x, width) of each, in modules; width: of all, with its margins."""

    bars: list[tuple[int, int]]
    width: int


def bars_of(number: str) -> Bars | None:
    """None for a number that Code 128 has no signs for (Chinese), which is then only printed."""
    try:
        [modules] = Code128(number).build()
    except (BarcodeError, KeyError, ValueError):
        return None
    found, x = [], 0
    for dark, width in _runs(modules):
        if dark:
            found.append((QUIET + x, width))
        x += width
    return Bars(found, x + 2 * QUIET)


def _runs(modules: str) -> list[tuple[bool, int]]:
    runs: list[tuple[bool, int]] = []
    for module in modules:
        dark = module == "1"
        if runs and runs[-1][0] == dark:
            runs[-1] = (dark, runs[-1][1] + 1)
        else:
            runs.append((dark, 1))
    return runs
