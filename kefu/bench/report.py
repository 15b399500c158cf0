"""A table of ratios, each beside its bar; then the machine, and what each process took of its memory."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .paired import Turns


@dataclass(frozen=True)
class Line:
    """ours, baseline: as they are read (`1,234/s`). at_least, at_most: the bar, where there is one."""

    what: str
    ours: str
    baseline: str
    ratio: float
    at_least: float | None = None
    at_most: float | None = None

    @classmethod
    def of(
        cls, what: str, turns: Turns, ours: str, baseline: str, worded: Callable[[float], str], **bar: float | None
    ) -> Line:
        """The medians of two ways, and of their ratios."""
        return cls(what, worded(turns.of(ours)), worded(turns.of(baseline)), turns.ratio(ours, baseline), **bar)

    @property
    def bar(self) -> str:
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return f"≤ {self.at_most:g}" if self.at_most is not None else ""

    @property
    def met(self) -> bool:
        return self.ratio >= (self.at_least or 0) and (self.at_most is None or self.ratio <= self.at_most)


@dataclass
class Report:
    lines: list[Line] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)  # exactness, memory, what was counted

    def add(self, other: Report) -> None:
        self.lines += other.lines
        self.facts += other.facts


HEAD = ("what", "ours", "baseline", "ratio", "bar", "")


def table(lines: Sequence[Line]) -> str:
    rows = [HEAD]
    for x in lines:
        rows.append((x.what, x.ours, x.baseline, f"{x.ratio:.2f}", x.bar, _verdict(x)))
    widths = [max(_width(row[i]) for row in rows) for i in range(len(HEAD))]
    return "\n".join("  ".join(_pad(cell, w, i) for i, (cell, w) in enumerate(zip(row, widths, strict=True))).rstrip()
                     for row in rows)  # fmt: skip


def _verdict(line: Line) -> str:
    return ("met" if line.met else "NOT MET") if line.bar else ""


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, width: int, column: int) -> str:
    space = " " * (width - _width(text))
    return text + space if column in (0, 4, 5) else space + text


def rate(per_second: float) -> str:
    return f"{per_second:,.0f}/s"


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


def microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} µs"
