"""A clock in words: how long still, until when, and why then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deadlines.models import Deadline
from shops import policy
from shops.explain import moment as worded

from . import clocks
from .registry import FLOWS
from .table import LATE

CALM, SOON, OVER, HELD = "calm", "soon", "late", "held"


# A countdown's words. The page carries them for desk.js, which goes on where the server stopped.
COUNTDOWN = {
    "days": gettext_lazy("%(d)s 天 %(h)s 小时"),
    "hours": gettext_lazy("%(h)s 小时 %(m)s 分"),
    "minutes": gettext_lazy("%(m)s 分"),
    "seconds": gettext_lazy("%(s)s 秒"),
    "left": gettext_lazy("还剩 %s"),
    "over": gettext_lazy("已超 %s"),
}


@dataclass(frozen=True)
class Due:
    """One running or held clock, as a page shows it. share: percent of its time that is left, for the ring."""

    deadline: Deadline
    label: str
    tone: str
    left: str
    moment: str
    reason: str
    share: int
    acts: str = ""  # the step that the clock takes by itself

    @property
    def words(self) -> str:
        return f"{self.left} · {self.moment}" if self.moment else self.left


def span(seconds: int) -> str:
    """3 天 4 小时, 3 小时 12 分, 12 分, 40 秒: the two largest parts."""
    days, rest = divmod(max(0, seconds), 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    size = "days" if days else "hours" if hours else "minutes" if minutes else "seconds"
    return str(COUNTDOWN[size] % {"d": days, "h": hours, "m": minutes, "s": seconds})


def local(moment: datetime, shop: int, now: datetime) -> str:
    """周二 11-24 18:00, in the shop's own zone; its seconds are left out."""
    calendar = policy.of(shop).calendar
    return worded(calendar.local(moment).replace(second=0), calendar.local(now).year)


def tone_of(d: Deadline, now: datetime) -> str:
    if d.due_at is None:
        return HELD
    if d.breached_at or d.due_at <= now:
        return OVER
    return SOON if d.warned_at or (d.due_at - now).total_seconds() <= d.warn else CALM


def due_of(d: Deadline, now: datetime) -> Due:
    """Raises LookupError where the clock is no longer in its flow's table."""
    clock = FLOWS[d.flow].clock[d.clock]
    tone, label = tone_of(d, now), str(clock.label or clock.name)
    if d.part:
        label = f"{label} {d.part}"
    acts = "" if clock.then == LATE else str(FLOWS[d.flow].head(clock.then).label)
    if d.due_at is None:
        left = _("已暂停，剩余 %s") % span(d.left or 0)
        return Due(d, label, tone, left, "", _("有其他处理未完，暂停计时"), _share(d.left or 0, d.after), acts)
    seconds = int((d.due_at - now).total_seconds())
    left = str(COUNTDOWN["left"] % span(seconds) if tone != OVER else COUNTDOWN["over"] % span(-seconds))
    total = int((d.due_at - d.started_at).total_seconds())
    until = _("%s 到期") % local(d.due_at, d.shop_id, now)
    return Due(d, label, tone, left, until, clocks.explain(d), _share(seconds, total), acts)


def _share(left: int, total: int) -> int:
    return max(0, min(100, round(100 * left / total))) if total > 0 else 0


def dues(those: Iterable[Deadline], now: datetime) -> list[Due]:
    """Open clocks in the order in which they are due, the held ones last; what is in no table is left out."""
    known = [d for d in those if d.flow in FLOWS and d.clock in FLOWS[d.flow].clock]
    return [due_of(d, now) for d in sorted(known, key=lambda d: (d.due_at is None, d.due_at or now, d.pk))]


def next_dues(flow: str, pks: Iterable[int], now: datetime) -> dict[int, Due]:
    """The next due moment of each of these subjects: one statement."""
    open_ones = Deadline.objects.filter(flow=flow, subject__in=list(pks), ended_at=None)
    found: dict[int, Due] = {}
    for due in dues(open_ones, now):
        found.setdefault(due.deadline.subject, due)
    return found


def watched() -> Any:
    """The clocks that people must meet: those that only declare late, and others that have declared it, since their
    limit lets them not act here; the rest take their step by themselves."""
    from django.db.models import Q

    found = Q(breached_at__isnull=False)
    for flow in FLOWS.values():
        found |= Q(flow=flow.name, clock__in=[c.name for c in flow.clocks if c.then == LATE])
    return found
