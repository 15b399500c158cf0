"""Figures in words: a value, a name of what it is cut by, a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from flows.asks import yuan
from flows.due import span
from shops.models import Shop

from .ask import Cell, Key
from .figure import COUNT, FEN, LABELS, MEDIAN, RATIO, SECONDS, SHARE, TIMES, Figure

NOTHING = "—"
MINUTE = 60


def worded(value: float | int | None, unit: str) -> str:
    """12.5 -> 12.5 秒; 0.934 -> 93.4%; 12300 -> ¥123.00; None -> —."""
    if value is None:
        return NOTHING
    if unit == SHARE:
        return f"{value * 100:.1f}%"
    if unit == FEN:
        return f"¥{yuan(round(value))}"
    if unit in (SECONDS, MEDIAN):
        return lasting(value)
    return f"{value:,.2f}" if unit == RATIO else f"{round(value):,}"


def lasting(seconds: float) -> str:
    """12.5 秒, 2 分 5 秒, 3 小时 12 分, 2 天 4 小时."""
    if seconds < MINUTE:
        return _("%(seconds)s 秒") % {"seconds": f"{seconds:.1f}"}
    minutes, rest = divmod(round(seconds), MINUTE)
    if minutes >= MINUTE:
        return span(round(seconds))
    return _("%(minutes)s 分 %(seconds)s 秒") % {"minutes": minutes, "seconds": rest}


def plain(value: float | int | None, unit: str) -> float | int | str | None:
    """The value for a program or a spreadsheet: a share as 0.934, money in yuan, seconds as they are."""
    if value is None:
        return None
    if unit == FEN:
        return yuan(round(value))
    return value if unit == COUNT else round(float(value), 4)


def label_of(dimension: str) -> str:
    return str(LABELS[dimension])


def name_of(figure: Figure, dimension: str, value: Any, shops: Mapping[int, Shop]) -> str:
    """What a cell of this dimension is called on a page."""
    if isinstance(value, date):
        return value.isoformat()
    if dimension == "shop":
        return shops[value].name if value in shops else str(value)
    if dimension == "platform":
        return str(value) or NOTHING
    return figure.labelled(dimension, str(value)) or _("（未填）")


@dataclass(frozen=True)
class Row:
    """key: the values; names: their words; share: of the sum, where the figure is a sum."""

    key: Key
    names: tuple[str, ...]
    cell: Cell
    share: str

    @property
    def words(self) -> str:
        return worded(self.cell.value, self.cell.unit)


def rows(figure: Figure, by: Sequence[str], cells: Mapping[Key, Cell], shops: Mapping[int, Shop]) -> list[Row]:
    """Days in their order, other things the largest first."""
    summed = figure.bottom is None and figure.unit in (COUNT, FEN)
    total = sum(cell.top for cell in cells.values())
    found = [
        Row(
            key, tuple(name_of(figure, d, v, shops) for d, v in zip(by, key, strict=True)), cell,
            worded(cell.top / total, SHARE) if summed and total else "",
        )
        for key, cell in cells.items()
    ]  # fmt: skip
    if not by or by[0] in TIMES:
        return sorted(found, key=lambda row: row.names)
    return sorted(found, key=lambda row: -(row.cell.value or 0))
