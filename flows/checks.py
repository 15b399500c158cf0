"""System checks: every bound flow is sound, its table is in the database, its limits and its questions exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.db.models import CheckConstraint
from rest_framework.serializers import BaseSerializer

from shops import presets

from .models import Subject, only_states
from .registry import FLOWS
from .table import Flow


@register
def check_flows(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"{flow.name}: {problem}", obj=flow.model, id="flows.E001")
        for flow in FLOWS.values()
        for problem in (*flow.problems(), *_beside(flow))
    ]


def _beside(flow: Flow) -> Iterator[str]:
    """What only the whole house can tell, not the table alone."""
    yield from _model(flow)
    for clock in flow.clocks:
        for limit in filter(None, (clock.limit, clock.otherwise)):
            if limit not in presets.DEFAULTS:
                yield f"clock {clock.name} goes by the unknown limit {limit!r}"
        for name in filter(None, (clock.due, clock.since)):
            if not hasattr(flow.model, name):
                yield f"clock {clock.name} counts by {name!r}, which the model has not"
    for row in flow.steps:
        if row.asks is not None and not (isinstance(row.asks, type) and issubclass(row.asks, BaseSerializer)):
            yield f"{row.name} asks by {row.asks!r}, which is no serializer"
    yield from _others(flow)


def _model(flow: Flow) -> Iterator[str]:
    if not issubclass(flow.model, Subject):
        yield "its model is no Subject"
        return
    wanted = only_states(flow)
    held = [c for c in flow.model._meta.constraints if isinstance(c, CheckConstraint)]
    if wanted not in held:
        yield f"its model lacks the constraint {wanted.name} (only_states)"
    if not flow.model._meta.get_field("state").protected:
        yield "its field `state` is not protected"


def _others(flow: Flow) -> Iterator[str]:
    """What the table says of other flows; one that is not there yet is let pass."""
    for row in flow.steps:
        for name in row.also:
            other, _, step = name.partition(".")
            if other in FLOWS and step not in FLOWS[other].rows:
                yield f"{row.name} also takes {name}, which is no step"
    for clock in flow.clocks:
        for name in clock.held_by:
            other, _, state = name.partition(":")
            if state and other in FLOWS and state not in map(str, FLOWS[other].states.values):
                yield f"clock {clock.name} is held by {name}, which is no state"
