"""Running clocks counted anew: by the shop's newest policy, or by a calendar that has changed. Never silently.

An edited policy or calendar moves no running clock by itself (promise I-24). Somebody asks for it, says why, and every
row that changes is logged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import deadlines.service as deadlines
import rows
from deadlines.models import Deadline
from deadlines.service import Terms
from shops import days, policy
from shops.models import CalendarChange, Shop
from shops.policy import Rules

from . import clocks
from .models import Followed
from .permit import lock
from .registry import FLOWS
from .table import Flow

BATCH = 500
Reading = Callable[[Deadline, Any], Terms]  # (row, its subject) -> the limit that it shall keep


def by_policy(shop_id: int, *, by: str, why: str, at: datetime) -> int:
    """Every clock of the shop that the policy timed takes the newest one's limit. -> how many changed."""
    policy.forget()  # what was edited a moment ago counts
    return _go_over(shop_id, _newest(policy.of(shop_id)), by=by, why=why, at=at)


def _newest(rules: Rules) -> Reading:
    """The limits of this policy for what a subject is now."""

    def reading(d: Deadline, subject: Any) -> Terms:
        limit = clocks.limit_of(rules, FLOWS[d.flow].clock[d.clock], subject)
        if limit is None:  # its channel has none any more: as it was
            return _kept(d, subject)
        return Terms(rules.version, limit.hours, clocks.seconds_of(limit, subject), limit.warn)

    return reading


def recounted(
    shop_id: int, subjects: Mapping[int, Any], those: Sequence[Deadline], *, by: str, why: str, at: datetime
) -> int:
    """These open clocks of locked subjects, {key: subject}, by the newest policy and by what each subject is now. ->
    how many changed."""
    reading = _newest(policy.of(shop_id))
    return deadlines.recount(
        those, lambda d: reading(d, subjects[d.subject]), _counting(shop_id), at=at, by=by, why=why
    )


def by_calendar(shop_id: int, *, by: str, why: str, at: datetime) -> int:
    """Every clock of the shop counts by the calendar as it is now, each by its own policy. -> how many changed."""
    policy.forget()
    return _go_over(shop_id, _kept, by=by, why=why, at=at)


def follow_calendar(*, at: datetime) -> int:
    """Count the clocks of every shop anew whose calendar has changed since the last time. -> how many changed.

    The log of the calendar is the reason that each moved clock's own log gives.
    """
    with transaction.atomic():
        seen, _made = Followed.objects.select_for_update().get_or_create(pk="calendar")
        changes = days.changes_since(seen.upto)
        if not changes:
            return 0
        touched: dict[int, CalendarChange] = {}
        for change in changes:
            shops = [change.shop_id] if change.shop_id else Shop.objects.values_list("pk", flat=True)
            touched |= dict.fromkeys((pk for pk in shops if pk is not None), change)
        Followed.objects.filter(pk=seen.pk).update(upto=changes[-1].pk)
        return sum(by_calendar(pk, by=c.by or "calendar", why=_why(c), at=at) for pk, c in touched.items())


def _why(change: CalendarChange) -> str:
    return str(_("日历变更：%(first)s 至 %(last)s") % {"first": change.first, "last": change.last})


def _kept(d: Deadline, subject: Any) -> Terms:
    return Terms(d.policy, d.hours, d.after, d.warn)


def _go_over(shop_id: int, reading: Reading, *, by: str, why: str, at: datetime) -> int:
    due = _counting(shop_id)
    return sum(_some(flow, pks, reading, due, by=by, why=why, at=at) for flow, pks in _batches(shop_id))


def _batches(shop_id: int) -> Iterator[tuple[Flow, list[int]]]:
    """Keys of the subjects that have open clocks, in order, flow by flow."""
    for flow in FLOWS.values():
        last = 0
        open_rows = Deadline.objects.filter(shop=shop_id, flow=flow.name, ended_at=None, source=Deadline.POLICY)
        while True:
            ahead = open_rows.filter(subject__gt=last).order_by("subject")
            pks = list(ahead.values_list("subject", flat=True).distinct()[:BATCH])
            if not pks:
                break
            yield flow, pks
            last = pks[-1]


@transaction.atomic
def _some(
    flow: Flow, pks: Sequence[int], reading: Reading, due: Callable[[Deadline], datetime],
    *, by: str, why: str, at: datetime,
) -> int:  # fmt: skip
    """Subjects first, as everywhere: no step of theirs can touch their clocks meanwhile."""
    subjects = {s.pk: s for s in lock(flow, pks)}
    those = [d for d in rows.fetch(Deadline, "subject", pks, where="ended_at IS NULL") if d.flow == flow.name]
    known = [d for d in those if d.clock in flow.clock and d.subject in subjects]
    return deadlines.recount(known, lambda d: reading(d, subjects[d.subject]), due, at=at, by=by, why=why)


def _counting(shop_id: int) -> Callable[[Deadline], datetime]:
    """-> when a running row is due: from its last resumption with what was left, else from its start."""
    calendar = policy.of(shop_id).calendar

    @cache
    def day_off(version: int, limit: str) -> str:
        return policy.at_version(shop_id, version).limits[limit].day_off

    def due(d: Deadline) -> datetime:
        if d.resumed_at is not None and d.resumed_with is not None:
            return calendar.resume(d.resumed_at, d.resumed_with, d.hours)
        return calendar.due(d.started_at, d.after, d.hours, day_off(d.policy, d.limit))

    return due
