"""Deadlines kept: of the clocks that somebody here must meet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deadlines.models import Deadline
from flows.models import Move
from flows.registry import FLOWS
from flows.table import LATE

from .days import Span
from .figure import COUNT, SHARE, Figure, Of, joined, register
from .measure import Facts, dated, hit, measure


@measure("clock", "part")
def clocks(span: Span) -> Iterator[Facts]:
    """Clocks whose moment has come and whose breach is told to somebody. part: flow.clock. total: those kept."""
    due = Deadline.objects.filter(_ours(), due_at__lte=span.until).exclude(Exists(_merged()))
    kept = hit(Q(ended=Deadline.STOPPED) & Q(ended_at__lte=F("due_at")))
    for still in (True, False):  # each has an index of its own
        those = due.filter(ended_at__isnull=still)
        yield dated(those, span, "due_at", part=Concat("flow", Value("."), "clock"), total=kept)


def _ours() -> Q:
    """Clocks that somebody here must meet: those whose table says who is told, and those that only declare late."""
    found = Q(pk__in=[])
    for flow in FLOWS.values():
        found |= Q(flow=flow.name, clock__in=[c.name for c in flow.clocks if c.tell or c.then == LATE])
    return found


def _merged() -> Any:
    """The merge that ended the clock of a ticket: what was owed goes on in the other one."""
    merges = Move.objects.filter(flow="ticket", subject=OuterRef("subject"), step="merge")
    return merges.filter(noted_at=OuterRef("ended_at"), flow=OuterRef("flow"))


class Clocks:
    """{"order.ship": 订单 · 发货}, looked up in the tables when it is shown."""

    @staticmethod
    def get(name: str, absent: str = "") -> str:
        flow, _dot, clock = name.partition(".")
        there = FLOWS.get(flow)
        if there is None or clock not in there.clock:
            return absent
        return gettext("%(flow)s · %(clock)s") % {"flow": there.label, "clock": there.clock[clock].label}


RULE = _(
    "只算到期会通知店里人的时限，记在到期的那一天，还没到期的不算。重开后重新开始的时限另算一次；"
    "暂停的时间不算；平台或店铺改过到期时间的，按最后的到期时间；被合并的工单，时限由并入的工单继续，自己的不算。"
)
CUT: dict[str, Any] = {"by": ("clock",), "labels": {"clock": Clocks}, "family": "clocks"}

register(
    Figure(
        "clocks_kept", label=_("时限达标率"), unit=SHARE, top=Of(clocks, "total"), bottom=Of(clocks),
        words=joined(_("到期前完成的时限 ÷ 到期的时限。"), RULE), **CUT,
    ),
    Figure("clocks_due", label=_("到期的时限"), unit=COUNT, top=Of(clocks), words=RULE, **CUT),
)  # fmt: skip
