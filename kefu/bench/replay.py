"""The statements of a deed, as it issued them, said again for other subjects by nothing but psycopg."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import connection

Statement = tuple[str, list[Any]]


@dataclass
class Recording:
    """What was said to the database while it ran, without what begins and ends transactions."""

    statements: list[Statement] = field(default_factory=list)

    def writes(self) -> list[Statement]:
        return [(sql, params) for sql, params in self.statements if not sql.lstrip().startswith(("SELECT", "WITH"))]


@contextmanager
def recorded() -> Iterator[Recording]:
    recording = Recording()

    def keep(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "SAVEPOINT" not in sql:
            recording.statements.append((sql, list(params or ())))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        yield recording


def about(statements: Sequence[Statement], other: Mapping[Any, Any]) -> list[Statement]:
    """The same statements of another subject: each value that `other` names is replaced, within lists and texts too."""
    texts = {k: v for k, v in other.items() if isinstance(k, str)}

    def changed(value: Any) -> Any:
        if isinstance(value, list):
            return [changed(v) for v in value]
        if isinstance(value, str):
            for known, new in texts.items():
                value = value.replace(known, new)
            return value
        return other.get(value, value) if isinstance(value, int) and not isinstance(value, bool) else value

    return [(sql, [changed(p) for p in params]) for sql, params in statements]


def connect(address: str) -> psycopg.Connection[Any]:
    """As a careful hand would: prepared at once, and no transaction but ours."""
    made = psycopg.connect(address)
    made.prepare_threshold = 0
    return made


def say(plain: psycopg.Connection[Any], statements: Sequence[Statement]) -> None:
    """One transaction; what returns rows is read."""
    cursor = plain.cursor()
    for sql, params in statements:
        cursor.execute(sql, params)
        if cursor.description:
            cursor.fetchall()
    plain.commit()
