"""The rows of a ticket's queue: who, about what, what was said last; a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orders.models import Line

from . import conversation

BARS = {"red": "late", "yellow": "soon", "green": "good"}


def decorate(tickets: Sequence[Any]) -> None:
    """Two statements: the goods of their orders, the last words of each."""
    lines: dict[int, list[Line]] = {}
    for line in Line.objects.filter(order__in={t.order_id for t in tickets if t.order_id}).order_by("pk"):
        lines.setdefault(line.order_id, []).append(line)
    said = conversation.last_words(tickets)
    for t in tickets:
        own = [x for x in lines.get(t.order_id, []) if x.owed]
        t.row_lines, t.row_more = own[:1], max(0, len(own) - 1)
        t.row_bar = BARS.get(t.colour, "")
        t.row_last = said.get(t.pk, "")
