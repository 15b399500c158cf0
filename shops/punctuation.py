"""How parts of a sentence are put together in the reader's language: 鞋、帽, or shoes, hats."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _


def listed(items: Iterable[object]) -> str:
    """售后客服、仓库"""
    return _("、").join(map(str, items))


def clauses(parts: Iterable[object]) -> str:
    """提前 12 小时提醒；限渠道 phone"""
    return _("；").join(map(str, parts))


def labelled(name: object, value: object) -> str:
    """原因：客户不要了"""
    return _("%(name)s：%(value)s") % {"name": name, "value": value}


def bracketed(text: object) -> str:
    """（自然时间）, to stand directly behind a word; nothing for nothing."""
    return _("（%s）") % text if text else ""
