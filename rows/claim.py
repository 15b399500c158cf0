"""How a row queue is claimed: inbox, deadlines and outbox share it.

A row is in the queue while `rings_at` is set. A worker leases it in a short transaction, works in another one, and
writes only what is still its own: every claim draws a new token, so a late writer's token no longer fits. What fails
backs off and leaves the queue's head; what keeps failing is a dead letter that a person replays.

Whoever else takes a row out of the queue, or moves its `rings_at`, sets `token` to NULL in the same statement:
this takes the row from a worker that holds it.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.utils import timezone

from .read import among, to_instances
from .write import update

LEASE = timedelta(minutes=2)
FIRST = timedelta(seconds=5)  # the first delay; each further one is twice as long
CAP = timedelta(hours=1)
DEAD_AFTER = 10  # claims
FAILURE = 300  # characters kept of what went wrong


class Queued(models.Model):
    """The columns of a queue's row. The concrete model declares the index that keeps an idle claim flat:

    Index(fields=["rings_at", "id"], condition=Q(rings_at__isnull=False)): ended rows are not in it.
    """

    rings_at = models.DateTimeField(null=True, editable=False)  # when there is work next; NULL: not in the queue
    token = models.BigIntegerField(null=True, editable=False)  # the fence: drawn anew by every claim
    leased_until = models.DateTimeField(null=True, editable=False)  # by the real clock
    attempts = models.PositiveIntegerField(default=0, db_default=0, editable=False)  # claims since the last success
    failure = models.CharField(max_length=FAILURE, blank=True, default="", db_default="", editable=False)
    dead_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True


Q = TypeVar("Q", bound=Queued)


def _names(model: type[Queued]) -> tuple[str, str, str]:
    """-> quoted table, key, all columns."""
    q = connection.ops.quote_name
    columns = [q(f.column or "") for f in model._meta.concrete_fields]
    return q(model._meta.db_table), q(model._meta.pk.column or ""), ", ".join(columns)


@cache
def _claiming(model: type[Queued], order: str, where: str, vendor: str) -> str:
    """The statement of a claim. The subquery's alias is `q`.

    PostgreSQL: a materialized CTE, since a plan may run a subquery in IN (…) twice and so pass the LIMIT.
    SQLite: the IMMEDIATE transaction does what SKIP LOCKED does.
    """
    table, key, columns = _names(model)
    due = (
        f"SELECT q.{key} FROM {table} AS q WHERE q.rings_at IS NOT NULL AND q.rings_at <= %s"
        f" AND (q.leased_until IS NULL OR q.leased_until < %s){f' AND ({where})' if where else ''}"
        f" ORDER BY {order} LIMIT %s"
    )
    change = f"UPDATE {table} SET token = %s, leased_until = %s, attempts = attempts + 1 WHERE {key} IN"
    if vendor == "postgresql":
        due = f"WITH due AS MATERIALIZED ({due} FOR UPDATE OF q SKIP LOCKED)"
        return f"{due} {change} (SELECT {key} FROM due) RETURNING {columns}"
    return f"{change} ({due}) RETURNING {columns}"


def claim(
    model: type[Q],
    *,
    at: datetime,
    limit: int,
    lease: timedelta = LEASE,
    real_now: datetime | None = None,
    order: str = "q.rings_at, q.id",
    where: str = "",
    params: Sequence[Any] = (),
) -> list[Q]:
    """Lease up to `limit` rows that ring at or before `at`; -> them, with their token, in order of (rings_at, pk).

    In a transaction of its own, which must not stand in another one: a lease that is not committed protects nobody.
    `at` decides what is due; the lease goes by the real clock, else a `tick` in the future would take what others hold.
    `order`, `where` (constant SQL) and its `params` speak of the row as `q`.
    """
    now, adapt = real_now or timezone.now(), connection.ops.adapt_datetimefield_value
    mine = [secrets.randbits(62), adapt(now + lease)]
    asked = [adapt(at), adapt(now), *params, limit]
    sql = _claiming(model, order, where, connection.vendor)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(sql, asked + mine if connection.vendor == "postgresql" else mine + asked)
        found = to_instances(model, cursor.fetchall())
    return sorted(found, key=lambda row: (row.rings_at, row.pk))


@cache
def _holding(model: type[Queued], vendor: str) -> str:
    table, key, _ = _names(model)
    condition, _ = among(key, [])
    tail = f" ORDER BY {key} FOR UPDATE" if connection.features.has_select_for_update else ""
    return f"SELECT {key}, token FROM {table} WHERE {condition} AND rings_at IS NOT NULL AND token IS NOT NULL{tail}"


def still_mine(model: type[Q], rows: Sequence[Q]) -> set[int]:
    """-> keys of those rows that are still in the queue under our token, locked until the transaction ends.

    Asked inside the work's transaction, after the subjects are locked.
    """
    if not rows:
        return set()
    _, keys = among("", [row.pk for row in rows])
    tokens = {row.pk: row.token for row in rows}
    with connection.cursor() as cursor:
        cursor.execute(_holding(model, connection.vendor), [keys])
        return {pk for pk, token in cursor.fetchall() if tokens[pk] == token}


FREE = ("rings_at", "token", "leased_until", "attempts", "failure", "dead_at")


def done(model: type[Q], rows: Sequence[Q], *, rings_at: datetime | None = None, **columns: Any) -> set[int]:
    """The work is done: out of the queue, or in it again at `rings_at`; `columns` are set beside. -> keys written.

    What another worker has taken meanwhile is left alone. In the work's own transaction, where there is one.
    """
    with transaction.atomic():
        mine = still_mine(model, rows)
        values = (rings_at, None, None, 0, "", None, *columns.values())
        update(model, (*FREE, *columns), [(pk, *values) for pk in sorted(mine)])
    return mine


def delay(attempts: int, *, first: timedelta = FIRST, cap: timedelta = CAP) -> timedelta:
    """Exponential, capped, up to a fifth of jitter on top: what failed together shall not return together."""
    plain: timedelta = min(first * 2 ** min(max(attempts - 1, 0), 40), cap)
    return plain * (1 + random.random() / 5)  # noqa: S311 (no secret)


def back_off(
    model: type[Q],
    rows: Sequence[Q],
    failure: str | Mapping[int, str],
    *,
    at: datetime,
    dead_after: int = DEAD_AFTER,
    first: timedelta = FIRST,
    cap: timedelta = CAP,
) -> set[int]:
    """The work failed: later again, or after `dead_after` claims a dead letter. -> keys of the dead ones.

    `failure`: one for all, or by key; its first 300 characters are kept. `at` is what the delay counts from.
    """
    dead: set[int] = set()
    written = []
    with transaction.atomic():
        mine = still_mine(model, rows)
        for row in (row for row in rows if row.pk in mine):
            why = failure if isinstance(failure, str) else failure.get(row.pk, "")
            last = row.attempts >= dead_after
            rings_at = None if last else at + delay(row.attempts, first=first, cap=cap)
            written.append((row.pk, rings_at, None, None, row.attempts, why[:FAILURE], at if last else None))
            dead |= {row.pk} if last else set()
        update(model, FREE, written)
    return dead


def replay(model: type[Q], pks: Sequence[int], *, at: datetime) -> int:
    """Put dead letters back into the queue with all their attempts before them; -> how many were dead."""
    fresh = {"rings_at": at, "dead_at": None, "attempts": 0, "token": None, "leased_until": None}
    return model._default_manager.filter(pk__in=pks, dead_at__isnull=False).update(**fresh)
