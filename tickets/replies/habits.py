"""How often each reply was used lately, by all and by one person: asked once a minute a shop, not at every letter."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Count

from ..models import QuickReply, ReplyUse

LATELY = timedelta(days=30)
FRESH = 60.0  # seconds
MOST_KEPT = 500  # shops and people that are remembered

Counts = dict[int, int]
_kept: dict[tuple[int, str], tuple[float, Counts]] = {}


def forget() -> None:
    _kept.clear()


def counted(shop: int, at: datetime, by: str = "") -> Counts:
    """{reply: uses} in the 30 days before `at`; of one person where `by` names one."""
    known = _kept.get((shop, by))
    if known is not None and known[0] > time.monotonic():
        return known[1]
    uses = ReplyUse.objects.filter(shop=shop, at__gt=at - LATELY, at__lte=at)
    uses = uses.filter(by=by) if by else uses
    found = dict(uses.order_by().values_list("reply").annotate(n=Count("pk")))
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[shop, by] = (time.monotonic() + FRESH, found)
    return found


def bring(replies: Sequence[QuickReply], shop: int, by: str, at: datetime) -> None:
    """Tell each how often it was used."""
    all_uses, own = counted(shop, at), counted(shop, at, by)
    for reply in replies:
        reply.uses, reply.own = all_uses.get(reply.pk, 0), own.get(reply.pk, 0)
