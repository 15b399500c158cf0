"""What waits for whom: the queues that a role works through, counted only as far as anyone reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
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
    whose: Callable[[str], Q] | None = None  # of a queue of one's own: what the rows are asked, by login
    press: str = ""  # the step that each row offers by one press, where that is not the flow's main step
    section: str = "queue"
    order: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None  # else what is due soonest comes first

    def condition(self, by: str) -> Q:
        """What the model's rows are asked for this person."""
        return Q(**self.where) & (self.whose(by) if self.whose else Q())

    def rows(self, shops: Iterable[int], by: str = "") -> QuerySet[Any]:
        found: QuerySet[Any] = FLOWS[self.flow].model._default_manager.filter(shop__in=sorted(shops))
        return found.filter(self.condition(by))


@dataclass(frozen=True)
class Entry:
    """A line of the shell: a queue's, or another list's with a count of its own."""

    name: str
    label: Any
    icon: str
    who: Who
    address: Callable[[], str]
    rows: Callable[[Iterable[int], str, datetime], QuerySet[Any]]  # (shops, login of who looks, now)
    tone: str = ""
    section: str = "queue"


QUEUES: dict[str, Queue] = {}


def register(*queues: Queue) -> None:
    QUEUES.update({q.name: q for q in queues})


def capped(rows: QuerySet[Any], cap: int = CAP) -> int:
    """How many rows, counted up to `cap`: its cost does not grow with the table."""
    return rows.order_by().values("pk")[:cap].count()


def counts(asked: Sequence[QuerySet[Any]], cap: int = CAP) -> list[int]:
    """How many rows each of these has, up to `cap`: one statement for all of them."""
    parts, given, places = list[str](), list[Any](), dict[int, int]()
    for n, rows in enumerate(asked):
        try:
            sql, params = rows.order_by().values("pk")[:cap].query.get_compiler(rows.db).as_sql()
        except EmptyResultSet:  # nothing can be in it: no shop, nobody
            continue
        places[n] = len(parts)
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) q{n})")  # noqa: S608 (worded by the models)
        given += params
    found: Sequence[int] = ()
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", given)
            found = cursor.fetchone()
    return [found[places[n]] if n in places else 0 for n in range(len(asked))]


def shown(count: int, cap: int = CAP) -> str:
    """999+ where counting stopped."""
    return f"{cap - 1}+" if count >= cap else str(count)


def in_turn(queue: Queue, rows: QuerySet[Any]) -> QuerySet[Any]:
    """In the queue's own order. Only for one of bounded length: every row is looked at."""
    return queue.order(rows) if queue.order else soonest_first(queue.flow, rows)


def soonest_first(flow: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    """In the order of their next due moment."""
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
