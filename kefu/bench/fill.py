"""Orders by the million, worded by the database itself; triggers and foreign keys look away while they are loaded."""

# ruff: noqa: S608 (names come from the models)

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import JSONField, Model

from deadlines.models import Deadline
from flows.models import Move
from hooks import endpoints
from orders.models import Line, Order
from orders.states import S
from shops import hook_secrets, policy
from shops.models import Shop

CODE = "bench"
FIRST = 10_001  # the first order's key: no other number in a statement is as large
STEP = 100_000  # rows a statement
# state, its clock, that clock's limit, out of ten orders
STATES = (
    (S.AWAITING_PAYMENT, "pay", "unpaid_close", 4),
    (S.AWAITING_CONFIRMATION, "ship", "ship", 2),
    (S.AWAITING_AUDIT, "ship", "ship", 1),
    (S.PICKING, "ship", "ship", 1),
    (S.SHIPPED, "sign", "auto_sign", 1),
    (S.SIGNED, "after_sale", "after_sale_window", 1),
)
NOW = datetime.now(UTC).replace(microsecond=0)
ADDRESS = {"province": "浙江省", "city": "杭州市", "district": "西湖区", "detail": "文三路 1 号"}
FAR = NOW + timedelta(days=30)  # when the clocks are due


def shop() -> Shop:
    made = Shop.objects.create(code=CODE, name="测速", platform="native", created_at=NOW)
    policy.copy_preset(made, "bench", NOW)
    hook_secrets.add_secret(made, NOW)
    endpoints.ENDPOINTS.forget()
    return made


def orders(of: Shop, first: int, last: int) -> None:
    """Orders `first` … `last` (their keys), each with a line, its first Move and one running clock."""
    states = [row for row in STATES for _ in range(row[3])]
    state = _pick([s for s, *_ in states])
    generate(Order, first, last, {
        "id": "i", "shop_id": str(of.pk), "number": "'B' || i", "version": "1", "state": state, "payment": "'online'",
        "buyer_id": "'b' || i % 5000", "buyer_name": "'张三'", "buyer_phone": "'13800138000'",
        "phone_key": "md5((i % 50000)::text)", "address": _json(ADDRESS),
        "total": "25900", "paid": "0", "placed_at": _moment("i"), "created_at": _moment("i"),
        "shipped_at": f"CASE WHEN i % 10 >= 8 THEN {_moment('i')} END",
    })  # fmt: skip
    generate(Line, first, last, {
        "order_id": "i", "line": "'1'", "sku": "'S-' || i % 900", "title": "'跑步鞋'", "quantity": "1",
        "unit_price": "25900", "paid": "25900",
    })  # fmt: skip
    generate(Move, first, last, {
        "shop_id": str(of.pk), "flow": "'order'", "subject": "i", "seq": "1", "step": "'start'", "target": state,
        "who": "'platform'", "by": "'hook:native'", "at": _moment("i"), "noted_at": _moment("i"),
    })  # fmt: skip
    deadlines(of, first, last, _pick([c for _s, c, *_ in states]), _pick([li for _s, _c, li, _n in states]))


def deadlines(of: Shop, first: int, last: int, clock: str = "'ship'", limit: str = "'ship'") -> None:
    """A clock each, due a month from now."""
    generate(Deadline, first, last, {
        "shop_id": str(of.pk), "flow": "'order'", "subject": "i", "case": "i", "clock": clock, "limit": limit,
        "policy": "1", "after": "259200", "started_at": _moment("i"), "due_at": f"'{FAR.isoformat()}'::timestamptz",
        "rings_at": f"'{FAR.isoformat()}'::timestamptz + i * interval '1 millisecond'",
    })  # fmt: skip


def _pick(words: list[Any]) -> str:
    return f"(ARRAY[{', '.join(repr(str(w)) for w in words)}])[i % {len(words)} + 1]"


def _json(value: Any) -> str:
    return f"'{json.dumps(value, ensure_ascii=False)}'::jsonb"


def _moment(i: str) -> str:
    return f"'{NOW.isoformat()}'::timestamptz - ({i} % 86400) * interval '1 second'"


def generate(model: type[Model], first: int, last: int, given: Mapping[str, str]) -> None:
    """Rows i = first … last: `given` says columns in SQL, the others have the model's own default."""
    fields = [f for f in model._meta.concrete_fields if not (f.primary_key and "id" not in given)]
    values, params = [], []
    for f in fields:
        if f.column and f.column in given:
            values.append(given[f.column])
        else:
            values.append(f"%s::{(f.db_type(connection) or 'text').split('(')[0]}")
            params.append(json.dumps(f.get_default()) if isinstance(f, JSONField) else f.get_default())
    columns = ", ".join(connection.ops.quote_name(f.column or "") for f in fields)
    worded = ", ".join(values).replace("%", "%%").replace("%%s", "%s")
    source = f"generate_series({first}, {last}) AS i"
    statement = f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {worded} FROM {source}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, params)
        if "id" in given:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{model._meta.db_table}', 'id'), {last})")


def settle(*models: type[Model]) -> None:
    """VACUUM ANALYZE these tables, or all: where autovacuum is off nothing else does."""
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {', '.join(m._meta.db_table for m in models)}")


def everything(count: int) -> Shop:
    """An empty database -> tables, a shop, `count` orders."""
    call_command("migrate", verbosity=0)
    made = shop()
    for first in range(FIRST, FIRST + count, STEP):
        orders(made, first, min(first + STEP, FIRST + count) - 1)
    settle()
    return made
