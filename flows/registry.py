"""The flows that there are, by name; and whose clocks a flow's open subjects hold."""

from __future__ import annotations

from functools import cache
from typing import Any

from . import named
from .table import Clock, Flow

FLOWS: dict[str, Flow] = {}


def bind(flow: Flow, model: Any) -> None:
    """Say which model moves through the table. Every flow may be told of a deadline that the platform names."""
    if FLOWS.get(flow.name, flow) is not flow:
        raise LookupError(f"two flows are called {flow.name}")
    flow.model = model
    flow.tellers.setdefault("deadline", named.told)
    FLOWS[flow.name] = flow
    holds.cache_clear()


def holders(clock: Clock) -> dict[str, tuple[str, ...]]:
    """{flow: states} that hold this clock; a flow that is not (yet) there holds nothing."""
    found: dict[str, tuple[str, ...]] = {}
    for name in clock.held_by:
        flow_name, _, state = name.partition(":")
        if (flow := FLOWS.get(flow_name)) is not None:
            found[flow_name] = (*found.get(flow_name, ()), *((state,) if state else flow.open))
    return found


@cache
def holds(flow: Flow, state: str) -> frozenset[tuple[str, str]]:
    """{(flow, clock)} of others that a subject of this flow in this state holds: asked twice by every step, so it is
    remembered until another flow is bound."""
    return frozenset(
        (other.name, clock.name)
        for other in FLOWS.values()
        for clock in other.clocks
        if clock.held_by and state in holders(clock).get(flow.name, ())
    )
