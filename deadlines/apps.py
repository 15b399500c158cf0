"""Registers the deadlines."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class DeadlinesConfig(AppConfig):
    name = "deadlines"
    verbose_name = pgettext_lazy("plural", "时限")
