"""The form of a policy: every limit a line, in the words of `changed` (48h, natural, cod), and back into changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import after_sales_form, authority_form, presets, weekly
from .calendar import HOURS, NEXT_WORKDAY_END
from .explain import hours_words
from .limits import CASES, Limit
from .punctuation import labelled
from .terms import PolicyError, Terms

ALWAYS, NEVER = gettext_lazy("是"), gettext_lazy("否")
YUAN = 100
COLUMNS = ("after", "hours", "warn", "acts", "by_category", "by_colour", "channels", "day_off")


class PolicyForm(forms.Form):
    """Fields: `{limit}-{column}` for each limit, `week-{day}`, auto_confirm, auto_confirm_below (yuan), auto_audit,
    `after_sales-{setting}`, `authority-{role}-{span}`."""

    auto_confirm = forms.BooleanField(label=gettext_lazy("自动确认订单"), required=False)
    auto_confirm_below = forms.DecimalField(
        label=gettext_lazy("自动确认金额上限（元，空为不限）"),
        required=False,
        min_value=0,
        max_value=10**12,
        decimal_places=2,
    )
    auto_audit = forms.BooleanField(label=gettext_lazy("自动审单"), required=False)

    def __init__(self, terms: Terms, data: Mapping[str, Any] | None = None) -> None:
        self.terms = terms
        below = None if terms.auto_confirm_below is None else f"{terms.auto_confirm_below / YUAN:.2f}"
        initial = {"auto_confirm": terms.auto_confirm, "auto_confirm_below": below, "auto_audit": terms.auto_audit}
        super().__init__(data, initial=initial)
        for day, label in zip(weekly.DAYS, weekly.day_names(), strict=True):
            hours = " ".join("-".join(pair) for pair in terms.weekly.get(day) or ())
            self.fields[f"week-{day}"] = forms.CharField(label=label, initial=hours, required=False, max_length=100)
        self.fields |= after_sales_form.fields(terms.after_sales)
        self.fields |= authority_form.fields(terms.authority)
        for name, limit in terms.limits.items():
            self.fields |= {f"{name}-{column}": field for column, field in _fields(limit).items()}

    def rows(self) -> list[dict[str, Any]]:
        """For the page: each limit with its label and its bound fields, in COLUMNS' order."""
        return [
            {"name": name, "label": presets.LABELS.get(name, name), "cells": [self[f"{name}-{c}"] for c in COLUMNS]}
            for name in self.terms.limits
        ]

    def days(self) -> list[forms.BoundField]:
        return [self[f"week-{day}"] for day in weekly.DAYS]

    def after_sales(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(after_sales_form.PREFIX)]

    def authority(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(authority_form.PREFIX)]

    def changes(self) -> dict[str, Any]:
        """What differs from the terms, as `terms.changed` takes it; call it on a valid form."""
        below = self.cleaned_data["auto_confirm_below"]
        asked: dict[str, Any] = {
            "auto_confirm": self.cleaned_data["auto_confirm"],
            "auto_confirm_below": None if below is None else int(below * YUAN),
            "auto_audit": self.cleaned_data["auto_audit"],
        }
        if any(f"week-{day}" in self.changed_data for day in weekly.DAYS):
            asked["weekly"] = {day: _intervals(self.cleaned_data[f"week-{day}"]) for day in weekly.DAYS}
        if told := after_sales_form.changes(self.cleaned_data, self.changed_data):
            asked["after_sales"] = told
        if may := authority_form.changes(self.cleaned_data, self.changed_data):
            asked["authority"] = may
        limits: dict[str, dict[str, Any]] = {}
        for field in self.changed_data:
            name, dash, column = field.partition("-")
            if dash and name in self.terms.limits:
                limits.setdefault(name, {})[column] = _read(column, self.cleaned_data[field])
        return {**asked, "limits": limits}

    def blame(self, error: PolicyError) -> None:
        """Puts what `changed` found wrong beside the fields that it is about."""
        for place, what in error.errors.items():
            field = place.removeprefix("limits.").replace(".", "-")
            if place.startswith("after_sales."):
                field = after_sales_form.place_of(place.removeprefix("after_sales."))
            self.add_error(
                field if field in self.fields else None, what if field in self.fields else labelled(place, what)
            )


def _fields(limit: Limit) -> dict[str, forms.Field]:
    data = limit.as_data()
    acts, by = data["acts"], {kind: " ".join(f"{c}={s}" for c, s in data[f"by_{kind}"].items()) for kind in CASES}
    days_off = [("", _("照常计时")), (NEXT_WORKDAY_END, _("顺延至下一个工作日结束"))]
    return {
        "after": _text(data["after"], 5, required=True),
        "hours": forms.ChoiceField(initial=limit.hours, choices=[(hours, hours_words(hours)) for hours in HOURS]),
        "warn": _text(data["warn"] if limit.warn else "", 5),
        "acts": _text(_flag(acts) if isinstance(acts, bool) else " ".join(acts), 12, required=True),
        **{f"by_{kind}": _text(lengths, 12) for kind, lengths in by.items()},
        "channels": _text(" ".join(data["channels"] or ()), 8),
        "day_off": forms.ChoiceField(initial=limit.day_off, required=False, choices=days_off),
    }


def _text(initial: str, size: int, *, required: bool = False) -> forms.CharField:
    widget = forms.TextInput(attrs={"size": size})
    return forms.CharField(initial=initial, required=required, max_length=300, widget=widget)


def _flag(value: bool) -> str:
    return str(ALWAYS if value else NEVER)


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,，、;；]+", text) if word]


def _read(column: str, text: str) -> Any:
    if column == "warn":
        return text or 0
    if column == "acts":
        said = {str(ALWAYS): True, str(NEVER): False}
        return said.get(text.strip(), _words(text))
    if column.startswith("by_"):
        return {case: length for case, _equals, length in (word.partition("=") for word in _words(text))}
    return (_words(text) or None) if column == "channels" else text


def _intervals(text: str) -> list[list[str]]:
    """`09:00-12:00 13:00-18:00`"""
    return [re.split(r"[-–—~]", word) for word in _words(text)]
