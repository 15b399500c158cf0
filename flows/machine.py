"""Rows -> django-fsm-2: its field and its guard, nothing else of it.

Every row of the table is one stacked `transition()` on a method named as the step; a target by attribute is a
GET_STATE. Its signals fire before anything is written, its mixins and its admin lose writes: they stay unused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models.base import ModelBase
from django_fsm import GET_STATE, transition

from .table import NOBODY, REPORTERS, STAY, By, Flow, Step


def reported(subject: Any) -> bool:
    """The guard of `facts_from`: never a person, never the clock."""
    return bool(subject.caller & REPORTERS)


def _target(row: Step, source: str) -> Any:
    if row.target is STAY:
        return source
    if isinstance(row.target, By):
        by = row.target
        return GET_STATE(lambda subject, *_, **__: by.of(subject), states=list(row.targets_from(source)))
    return str(row.target)


def _method(flow: Flow, name: str) -> Callable[..., Any]:
    def run(self: Any, **inputs: Any) -> Any:
        """To its end here: the effect sees the state that is left, a target by attribute sees what the effect did."""
        effect = flow.effects.get(name)
        return list(effect(self, **inputs) or ()) if effect else []

    run.__name__ = run.__qualname__ = name
    for row in flow.rows[name]:
        for source in row.sources:
            guard: list[Callable[[Any], bool]] = [reported] if row.fact else []
            run = transition(field="state", source=str(source), target=_target(row, str(source)), conditions=guard)(run)
    return run


def machine(flow: Flow) -> type:
    """An abstract base of the flow's model: one method a step, callable only by the engine's leave (Subject.caller).

    A model, since migrations write down a plain mixin as a base, by a name that nothing has.
    """
    methods: dict[str, Any] = {name: _method(flow, name) for name in flow.rows}
    meta = type("Meta", (), {"abstract": True})
    beside = {"flow": flow, "caller": NOBODY, "Meta": meta, "__module__": __name__}
    return ModelBase(f"{flow.name.title()}Machine", (models.Model,), {**methods, **beside})
