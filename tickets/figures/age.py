"""How old the numbers are, said beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import Counted, Read
from .touched import OF_MOVES

LATE = timedelta(minutes=5)  # the clock counts every minute


@dataclass(frozen=True)
class Age:
    """at: what was noted up to then is counted; None: nothing was ever counted. stale: days of the period that have
    changed since and are still to be counted again."""

    at: datetime | None
    stale: int
    now: datetime

    @property
    def late(self) -> bool:
        return self.at is None or self.now - self.at > LATE

    @property
    def words(self) -> str:
        """统计至 19:42, the day named where it is not today."""
        if self.at is None:
            return _("还没有统计过")
        at, now = timezone.localtime(self.at), timezone.localtime(self.now)
        moment = f"{at:%H:%M}" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M}"
        said = _("统计至 %(moment)s") % {"moment": moment}
        return said + _("，其中 %(days)s 天正在重新统计") % {"days": self.stale} if self.stale else said


def age_of(shops: Iterable[int], first: date, last: date, now: datetime) -> Age:
    """Two statements."""
    at = Read.objects.filter(pk=OF_MOVES).values_list("at", flat=True).first()
    stale = Counted.objects.filter(shop__in=sorted(shops), stale=True, day__gte=first, day__lte=last)
    return Age(at, stale.values("day").distinct().count(), now)
