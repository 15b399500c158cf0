"""Registers the order's way to the customer."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = _("订单")

    def ready(self) -> None:
        """What stands beside the tables: effects, tellers, loaders."""
        from . import merge, parcels, settle, steps  # noqa: F401
