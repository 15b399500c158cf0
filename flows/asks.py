"""What a step asks for: DRF serializers, one for the REST body, the admin's form and the schema."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

MOST = 10**12 * 100  # fen
DECIMAL = re.compile(r"(0|[1-9]\d{0,12})(\.\d{1,2})?", re.ASCII)
OFFSET = re.compile(r"(Z|[+-]\d\d:\d\d)$", re.ASCII | re.IGNORECASE)


def fen(text: str) -> int:
    """ "12.3" yuan -> 1230 fen. At most two places, no sign, no exponent. Raises ValueError."""
    if not isinstance(text, str) or not DECIMAL.fullmatch(text):
        raise ValueError(text)
    whole, _dot, part = text.partition(".")
    amount = int(whole) * 100 + int(part.ljust(2, "0") or 0)
    if amount > MOST:
        raise ValueError(text)
    return amount


def yuan(amount: int) -> str:
    """1230 fen -> "12.30"; a negative amount keeps its sign."""
    sign, amount = ("-", -amount) if amount < 0 else ("", amount)
    return f"{sign}{amount // 100}.{amount % 100:02d}"


class Money(serializers.Field):  # type: ignore[type-arg]
    """A decimal string of yuan outside, fen inside."""

    default_error_messages = {"invalid": _('金额须是最多两位小数的字符串，例如 "12.30"')}

    def to_internal_value(self, data: Any) -> int:
        try:
            return fen(data)
        except ValueError:
            self.fail("invalid")

    def to_representation(self, value: int) -> str:
        return yuan(value)


class Moment(serializers.DateTimeField):
    """RFC 3339 with an offset, within this century, as in the hooks; inside an aware datetime."""

    default_error_messages = {
        "offset": _("时间须带时区，例如 2026-12-01T09:00:00+08:00"),
        "century": _("时间须在本世纪内"),
    }

    def to_internal_value(self, value: Any) -> datetime:
        try:
            at: datetime = super().to_internal_value(value)
        except OverflowError:  # without an offset, at either end of what can be counted
            self.fail("century")
        if not isinstance(value, datetime) and not OFFSET.search(str(value)):
            self.fail("offset")
        if not 2000 < at.year < 2100:
            self.fail("century")
        return at


class Asks(serializers.Serializer):  # type: ignore[type-arg]
    """A step's inputs. `context["subject"]` is the subject; fields that are not asked for are refused."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = getattr(self, "initial_data", None)  # one within another has none: what it is given was looked at there
        unknown = sorted(set(given) - set(self.fields)) if isinstance(given, dict) else []
        if unknown:
            raise serializers.ValidationError({name: _("没有这个字段") for name in unknown})
        return attrs


class Reason(Asks):
    """Why: kept in the log."""

    why = serializers.CharField(label=_("原因"), min_length=2, max_length=200, trim_whitespace=True)
