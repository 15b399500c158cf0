"""Days of a shop's own zone, as moments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """The days `first` … `last` of one shop. until: the moment of counting, which decides what is late."""

    shop: int
    zone: ZoneInfo
    first: date
    last: date
    until: datetime

    @property
    def start(self) -> datetime:
        return start_of(self.first, self.zone)

    @property
    def end(self) -> datetime:
        return start_of(self.last + DAY, self.zone)


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The day's first moment, also where its midnight does not exist."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def monday(day: date) -> date:
    """The week that a day belongs to, by its Monday."""
    return day - timedelta(days=day.weekday())


def every(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def runs(days: Iterable[date], most: int) -> Iterator[tuple[date, date]]:
    """Days in a row as (first, last), at most so many together."""
    first = last = None
    for day in sorted(days):
        if first is not None and last is not None and day - last == DAY and (day - first).days < most:
            last = day
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = day
    if first is not None and last is not None:
        yield first, last
