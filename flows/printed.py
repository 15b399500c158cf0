"""A flow as data: what `manage.py flows --json` prints and pages are drawn from."""

from __future__ import annotations

from typing import Any

from .table import Clock, Flow, Step


def as_data(flow: Flow) -> dict[str, Any]:
    """{states: {name: label}, start, final, steps, clocks, facts}; a step for each of its rows."""
    return {
        "label": str(flow.label),
        "states": {str(value): str(label) for value, label in flow.states.choices},
        "start": [str(s) for s in flow.start],
        "final": list(flow.final),
        "waits": [str(s) for s in flow.waits],
        "steps": [_step(flow, row) for row in flow.steps],
        "clocks": [_clock(clock) for clock in flow.clocks],
        "facts": [fact if isinstance(fact, str) else list(fact) for fact in flow.facts],
    }


def _step(flow: Flow, row: Step) -> dict[str, Any]:
    return {
        "name": row.name,
        "label": str(flow.head(row.name).label),
        "from": [str(s) for s in row.sources],
        "to": list(row.targets),
        "who": row.who.words,
        "fact": row.fact,
        **({"also": list(row.also)} if row.also else {}),
        **({"undoes": list(row.undoes)} if row.undoes else {}),
    }


def _clock(clock: Clock) -> dict[str, Any]:
    return {
        "name": clock.name,
        "label": str(clock.label),
        "during": [str(s) for s in clock.during],
        "pauses": [str(s) for s in clock.pauses],
        "held_by": list(clock.held_by),
        "limit": clock.limit,
        "then": clock.then,
        "tell": clock.tell.words,
        "part": clock.part,
        "when": clock.when,
    }
