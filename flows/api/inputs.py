"""A step's `asks` as JSON Schema (2020-12): what a caller has to send, in the words of the form."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers
from rest_framework.fields import empty

from flows.asks import Asks, Money
from flows.registry import FLOWS
from flows.table import Flow

MOST_WHY = 200


class WhyOnly(Asks):
    """A step that asks for nothing."""


def asks_of(flow: Flow, step: str) -> type[Any]:
    return flow.head(step).asks or WhyOnly


def schema_of(flow: Flow, step: str) -> dict[str, Any]:
    """The body of a step: what it asks for, and `why`, which every step takes and the log keeps."""
    return _schema_of(flow.name, step, get_language() or "")


@lru_cache(maxsize=1024)
def _schema_of(flow: str, step: str, _language: str) -> dict[str, Any]:
    found = field_schema(asks_of(FLOWS[flow], step)())
    why = {"type": "string", "maxLength": MOST_WHY, "pattern": r"^[^\u0000]*$", "examples": ["…"]}
    return {**found, "properties": {"why": why, **found["properties"]}}


def field_schema(field: Any) -> dict[str, Any]:
    told = _kind(field)
    if field.label:
        told["title"] = str(field.label)
    if field.help_text:
        told["description"] = str(field.help_text)
    if "pattern" in told:
        told["examples"] = [example(field, told["pattern"])]
    if field.default is not empty and not callable(field.default):
        told["default"] = field.default
    if field.allow_null and "type" in told:
        told["type"] = [told["type"], "null"]
    return told


def example(field: Any, pattern: str) -> str:
    """A text that fits, for who reads the schema: its pattern alone would be shown as noise."""
    candidates = ("12.30" if isinstance(field, Money) else str(field.label or "…"), "A1", "SF1000000001")
    return next((text for text in candidates if re.search(pattern, text)), "")


def _kind(field: Any) -> dict[str, Any]:
    if isinstance(field, serializers.Serializer):
        fields = {name: f for name, f in field.fields.items() if not f.read_only}
        found = {"type": "object", "properties": {n: field_schema(f) for n, f in fields.items()}}
        required = [name for name, f in fields.items() if f.required]
        return {**found, "additionalProperties": False, **({"required": required} if required else {})}
    if isinstance(field, serializers.ListSerializer | serializers.ListField):
        return {"type": "array", "items": field_schema(field.child), **_bounds(field, "Items", "length")}
    if isinstance(field, Money):
        return {"type": "string", "pattern": r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?$"}
    if isinstance(field, serializers.ChoiceField):
        return {"type": "string", "enum": [str(value) for value in field.choices]}
    if isinstance(field, serializers.BooleanField):
        return {"type": "boolean"}
    if isinstance(field, serializers.IntegerField):
        return {"type": "integer", **_limits(field)}
    if isinstance(field, serializers.DateTimeField):
        return {"type": "string", "format": "date-time"}
    if isinstance(field, serializers.DateField):
        return {"type": "string", "format": "date"}
    if isinstance(field, serializers.CharField):
        return {"type": "string", **_bounds(field, "Length", "length"), **_pattern(field)}
    return {}


def _bounds(field: Any, word: str, name: str) -> dict[str, Any]:
    least, most = getattr(field, f"min_{name}", None), getattr(field, f"max_{name}", None)
    if least is None and not getattr(field, "allow_blank", True):
        least = 1
    if least is None and getattr(field, "allow_empty", True) is False:
        least = 1
    return {**({f"min{word}": least} if least else {}), **({f"max{word}": most} if most else {})}


def _limits(field: Any) -> dict[str, Any]:
    found = {"minimum": field.min_value, "maximum": field.max_value}
    return {name: value for name, value in found.items() if value is not None}


def _pattern(field: Any) -> dict[str, Any]:
    regexes = [v.regex.pattern for v in field.validators if hasattr(v, "regex")]
    if not regexes:
        # blank after trimming is refused as well
        blank = getattr(field, "allow_blank", True) or not getattr(field, "trim_whitespace", False)
        return {"pattern": r"^[^\u0000]*$" if blank else r"^[^\u0000]*[^\s\u0000][^\u0000]*$"}
    return {"pattern": regexes[0]}
