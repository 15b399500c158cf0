"""Plans in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from ..telling import plan_words

register = template.Library()


@register.filter
def plan(told: Mapping[str, Any]) -> str:
    """补偿现金 ¥20.00 · 三天内到账"""
    return plan_words(dict(told))
