"""One search for any number, phone, parcel, buyer: by indexed columns, as fast at a million rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from .models import LogisticsQuery, Order, Parcel, Refund, StockOut
from .phones import digits, phone_key

MOST = 20  # of each kind
RECENT = 20_000  # names are searched among the newest orders only: they have no index, being personal
LONGEST = 100


@dataclass(frozen=True)
class Found:
    """how: by what it was found."""

    subject: Any
    how: str


def find(text: str, shops: Iterable[int]) -> list[Found]:
    """Orders, stock-outs, logistics queries and refunds of these shops, each once."""
    text = text.replace("\x00", "").strip()[:LONGEST]
    if not text:
        return []
    mine = sorted(shops)
    orders = Order.objects.filter(shop__in=mine).select_related("shop").order_by("-pk")
    found = [Found(o, _("订单号")) for o in orders.filter(number=text)[:MOST]]
    stock_outs = StockOut.objects.filter(shop__in=mine, number=text).select_related("shop", "order")
    found += [Found(s, _("缺货单号")) for s in stock_outs[:MOST]]
    asked = LogisticsQuery.objects.filter(shop__in=mine).select_related("shop", "order")
    found += [Found(q, _("物流查询单号")) for q in asked.filter(number=text)[:MOST]]
    refunds = Refund.objects.filter(shop__in=mine).filter(Q(number=text) | Q(key=text)).select_related("shop", "order")
    found += [Found(r, _("退款单号")) for r in refunds[:MOST]]
    parcels = Parcel.objects.filter(shop__in=mine, tracking_number=text.upper()).select_related("order__shop")
    found += [Found(p.order, _("快递单号")) for p in parcels.order_by("-pk")[:MOST]]
    of_parcel = asked.filter(tracking_number=text.upper()).order_by("-pk")
    found += [Found(q, _("快递单号")) for q in of_parcel[:MOST]]
    if 7 <= len(digits(text)) <= 15:
        found += [Found(o, _("电话")) for o in orders.filter(phone_key=phone_key(text))[:MOST]]
    found += [Found(o, _("买家 ID")) for o in orders.filter(buyer_id=text)[:MOST]]
    newest = Order.objects.aggregate(n=Max("pk"))["n"] or 0
    found += [Found(o, _("收货人")) for o in orders.filter(pk__gt=newest - RECENT, buyer_name=text)[:MOST]]
    return list({(f.subject.flow.name, f.subject.pk): f for f in reversed(found)}.values())[::-1]
