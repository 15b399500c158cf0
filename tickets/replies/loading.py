"""The default set as a shop's own rows: what is missing is added, what the shop has edited or retired stays."""

from __future__ import annotations

from datetime import datetime

from shops.models import Shop

from ..models import QuickReply
from ..models.quick_reply import Scope
from .defaults import Default, defaults
from .pinyin import sounds


def load(shop: Shop, by: str, at: datetime) -> int:
    """-> how many were added; a handful of statements. In the words of the shop's platform."""
    there = set(QuickReply.objects.filter(shop=shop).exclude(key="").values_list("key", flat=True))
    new = [_row(shop, default, by, at) for default in defaults() if default.key not in there]
    QuickReply.objects.bulk_create(new)
    return len(new)


def _row(shop: Shop, default: Default, by: str, at: datetime) -> QuickReply:
    return QuickReply(
        shop=shop, scope=Scope.SHOP, scene=default.scene, key=default.key, title=default.title,
        shortcut=default.shortcut, words=default.wording(shop.platform), sounds=sounds(default.title),
        version=1, updated_by=by[:150], updated_at=at,
    )  # fmt: skip
