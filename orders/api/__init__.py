"""Orders, stock-outs and refunds in the REST API: what they show, how they are found, how an order is placed."""

from __future__ import annotations

from django.urls import URLPattern

from flows.api.addresses import addresses

from .orders import ORDERS
from .placing import PLACING
from .refunds import REFUNDS
from .stock_outs import STOCK_OUTS


def order_addresses() -> list[URLPattern]:
    return [*addresses(ORDERS, PLACING), *addresses(STOCK_OUTS), *addresses(REFUNDS)]


__all__ = ["ORDERS", "REFUNDS", "STOCK_OUTS", "order_addresses"]
