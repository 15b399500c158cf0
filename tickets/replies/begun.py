"""A new shop begins with the default set."""

from __future__ import annotations

from datetime import datetime

from shops.founding import gives
from shops.models import Shop

from .loading import load


@gives
def first_replies(shop: Shop, by: str, at: datetime) -> None:
    load(shop, by, at)
