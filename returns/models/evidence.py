"""What somebody gave to prove a point: photos, videos, documents, words."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Evidence(models.Model):
    """Never public: served only to those who may see the case.

    file: its name in the media folder, random; "" for words and for what lies elsewhere (`url`, as a platform told it).
    sha256: of the original bytes; what is stored of a photo is re-encoded, without its metadata (stored_sha256: of
    that). giver: the role.
    stage: where it belongs in the story: application, refusal, inspection, dispute, freight.
    """

    KINDS = [
        ("photo", _("照片")),
        ("video", _("视频")),
        ("document", _("文件")),
        ("words", _("文字")),
        ("link", _("链接")),
    ]
    STAGES = [
        ("application", _("申请")), ("refusal", _("拒绝")), ("inspection", _("验货")), ("dispute", _("平台介入")),
        ("freight", _("运费")),
    ]  # fmt: skip
    shop = models.ForeignKey("shops.Shop", models.PROTECT, db_index=False)
    of = models.ForeignKey("returns.Return", models.PROTECT, related_name="evidence")
    kind = models.CharField(_("类别"), max_length=10, choices=KINDS)
    stage = models.CharField(_("环节"), max_length=12, choices=STAGES, default="application")
    file = models.CharField(max_length=200, blank=True)
    url = models.CharField(_("来源地址"), max_length=500, blank=True)
    name = models.CharField(_("文件名"), max_length=200, blank=True)
    mime = models.CharField(max_length=60, blank=True)
    size = models.PositiveBigIntegerField(_("大小"), default=0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    stored_sha256 = models.CharField(max_length=64, blank=True)
    words = models.TextField(_("文字"), blank=True)
    giver = models.CharField(_("提供者"), max_length=10)
    by = models.CharField(_("提供人"), max_length=80)
    at = models.DateTimeField(_("时间"))
    erased_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("凭证"), pgettext_lazy("plural", "凭证")
        constraints = [models.UniqueConstraint(fields=["file"], condition=~Q(file=""), name="evidence_file_once")]
        indexes = [models.Index(fields=["of", "at"], name="evidence_of")]

    def __str__(self) -> str:
        return f"{self.of_id} {self.kind} {self.name}"
