"""A step's serializer as a form: the same questions that the REST body answers, for a person.

A field's kind follows from its class: text, long, money, number, choice, flag, moment; a nested serializer is a group;
lines of an order are a table of quantities (or of changes); a list with offers is boxes to tick. What a person leaves
untouched is not said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rest_framework import serializers

from .asks import Money, yuan

LONG = 120  # characters from which a text gets an area


@dataclass(frozen=True)
class Line:
    """A line of the order that a step may be about. most: how many of it."""

    line: str
    title: str
    sku: str = ""
    most: int = 1
    paid: int = 0


@dataclass(frozen=True)
class Offer:
    """One thing that may be ticked in a list."""

    value: str
    label: str
    note: str = ""
    picture: str = ""


@dataclass(frozen=True)
class Given:
    """What the page knows beside the questions: the order's lines, what to offer, what stands there already."""

    zone: str = "Asia/Shanghai"
    lines: Sequence[Line] = ()
    offers: Mapping[str, Sequence[Offer]] = field(default_factory=dict)
    initial: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Cell:
    """One question. cells: of a group; rows: of a table, each (line, cells)."""

    name: str
    label: str
    kind: str
    required: bool = False
    value: Any = ""
    help: str = ""
    errors: list[str] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)
    offers: Sequence[Offer] = ()
    cells: list[Cell] = field(default_factory=list)
    rows: list[tuple[Line, list[Cell]]] = field(default_factory=list)
    most: int | None = None
    least: int | None = None
    said: bool = False  # differs from what stood there

    @property
    def id(self) -> str:
        return f"id_{self.name}"

    @property
    def inner(self) -> list[Cell]:
        return [*self.cells, *(c for _line, row in self.rows for c in row)]

    @property
    def open(self) -> bool:
        """Whether an optional part must not be folded away: something in it is wrong, or was said before."""
        return bool(self.errors or self.said) or any(cell.open for cell in self.inner)


KINDS: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], str], ...] = (
    (Money, "money"),
    (serializers.BooleanField, "flag"),
    (serializers.ChoiceField, "choice"),
    (serializers.DateTimeField, "moment"),
    (serializers.IntegerField, "number"),
    (serializers.CharField, "text"),
)


def kind_of(asked: Any, offers: Mapping[str, Any]) -> str:
    if isinstance(asked, serializers.BaseSerializer):
        return "group"
    if isinstance(asked, serializers.ListField):
        child = asked.child
        return "table" if isinstance(child, serializers.Serializer) and "line" in child.fields else "offers"
    found = next((kind for cls, kind in KINDS if isinstance(asked, cls)), "text")
    return "long" if found == "text" and (asked.max_length or 0) > LONG else found


