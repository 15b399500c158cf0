"""Cursor pages: a page starts after the last row of the one before it, so page 10,000 costs what page 1 does."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request

from .queries import Param, one_of, text

SIZE, MOST = 50, 100


@dataclass(frozen=True)
class Order:
    """An index's order: `fields` all in one direction, the last one unique."""

    name: str
    fields: tuple[str, ...]
    descending: bool = False

    def apply(self, rows: QuerySet[Any], after: list[Any] | None) -> QuerySet[Any]:
        sign = "-" if self.descending else ""
        rows = rows.order_by(*(f"{sign}{f}" for f in self.fields))
        return rows if after is None else rows.filter(self._beyond(after))

    def _beyond(self, after: list[Any]) -> Q:
        """first >= a and not (first = a and last <= b): one range of the index, then a filter."""
        word = "lt" if self.descending else "gt"
        if len(self.fields) == 1:
            return Q(**{f"{self.fields[0]}__{word}": after[0]})
        first, last = self.fields
        same = Q(**{first: after[0], f"{last}__{word}": after[1]})
        return Q(**{f"{first}__{word}e": after[0]}) & (Q(**{f"{first}__{word}": after[0]}) | same)


NEWEST = Order("newest", ("id",), descending=True)
OLDEST = Order("oldest", ("id",))
DUE = Order("due", ("due_at", "id"))


def encode(order: Order, row: Any) -> str:
    values = [getattr(row, f) for f in order.fields]
    plain = [v.isoformat() if isinstance(v, datetime) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps([order.name, *plain]).encode()).decode().rstrip("=")


def decode(order: Order, cursor: str) -> list[Any]:
    """The values after which the page starts. Raises ValueError."""
    words = _("游标无效")
    try:
        name, *values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        found = [datetime.fromisoformat(v) if isinstance(v, str) else v for v in values]
    except (ValueError, TypeError):
        raise ValueError(words) from None
    fits = name == order.name and len(found) == len(order.fields)
    kinds = [datetime if f.endswith("_at") else int for f in order.fields]
    if not fits or any(type(v) is not kind for v, kind in zip(found, kinds, strict=True)):
        raise ValueError(words)
    if any((isinstance(v, int) and abs(v) >= 2**63) or (isinstance(v, datetime) and v.tzinfo is None) for v in found):
        raise ValueError(words)
    return found


def _size(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 18 or int(value) < 1:
        raise ValueError(_("须是正整数"))
    return min(int(value), MOST)


def page_params(*orders: Order) -> tuple[Param, ...]:
    """cursor, page_size and, where there is a choice, ordering."""
    size = {"type": "integer", "minimum": 1, "default": SIZE, "maximum": 10**18 - 1}
    found = (
        text("cursor", "From `next` of the page before.", 300),
        Param("page_size", _size, f"Rows a page; more than {MOST} is taken as {MOST}.", size, SIZE),
    )
    choice = one_of("ordering", [o.name for o in orders], "Which come first.")
    return (*found, choice) if len(orders) > 1 else found


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    next: str | None  # the address of the next page


def page_of(request: Request, rows: QuerySet[Any], asked: dict[str, Any], orders: tuple[Order, ...]) -> Page:
    """One page of rows, in one statement. Raises Problem 400 for a cursor that is none."""
    from .queries import _wrong

    order = next(o for o in orders if o.name == asked.get("ordering", orders[0].name))
    try:
        after = decode(order, asked["cursor"]) if asked["cursor"] else None
    except ValueError as error:
        raise _wrong("cursor", "invalid", str(error)) from None
    size = asked["page_size"]
    found = list(order.apply(rows, after)[: size + 1])
    if len(found) <= size:
        return Page(found, None)
    query = request.query_params.copy()
    query["cursor"] = encode(order, found[size - 1])
    return Page(found[:size], request.build_absolute_uri(f"{request.path}?{query.urlencode()}"))
