"""Goods that were not there, and parcels that came late."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from deadlines.models import Deadline
from orders.models import Parcel

from .days import Span
from .figure import COUNT, SHARE, Figure, Of, register
from .measure import Facts, dated, hit, measure

# The missing lines stand in the stock-out as JSON; which product each is, in the order.
POSTGRES = """
SELECT (s.created_at AT TIME ZONE %s)::date AS day_, l.sku AS sku_, (x ->> 'quantity')::bigint AS total_
FROM orders_stockout s CROSS JOIN LATERAL jsonb_array_elements(s.lines) AS x
JOIN orders_line l ON l.order_id = s.order_id AND l.line = x ->> 'line'
WHERE s.shop_id = %s AND s.created_at >= %s AND s.created_at < %s
"""
SQLITE = """
SELECT django_datetime_cast_date(s.created_at, %s, 'UTC') AS day_, l.sku AS sku_,
    json_extract(x.value, '$.quantity') AS total_
FROM orders_stockout s, json_each(s.lines) AS x
JOIN orders_line l ON l.order_id = s.order_id AND l.line = json_extract(x.value, '$.line')
WHERE s.shop_id = %s AND s.created_at >= %s AND s.created_at < %s
"""


@measure("order", "sku")
def stock_outs(span: Span) -> Iterator[Facts]:
    """A missing line of an order is one fact, on the day on which the stock-out was reported. total: pieces."""
    sql = POSTGRES if connection.vendor == "postgresql" else SQLITE
    start, end = map(connection.ops.adapt_datetimefield_value, (span.start, span.end))
    yield Facts((sql, (span.zone.key, span.shop, start, end)), ("day", "sku", "total"))


@measure("clock", "part")
def deliveries(span: Span) -> Iterator[Facts]:
    """Parcels whose day of delivery has come. part: the courier. total: those that came late, or not yet."""
    parcel = Parcel.objects.filter(order=OuterRef("case"), tracking_number__startswith=OuterRef("part"))
    due = Deadline.objects.filter(flow="order", clock="deliver", due_at__lte=span.until)
    late = hit(Q(ended_at__isnull=True) | Q(ended_at__gt=F("due_at")))
    for still in (True, False):
        those = due.filter(ended_at__isnull=still)
        yield dated(those, span, "due_at", part=Subquery(parcel.values("carrier")[:1]), total=late)


CUT: dict[str, Any] = {"family": "goods"}

register(
    Figure(
        "stock_outs", label=_("缺货"), unit=COUNT, down=True, top=Of(stock_outs), by=("product",), **CUT,
        words=_("仓库报缺的订单商品行数，记在报缺的那一天。同一行后来补报不再算一次；找到货、客户改等货的也算。"),
    ),
    Figure(
        "stock_out_pieces", label=_("缺货件数"), unit=COUNT, down=True, top=Of(stock_outs, "total"), by=("product",),
        words=_("仓库报缺的件数，记在报缺的那一天。"), **CUT,
    ),
    Figure(
        "late_deliveries", label=_("快递超时率"), unit=SHARE, down=True, top=Of(deliveries, "total"),
        bottom=Of(deliveries), by=("carrier",), **CUT,
        words=_(
            "超过送达时限才送到或还没送到的包裹 ÷ 送达时限已到的包裹，记在到期的那一天，以系统得知的时间为准。"
            "时限暂停期间（处理中的售后等）不算。"
        ),
    ),
    Figure(
        "deliveries_due", label=_("应送达包裹"), unit=COUNT, top=Of(deliveries), by=("carrier",), **CUT,
        words=_("送达时限已到的包裹数，记在到期的那一天。"),
    ),
)  # fmt: skip
