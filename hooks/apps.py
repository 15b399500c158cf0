"""Registers what the outside world tells us."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_delete, post_save
from django.utils.translation import pgettext_lazy


class HooksConfig(AppConfig):
    name = "hooks"
    verbose_name = pgettext_lazy("plural", "平台消息")

    def ready(self) -> None:
        from . import parking  # noqa: F401 (what it registers)
        from .endpoints import ENDPOINTS, PUSHERS  # models are loaded by now

        for name in ("shops.Shop", "shops.HookSecret", "orders.CourierContract"):
            sender = apps.get_model(name)
            speaks = PUSHERS if sender._meta.app_label == "orders" else ENDPOINTS
            for signal in (post_save, post_delete):
                signal.connect(speaks.changed, sender=sender, dispatch_uid=f"hooks.{name}")
