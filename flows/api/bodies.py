"""The body of a request: JSON with one meaning only, within limits, and no field that is not asked for."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.parsers import BaseParser

from .problems import Errors, Problem, escaped

MOST_BYTES = 1024 * 1024
DEPTH = 32
# What people try to set beside the doors that there are.
READ_ONLY = frozenset(
    name
    for names in (
        "id pk number version state state_label status refund_status refunded steps deadlines",
        "created_at created_by updated_at shop_id by who is_staff is_superuser roles",
    )
    for name in names.split()
)


class StrictJSON(BaseParser):
    """Raises Problem 400 malformed-json, too-deep, duplicate-key, bad-text; 413 too-large."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        raw = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise too_large()
        return read(raw) if raw else {}


def too_large(most: int = MOST_BYTES) -> Problem:
    return Problem(413, "too-large", _("内容超过 %(most)s 字节") % {"most": most})


def read(raw: bytes) -> Any:
    try:
        text = raw.decode()
        body = json.loads(text, object_pairs_hook=_once, parse_float=_finite, parse_constant=_no_constant)
    except Problem:
        raise
    except (ValueError, RecursionError):
        raise Problem(400, "malformed-json", _("内容不是 UTF-8 的 JSON")) from None
    _check(body)
    return body


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Problem(400, "duplicate-key", _("同一对象里有重复的键"))
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("beyond a double")
    return number


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _check(body: Any) -> None:
    """Depth, and texts that a database refuses; without recursion."""
    todo: list[tuple[int, Any]] = [(1, body)]
    while todo:
        depth, value = todo.pop()
        if depth > DEPTH:
            raise Problem(400, "too-deep", _("嵌套超过 %(most)s 层") % {"most": DEPTH})
        if isinstance(value, str):
            if not storable(value):
                raise Problem(400, "bad-text", _("文字里有不能保存的字符"))
        elif isinstance(value, dict):
            todo += [(depth, key) for key in value] + [(depth + 1, x) for x in value.values()]
        elif isinstance(value, list):
            todo += [(depth + 1, x) for x in value]


def storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def an_object(data: Any, pointer: str = "") -> dict[str, Any]:
    """The body as an object. Raises Problem 400."""
    if not isinstance(data, Mapping):
        error = {"pointer": pointer, "code": "invalid", "detail": _("须是一个对象")}
        raise Problem(400, "validation", _("输入有误"), errors=[error])
    return dict(data)


def unasked(data: Any, asked: Any, pointer: str = "") -> Iterator[dict[str, Any]]:
    """An error for every field, at any depth, that a serializer does not ask for, or that is of another JSON type than
    its schema says: nothing is silently dropped or bent."""
    kind = next((kind for fields, kind in TYPES if isinstance(asked, fields)), None)
    if kind and data is not None and type(data) is not kind:
        yield {"pointer": pointer, "code": "invalid", "detail": str(WORDS[kind])}
    elif isinstance(asked, serializers.ListSerializer | serializers.ListField):
        for i, inner in enumerate(data if isinstance(data, list) else ()):
            yield from unasked(inner, asked.child, f"{pointer}/{i}")
    elif isinstance(asked, serializers.Serializer) and isinstance(data, Mapping):
        for name, inner in data.items():
            place = f"{pointer}/{escaped(name)}"
            field = asked.fields.get(name)
            if field is None or field.read_only:
                yield refused_field(name, place)
            else:
                yield from unasked(inner, field, place)


def refused_field(name: str, pointer: str) -> dict[str, Any]:
    if name in READ_ONLY:
        return {"pointer": pointer, "code": "read-only", "detail": _("这个字段不能由请求设置")}
    return {"pointer": pointer, "code": "unknown-field", "detail": _("没有这个字段")}


TYPES: tuple[tuple[Any, type], ...] = (
    (serializers.BooleanField, bool),
    (serializers.IntegerField, int),
    ((serializers.CharField, serializers.ChoiceField, serializers.DateTimeField, serializers.DateField), str),
)
WORDS = {bool: gettext_lazy("须是 true 或 false"), int: gettext_lazy("须是整数"), str: gettext_lazy("须是文字")}


def validated(asked: Any, data: Any, pointer: str = "") -> dict[str, Any]:
    """The serializer's validated data. Raises Problem 400 with a pointer for everything that is wrong."""
    errors: Errors = list(unasked(data, asked, pointer))
    if not errors and not asked.is_valid():
        from .problems import flat

        errors = list(flat(asked.errors, pointer))
    if errors:
        raise Problem(400, "validation", _("输入有误"), errors=errors)
    return dict(asked.validated_data)
