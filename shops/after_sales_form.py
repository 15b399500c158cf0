"""A shop's after-sales rules in the policy's form, and back into changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django import forms

from . import after_sales
from .after_sales import ADDRESS, KNOWN, LABELS, MOST_DAYS, MOST_STARS, NO_REASON_FREIGHT, AfterSales

YUAN = 100
PREFIX = "after_sales-"
AMOUNTS = ("exchange_freight", "threshold_freight")  # 0 where nothing is said


def fields(rules: AfterSales) -> dict[str, forms.Field]:
    """{`after_sales-…`: field}; the address has one for each of its parts."""
    made: dict[str, forms.Field] = {
        "no_reason_freight": forms.ChoiceField(
            choices=list(NO_REASON_FREIGHT.items()), initial=rules.no_reason_freight
        ),
        **{name: _money(getattr(rules, name)) for name in AMOUNTS},
        "free_shipping_from": _money(rules.free_shipping_from),
        "price_protection_days": forms.IntegerField(
            min_value=0, max_value=MOST_DAYS, initial=rules.price_protection_days, required=False
        ),
        "bad_review": forms.IntegerField(min_value=0, max_value=MOST_STARS, initial=rules.bad_review, required=False),
        **{name: _names(name, getattr(rules, name)) for name in KNOWN},
    }
    for name, field in made.items():
        field.label = str(LABELS[name])
    address = {part: _part(part, rules.return_address.get(part, "")) for part in ADDRESS}
    return {PREFIX + name: field for name, field in {**address, **made}.items()}


def changes(cleaned: Mapping[str, Any], changed: Collection[str]) -> dict[str, Any]:
    """What the form says otherwise, as after_sales.changed takes it."""
    said = {name.removeprefix(PREFIX): cleaned[name] for name in changed if name.startswith(PREFIX)}
    told = {name: _fen(name, value) for name, value in said.items() if name not in ADDRESS}
    if any(part in said for part in ADDRESS):
        told["return_address"] = {part: cleaned[PREFIX + part] for part in ADDRESS}
    return told


def _fen(name: str, value: Any) -> Any:
    if name in AMOUNTS:
        return int((value or 0) * YUAN)
    if name in ("price_protection_days", "bad_review"):
        return value or 0
    return int(value * YUAN) if name == "free_shipping_from" and value is not None else value


def place_of(name: str) -> str:
    """The field beside which what is wrong with this setting is said."""
    return PREFIX + ("detail" if name == "return_address" else name)


def _part(part: str, initial: str) -> forms.CharField:
    label = after_sales.ADDRESS_LABELS[part]
    return forms.CharField(label=str(label), initial=initial, required=False, max_length=ADDRESS[part])


def _money(fen: int | None) -> forms.DecimalField:
    initial = None if fen is None else Decimal(fen).scaleb(-2)
    return forms.DecimalField(initial=initial, required=False, min_value=0, max_value=10**10, decimal_places=2)


def _names(setting: str, initial: tuple[str, ...]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        choices=list(KNOWN[setting].items()), initial=list(initial), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
