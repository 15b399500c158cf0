"""The floor as an app: the official calendar is seeded after each migrate."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import pgettext_lazy


class ShopsConfig(AppConfig):
    name = "shops"
    verbose_name = pgettext_lazy("plural", "店铺")

    def ready(self) -> None:
        post_migrate.connect(seed_calendar, sender=self, dispatch_uid="shops.seed_calendar")


def seed_calendar(sender: AppConfig, using: str, **kwargs: object) -> None:
    """After each migrate, so that an upgrade of chinesecalendar brings its new year; nothing while all years stand."""
    from django.db import DEFAULT_DB_ALIAS, connections
    from django.utils import timezone

    from . import seed
    from .models import CalendarChange

    # After `migrate shops zero` there is no table to seed.
    if using == DEFAULT_DB_ALIAS and CalendarChange._meta.db_table in connections[using].introspection.table_names():
        seed.seed(timezone.now())
