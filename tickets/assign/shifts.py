"""Whether a member is on shift, by the wall clock of the shop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from shops.weekly import hours_of

from ..models import Shift

Hours = tuple[tuple[int, int], ...]  # seconds from the day's midnight, (begins, ends)


@dataclass(frozen=True)
class Plan:
    """weekly: {Monday 0 …: hours}; days: {date: hours}, which go before. Nothing weekly: on at any time, but for the
    days that are named."""

    weekly: Mapping[int, Hours] = field(default_factory=dict)
    days: Mapping[date, Hours] = field(default_factory=dict)

    def hours(self, day: date) -> Hours | None:
        """None: not planned, so at any time."""
        if day in self.days:
            return self.days[day]
        return self.weekly.get(day.weekday(), ()) if self.weekly else None

    def on(self, local: datetime) -> bool:
        """local: by the shop's wall clock. A shift has ended at its end."""
        hours = self.hours(local.date())
        second = local.hour * 3600 + local.minute * 60 + local.second
        return hours is None or any(begins <= second < ends for begins, ends in hours)


FREE = Plan()


def plan_of(rows: Iterable[Shift]) -> Plan:
    rows = list(rows)
    weekly = {r.weekday: hours_of(r.hours) for r in rows if r.weekday is not None}
    return Plan(weekly, {r.date: hours_of(r.hours) for r in rows if r.date is not None})


def plans(members: Iterable[int]) -> dict[int, Plan]:
    """{member: plan} of those who have one: one statement."""
    found: dict[int, list[Shift]] = {}
    for row in Shift.objects.filter(member__in=list(members)):
        found.setdefault(row.member_id, []).append(row)
    return {member: plan_of(rows) for member, rows in found.items()}
