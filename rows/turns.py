"""One at a time, where no row stands for what is shared: a sum over rows of many cases that is about to grow."""

from __future__ import annotations

from django.db import connection


def take_turn(*name: object) -> None:
    """Wait until no other transaction has the turn of this name; ours ends with it. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [":".join(map(str, name))])
