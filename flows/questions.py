"""What a form is made of: the questions of a step, as cells, and what the page knows beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rest_framework import serializers

from .asks import Money

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
    """One thing that may be ticked in a list. picture: its address."""

    value: str
    label: str
    note: str = ""
    picture: str = ""


@dataclass(frozen=True)
class Given:
    """What the page knows beside the questions: the order's lines, what to offer, what stands there already.

    without: questions that do not arise for this subject. needed: those that must be answered for it, asked first.
    """

    zone: str = "Asia/Shanghai"
    lines: Sequence[Line] = ()
    offers: Mapping[str, Sequence[Offer]] = field(default_factory=dict)
    initial: Mapping[str, Any] = field(default_factory=dict)
    wrong: Mapping[str, Sequence[str]] = field(default_factory=dict)  # what was found wrong before the step was asked
    choices: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)  # of a text: one of these
    suggests: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)  # of a text: these, or another
    presets: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)  # of a moment: taken by one press
    without: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()


@dataclass
class Cell:
    """One question. cells: of a group, or the groups of a repeated one; rows: of a table, each (line, cells)."""

    name: str
    label: str
    kind: str
    required: bool = False
    value: Any = ""
    help: str = ""
    errors: list[str] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)
    offers: Sequence[Offer] = ()
    suggests: Sequence[tuple[str, str]] = ()
    presets: Sequence[tuple[str, str]] = ()
    cells: list[Cell] = field(default_factory=list)
    rows: list[tuple[Line, list[Cell]]] = field(default_factory=list)
    most: int | None = None
    least: int | None = None
    said: bool = False  # differs from what stood there
    filled: bool = False  # by the page, and left out it means the same

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


def kind_of(asked: Any) -> str:
    if isinstance(asked, serializers.BaseSerializer):
        return "group"
    if isinstance(asked, serializers.ListField):
        return _many(asked.child)
    found = next((kind for cls, kind in KINDS if isinstance(asked, cls)), "text")
    return "long" if found == "text" and (asked.max_length or 0) > LONG else found


def _many(child: Any) -> str:
    """A list: the order's lines are a table, and sorted where each piece gets one of some choices; other groups are
    repeated; keys of what was given before are proof; anything else is boxes to tick."""
    if isinstance(child, serializers.Serializer):
        if "line" not in child.fields:
            return "repeated"
        return "sorted" if choice_of(child) else "table"
    return "proof" if isinstance(child, serializers.IntegerField) else "offers"


def choice_of(child: Any) -> str:
    """The name of the choice by which the pieces of a line are sorted; "" where there is none."""
    return next((n for n, f in child.fields.items() if isinstance(f, serializers.ChoiceField)), "")
