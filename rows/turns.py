"""One at a time, where no row stands for what is shared: a sum over rows of many cases that is about to grow."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection


def take_turn(*name: object) -> None:
    """Wait until no other transaction has the turn of this name; ours ends with it. SQLite has one writer anyway."""
    take_turns([name])


def take_turns(names: Iterable[tuple[object, ...]]) -> None:
    """Several, one after the other in this order: one statement. Who takes several sorts them."""
    keys = [":".join(map(str, name)) for name in names]
    if keys and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(k, 0)) FROM unnest(%s::text[]) k", [keys])
