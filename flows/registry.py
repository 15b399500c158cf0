"""The flows that there are, by name; and whose clocks a flow's open subjects hold."""

from __future__ import annotations

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


def holders(clock: Clock) -> dict[str, tuple[str, ...]]:
    """{flow: states} that hold this clock; a flow that is not (yet) there holds nothing."""
    found: dict[str, tuple[str, ...]] = {}
    for name in clock.held_by:
        flow_name, _, state = name.partition(":")
        if (flow := FLOWS.get(flow_name)) is None:
            continue
        ends = (str(s) for s in flow.states.values if str(s) not in flow.final)
        found[flow_name] = (*found.get(flow_name, ()), *((state,) if state else tuple(ends)))
    return found


def holds(flow: Flow, state: str) -> list[tuple[Flow, Clock]]:
    """The clocks of other flows that a subject of this flow in this state holds."""
    return [
        (other, clock)
        for other in FLOWS.values()
        for clock in other.clocks
        if clock.held_by and state in holders(clock).get(flow.name, ())
    ]
