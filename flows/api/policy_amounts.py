"""The amounts of a policy: decimal strings of yuan outside, fen inside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from flows.asks import fen, yuan
from shops import after_sales, authorities

from .problems import escaped, invalid

NAMES = (*after_sales.AMOUNTS, *authorities.SPANS)


def in_yuan(rules: Mapping[str, Any]) -> dict[str, Any]:
    return {name: yuan(v) if name in NAMES and v is not None else v for name, v in rules.items()}


def read(body: dict[str, Any]) -> dict[str, Any]:
    """The changes that a caller sent, amounts in fen. Raises Problem 400 for an amount that is none."""
    body = _in_fen(body, ["auto_confirm_below"], "")
    if isinstance(rules := body.get("after_sales"), Mapping):
        body["after_sales"] = _in_fen(rules, after_sales.AMOUNTS, "/after_sales")
    if isinstance(may := body.get("authority"), Mapping):
        body["authority"] = {role: _of_role(str(role), spans) for role, spans in may.items()}
    return body


def _of_role(role: str, spans: Any) -> Any:
    """What is no table of spans is left to who reads the settings."""
    if not isinstance(spans, Mapping):
        return spans
    return _in_fen(spans, authorities.SPANS, f"/authority/{escaped(role)}")


def _in_fen(rules: Mapping[str, Any], names: Iterable[str], at: str) -> dict[str, Any]:
    """at: their pointer in the body."""
    told = dict(rules)
    for name in names:
        if told.get(name) is None:
            continue
        try:
            told[name] = fen(told[name])
        except ValueError:
            raise invalid(_('金额须是最多两位小数的字符串，例如 "12.30"'), f"{at}/{name}") from None
    return told
