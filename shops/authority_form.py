"""Who may give back how much, in the policy's form, and back into changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms

from .authorities import SPANS, Authority
from .roles import LABELS

YUAN = 100
PREFIX = "authority-"


def fields(authority: Authority) -> dict[str, forms.Field]:
    """{`authority-{role}-{span}`: field} in yuan; empty: no limit."""
    return {
        f"{PREFIX}{role}-{span}": forms.DecimalField(
            label=f"{LABELS[role]} {SPANS[span]}", initial=None if most is None else f"{most / YUAN:.2f}",
            required=False, min_value=0, max_value=10**10, decimal_places=2,
        )
        for role, spans in authority.items()
        for span, most in spans.items()
    }  # fmt: skip


def changes(cleaned: Mapping[str, Any], changed: Collection[str]) -> dict[str, dict[str, int | None]]:
    """What the form says otherwise, as authority.changed takes it."""
    told: dict[str, dict[str, int | None]] = {}
    for name in changed:
        if name.startswith(PREFIX):
            role, _dash, span = name.removeprefix(PREFIX).partition("-")
            told.setdefault(role, {})[span] = None if cleaned[name] is None else int(cleaned[name] * YUAN)
    return told
