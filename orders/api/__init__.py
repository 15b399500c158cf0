"""Orders and stock-outs in the REST API: what they show, how they are found, how an order is placed."""

from __future__ import annotations

from django.urls import URLPattern

from flows.api.addresses import addresses

from .orders import ORDERS
from .placing import PLACING
from .stock_outs import STOCK_OUTS


def order_addresses() -> list[URLPattern]:
    return [*addresses(ORDERS, PLACING), *addresses(STOCK_OUTS)]


__all__ = ["ORDERS", "STOCK_OUTS", "order_addresses"]
