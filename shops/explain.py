"""How a due moment follows from its start, in one sentence that a person can check by hand.

周五 11-20 18:00 起算，工作日 48 小时，周六 11-21、周日 11-22 不计 → 周二 11-24 18:00
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import durations, weekly
from .punctuation import bracketed, listed

if TYPE_CHECKING:
    from .calendar import Calendar

DAY, MIDNIGHT_END = timedelta(days=1), "24:00"
SAID = 6  # so many parts of what does not count are named; of more, the rest is a number
PLAIN_DAYS = 4  # so many plain days off are named one by one; more are weekends by their number


def hours_words(hours: str) -> str:
    """自然时间, 工作日, 工作时间, 次日起自然日: the kinds of hours as a shop names them."""
    said = {
        "natural": _("自然时间"),
        "workdays": _("工作日"),
        "working": _("工作时间"),
        "days_from_next": _("次日起自然日"),
    }
    return said.get(hours, hours)


def explain(calendar: Calendar, start: datetime, seconds: int, hours: str, due: datetime) -> str:
    """The sentence for one clock. A `due` that these hours do not give (a platform's, a promise) is said to be set."""
    begins = calendar.local(start)
    if due == calendar.add(start, seconds, hours):
        sentence = _counted(calendar, begins, seconds, hours, due)
    elif not calendar.is_workday(begins.date()) and due == calendar.next_workday_end(start):
        sentence = _("%(start)s 为休息日%(name)s，顺延至下一个工作日结束 → %(due)s") % {
            "start": moment(begins, begins.year),
            "name": bracketed(holiday_words(calendar, begins.date())),
            "due": ending(calendar, due, begins.year),
        }
        hours = "workdays"
    else:
        sentence = _("%(start)s 起算，到期时间另行指定 → %(due)s") % {
            "start": moment(begins, begins.year),
            "due": moment(calendar.local(due), begins.year),
        }
        hours = "natural"
    return sentence + _provisional(calendar, start, due, hours)


def _counted(calendar: Calendar, begins: datetime, seconds: int, hours: str, due: datetime) -> str:
    ends = moment(calendar.local(due), begins.year) if hours == "natural" else ending(calendar, due, begins.year)
    words = {
        "start": moment(begins, begins.year),
        "length": durations.words(seconds, days=hours == "days_from_next"),
        "hours": hours_words(hours),
        "due": ends,
    }
    if hours == "natural":
        return _("%(start)s 起算，自然时间 %(length)s → %(due)s") % words
    if hours == "days_from_next":
        return _("%(start)s 的次日起算，满 %(length)s（自然日）→ %(due)s") % words
    words["but"] = "".join(_("，%s") % part for part in _exceptions(calendar, begins, hours, due))
    return _("%(start)s 起算，%(hours)s %(length)s%(but)s → %(due)s") % words


def _exceptions(calendar: Calendar, begins: datetime, hours: str, due: datetime) -> Iterator[str]:
    """What between start and due is not as every day: the working hours, days left out, make-up days counted."""
    first, last = begins.date(), (calendar.local(due) - timedelta(microseconds=1)).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if hours == "working":
        common = next((calendar.intervals(day) for day in days if calendar.is_workday(day)), ())
        if common:
            yield _("每个工作日 %s") % weekly.words(common)
    off = [day for day in days if not calendar.is_workday(day)]
    if off:
        yield _("%s 不计") % _listed(calendar, off, begins.year)
    makeup = [day for day in days if calendar.days.get(day) == "makeup"]
    if makeup:
        yield _("%s 调休上班计入") % listed(day_words(day, begins.year) for day in makeup[:SAID])


def _listed(calendar: Calendar, off: list[date], year: int) -> str:
    """国庆节 10-01 至 10-07、周六 10-10: holidays as spans by name; plain days one by one, or counted when many."""
    plain = sum(1 for day in off if not calendar.holiday(day))
    parts = []
    for name, group in groupby(off, lambda day: holiday_words(calendar, day)):
        days = list(group)
        if name:
            parts += [f"{name} {span_words(run, year)}" for run in _runs(days)]
        elif plain <= PLAIN_DAYS:
            parts += [day_words(day, year) for day in days]
    if plain > PLAIN_DAYS:
        parts.append(ngettext("休息日 %(n)s 天", "休息日 %(n)s 天", plain) % {"n": plain})
    more = [_("等 %(n)s 处") % {"n": len(parts)}] if len(parts) > SAID else []
    return listed(parts[:SAID]) + "".join(more)


def _runs(days: list[date]) -> Iterator[list[date]]:
    """Days in a row, each run by itself."""
    for _key, run in groupby(enumerate(days), lambda pair: pair[1] - pair[0] * DAY):
        yield [day for _n, day in run]


def _provisional(calendar: Calendar, start: datetime, due: datetime, hours: str) -> str:
    years = calendar.unconfirmed_years(start, due) if hours in ("workdays", "working") else ()
    if not years:
        return ""
    return _("（%(years)s 年放假安排未公布，暂按周末和法定节日计算）") % {"years": listed(map(str, years))}


def holiday_words(calendar: Calendar, day: date) -> str:
    """The holiday's name in the reader's language; one that a shop named itself as it stands."""
    name = calendar.holiday(day)
    return _(name) if name else ""


def weekday_words(day: date) -> str:
    return weekly.day_names()[day.weekday()]


def day_words(day: date, year: int) -> str:
    """周六 11-21; with its year where that is another."""
    return f"{weekday_words(day)} {_date(day, year)}"


def _date(day: date, year: int) -> str:
    return day.strftime("%m-%d") if day.year == year else day.isoformat()


def span_words(days: list[date], year: int) -> str:
    if len(days) == 1:
        return _date(days[0], year)
    return _("%(first)s 至 %(last)s") % {"first": _date(days[0], year), "last": _date(days[-1], year)}


def moment(local: datetime, year: int) -> str:
    """周五 11-20 18:00; with seconds only where there are any."""
    clock = "%H:%M:%S" if local.second else "%H:%M"
    return f"{day_words(local.date(), year)} {local.strftime(clock)}"


def ending(calendar: Calendar, due: datetime, year: int) -> str:
    """As `moment`, but a midnight is the end of the day that it closes: 周一 11-23 24:00."""
    eve = calendar.local(due).date() - DAY
    if due == calendar.end_of(eve):
        return f"{day_words(eve, year)} {MIDNIGHT_END}"
    return moment(calendar.local(due), year)
