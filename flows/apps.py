"""Registers the kernel."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class FlowsConfig(AppConfig):
    name = "flows"
    verbose_name = pgettext_lazy("plural", "流程")

    def ready(self) -> None:
        from . import checks  # noqa: F401 (registers them)
