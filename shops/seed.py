"""The official holidays and make-up workdays that chinesecalendar knows, as rows of our own table.

The package raises for any year it does not know (2027 on, until its next release), so it is only ever a seed: such a
year has no confirmed row, counts by weekends and statutory days, and is flagged wherever a due moment rests on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from chinese_calendar.constants import Holiday, holidays, workdays
from django.db.models import Count, Q
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext_noop

from . import days
from .models import CalendarDay

FIRST_YEAR = 2020  # no clock still runs from before
NAMES = {
    Holiday.tomb_sweeping_day.value: gettext_noop("清明节"),
    Holiday.dragon_boat_festival.value: gettext_noop("端午节"),
    Holiday.mid_autumn_festival.value: gettext_noop("中秋节"),
}


def known_years() -> list[int]:
    """The years with an official arrangement in the package, from FIRST_YEAR."""
    return sorted({day.year for day in holidays if day.year >= FIRST_YEAR})


def confirmed_years() -> list[int]:
    """The years with an official arrangement in our table."""
    rows = CalendarDay.objects.filter(shop=None).annotate(year=ExtractYear("date")).values("year").order_by("year")
    counted = rows.annotate(n=Count("pk", filter=Q(confirmed=True)))
    return [row["year"] for row in counted if row["n"]]


def seed(at: datetime, *, refresh: Iterable[int] = ()) -> list[int]:
    """Writes the years that our table has no confirmed day of; those of `refresh` anew. The years written. A year that
    stands is left alone, whatever people changed in it; provisional rows of a year that is now known give way."""
    have = set(confirmed_years()) - set(refresh)
    years = [year for year in known_years() if year not in have]
    if years:
        stale = CalendarDay.objects.filter(shop=None, date__year__in=years).values_list("date", flat=True)
        days.drop(list(stale), by="calendar seed", at=at)
        days.put(_rows(years), by="calendar seed", at=at)
    return years


def _rows(years: Iterable[int]) -> list[CalendarDay]:
    wanted = set(years)
    found: dict[date, CalendarDay] = {}
    for kind, table in ((CalendarDay.Kind.OFF, holidays), (CalendarDay.Kind.MAKEUP, workdays)):
        for day, name in table.items():
            if day.year in wanted:
                found[day] = CalendarDay(date=day, kind=kind, name=_name(name), confirmed=True)
    return list(found.values())


def _name(english: str) -> str:
    return NAMES.get(english) or str(Holiday(english).chinese)
