"""A figure asked for: of these shops, over these days, cut by these dimensions. Answered from the rollups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, Sum

from ..models import Rollup
from .days import monday
from .figure import MEDIAN, PLACES, TIMES, Figure, Of
from .measure import EDGES

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Reach:
    """Whose rows a caller sees: all of some shops, of others only those in the caller's own name."""

    whole: frozenset[int] = frozenset()
    own: frozenset[int] = frozenset()
    login: str = ""

    @property
    def shops(self) -> frozenset[int]:
        return self.whole | self.own

    def narrowed(self, shops: frozenset[int]) -> Reach:
        return Reach(self.whole & shops, self.own & shops, self.login)

    def open_to(self, figure: Figure) -> bool:
        """A figure that names no agent is the shop's own, and its leads' to read."""
        return bool(self.whole) or (bool(self.own) and "agent" in figure.by)

    def condition(self, figure: Figure) -> Q:
        found = Q(shop__in=sorted(self.whole))
        if self.own and "agent" in figure.by:
            found |= Q(shop__in=sorted(self.own), agent=self.login)
        return found


@dataclass(frozen=True)
class Asked:
    """by: of the figure's dimensions, in the order in which they are shown. only: {dimension: values}.

    platforms: {shop: its platform}, for who cuts by it.
    """

    reach: Reach
    first: date
    last: date
    by: tuple[str, ...] = ()
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)
    platforms: Mapping[int, str] = field(default_factory=dict)


@dataclass
class Cell:
    """One number: top / bottom as they were summed; of a median, how many facts lie in which bucket."""

    unit: str
    whole: bool  # there is a bottom
    top: int = 0
    bottom: int = 0
    spread: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def value(self) -> float | int | None:
        """None where nothing happened that could be counted."""
        if self.unit == MEDIAN:
            return median(self.spread)
        if not self.whole:
            return self.top
        return self.top / self.bottom if self.bottom else None

    @property
    def facts(self) -> int:
        """How many facts it rests on."""
        return self.bottom if self.whole else self.top


def ask(figure: Figure, asked: Asked) -> dict[Key, Cell]:
    """{(value of each dimension asked for …): cell}, in their order; a statement for its top, one for its bottom."""
    cells: dict[Key, Cell] = {}
    loose: list[tuple[Of, Key, int]] = []  # sums of a bottom that does not know every dimension
    for of, row in _sums(figure, asked):
        key, amount = _key(asked, figure, row), row["amount"] or 0
        if of is figure.top:
            cell = cells.setdefault(key, _cell(figure))
            cell.top += amount
            if figure.unit == MEDIAN:
                cell.spread[row["bucket"]] += amount
        else:
            loose.append((of, key, amount))
    _below(figure, asked, cells, loose)
    return dict(sorted(cells.items(), key=lambda item: tuple(str(v) for v in item[0])))


def _cell(figure: Figure) -> Cell:
    return Cell(figure.unit, figure.bottom is not None)


def _below(figure: Figure, asked: Asked, cells: dict[Key, Cell], loose: Sequence[tuple[Of, Key, int]]) -> None:
    """Give each cell its bottom: where that cannot be cut by a dimension, the whole of it."""
    if figure.bottom is None:
        return
    kept = [i for i, d in enumerate(asked.by) if _cuts(figure, figure.bottom, d)]
    sums: dict[Key, int] = defaultdict(int)
    for _of, key, amount in loose:
        sums[tuple(key[i] for i in kept)] += amount
    if len(kept) == len(asked.by):
        for key in sums:
            cells.setdefault(key, _cell(figure))
    for key, cell in cells.items():
        cell.bottom = sums.get(tuple(key[i] for i in kept), 0)


def _cuts(figure: Figure, of: Of, dimension: str) -> bool:
    return dimension in (*TIMES, *PLACES) or figure.column(dimension) in of.measure.has


def _sums(figure: Figure, asked: Asked) -> Iterator[tuple[Of, dict[str, Any]]]:
    columns = _columns(figure, asked)
    rows = Rollup.objects.filter(asked.reach.condition(figure), day__gte=asked.first, day__lte=asked.last)
    for of in figure.parts:
        those = rows.filter(of.where, _only(figure, of, asked), measure=of.measure.name)
        # what the bottom cannot be cut by is the same for all
        cut = [c for c in columns if c in ("day", "shop", "bucket") or c in of.measure.has]
        absent = dict.fromkeys(set(columns) - set(cut), "")
        for row in those.order_by().values(*cut).annotate(amount=Sum(of.column)):
            yield of, {**absent, **row}


def _only(figure: Figure, of: Of, asked: Asked) -> Q:
    found = Q()
    for dimension, values in asked.only.items():
        if dimension not in PLACES and _cuts(figure, of, dimension):
            found &= Q(**{f"{figure.column(dimension)}__in": list(values)})
    return found


def _columns(figure: Figure, asked: Asked) -> list[str]:
    """The rollup's columns that the dimensions are made of."""
    found = ["bucket"] if figure.unit == MEDIAN else []
    for dimension in asked.by:
        name = "day" if dimension in TIMES else "shop" if dimension in PLACES else figure.column(dimension)
        if name not in found:
            found.append(name)
    return found


def _key(asked: Asked, figure: Figure, row: Mapping[str, Any]) -> Key:
    return tuple(_value(asked, figure, dimension, row) for dimension in asked.by)


def _value(asked: Asked, figure: Figure, dimension: str, row: Mapping[str, Any]) -> Any:
    if dimension == "day":
        return row["day"]
    if dimension == "week":
        return monday(row["day"])
    if dimension == "shop":
        return row["shop"]
    if dimension == "platform":
        return asked.platforms.get(row["shop"], "")
    return row[figure.column(dimension)]


def median(spread: Mapping[int, int]) -> float | None:
    """About where the middle lies: evenly spread within its bucket; what lies beyond the last edge is that edge."""
    total = sum(spread.values())
    if not total:
        return None
    passed, low = 0, 0
    for edge in EDGES:
        here = spread.get(edge, 0)
        if here and passed + here >= total / 2:
            return low + (edge - low) * (total / 2 - passed) / here
        passed, low = passed + here, edge
    return float(EDGES[-1])


def together(figure: Figure, cells: Iterable[Cell]) -> Cell:
    """Cells of different facts as one. Not for a bottom that is the whole of it in each (see ask)."""
    found = _cell(figure)
    for cell in cells:
        found.top, found.bottom = found.top + cell.top, found.bottom + cell.bottom
        for edge, count in cell.spread.items():
            found.spread[edge] += count
    return found
