"""Evidence packs that left this house: who took them, when, and what was in them."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from flows.models import InsertOnly


class PackTaken(InsertOnly):
    """One download. sha256: of its manifest, which names every file in it. clear: with the buyer's name and address."""

    of = models.ForeignKey("returns.Return", models.PROTECT, related_name="packs")
    sha256 = models.CharField(_("清单指纹"), max_length=64)
    clear = models.BooleanField(_("含买家信息"))
    by = models.CharField(_("下载人"), max_length=80)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("证据包下载"), pgettext_lazy("plural", "证据包下载")

    def __str__(self) -> str:
        return f"{self.of_id} {self.sha256[:12]}"
