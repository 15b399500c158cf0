"""A file of a conversation that lies here; what lies at the platform is only an address in its message."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Attachment(models.Model):
    """Never public: served only to those who may see the ticket. The fields are those of returns' evidence, with whose
    files its own lie (returns/store)."""

    KINDS = [("photo", _("照片")), ("video", _("视频")), ("document", _("文件"))]
    shop = models.ForeignKey("shops.Shop", models.PROTECT, db_index=False)
    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="attachments")
    kind = models.CharField(_("类别"), max_length=10, choices=KINDS)
    file = models.CharField(max_length=200, blank=True)
    name = models.CharField(_("文件名"), max_length=200, blank=True)
    mime = models.CharField(max_length=60, blank=True)
    size = models.PositiveBigIntegerField(_("大小"), default=0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    stored_sha256 = models.CharField(max_length=64, blank=True)
    by = models.CharField(_("提供人"), max_length=150)
    at = models.DateTimeField(_("时间"))
    erased_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("会话文件"), pgettext_lazy("plural", "会话文件")
        constraints = [models.UniqueConstraint(fields=["file"], condition=~Q(file=""), name="attachment_file_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind} {self.name}"
