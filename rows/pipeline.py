"""Statements whose results nobody reads cross the wire as one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def together() -> Iterator[None]:
    """Pipeline mode of psycopg around a block of writes; nothing elsewhere.

    Errors at the end of a pipeline come out as bare psycopg exceptions: `wrap_database_errors` makes them Django's.
    """
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield
