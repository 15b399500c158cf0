"""The order's flows in the REST API: what they show, how they are found, how an order is placed."""

from __future__ import annotations

from django.urls import URLPattern

from flows.api.addresses import addresses

from .logistics_queries import ASKING, LOGISTICS_QUERIES
from .orders import ORDERS
from .placing import PLACING
from .refunds import REFUNDS
from .stock_outs import STOCK_OUTS


def order_addresses() -> list[URLPattern]:
    return [
        *addresses(ORDERS, PLACING),
        *addresses(STOCK_OUTS),
        *addresses(LOGISTICS_QUERIES, ASKING),
        *addresses(REFUNDS),
    ]


__all__ = ["LOGISTICS_QUERIES", "ORDERS", "REFUNDS", "STOCK_OUTS", "order_addresses"]
