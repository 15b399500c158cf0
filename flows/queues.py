"""What waits for whom: the queues that a role works through, counted only as far as anyone reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from deadlines.models import Deadline

from .registry import FLOWS
from .table import Who

CAP = 1000  # counted so far; a longer queue is "999+" and stands in the order in which it came


@dataclass(frozen=True)
class Queue:
    """Subjects of one flow that wait. who: the roles that see it; where: what the model's rows are asked."""

    name: str
    label: Any
    flow: str
    who: Who
    where: Mapping[str, Any]
    icon: str
    empty: Any = ""  # what will appear here, and how
    tone: str = ""
    fast: tuple[str, ...] = ()  # steps that its rows and its batch offer, in this order

    def rows(self, shops: Iterable[int]) -> QuerySet[Any]:
        found: QuerySet[Any] = FLOWS[self.flow].model._default_manager.filter(shop__in=sorted(shops), **self.where)
        return found

    def count(self, shops: Iterable[int], now: datetime) -> int:
        return capped(self.rows(shops))


@dataclass(frozen=True)
class Entry:
    """A line of the shell: a queue's, or another list's with a count of its own."""

    name: str
    label: Any
    icon: str
    who: Who
    address: Callable[[], str]
    count: Callable[[Iterable[int], datetime], int]
    tone: str = ""
    section: str = field(default="queue")


QUEUES: dict[str, Queue] = {}


def register(*queues: Queue) -> None:
    QUEUES.update({q.name: q for q in queues})


def capped(rows: QuerySet[Any], cap: int = CAP) -> int:
    """How many rows, counted up to `cap`: its cost does not grow with the table."""
    return rows.order_by().values("pk")[:cap].count()


def shown(count: int, cap: int = CAP) -> str:
    """999+ where counting stopped."""
    return f"{cap - 1}+" if count >= cap else str(count)


def soonest_first(flow: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    """In the order of their next due moment. Only for a queue of bounded length: every row is looked at."""
    clocks = Deadline.objects.filter(flow=flow, subject=OuterRef("pk"), ended_at=None, due_at__isnull=False)
    soonest = clocks.order_by("due_at").values("due_at")[:1]
    found: QuerySet[Any] = rows.annotate(next_due=Subquery(soonest))
    return found.order_by(F("next_due").asc(nulls_last=True), "pk")


def late(shops: Iterable[int], now: datetime, among: Q) -> QuerySet[Deadline]:
    """Open clocks whose moment has passed, the longest ago first."""
    return _open(shops, among).filter(due_at__lte=now)


def soon(shops: Iterable[int], now: datetime, among: Q) -> QuerySet[Deadline]:
    """Open clocks that have warned and whose moment is still to come."""
    return _open(shops, among).filter(due_at__gt=now, warned_at__isnull=False)


def _open(shops: Iterable[int], among: Q) -> QuerySet[Deadline]:
    open_ones = Deadline.objects.filter(among, shop__in=sorted(shops), ended_at=None)
    return open_ones.order_by("due_at", "pk")
