"""What the stock is told of returned goods: each piece once when it may be sold again, and when it goes after all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.effects import FollowUp, Save, Tell

from .models import Return
from .states import Kind


def sort(ret: Return) -> Iterator[FollowUp]:
    """After a judgement: what is sellable is in stock. What was sent in for repair stays the customer's."""
    mine = ret.kind == Kind.REPAIR
    yield from _level(ret, {x.pk: 0 if mine else min(x.sellable, x.here) for x in ret.belongings.lines})


def give_up(ret: Return) -> Iterator[FollowUp]:
    """The goods go back to the customer: the stock has none of them."""
    yield from _level(ret, {})


def _level(ret: Return, should: dict[int, int]) -> Iterator[FollowUp]:
    """Bring what the stock was told to what it should be: one event for what comes, one for what goes."""
    comes: list[dict[str, Any]] = []
    goes: list[dict[str, Any]] = []
    for x in ret.belongings.lines:
        more = should.get(x.pk, 0) - x.stocked
        if more:
            said = {"line": x.line.line, "sku": x.line.sku, "title": x.line.title, "quantity": abs(more)}
            (comes if more > 0 else goes).append(said)
            x.stocked += more
            yield Save(x, "stocked")
    if comes:
        yield Tell("stock.returned", {"order": ret.belongings.order.number, "lines": comes})
    if goes:
        yield Tell("stock.taken_out", {"order": ret.belongings.order.number, "lines": goes})
