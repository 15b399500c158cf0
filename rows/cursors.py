"""A cursor of psycopg's own for statements that are worded once: Django's wrapping is a tenth of one step's time."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


class _Plain:
    """Errors come out as Django's, as from its own cursor."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __enter__(self) -> Any:
        return self._connection.connection.cursor()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.wrap_database_errors.__exit__(kind, error, trace)


def cursor() -> Any:
    """A context manager, as `connection.cursor()`. Django's own where that is not PostgreSQL's or somebody listens to
    the statements (a test that counts them, a debugger)."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql" or connection.execute_wrappers or connection.queries_logged:
        return connection.cursor()
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    return _Plain(connection)
