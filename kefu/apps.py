"""The project as an app: its commands, static files and the words of its pages."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KefuConfig(AppConfig):
    name = "kefu"
    verbose_name = _("工作台")

    def ready(self) -> None:
        """The clock's heart is listened to."""
        from . import heartbeat

        heartbeat.listen()
