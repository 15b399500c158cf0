"""A measure: facts that are counted by day and by what they can be cut by. Figures are made of them.

A fact belongs to exactly one day and one cell, so sums over days, agents, products add up. The rollup is written by
the very statement that counts a measure directly: the two cannot mean different things.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Case, F, Func, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate

from ..models import Rollup
from .days import Span

CUTS = ("agent", "kind", "sku", "reason", "part")
KEY = ("day", *CUTS, "bucket")
SUMS = ("n", "total")
ABSENT = {**dict.fromkeys(CUTS, "''"), "bucket": "0", "n": "1", "total": "0"}
# Upper edges of the ranges that seconds are sorted into: 15 s and 20 s are what the desk promises.
EDGES = (5, 10, 15, 20, 30, 60, 120, 300, 600, 1800, 3600, 4 * 3600, 86400)
BEYOND = 10**9


@dataclass(frozen=True)
class Facts:
    """Rows of facts, as a query or as SQL with its parameters, whose columns are `names` of KEY and SUMS, each with an
    underscore behind. n is 1 where they have none."""

    rows: QuerySet[Any, Any] | tuple[str, Sequence[Any]]
    names: tuple[str, ...]

    def worded(self) -> tuple[str, Sequence[Any]]:
        return self.rows if isinstance(self.rows, tuple) else self.rows.query.sql_with_params()


@dataclass(frozen=True)
class Measure:
    """flows: whose moves change it ("clock": deadlines). facts(span): the facts of these days."""

    name: str
    flows: tuple[str, ...]
    facts: Callable[[Span], Iterable[Facts]]
    has: tuple[str, ...]  # of CUTS: by what it can be cut


MEASURES: dict[str, Measure] = {}


def measure(flows: str, *has: str) -> Callable[[Callable[[Span], Iterable[Facts]]], Measure]:
    """Registers the function's name as a measure."""

    def register(facts: Callable[[Span], Iterable[Facts]]) -> Measure:
        made = Measure(facts.__name__, tuple(flows.split()), facts, has)
        MEASURES[made.name] = made
        return made

    return register


# ---- words for facts
def dated(rows: QuerySet[Any], span: Span, moment: str, *, shop: str = "shop", **columns: Any) -> Facts:
    """The rows of the span's shop that happened in it, each on the day of `moment`. columns: of KEY and SUMS."""
    rows = rows.filter(**{shop: span.shop, f"{moment}__gte": span.start, f"{moment}__lt": span.end})
    given = {f"{name}_": F(c) if isinstance(c, str) else c for name, c in columns.items()}
    day = TruncDate(moment, tzinfo=span.zone)
    return Facts(rows.order_by().annotate(day_=day, **given).values("day_", *given), ("day", *columns))


def hit(condition: Q) -> Case:
    """1 where it holds, else 0."""
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


class Seconds(Func):
    """Whole seconds from the first moment to the second."""

    output_field = BigIntegerField()

    def __init__(self, since: str, until: str) -> None:
        super().__init__(F(until), F(since))

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "(django_timestamp_diff(%(expressions)s) / 1000000)"
        return super().as_sql(compiler, connection, template=template, **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "FLOOR(EXTRACT(EPOCH FROM (%(expressions)s)))::bigint"
        return super().as_sql(compiler, connection, template=template, arg_joiner=" - ", **more)


def bucket(seconds: str) -> Case:
    ranges = [When(**{f"{seconds}__lte": edge}, then=Value(edge)) for edge in EDGES]
    return Case(*ranges, default=Value(BEYOND), output_field=IntegerField())


# ---- counting
def worded(what: Measure, span: Span) -> tuple[str, list[Any]]:
    """-> one statement: KEY, then SUMS, a row for each cell."""
    parts: list[str] = []
    params: list[Any] = []
    for facts in what.facts(span):
        sql, given = facts.worded()
        columns = ", ".join(_column(name, facts.names) for name in (*KEY, *SUMS))
        parts.append(f"SELECT {columns} FROM ({sql}) AS x")
        params += given
    key, union = ", ".join(KEY), " UNION ALL ".join(parts)
    return f"SELECT {key}, SUM(n) AS n, SUM(total) AS total FROM ({union}) AS f GROUP BY {key}", params


def _column(name: str, there: Sequence[str]) -> str:
    absent = ABSENT.get(name, "NULL")
    return f"COALESCE({name}_, {absent}) AS {name}" if name in there else f"{absent} AS {name}"


def direct(what: Measure, span: Span) -> dict[tuple[Any, ...], tuple[int, int]]:
    """{(day, agent, kind, sku, reason, part, bucket): (n, total)}, asked of the facts themselves."""
    with connection.cursor() as cursor:
        cursor.execute(*worded(what, span))
        found = cursor.fetchall()
    return {(_day(row[0]), *row[1:7]): (int(row[7]), int(row[8])) for row in found}


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def write(what: Measure, span: Span) -> None:
    """The rollup of these days, anew: two statements, however many facts."""
    rolled = Rollup.objects.filter(shop=span.shop, measure=what.name, day__gte=span.first, day__lte=span.last)
    rolled._raw_delete(rolled.db)
    sql, params = worded(what, span)
    table = connection.ops.quote_name(Rollup._meta.db_table)
    columns = ", ".join(("shop_id", "measure", *KEY, *SUMS))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {span.shop:d}, '{what.name}', c.* FROM ({sql}) AS c", params
        )
