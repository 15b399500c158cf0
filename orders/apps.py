"""Registers the order's way to the customer."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = pgettext_lazy("plural", "订单")

    def ready(self) -> None:
        """What stands beside the tables: effects, tellers, loaders."""
        from . import merge, parcels, settle, steps  # noqa: F401
