"""Registers the kernel."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FlowsConfig(AppConfig):
    name = "flows"
    verbose_name = _("流程")

    def ready(self) -> None:
        from . import checks  # noqa: F401 (registers them)
