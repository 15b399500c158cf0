"""Reading and locking many rows by one kept statement."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

import msgspec
from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.db.models import Field, JSONField, Model
from django.db.models.base import ModelState

from . import cursors

M = TypeVar("M", bound=Model)


def among(column: str, values: Sequence[Any]) -> tuple[str, Any]:
    """-> a condition and its one parameter: the same statement text however many values."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)", list(values)
    return f"{column} IN (SELECT value FROM json_each(%s))", json.dumps(list(values))


def moment(value: Any) -> datetime:
    """A moment as a raw cursor gives it: aware on PostgreSQL, naive UTC or text on SQLite -> aware UTC."""
    found: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@cache
def _reading(model: type[Model], vendor: str) -> tuple[str, list[str], list[tuple[int, Callable[..., Any]]]]:
    fields = model._meta.concrete_fields
    q = connection.ops.quote_name
    table = model._meta.db_table
    converters = [(i, c) for i, field in enumerate(fields) for c in _converters(field, table)]
    columns = ", ".join(f"{q(table)}.{q(f.column or '')}" for f in fields)
    return f"SELECT {columns} FROM {q(table)}", [f.attname for f in fields], converters


def _converters(field: Field[Any, Any], table: str) -> list[Callable[..., Any]]:
    if isinstance(field, JSONField) and field.decoder is None:
        return [_from_json]
    return [*connection.ops.get_db_converters(field.get_col(table)), *field.get_db_converters(connection)]


def _from_json(value: str | None, *_: Any) -> Any:
    return None if value is None else msgspec.json.decode(value)


def _query(model: type[M], tail: str, params: Sequence[Any]) -> list[M]:
    select, _, _ = _reading(model, connection.vendor)
    with cursors.cursor() as cursor:
        cursor.execute(f"{select} {tail}", params)
        return to_instances(model, cursor.fetchall())


def to_instances(model: type[M], found: Sequence[Any]) -> list[M]:
    """Rows of all concrete columns, as the database gave them -> model instances.

    Made as `Model.from_db` makes them, but for its signals and its loop over the fields: a third of its time.
    """
    _, names, converters = _reading(model, connection.vendor)
    alias, made = connection.alias, []
    for row in found:
        instance = model.__new__(model)
        values = instance.__dict__
        values.update(zip(names, row, strict=True))
        for i, convert in converters:
            values[names[i]] = convert(row[i], None, connection)
        instance._state = state = ModelState()
        state.adding, state.db = False, alias
        made.append(instance)
    return made


def column_of(model: type[Model], name: str) -> Field[Any, Any]:
    """The concrete field of this name; "pk" is the key's. Raises FieldDoesNotExist."""
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    if not isinstance(field, Field):
        raise FieldDoesNotExist(name)
    return field


@cache
def _quoted(model: type[Model], name: str, vendor: str) -> str:
    q = connection.ops.quote_name
    return f"{q(model._meta.db_table)}.{q(column_of(model, name).column or '')}"


def fetch(model: type[M], name: str, values: Sequence[Any], *, where: str = "") -> list[M]:
    """Rows whose column `name` is among `values`, in order of their keys. `where`: further constant SQL."""
    condition, param = among(_quoted(model, name, connection.vendor), values)
    key = _quoted(model, "pk", connection.vendor)
    return _query(model, f"WHERE {condition}{' AND ' + where if where else ''} ORDER BY {key}", [param])


def lock(model: type[M], pks: Sequence[int], *, first: str = "") -> list[M]:
    """The rows in order of their keys, locked until the transaction ends (SQLite: by its IMMEDIATE transaction).

    Their keys stay free to be referred to: who inserts a row that points at one of them does not wait.
    first: a foreign key to an older row of the same table, which never changes: that row is locked before, by the
    same statement, and not returned unless it was asked for.
    """
    key = _quoted(model, "pk", connection.vendor)
    condition, param = among(key, pks)
    params = [param]
    if first:
        condition, params = _with(model, first, pks, connection.vendor)
    tail = " FOR NO KEY UPDATE" if connection.features.has_select_for_no_key_update else ""
    found = _query(model, f"WHERE {condition} ORDER BY {key}{tail}", params)
    asked = set(pks)
    return [row for row in found if row.pk in asked] if first else found


def _with(model: type[Model], first: str, pks: Sequence[int], vendor: str) -> tuple[str, list[Any]]:
    """A condition of these rows and of those that `first` names: an array, so that PostgreSQL goes by the key."""
    key, column = _quoted(model, "pk", vendor), _quoted(model, first, vendor)
    table = connection.ops.quote_name(model._meta.db_table)
    condition, param = among(key, pks)
    others = f"SELECT {column} FROM {table} WHERE {condition} AND {column} IS NOT NULL"
    if vendor == "postgresql":
        return f"{key} = ANY(%s::bigint[] || ARRAY({others})::bigint[])", [param, param]
    return f"{key} IN (SELECT value FROM json_each(%s) UNION {others})", [param, param]


def allocate(model: type[Model], count: int) -> list[int]:
    """`count` new keys, so that rows and what explains them can be written in any order in one round trip."""
    table, key = model._meta.db_table, model._meta.pk.column or "" or ""
    with cursors.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s::int)",
                [f'"{table}"', key, count],
            )
            return [pk for (pk,) in cursor.fetchall()]
        return _reserve(cursor, table, key, count)


def _reserve(cursor: Any, table: str, key: str, count: int) -> list[int]:
    """SQLite: what AUTOINCREMENT would give next is moved on, so that no other insert takes these keys."""
    cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
    row = cursor.fetchone()
    if row is None:  # nothing was ever inserted
        cursor.execute(f'SELECT COALESCE(MAX("{key}"), 0) FROM "{table}"')
        last = cursor.fetchone()[0]
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last + count])
    else:
        last = row[0]
        cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [last + count, table])
    return list(range(last + 1, last + 1 + count))
