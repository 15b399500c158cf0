"""What is kept of the customer's page: which links were revoked, and how often it was asked for lately."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class LinkRevoked(models.Model):
    """Every link that was given out up to `link` opens nothing any more. by: who said so."""

    of = models.ForeignKey("returns.Return", models.PROTECT, related_name="links_revoked", verbose_name=_("售后单"))
    link = models.PositiveIntegerField()
    by = models.CharField(_("操作人"), max_length=80)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("作废的客户链接"), pgettext_lazy("plural", "作废的客户链接")
        constraints = [models.UniqueConstraint(fields=["of", "link"], name="link_revoked_once")]

    def __str__(self) -> str:
        return f"{self.of_id} {self.link}"


class Visits(models.Model):
    """How often one caller came in one stretch of time. caller: a keyed hash, so that no address is stored."""

    caller = models.CharField(max_length=44)
    since = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "since"], name="visits_once")]
        indexes = [models.Index(fields=["since"], name="visits_since")]

    def __str__(self) -> str:
        return f"{self.since:%F %T} {self.count}"
