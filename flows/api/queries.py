"""What stands behind the question mark: each parameter is declared once, for reading and for the schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.request import Request

from .bodies import storable
from .problems import Problem

MOST_QUERY = 32 * 1024  # characters
MOST_VALUES = 100  # in one list


@dataclass(frozen=True)
class Param:
    """read: text -> value, raises ValueError in words. absent: the value where it is not sent."""

    name: str
    read: Callable[[str], Any]
    words: str = ""
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "string"})
    absent: Any = None

    def documented(self) -> dict[str, Any]:
        found = {"name": self.name, "in": "query", "schema": self.schema, "description": self.words}
        return {**found, "explode": False} if self.schema.get("type") == "array" else found


def read_query(request: Request, params: Iterable[Param]) -> dict[str, Any]:
    """{name: value} of all declared parameters. Raises Problem 400 for unknown, repeated and wrong ones; 413."""
    if len(request.META.get("QUERY_STRING", "")) > MOST_QUERY:
        raise Problem(413, "too-large", _("查询过长"))
    known = {p.name: p for p in params}
    found = {name: p.absent for name, p in known.items()}
    for name, values in request.query_params.lists():
        if name not in known:
            raise _wrong("", "unknown-parameter", _("没有这个参数；可用：%(names)s") % {"names": ", ".join(known)})
        if len(values) != 1:
            raise _wrong(name, "repeated", _("参数只能出现一次"))
        if not storable(values[0]):
            raise _wrong(name, "bad-text", _("文字里有不能保存的字符"))
        try:
            found[name] = known[name].read(values[0])
        except ValueError as error:
            raise _wrong(name, "invalid", str(error)) from None
    return found


def _wrong(name: str, code: str, detail: str) -> Problem:
    error = {"pointer": "", "parameter": name, "code": code, "detail": detail}
    return Problem(400, "validation", _("查询参数有误"), errors=[error])


# ---- kinds of parameters
def text(name: str, words: str, most: int = 200) -> Param:
    def read(value: str) -> str:
        if not 0 < len(value) <= most:
            raise ValueError(_("长度须在 1 到 %(most)s 之间") % {"most": most})
        return value

    return Param(name, read, words, {"type": "string", "minLength": 1, "maxLength": most, "pattern": r"^[^\u0000]*$"})


def moment(name: str, words: str) -> Param:
    return Param(name, read_moment, words, {"type": "string", "format": "date-time"})


def read_moment(value: str) -> datetime:
    try:
        # a "+" that was not percent-encoded arrives as a space
        found = parse_datetime(value.replace(" ", "+") if value.count(" ") == 1 and "T" in value else value)
    except ValueError:
        found = None
    if found is None or timezone.is_naive(found):
        raise ValueError(_("须是带时区的 RFC 3339 时间"))
    # far beyond every row, and near the end of what a calendar can count
    return found if 1900 < found.year < 2200 else found.replace(year=1900 if found.year <= 1900 else 2200, day=1)


def flag(name: str, words: str) -> Param:
    def read(value: str) -> bool:
        if value not in ("true", "false"):
            raise ValueError(_("只能是 true 或 false"))
        return value == "true"

    return Param(name, read, words, {"type": "boolean"})


def some_of(name: str, values: Iterable[str], words: str) -> Param:
    """One or several, separated by commas."""
    known = [str(v) for v in values]

    def read(value: str) -> list[str]:
        asked = value.split(",")
        if len(asked) > MOST_VALUES:
            raise Problem(413, "too-large", _("一次最多 %(most)s 个值") % {"most": MOST_VALUES})
        if any(v not in known for v in asked):
            raise ValueError(_("可用的值：%(known)s") % {"known": ", ".join(known)})
        return asked

    item = {"type": "string", "enum": known}
    words = f"{words} More than {MOST_VALUES} values: 413."
    return Param(name, read, words, {"type": "array", "items": item, "minItems": 1})


def one_of(name: str, values: Sequence[str], words: str) -> Param:
    """The first value is meant where none is sent."""

    def read(value: str) -> str:
        if value not in values:
            raise ValueError(_("可用的值：%(known)s") % {"known": ", ".join(values)})
        return value

    return Param(name, read, words, {"type": "string", "enum": list(values), "default": values[0]}, values[0])


SHOP = text("shop", "Code of a shop: rows of this shop alone.", 50)
WHICH_SHOP = text("shop", "Code of the shop, where two of the caller's shops use the same number.", 50)
