"""What a lead looks at for two minutes: late clocks by kind, load by agent, what waits for approval."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from flows import queues
from flows.due import watched
from flows.queues import QUEUES

from ..models import Ticket
from ..states import OPEN
from .keeping import Clocks


@dataclass(frozen=True)
class Line:
    """label, how many, and the list behind it. parts: further numbers beside it."""

    label: str
    count: int
    address: str = ""
    parts: tuple[int, ...] = ()


def late_clocks(shops: Iterable[int], now: datetime) -> list[Line]:
    """Of those that people must meet, the most first. One statement."""
    found = queues.late(shops, now, watched()).order_by().values_list("flow", "clock").annotate(count=Count("pk"))
    page = reverse("admin:deadlines_deadline_changelist")
    lines = [
        Line(Clocks.get(f"{flow}.{clock}", clock), count, f"{page}?show=late&clock={flow}.{clock}")
        for flow, clock, count in found
    ]
    return sorted(lines, key=lambda line: -line.count)


def loads(shops: Iterable[int]) -> list[Line]:
    """Open tickets by agent: all, those whose customer waits, red ones. "" is the queue. One statement."""
    open_ones = Ticket.objects.filter(shop__in=sorted(shops), state__in=OPEN).values_list("agent")
    owed, red = Count("pk", filter=Q(waiting_since__isnull=False)), Count("pk", filter=Q(colour="red"))
    found = open_ones.annotate(count=Count("pk"), owed=owed, red=red).order_by("-count", "agent")
    return [Line(agent, count, parts=(owed, red)) for agent, count, owed, red in found]


def waiting(shops: Iterable[int]) -> list[Line]:
    """Queues of the lead's own, with how many wait in each. One statement."""
    those = [QUEUES[name] for name in ("to_approve", "refund_trouble", "disputes") if name in QUEUES]
    counted = queues.counts([q.rows(shops) for q in those])
    return [Line(str(q.label), count, _page(q)) for q, count in zip(those, counted, strict=True)]


def _page(queue: Any) -> str:
    from flows.registry import FLOWS

    opts = FLOWS[queue.flow].model._meta
    return f"{reverse(f'admin:{opts.app_label}_{opts.model_name}_changelist')}?queue={queue.name}"
