"""Logs that are read on from where the last reading ended, missing nothing.

PostgreSQL hands out keys before it commits, so a row with an older key may appear after one with a newer key was seen.
Two keys are kept: `upto`, below which nothing can appear any more, and `seen`. What lies between is looked at again
until every transaction that ran when it was first seen has ended; it is taken as news only where it has grown, since
the rows of a log are never deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Model

from ..models import Read

BATCH = 20_000


def start_of(log: str, model: type[Model]) -> Read:
    """The log's place, locked; one that was never read begins at its end: what is older is counted whole."""
    Read.objects.get_or_create(pk=log)
    read = Read.objects.select_for_update().get(pk=log)
    if read.at is None and not read.seen:
        read.upto = read.seen = _newest(model)
        read.horizon = _snapshot()[1]
    return read


def news(read: Read, model: type[Model], *names: str) -> list[tuple[Any, ...]]:
    """The rows that are new, as tuples of `names`, and the place moved on behind them (unsaved). At most BATCH of
    them; fewer are all."""
    oldest, _later = _snapshot()
    rows = model._default_manager.filter(pk__gt=read.upto).order_by("pk").values_list("pk", *names)
    there = list(rows[: BATCH + read.count])  # beside those that were seen
    _before, horizon = _snapshot()
    known = sum(row[0] <= read.seen for row in there)
    new = [row[1:] for row in there if row[0] > read.seen or known != read.count]
    _move_on(read, there, oldest, horizon)
    return new


def _move_on(read: Read, there: Sequence[Any], oldest: int, horizon: int) -> None:
    newest = max(there[-1][0], read.seen) if there else read.seen
    if oldest >= read.horizon:
        read.upto = read.seen
    read.seen, read.horizon = newest, horizon
    if connection.vendor != "postgresql":  # one writer: what is newer was committed later
        read.upto = newest
    read.count = sum(row[0] > read.upto for row in there)


def _newest(model: type[Model]) -> int:
    return model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0


def _snapshot() -> tuple[int, int]:
    """PostgreSQL -> the oldest transaction that still runs, and the next one to come."""
    if connection.vendor != "postgresql":
        return 0, 0
    with connection.cursor() as cursor:
        ends = "pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint"
        cursor.execute(f"SELECT {ends} FROM pg_current_snapshot() AS s")  # noqa: S608
        oldest, following = cursor.fetchone()
    return int(oldest), int(following)
