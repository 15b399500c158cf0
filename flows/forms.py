"""A step's serializer as a form: the same questions that the REST body answers, for a person.

A field's kind follows from its class: text, long, money, number, choice, flag, moment; a nested serializer is a group;
lines of an order are a table of quantities (or of changes); lines whose pieces are sorted have a stepper for each
choice; a list of other groups is a few of them; a list of keys is proof, to tick or to upload; a list with offers is
boxes to tick. What a person leaves untouched is not said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rest_framework import serializers

from .asks import yuan
from .questions import Cell, Given, Line, Offer, choice_of, kind_of

__all__ = ["Cell", "Given", "Line", "Offer", "StepForm"]

MOST_GROUPS = 3  # of a repeated one, where it names no number of its own


class StepForm:
    """The form of one step. `cells` to show; after `is_valid()`, `inputs` for the door or errors beside the cells."""

    def __init__(self, asks: Any, subject: Any, given: Given, posted: Any = None) -> None:
        self.asks, self.subject, self.given, self.posted = asks, subject, given, posted
        self.inputs: dict[str, Any] = {}
        self.errors: list[str] = []  # of no cell
        self.told: dict[str, list[str]] = {}  # which rows of a table were said, in order
        asked_of_all: Mapping[str, Any] = asks(context={"subject": subject}).fields if asks else {}
        names = sorted(
            set(asked_of_all) - given.without, key=lambda n: (n not in given.needed, [*asked_of_all].index(n))
        )
        self.fields: Mapping[str, Any] = {name: asked_of_all[name] for name in names}
        self.cells = [self._cell(name, asked, given.initial.get(name)) for name, asked in self.fields.items()]
        for cell in self.cells:
            cell.required |= cell.name in given.needed
        for name, errors in given.wrong.items():
            self.blame(name, errors)

    # ---- showing
    def _cell(self, name: str, asked: Any, initial: Any) -> Cell:
        kind = kind_of(asked)
        cell = Cell(name, str(asked.label or name), kind, asked.required, help=str(asked.help_text or ""))
        if kind == "group":
            known = initial or {}
            cell.cells = [self._cell(f"{name}-{n}", f, known.get(n)) for n, f in asked.fields.items()]
        elif kind == "table":
            cell.rows = [(line, self._row(name, n, line, asked.child)) for n, line in enumerate(self.given.lines)]
        elif kind == "sorted":
            cell.rows = [(line, self._piles(name, n, line, asked.child)) for n, line in enumerate(self.given.lines)]
        elif kind == "repeated":
            cell.cells = [self._part(cell, n, asked) for n in range(asked.max_length or MOST_GROUPS)]
        else:
            self._plain(cell, asked, initial)
        return cell

    def _plain(self, cell: Cell, asked: Any, initial: Any) -> None:
        default = "" if asked.default is serializers.empty or callable(asked.default) else asked.default
        cell.most, cell.least = getattr(asked, "max_length", None), getattr(asked, "min_value", None)
        standing = default if initial is None else initial
        cell.value = standing if self.posted is None else self._said(cell)
        cell.said = self.posted is not None and str(cell.value) != str(standing)
        cell.filled = not cell.required and initial is not None and asked.default is serializers.empty
        cell.offers = self.given.offers.get(cell.name, ())
        cell.suggests, cell.presets = self.given.suggests.get(cell.name, ()), self.given.presets.get(cell.name, ())
        if cell.name in self.given.choices:
            cell.kind, cell.choices = "choice", list(self.given.choices[cell.name])
        elif cell.kind == "choice":
            cell.choices = [(str(k), str(v)) for k, v in asked.choices.items()]

    def _said(self, cell: Cell) -> Any:
        several = cell.kind in ("offers", "proof")
        return self.posted.getlist(cell.name) if several else self.posted.get(cell.name, "")

    def _part(self, cell: Cell, n: int, asked: Any) -> Cell:
        """One of several groups; those beyond the first need not be filled in."""
        known = (self.given.initial.get(cell.name) or [])[n : n + 1]
        part = self._cell(f"{cell.name}-{n}", asked.child, known[0] if known else None)
        part.label, part.required = f"{cell.label} {n + 1}", cell.required and n == 0
        return part

    def _piles(self, name: str, n: int, line: Line, child: Any) -> list[Cell]:
        """A stepper for each choice, all pieces on the first; then what else is asked of the line."""
        choice = choice_of(child)
        cells = []
        for place, (value, label) in enumerate(child.fields[choice].choices.items()):
            pile = Cell(f"{name}-{n}-{value}", str(label), "stepper", most=line.most, least=0)
            standing = str(0 if place else line.most)
            pile.value = standing if self.posted is None else self.posted.get(pile.name, "")
            pile.said = self.posted is not None and pile.value != standing
            cells.append(pile)
        others = {k: f for k, f in child.fields.items() if k not in ("line", "quantity", choice)}
        return [*cells, *(self._cell(f"{name}-{n}-{key}", f, "") for key, f in others.items())]

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
        said = (cell for cell in self.cells if cell.said or not cell.filled)
        data = {cell.name: v for cell in said if (v := self._read(cell)) is not None}
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
        if cell.kind in ("table", "sorted"):
            return self._table(cell) if cell.kind == "table" else self._sorted(cell)
        if cell.kind == "repeated":
            return self._repeated(cell)
        if cell.kind == "flag":
            return bool(cell.value)
        if cell.kind in ("offers", "proof"):
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

    def _sorted(self, cell: Cell) -> list[dict[str, Any]] | None:
        """Each pile of a line: its quantity, its choice, and what was said of the line."""
        found, self.told[cell.name] = [], []
        choice = choice_of(self.fields[cell.name].child)
        for n, (line, cells) in enumerate(cell.rows):
            words = {c.name.rpartition("-")[2]: v for c in cells if c.kind != "stepper" and (v := self._read(c))}
            for pile in (c for c in cells if c.kind == "stepper" and str(c.value).strip() not in ("", "0")):
                value = pile.name.rpartition("-")[2]
                found.append({"line": line.line, "quantity": str(pile.value).strip(), choice: value, **words})
                self.told[cell.name].append(f"{n}-{value}")
        return found if found or cell.required else None

    def _repeated(self, cell: Cell) -> list[dict[str, Any]] | None:
        """The groups in which anything was said."""
        said = {n: group for n, part in enumerate(cell.cells) if (group := self._group(part))}
        self.told[cell.name] = [str(n) for n in said]
        return list(said.values()) if said or cell.required else None

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
        cell = self._nearest(name)
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

    def _nearest(self, name: str) -> Cell | None:
        """The cell of this name, else the one that it stands in."""
        known = {c.name: c for c in self._all(self.cells)}
        while name and name not in known:
            name = name.rpartition("-")[0]
        return known.get(name)

    def _all(self, cells: Sequence[Cell]) -> list[Cell]:
        found: list[Cell] = []
        for cell in cells:
            found += [cell, *self._all(cell.inner)]
        return found

    @property
    def uploads(self) -> bool:
        return any(cell.kind == "proof" for cell in self._all(self.cells))

    @property
    def wrong(self) -> bool:
        return bool(self.errors) or any(cell.errors for cell in self._all(self.cells))

    def told_wrong(self) -> list[str]:
        """Everything that is wrong, in one list: for who shows no cells."""
        return [*self.errors, *(e for cell in self._all(self.cells) for e in cell.errors)]
