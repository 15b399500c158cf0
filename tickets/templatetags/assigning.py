"""How a ticket got to whom it belongs, in words."""

from __future__ import annotations

from django import template

from ..assign.reasons import worded

register = template.Library()


@register.filter
def assigned_words(why: str) -> str:
    """claimed -> 自己领取; what is worded already stays."""
    return worded(why)
