"""Money, moments, icons and countdowns on the desk's pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.db.models import Model
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from shops.roles import LABELS

from .. import due, story
from ..asks import yuan as plain_yuan
from ..forms import Cell

register = template.Library()


@register.simple_tag
def icon(name: str, words: str = "") -> SafeString:
    """A picture of the sprite (templates/desk/icons.html); with words where it stands alone."""
    if words:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="#i-{}"/></svg>', words, name)
    return format_html('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.filter
def yuan(amount: int | None) -> str:
    """12300 fen -> ¥123.00"""
    return f"¥{plain_yuan(amount)}" if amount is not None else ""


@register.filter
def epoch(moment: datetime | None) -> str:
    return str(int(moment.timestamp())) if moment else ""


@register.simple_tag
def at(moment: datetime | None, shop_id: int) -> str:
    """周二 11-24 18:00 in the shop's own zone."""
    return due.local(moment, shop_id, timezone.now()) if moment else ""


@register.filter
def ago(moment: datetime) -> str:
    return due.span(int((timezone.now() - moment).total_seconds()))


@register.simple_tag
def countdown() -> SafeString:
    """The words of a countdown as data attributes, for desk.js."""
    return format_html_join("", ' data-{}="{}"', due.COUNTDOWN.items())


@register.filter
def moment(text: str) -> datetime | None:
    """An RFC 3339 text of a JSON column."""
    return parse_datetime(text) if text else None


@register.filter
def role(word: str) -> str:
    """agent -> 售后客服"""
    return str(LABELS.get(word, word))


@register.filter
def person(by: str) -> str:
    return story.person(by)


@register.filter
def picked(cell: Cell, value: Any) -> bool:
    """Whether this choice, or this box, is the one that stands in the cell."""
    return str(value) in [str(v) for v in cell.value] if cell.kind == "offers" else str(cell.value) == str(value)


@register.filter
def others(cell: Cell) -> str:
    """What was said in a list of offers beside the offers."""
    offered = {o.value for o in cell.offers}
    return " ".join(v for v in (cell.value or ()) if v not in offered)


KINDS = {
    "talk": _("对话"),
    "note": _("备注"),
    "step": _("步骤"),
    "contact": _("联系"),
    "amend": _("修改"),
    "money": _("钱"),
    "parcel": _("包裹"),
    "clock": _("时限"),
    "seen": _("查看"),
    "words": _("说明"),
    "evidence": _("凭证"),
    "offer": _("方案"),
}


@register.filter
def kind_words(kind: str) -> str:
    """The name of a kind of happening, for the story's filters."""
    return str(KINDS.get(kind, kind))


@register.filter
def tail(subject: Any) -> str:
    """What its number adds to its order's: R2 of E1-R2."""
    return story.tail(subject)


@register.filter
def opts_of(subject: Model) -> Any:
    """The model's options, for `admin_urlname`."""
    return subject._meta
