"""The shop's working hours: several intervals for each day of the week."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby, pairwise
from typing import TypeAlias

from django.utils.translation import gettext as _

from .punctuation import clauses, listed

# Monday first; each interval as seconds from the day's midnight, (opens, closes), in order and apart.
Week: TypeAlias = tuple[tuple[tuple[int, int], ...], ...]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFICE = (("09:00", "12:00"), ("13:00", "18:00"))
# As it stands in a policy's row.
DEFAULT: dict[str, list[list[str]]] = {day: [list(pair) for pair in OFFICE] for day in DAYS[:5]}


def parse(weekly: object) -> Week:
    """Working hours of `{"mon": [["09:00", "12:00"], ["13:00", "18:00"]], …}`; a day left out is not worked.

    `24:00` is a day's end; hours over midnight stand as two intervals. Raises ValueError, in words for the person
    who typed it, for an unknown day, a bad time, intervals that overlap, or a week without any hour.
    """
    if not isinstance(weekly, Mapping):
        raise ValueError(_("工作时间须按星期填写"))
    unknown = [str(day) for day in weekly if day not in DAYS]
    if unknown:
        words = {"days": ", ".join(unknown), "known": ", ".join(DAYS)}
        raise ValueError(_("未知的星期：%(days)s（可用 %(known)s）") % words)
    week = tuple(_intervals(weekly.get(day) or ()) for day in DAYS)
    if not any(week):
        raise ValueError(_("一周之内至少要有一段工作时间"))
    return week


def hours_of(pairs: object) -> tuple[tuple[int, int], ...]:
    """One day's hours, `[["09:00", "12:00"], …]`, as seconds from its midnight. Raises ValueError, in words."""
    return _intervals(pairs)


def _intervals(pairs: object) -> tuple[tuple[int, int], ...]:
    if not isinstance(pairs, list | tuple):
        raise ValueError(_("一天的工作时间须写成若干时段，如 09:00-12:00"))
    day = sorted(_interval(pair) for pair in pairs)
    for (_opens, closes), (opens, _closes) in pairwise(day):
        if opens < closes:
            raise ValueError(_("同一天的工作时段不能重叠"))
    return tuple(day)


def _interval(pair: object) -> tuple[int, int]:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise ValueError(_("工作时段须有开始和结束两个时间"))
    opens, closes = (_seconds(moment) for moment in pair)
    if closes <= opens:
        raise ValueError(_("工作时段的结束须晚于开始；跨夜请拆成两天（24:00 与 00:00）"))
    return opens, closes


def _seconds(moment: object) -> int:
    hour, colon, minute = moment.partition(":") if isinstance(moment, str) else ("", "", "")
    if not (colon and hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit() and len(minute) == 2):
        raise ValueError(_("时间须写成 09:00 的样子"))
    seconds = int(hour) * 3600 + int(minute) * 60
    if int(minute) > 59 or seconds > 86400:
        raise ValueError(_("时间须在 00:00 与 24:00 之间"))
    return seconds


def words(day: tuple[tuple[int, int], ...]) -> str:
    """09:00–12:00、13:00–18:00"""
    return listed(f"{_clock(opens)}–{_clock(closes)}" for opens, closes in day)


def day_names() -> tuple[str, ...]:
    return _("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")


def week_words(week: Week) -> str:
    """周一至周五 09:00–12:00、13:00–18:00；周六 10:00–16:00; days not worked are left out."""
    names = day_names()
    parts = []
    for hours, group in groupby(zip(names, week, strict=True), lambda pair: pair[1]):
        days = [name for name, _hours in group]
        if hours:
            span = days[0] if len(days) == 1 else _("%(first)s至%(last)s") % {"first": days[0], "last": days[-1]}
            parts.append(f"{span} {words(hours)}")
    return clauses(parts)


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


OFFICE_WEEK: Week = parse(DEFAULT)
