"""Writing the calendar's exceptions: each change is logged, so that every process and running clock hears of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from . import policy
from .models import CalendarChange, CalendarDay, Shop


@transaction.atomic
def put(days: Iterable[CalendarDay], *, by: str, at: datetime, shop: Shop | None = None) -> CalendarChange | None:
    """Writes these exceptions of all shops, or of one, in place of what stands on their dates; None for no days."""
    new = {day.date: day for day in days}
    if not new:
        return None
    CalendarDay.objects.filter(shop=shop, date__in=new).delete()
    for day in new.values():
        day.pk, day.shop = None, shop
        day._state.adding = True
    CalendarDay.objects.bulk_create(new.values())
    return _log(new, by, at, shop)


@transaction.atomic
def drop(dates: Iterable[date], *, by: str, at: datetime, shop: Shop | None = None) -> CalendarChange | None:
    """Takes the exceptions of these dates away: the days go by the week again (a shop's, by those of all shops)."""
    found = CalendarDay.objects.filter(shop=shop, date__in=list(dates))
    gone = list(found.values_list("date", flat=True))
    if not gone:
        return None
    found.delete()
    return _log(gone, by, at, shop)


@transaction.atomic
def confirm(years: Iterable[int], *, by: str, at: datetime) -> CalendarChange | None:
    """Says that the common days of these years are those of the official notice; what rests on them is final."""
    found = CalendarDay.objects.filter(shop=None, date__year__in=list(years), confirmed=False)
    dates = list(found.values_list("date", flat=True))
    if not dates:
        return None
    found.update(confirmed=True)
    # The whole year: its statutory days no longer count by themselves.
    return _log([date(min(dates).year, 1, 1), date(max(dates).year, 12, 31)], by, at, None)


def changes_since(change: int) -> list[CalendarChange]:
    """The changes after the one with this id, oldest first: for the floor that keeps running clocks, which recomputes
    those of `shop` (None: of every shop) whose span meets first … last, as steps of its own that it logs."""
    return list(CalendarChange.objects.filter(pk__gt=change).order_by("pk"))


def _log(dates: Iterable[date], by: str, at: datetime, shop: Shop | None) -> CalendarChange:
    dates = list(dates)
    change = CalendarChange.objects.create(at=at, by=by, shop=shop, first=min(dates), last=max(dates))
    policy.forget()
    transaction.on_commit(policy.forget)
    return change
