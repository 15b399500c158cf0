"""Time that counts: which days a shop works, when so many counted seconds have passed, how many lie between.

Pure: no database, no clock of its own, nothing of this machine's time zone. Moments are aware datetimes; results are in
UTC. Four kinds of hours:

natural         every second counts
workdays        all 24 hours of the shop's workdays and none of other days
working         only the shop's working hours on workdays
days_from_next  whole days from the day after the start, to the last one's end (七天无理由退货暂行办法, art. 10)

A day is worked if the shop's table says make-up day (调休上班), is not worked if the table says off, and else by its
weekday: worked where the week has hours for it. A make-up day is worked by the hours of its own weekday, or, where
that has none (a Sunday), by those of the week's first worked day (Monday's). A day ends at 24:00.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from . import statutory
from .weekly import OFFICE_WEEK, Week

Hours: TypeAlias = Literal["natural", "workdays", "working", "days_from_next"]
HOURS: tuple[Hours, ...] = ("natural", "workdays", "working", "days_from_next")
NEXT_WORKDAY_END = "next_workday_end"

DAY, SECOND, NIGHT = timedelta(days=1), timedelta(seconds=1), timedelta(hours=15)
MIDNIGHT, ZERO = time(0), timedelta(0)
WHOLE_DAY = ((0, 86400),)
PATIENCE = 400  # days in a row without a counted second: such a calendar never ends

Spans: TypeAlias = tuple[tuple[datetime, datetime], ...]


class CalendarError(ValueError):
    """Time cannot be counted by this calendar: hours of no known kind, or nothing is ever worked."""


class Calendar:
    """`days` are the table's exceptions to the week ("off" or "makeup"), `names` what they are called, and
    `confirmed_years` those with an official arrangement; in any other year the statutory days are off as well."""

    def __init__(
        self,
        zone: str = "Asia/Shanghai",
        weekly: Week = OFFICE_WEEK,
        days: Mapping[date, str] | None = None,
        confirmed_years: frozenset[int] = frozenset(),
        names: Mapping[date, str] | None = None,
    ) -> None:
        self.zone, self.weekly = ZoneInfo(zone), weekly
        self.days, self.names = dict(days or {}), dict(names or {})
        self.confirmed_years = confirmed_years
        self._first_worked = next((day for day in weekly if day), ())
        self._spans: dict[tuple[str, date], Spans] = {}

    # --- days -----------------------------------------------------------------------------------------------------
    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def is_workday(self, day: date) -> bool:
        kind = self.days.get(day)
        if kind is None:
            return bool(self.weekly[day.weekday()]) and not self._is_statutory(day)
        return kind == "makeup"

    def _is_statutory(self, day: date) -> bool:
        return day.year not in self.confirmed_years and day in statutory.days(day.year)

    def holiday(self, day: date) -> str:
        """The name of the holiday (or of the make-up day's holiday) that makes this day what it is, else ""."""
        if day in self.days:
            return self.names.get(day, "")
        return statutory.days(day.year)[day] if self._is_statutory(day) else ""

    def intervals(self, day: date) -> tuple[tuple[int, int], ...]:
        """The working hours of a day, seconds from its midnight; none of a day off."""
        return (self.weekly[day.weekday()] or self._first_worked) if self.is_workday(day) else ()

    def end_of(self, day: date) -> datetime:
        """The moment at which the day is over, in UTC."""
        return datetime.combine(day + DAY, MIDNIGHT, self.zone).astimezone(UTC)

    def confirmed(self, year: int) -> bool:
        return year in self.confirmed_years

    def unconfirmed_years(self, start: datetime, due: datetime) -> tuple[int, ...]:
        """The years from start to due whose holidays are not announced: what was computed over them is provisional."""
        last = (self.local(due) - SECOND).year  # due at midnight of New Year rests on the old year alone
        return tuple(y for y in range(self.local(start).year, last + 1) if y not in self.confirmed_years)

    # --- counting -------------------------------------------------------------------------------------------------
    def add(self, start: datetime, seconds: int, hours: str = "natural") -> datetime:
        """The moment at which `seconds` counted seconds have passed since `start`; a closing time stays one.

        Raises CalendarError for unknown hours, and where nothing is worked for more than a year on end.
        """
        start = start.astimezone(UTC)
        if hours == "natural":
            return start + timedelta(seconds=seconds)
        if hours == "days_from_next":
            return self.end_of(self.local(start).date() + timedelta(days=-(-seconds // 86400)))
        left = timedelta(seconds=seconds)
        if left <= ZERO:
            return start
        for opens, closes in self._spans_from(hours, start):
            opens = max(opens, start)
            if left <= closes - opens:
                return opens + left
            left -= closes - opens
        raise AssertionError  # the spans never end

    def between(self, start: datetime, end: datetime, hours: str = "natural") -> int:
        """Counted seconds from start to end, a begun one as a whole (a held clock must never come back early); 0 if
        end is not after start. For days_from_next these are natural seconds, since a part of such a day cannot be held.
        """
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        total = ZERO
        if hours in ("natural", "days_from_next"):
            total = max(end - start, ZERO)
        elif end > start:
            for opens, closes in self._spans_from(hours, start):
                if opens >= end:
                    break
                total += min(closes, end) - max(opens, start)
        return -(-total // SECOND)

    def resume(self, at: datetime, left: int, hours: str) -> datetime:
        """When a held clock that had `left` seconds (of `between`) is due, going on at `at`."""
        return self.add(at, left, "natural" if hours == "days_from_next" else hours)

    def due(self, start: datetime, seconds: int, hours: str = "natural", day_off: str = "") -> datetime:
        """`add`, with the limit's rule for what begins on a day off."""
        if day_off == NEXT_WORKDAY_END and not self.is_workday(self.local(start).date()):
            return self.next_workday_end(start)
        return self.add(start, seconds, hours)

    def next_workday_end(self, start: datetime) -> datetime:
        """24:00 of the first workday after the day of `start`: when goods ordered on a day off must have left."""
        today = self.local(start).date()
        for n in range(1, PATIENCE):
            if self.is_workday(today + timedelta(days=n)):
                return self.end_of(today + timedelta(days=n))
        raise CalendarError("nothing is worked for more than a year on end")

    def explain(self, start: datetime, seconds: int, hours: str, due: datetime) -> str:
        """How `due` follows from `start`, in a sentence that a person can check (see explain.py)."""
        from .explain import explain

        return explain(self, start, seconds, hours, due)

    # --- spans ----------------------------------------------------------------------------------------------------
    def _spans_from(self, hours: str, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The counted spans that end after `start`, in order, for ever."""
        day, idle = start.astimezone(self.zone).date(), 0
        while idle < PATIENCE:
            spans = self._spans.get((hours, day))
            if spans is None:
                spans = self._spans[hours, day] = self._spans_of(hours, day)
            for span in spans:
                if span[1] > start:
                    yield span
            idle = 0 if spans else idle + 1
            day += DAY
        raise CalendarError("nothing is worked for more than a year on end")

    def _spans_of(self, hours: str, day: date) -> Spans:
        if hours == "working":
            wall = self.intervals(day)
        elif hours == "workdays":
            wall = WHOLE_DAY if self.is_workday(day) else ()
        else:
            raise CalendarError(f"unknown hours: {hours!r}")
        midnight = datetime.combine(day, MIDNIGHT, UTC)
        spans = []
        for begins, ends, offset in self._offsets(midnight) if wall else ():
            for opens, closes in wall:
                a = max(midnight + timedelta(seconds=opens) - offset, begins)
                b = min(midnight + timedelta(seconds=closes) - offset, ends)
                if a < b:
                    spans.append((a, b))
        return tuple(sorted(spans))

    def _offsets(self, midnight: datetime) -> list[tuple[datetime, datetime, timedelta]]:
        """(from, until, offset to UTC) around a local day. Where the clocks change, wall time repeats or is missing:
        each side is counted with its own offset, so an hour that is not there is not counted, and a repeated one twice.
        No zone changes twice within three days.
        """
        low, high = midnight - NIGHT, midnight + DAY + NIGHT
        before, after = self._offset(low), self._offset(high)
        if before == after:
            return [(low, high, before)]
        earlier, later = low, high
        while later - earlier > SECOND:
            middle = earlier + (later - earlier) // 2
            middle = middle.replace(microsecond=0)
            earlier, later = (middle, later) if self._offset(middle) == before else (earlier, middle)
        return [(low, later, before), (later, high, after)]

    def _offset(self, moment: datetime) -> timedelta:
        offset = moment.astimezone(self.zone).utcoffset()
        assert offset is not None
        return offset
