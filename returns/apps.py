"""Registers the ways in which goods and money come back."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class ReturnsConfig(AppConfig):
    name = "returns"
    verbose_name = pgettext_lazy("plural", "售后")

    def ready(self) -> None:
        """What stands beside the tables: effects, tellers, loaders, and what a step below moves up here."""
        from . import advance, lost, reactions, settling, steps, tracking, vocabulary  # noqa: F401
