"""Writing many rows by one statement."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Field, JSONField, Model

from . import cursors
from .read import column_of

Prepare = Callable[[Any], Any]


def _as_json(value: Any) -> Any:
    """JSON travels as text; a text is taken as JSON that was already worded."""
    return value if value is None or isinstance(value, str) else json.dumps(value, cls=DjangoJSONEncoder)


def _preparing(field: Field[Any, Any], vendor: str) -> Prepare | None:
    if isinstance(field, JSONField):
        return _as_json
    return None if vendor == "postgresql" else lambda value: field.get_db_prep_save(value, connection)


@cache
def _plan(
    model: type[Model], names: tuple[str, ...], vendor: str
) -> tuple[str, list[str], list[str], list[Prepare | None]]:
    """-> quoted table, quoted columns, casts, preparations."""
    q = connection.ops.quote_name
    fields = [column_of(model, n) for n in names]
    casts = [(f.db_type(connection) or "text").split("(")[0] for f in fields]
    casts = [{"serial": "integer", "bigserial": "bigint"}.get(c, c) for c in casts]
    casts = [("bigint" if f is model._meta.pk else c) for f, c in zip(fields, casts, strict=True)]
    return q(model._meta.db_table), [q(f.column or "") for f in fields], casts, [_preparing(f, vendor) for f in fields]


def _columns(prepares: list[Prepare | None], rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [
        [prepare(v) for v in values] if prepare else list(values)
        for prepare, values in zip(prepares, zip(*rows, strict=True), strict=True)
    ]


def _shape(casts: list[str], names: list[str], columns: list[list[Any]]) -> tuple[list[str], str, list[Any]]:
    """PostgreSQL -> an expression per column, the FROM clause, the parameters in their order."""
    exprs: list[str] = []
    arrays: list[str] = []
    alias: list[str] = []
    once: list[Any] = []
    many: list[Any] = []
    for name, cast, values in zip(names, casts, columns, strict=True):
        if values.count(values[0]) == len(values):
            exprs.append(f"%s::{cast}")
            once.append(values[0])
        elif cast == "jsonb":  # an array of texts would have each of their quotes escaped: half of the client's time
            exprs.append(f"NULLIF(d.{name}, 'null')")
            arrays.append("jsonb_array_elements(%s::jsonb)")
            alias.append(name)
            many.append(f"[{','.join(v or 'null' for v in values)}]")
        else:
            exprs.append(f"d.{name}")
            arrays.append(f"unnest(%s::{cast}[])")
            alias.append(name)
            many.append(values)
    source = f" FROM ROWS FROM ({', '.join(arrays)}) AS d({', '.join(alias)})" if arrays else ""
    if not arrays and columns and len(columns[0]) > 1:  # equal rows: said once, counted
        source = f" FROM generate_series(1, {len(columns[0])})"
    return exprs, source, once + many


def insert(model: type[Model], names: Sequence[str], rows: Sequence[tuple[Any, ...]], *, ignore: bool = False) -> None:
    """Insert `rows`. ignore: a row that breaks a unique constraint is left out instead of refused."""
    if not rows:
        return
    table, cols, casts, prepares = _plan(model, tuple(names), connection.vendor)
    columns = _columns(prepares, rows)
    tail = " ON CONFLICT DO NOTHING" if ignore else ""
    with cursors.cursor() as cursor:
        if connection.vendor == "postgresql":
            exprs, source, params = _shape(casts, cols, columns)
            cursor.execute(f"INSERT INTO {table} ({', '.join(cols)}) SELECT {', '.join(exprs)}{source}{tail}", params)
        else:
            marks = ", ".join(["%s"] * len(cols))
            sql = f"INSERT INTO {table} ({', '.join(cols)}) VALUES ({marks}){tail}"
            cursor.executemany(sql, list(zip(*columns, strict=True)))


def update(model: type[Model], names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Update `names` of rows whose tuples begin with the row's key (which is not among `names`)."""
    if not rows or not names:
        return
    table, (key, *cols), casts, prepares = _plan(model, ("pk", *names), connection.vendor)
    columns = _columns(prepares, rows)
    with cursors.cursor() as cursor:
        if connection.vendor != "postgresql":
            sets = ", ".join(f"{c} = %s" for c in cols)
            pks, *rest = columns
            cursor.executemany(f"UPDATE {table} SET {sets} WHERE {key} = %s", list(zip(*rest, pks, strict=True)))
        elif len(rows) == 1:
            sets = ", ".join(f"{c} = %s::{cast}" for c, cast in zip(cols, casts[1:], strict=True))
            values = [column[0] for column in columns]
            cursor.execute(f"UPDATE {table} SET {sets} WHERE {key} = %s", [*values[1:], values[0]])
        else:
            (pk, *exprs), source, params = _shape(casts, [key, *cols], columns)
            sets = ", ".join(f"{c} = {e}" for c, e in zip(cols, exprs, strict=True))
            cursor.execute(f"UPDATE {table} AS t SET {sets}{source} WHERE t.{key} = {pk}", params)
