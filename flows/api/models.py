"""Answers that were given under an Idempotency-Key."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Answer(models.Model):
    """One request under a key of its caller's, and the answer that every repetition gets. See flows.api.keys.

    key: SHA-256 of caller and key. digest: of method, address and body. seen: of the caller's shops and rights then.
    The answer may hold personal data: `keys.forget` empties it; the row stays, so that its step is never taken twice.
    """

    key = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64)
    seen = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(_("状态码"), null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    at = models.DateTimeField(_("时间"), db_index=True)

    class Meta:
        verbose_name, verbose_name_plural = _("已答复的请求"), pgettext_lazy("plural", "已答复的请求")

    def __str__(self) -> str:
        return f"{self.key[:12]} {self.status}"
