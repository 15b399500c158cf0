"""A verified message becomes a row: one statement, committed before the answer."""

# ruff: noqa: S608 (names come from the model, values travel as parameters)

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.db import InterfaceError, OperationalError, connection

from .models import Inbox
from .platform import Told

T = TypeVar("T")
KEY = 160  # characters of a message's own id that are kept as they are

GIVEN = (
    "shop", "source", "key", "type", "body", "body_hash", "headers", "signed_with",
    "received_at", "occurred_at", "number", "outcome", "why", "flag", "rings_at",
)  # fmt: skip


class Stored(NamedTuple):
    event: int
    new: bool
    same: bool  # the body under this id is this one


@cache
def _statements(vendor: str) -> tuple[str, list[Any], str]:
    """-> the insert, the values of the columns that it is not given, the look at what is already there."""
    q = connection.ops.quote_name
    fields = [f for f in Inbox._meta.concrete_fields if not f.primary_key]
    rest = [f for f in fields if f.name not in GIVEN]
    by_name = {f.name: f for f in fields}
    columns = [q(f.column or "") for f in (*(by_name[name] for name in GIVEN), *rest)]
    values = [f.get_default() for f in rest]
    table = q(Inbox._meta.db_table)
    insert = (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
        f" ON CONFLICT DO NOTHING RETURNING {q('id')}"
    )
    known = f"SELECT id, body_hash FROM {table} WHERE shop_id = %s AND source = %s AND {q('key')} = %s"
    return insert, values, known


def store(
    shop: int,
    source: str,
    key: str,
    told: Told,
    *,
    raw: bytes,
    headers: dict[str, str],
    secret: int,
    at: datetime,
    rejected: str = "",
) -> Stored:
    """Keep the message, once for ever. -> its row, and whether it is new or at least the same again.

    rejected: why it is no event; then it never enters the queue.
    """
    insert, rest, known = _statements(connection.vendor)
    key = key if len(key) <= KEY else "sha256:" + hashlib.sha256(key.encode()).hexdigest()
    digest = hashlib.sha256(raw).hexdigest()
    adapt = connection.ops.adapt_datetimefield_value
    received, occurred = adapt(at), adapt(told.occurred_at)
    outcome = Inbox.REJECTED if rejected else told.outcome
    given: list[Any] = [
        shop, source, key, told.type[:100], raw, digest, json.dumps(headers), secret,
        received, occurred, told.number[:64], outcome, (rejected or told.why)[:300], told.flag[:100],
        None if outcome else received,
    ]  # fmt: skip
    event, stored = _once_more(lambda: _inserted(insert, given + rest, known, [shop, source, key]))
    return Stored(event, new=stored is None, same=stored in (None, digest))


def _inserted(insert: str, values: list[Any], known: str, name: list[Any]) -> tuple[int, str | None]:
    """-> the row, and where it was there already the digest of its body."""
    with connection.cursor() as cursor:
        cursor.execute(insert, values)
        if row := cursor.fetchone():
            return row[0], None
        cursor.execute(known, name)
        event, stored = cursor.fetchone()
        return event, stored


def _once_more(work: Callable[[], T]) -> T:
    """Django's health check is a round trip before every message, a fifth of its cost. Inserting is its own check, and
    may be tried again: a connection that died while nothing came (the database was restarted) is opened anew, once.
    """
    kept = connection.connection is not None
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return work()
    except (OperationalError, InterfaceError):
        if not kept or connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()
    return work()
