"""A figure as a page shows it: the number, the one before, a chart, the table beneath it, its definition."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shops.punctuation import listed

from . import charts
from .ask import Cell, Key, ask, together
from .asking import Asking
from .days import every, monday
from .figure import COUNT, LABELS, MEDIAN, TIMES, Figure
from .shown import Row, plain, rows, worded

MOST_SHOWN = 60  # rows of a table; all of them can be taken away
DAILY = 62  # days of a period that are still shown one by one


@dataclass
class Card:
    """One figure for what was asked. Two statements, where it is cut by more than time: one or two more."""

    figure: Figure
    asking: Asking

    @cached_property
    def daily(self) -> dict[Key, Cell]:
        """By day, of the period and of as long a one before."""
        return ask(self.figure, self.asking.asked(self.figure, "day", first=self.asking.before))

    @property
    def now(self) -> Cell:
        return self.between(self.asking.first, self.asking.last)

    @property
    def before(self) -> Cell:
        return self.between(self.asking.before, self.asking.first - timedelta(days=1))

    def between(self, first: date, last: date) -> Cell:
        return together(self.figure, (c for (day,), c in self.daily.items() if first <= day <= last))

    @property
    def words(self) -> str:
        return worded(self.now.value, self.figure.unit)

    @property
    def words_before(self) -> str:
        return worded(self.before.value, self.figure.unit)

    @property
    def tone(self) -> str:
        """good or bad, by the number before; "" where the two cannot be compared."""
        now, before = self.now.value, self.before.value
        neutral = self.figure.unit == COUNT and not self.figure.down  # more tickets are neither good nor bad
        if neutral or now is None or before is None or now == before:
            return ""
        return "good" if (now < before) == self.figure.down else "bad"

    # ---- what it is cut by
    @property
    def by(self) -> str:
        if self.asking.by in self.figure.dimensions:
            return self.asking.by
        return "day" if self.asking.days <= DAILY else "week"

    @property
    def cannot(self) -> str:
        if not self.asking.by or self.asking.by in self.figure.dimensions:
            return ""
        return _("这个数字不能按%(dimension)s看，下面按时间。") % {"dimension": LABELS[self.asking.by]}

    @property
    def narrowed_in_vain(self) -> str:
        """Filters that this figure does not know."""
        vain = [str(LABELS[d]) for d in self.asking.only if d not in self.figure.by]
        return _("没有按%(dimensions)s筛选：这个数字不分。") % {"dimensions": listed(vain)} if vain else ""

    @cached_property
    def cells(self) -> dict[Key, Cell]:
        if self.by not in TIMES:
            return ask(self.figure, self.asking.asked(self.figure, self.by))
        found: dict[Key, list[Cell]] = {}
        for (day,), cell in self.daily.items():
            if day >= self.asking.first:
                found.setdefault((day if self.by == "day" else monday(day),), []).append(cell)
        return {key: together(self.figure, those) for key, those in found.items()}

    @cached_property
    def rows(self) -> list[Row]:
        return rows(self.figure, (self.by,), self.cells, self.asking.shops)

    @property
    def shown(self) -> list[Row]:
        return self.rows[-MOST_SHOWN:] if self.by in TIMES else self.rows[:MOST_SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.rows) - MOST_SHOWN)

    @property
    def heading(self) -> str:
        return str(LABELS[self.by])

    @property
    def has_share(self) -> bool:
        return self.by not in TIMES and any(row.share for row in self.rows)

    @property
    def has_parts(self) -> bool:
        return self.figure.bottom is not None

    @property
    def is_about(self) -> bool:
        return self.figure.unit == MEDIAN

    # ---- the chart
    @cached_property
    def chart(self) -> SafeString | str:
        if not any(cell.facts or cell.top for cell in self.cells.values()):
            return ""
        return charts.lines(self._over_time()) if self.by in TIMES else charts.bars(self._compared())

    def _over_time(self) -> charts.Chart:
        places = list(dict.fromkeys(d if self.by == "day" else monday(d) for d in self._days()))
        values = [self.cells[day,].value if (day,) in self.cells else self._nothing for day in places]
        links = [self._narrowed_to(day) for day in places]
        return self._chart([f"{d:%m-%d}" for d in places], values, links)

    def _compared(self) -> charts.Chart:
        those = self.rows[: charts.MOST_BARS]
        links = [self.asking.address(by="day", **{self.by: str(row.key[0])}) if self.by in self.figure.by else ""
                 for row in those]  # fmt: skip
        return self._chart([row.names[0] for row in those], [row.cell.value for row in those], links)

    def _chart(self, labels: list[str], values: list[Any], links: list[str]) -> charts.Chart:
        unit = self.figure.unit
        title = _("%(figure)s的图，数字在下面的表里") % {"figure": self.figure.label}
        return charts.Chart(title, labels, {str(self.figure.label): values}, lambda v: worded(v, unit), links)

    def _days(self) -> Iterable[date]:
        return every(self.asking.first, self.asking.last)

    def _narrowed_to(self, day: date) -> str:
        last = day if self.by == "day" else min(day + timedelta(days=6), self.asking.last)
        return self.asking.address(**{"period": "", "from": max(day, self.asking.first), "to": last})

    @property
    def _nothing(self) -> int | None:
        """A sum of nothing is 0; a ratio of nothing is none."""
        return 0 if self.figure.bottom is None and self.figure.unit != MEDIAN else None

    # ---- to take away
    def table(self) -> Iterable[list[Any]]:
        unit, has = self.figure.unit, self.has_parts
        yield [self.heading, str(self.figure.label), *([_("分子"), _("分母")] if has else [])]
        for row in self.rows:
            yield [*row.names, _number(plain(row.cell.value, unit)), *([row.cell.top, row.cell.bottom] if has else [])]


def _number(value: float | int | str | None) -> Any:
    """Money is a number in a spreadsheet."""
    return float(value) if isinstance(value, str) else value
