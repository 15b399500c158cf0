"""The rollups are kept: by the clock, a handful of days at a time, each in a transaction of its own.

A day is counted while it lasts, whenever it was touched (touched.py), once more after its end, and for a week after
that every night: some columns (a parcel's, an order's) are written without a move.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max, Min

from flows.models import Move
from rows.turns import take_turn
from shops.models import Shop

from ..models import Counted, Read
from . import touched
from .days import DAY, Span, day_of, every, runs
from .measure import MEASURES, write

logger = logging.getLogger(__name__)

TURN = "figures"
NIGHTS = 7  # days that are counted again once a day has ended
TOGETHER = 31  # days of one transaction
Zones = dict[int, ZoneInfo]


def count(*, at: datetime) -> int:
    """Bring the figures up to `at`; -> how many days of shops were counted (those of each flow one by one)."""
    zones = {pk: ZoneInfo(zone) for pk, zone in Shop.objects.values_list("pk", "zone")}
    _read(zones, at)
    return sum(_count_shop(shop, zone, at) for shop, zone in zones.items())


def _read(zones: Zones, at: datetime) -> None:
    """Mark what has changed since the last reading. The places and the marks are one transaction: all or nothing."""
    more = True
    while more:
        with transaction.atomic():
            take_turn(TURN)
            more = False
            for read in (touched.read_moves, touched.read_changes):
                days, unread = read(zones)
                touched.mark(days)
                more |= unread
            if not more:
                touched.mark(_of_the_clock(zones, at))
                Read.objects.update(at=at)


def _of_the_clock(zones: Zones, at: datetime) -> touched.Days:
    """Days that time itself changes: today's deadlines; what began since the last count; all, of a shop that is new."""
    found: touched.Days = defaultdict(set)
    counted = Counted.objects.filter(counted_at__isnull=False).values_list("shop").annotate(newest=Max("day"))
    newest = dict(counted.order_by())
    for shop, zone in zones.items():
        today = day_of(at, zone)
        found[shop, "clock"].add(today)
        last = newest.get(shop)
        if last is None or last < today:
            since = last - NIGHTS * DAY if last else _begun(shop, zone) or today
            for flow in touched.flows():
                found[shop, flow] |= set(every(since, today))
    return found


def _begun(shop: int, zone: ZoneInfo) -> date | None:
    """The shop's first day: asked once, of its moves."""
    first = Move.objects.filter(shop=shop).aggregate(first=Min("at"))["first"]
    return day_of(first, zone) if first else None


def _count_shop(shop: int, zone: ZoneInfo, at: datetime) -> int:
    stale = Counted.objects.filter(shop=shop, stale=True, day__lte=day_of(at, zone)).values_list("flow", "day")
    days: dict[str, set[date]] = defaultdict(set)
    for flow, day in stale:
        days[flow].add(day)
    done = 0
    for flow, those in sorted(days.items()):
        for first, last in runs(those, TOGETHER):
            done += _counted(flow, Span(shop, zone, first, last, at))
    return done


def _counted(flow: str, span: Span) -> int:
    """-> how many days; none where one fails: they stay marked, and bar no other shop and no other flow."""
    try:
        count_days(flow, span)
    except Exception:
        logger.exception("figures of %s, %s to %s, shop %s were not counted", flow, span.first, span.last, span.shop)
        return 0
    return (span.last - span.first).days + 1


def count_days(flow: str, span: Span) -> None:
    """These days of one shop, for the measures that this flow's moves change."""
    with transaction.atomic():
        take_turn(TURN)
        those = Counted.objects.filter(shop=span.shop, flow=flow, day__gte=span.first, day__lte=span.last)
        those.update(stale=False, counted_at=span.until)
        for measure in MEASURES.values():
            if flow in measure.flows:
                write(measure, span)


def recount(shops: list[Shop], since: date | None, *, at: datetime) -> int:
    """Count everything anew, from `since` on, whatever has changed."""
    days: touched.Days = {}
    for shop in shops:
        zone = ZoneInfo(shop.zone)
        first = since or _begun(shop.pk, zone) or day_of(at, zone)
        days |= {(shop.pk, flow): set(every(first, day_of(at, zone))) for flow in touched.flows()}
    with transaction.atomic():
        take_turn(TURN)
        marked = touched.mark(days)
    count(at=at)
    return marked
