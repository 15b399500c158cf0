"""The project as an app: its commands, static files and the words of its pages."""

import gc

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _

from rows.moments import read_quickly


class KefuConfig(AppConfig):
    name = "kefu"
    verbose_name = _("工作台")

    def ready(self) -> None:
        """The clock's heart is listened to, moments are read quickly, garbage is looked for rarely."""
        from . import heartbeat

        heartbeat.listen()
        connection_created.connect(read_quickly)
        # A batch makes a hundred thousand objects and drops them together: looked through every 700, as is the default,
        # they cost half of a sweep's time, and there is hardly a cycle among them.
        gc.set_threshold(50_000, 20, 20)
