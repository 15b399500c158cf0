"""What a ticket hangs on and waits for: other subjects of its order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.registry import FLOWS
from flows.table import Flow

AWAITED = ("return", "refund", "stock_out", "logistics_query", "dispute")  # what a ticket may wait for


# What is over for who waits for it, though its own flow goes on: the money is there, whether or not its arrival is
# confirmed.
DONE = {"refund": frozenset({"succeeded"})}


def over(flow: Flow) -> frozenset[str]:
    """The states in which nobody waits for a subject of this flow any more."""
    return frozenset(str(s) for s in flow.final) | DONE.get(flow.name, frozenset())


def awaited(ticket: Any, number: str) -> dict[str, Any] | None:
    """The unended subject of the ticket's order that has this number: {"flow", "pk", "number"}; None where none has."""
    return next((found for found in unended(ticket) if found["number"] == number), None)


def unended(ticket: Any) -> Iterator[dict[str, Any]]:
    """The subjects of the ticket's order that have not ended: a statement a flow."""
    for name in AWAITED if ticket.order_pk else ():
        if (flow := FLOWS.get(name)) is not None:
            there = flow.model._base_manager.filter(**{f"{flow.model.root}_id": ticket.order_pk})
            for pk, number in there.exclude(state__in=over(flow)).order_by("pk").values_list("pk", "number"):
                yield {"flow": name, "pk": pk, "number": number}
