"""Registers the order's way to the customer."""

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save
from django.utils.translation import pgettext_lazy


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = pgettext_lazy("plural", "订单")

    def ready(self) -> None:
        """What stands beside the tables: effects, tellers, loaders."""
        from . import merge, parcels, settle, steps  # noqa: F401
        from .couriers import contracts

        for signal in (post_save, post_delete):
            signal.connect(contracts.forget, sender="orders.CourierContract", dispatch_uid="orders.contracts")