class StepForm:
    """The form of one step. `cells` to show; after `is_valid()`, `inputs` for the door or errors beside the cells."""

    def __init__(self, asks: Any, subject: Any, given: Given, posted: Any = None) -> None:
        self.asks, self.subject, self.given, self.posted = asks, subject, given, posted
        self.inputs: dict[str, Any] = {}
        self.errors: list[str] = []  # of no cell
        self.told: dict[str, list[str]] = {}  # which rows of a table were said, in order
        self.fields: Mapping[str, Any] = asks(context={"subject": subject}).fields if asks else {}
        self.cells = [self._cell(name, asked, given.initial.get(name)) for name, asked in self.fields.items()]

    # ---- showing
    def _cell(self, name: str, asked: Any, initial: Any) -> Cell:
        kind = kind_of(asked, self.given.offers)
        cell = Cell(name, str(asked.label or name), kind, asked.required, help=str(asked.help_text or ""))
        if kind == "group":
            known = initial or {}
            cell.cells = [self._cell(f"{name}-{n}", f, known.get(n)) for n, f in asked.fields.items()]
        elif kind == "table":
            cell.rows = [(line, self._row(name, n, line, asked.child)) for n, line in enumerate(self.given.lines)]
        else:
            self._plain(cell, asked, initial)
        return cell

    def _plain(self, cell: Cell, asked: Any, initial: Any) -> None:
        default = "" if asked.default is serializers.empty or callable(asked.default) else asked.default
        cell.most, cell.least = getattr(asked, "max_length", None), getattr(asked, "min_value", None)
        standing = default if initial is None else initial
        cell.value = standing if self.posted is None else self._said(cell)
        cell.said = self.posted is not None and str(cell.value) != str(standing)
        cell.offers = self.given.offers.get(cell.name, ())
        if cell.kind == "choice":
            cell.choices = [(str(k), str(v)) for k, v in asked.choices.items()]

    def _said(self, cell: Cell) -> Any:
        return self.posted.getlist(cell.name) if cell.kind == "offers" else self.posted.get(cell.name, "")

    def _row(self, name: str, n: int, line: Line, child: Any) -> list[Cell]:
        changes = set(child.fields) - {"line", "quantity"}
        standing = {
            "quantity": line.most if changes else 0,
            "sku": line.sku,
            "title": line.title,
            "paid": yuan(line.paid),
        }
        cells = []
        for key, asked in child.fields.items():
            if key == "line":
                continue
            cell = self._cell(f"{name}-{n}-{key}", asked, standing.get(key, ""))
            cell.required = False
            if key == "quantity" and not changes:
                cell.kind, cell.least, cell.most = "stepper", 0, line.most
            cells.append(cell)
        return cells

    # ---- reading
    def is_valid(self) -> bool:
        if self.asks is None:
            return True
        data = {cell.name: v for cell in self.cells if (v := self._read(cell)) is not None}
        serializer = self.asks(data=data, context={"subject": self.subject})
        if serializer.is_valid():
            self.inputs = dict(serializer.validated_data)
            return True
        for name, errors in serializer.errors.items():
            self.blame(name, errors)
        return False

    def _read(self, cell: Cell) -> Any:
        """What was said; None where nothing was."""
        if cell.kind == "group":
            return self._group(cell)
        if cell.kind == "table":
            return self._table(cell)
        if cell.kind == "flag":
            return bool(cell.value)
        if cell.kind == "offers":
            said = [part.strip() for value in cell.value for part in value.split()]
            return said or None
        text = str(cell.value).strip()
        if cell.kind == "moment" and text:
            return self._moment(text)
        return text if text or cell.required else None

    def _group(self, cell: Cell) -> dict[str, Any] | None:
        said = {c.name.rpartition("-")[2]: v for c in cell.cells if (v := self._read(c))}
        standing = {k: v for k, v in (self.given.initial.get(cell.name) or {}).items() if v}
        if not cell.required and (not said or said == standing):
            return None
        return said

    def _table(self, cell: Cell) -> list[dict[str, Any]] | None:
        found, self.told[cell.name] = [], []
        for n, (line, cells) in enumerate(cell.rows):
            standing = {"sku": line.sku, "title": line.title, "quantity": str(line.most), "paid": yuan(line.paid)}
            said = {c.name.rpartition("-")[2]: str(c.value).strip() for c in cells}
            if cells and cells[0].kind == "stepper":
                said = {k: v for k, v in said.items() if v not in ("", "0")}
            else:
                said = {k: v for k, v in said.items() if v and v != standing.get(k)}
            if said:
                found.append({"line": line.line, **said})
                self.told[cell.name].append(str(n))
        return found if found or cell.required else None

    def _moment(self, text: str) -> str:
        """A browser's moment has no zone: the shop's is meant."""
        try:
            naive = datetime.fromisoformat(text)
        except ValueError:
            return text
        return naive.isoformat() if naive.tzinfo else naive.replace(tzinfo=ZoneInfo(self.given.zone)).isoformat()

    # ---- errors
    def blame(self, name: str, errors: Any) -> None:
        """Put the serializer's words beside the cell they are about."""
        cell = next((c for c in self._all(self.cells) if c.name == name), None)
        if isinstance(errors, Mapping):
            for key, inner in errors.items():
                told = self.told.get(name, [])
                place = told[int(key)] if str(key).isdigit() and int(key) < len(told) else key
                self.blame(f"{name}-{place}", inner)
            return
        nested = [(str(n), e) for n, e in enumerate(errors) if isinstance(e, Mapping)]
        if nested:
            self.blame(name, {n: e for n, e in nested if e})
            return
        (cell.errors if cell else self.errors).extend(str(e) for e in errors)

    def _all(self, cells: Sequence[Cell]) -> list[Cell]:
        found: list[Cell] = []
        for cell in cells:
            found += [cell, *self._all(cell.inner)]
        return found

    @property
    def wrong(self) -> bool:
        return bool(self.errors) or any(cell.errors for cell in self._all(self.cells))
