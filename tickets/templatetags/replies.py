"""Figures of quick replies on their page."""

from __future__ import annotations

from django import template

from ..replies import effect

register = template.Library()


@register.filter
def percent(share: float | None) -> str:
    return "—" if share is None else f"{round(100 * share)}%"


@register.filter
def share(tally: effect.Tally, name: str) -> float | None:
    return tally.share(name)


@register.filter
def seconds(value: float | None) -> str:
    """A span in words."""
    from flows.due import span

    return "—" if value is None else span(round(value))
