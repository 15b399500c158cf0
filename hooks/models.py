"""What the outside world told us, as it came; and what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rows.claim import Queued

# What waits for a person: parked and no longer tried, rejected, dead. Few among all that ever came.
STRANDED = Q(outcome="parked", rings_at=None) | Q(outcome="rejected") | Q(dead_at__isnull=False)


class Inbox(Queued):
    """One message of a shop's platform, stored once for ever before it is answered. Its key is the public event id.

    `body` and `headers` are what was signed, unchanged: with the secret `signed_with` the signature can be verified
    again. In the queue (`rings_at`) until it has an outcome; `parked` may be in it (its subject is awaited) or not
    (a later version will understand it). `number` is what the message names: an order's number, a parcel's, a key.
    """

    APPLIED, NO_OP, PARKED, IGNORED, REJECTED = "applied", "no_op", "parked", "ignored", "rejected"
    OUTCOMES = [
        (APPLIED, _("已执行")),
        (NO_OP, _("无需变更")),
        (PARKED, _("等待对象")),
        (IGNORED, _("已忽略")),
        (REJECTED, _("已拒绝")),
    ]

    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, db_index=False, verbose_name=_("店铺"))
    source = models.CharField(_("来源"), max_length=30)  # the dialect that it came in
    key = models.CharField(_("消息编号"), max_length=160)  # the message's own id, by its dialect
    type = models.CharField(_("类型"), max_length=100, blank=True)  # native type or the platform's topic
    body = models.BinaryField(_("原始内容"))
    body_hash = models.CharField(_("内容摘要"), max_length=64)  # SHA-256, stays when the body is erased
    headers = models.JSONField(_("请求头"), default=dict)
    signed_with = models.BigIntegerField(_("密钥"))  # the HookSecret's key, which may outlive its row
    received_at = models.DateTimeField(_("收到"))
    occurred_at = models.DateTimeField(_("发生"), null=True)
    number = models.CharField(_("单号"), max_length=64, blank=True)
    outcome = models.CharField(_("结果"), max_length=10, choices=OUTCOMES, blank=True)  # empty: received
    why = models.CharField(_("原因"), max_length=300, blank=True)
    flag = models.CharField(_("未知代码"), max_length=100, blank=True)  # of the platform's, as it came
    flow = models.CharField(_("流程"), max_length=20, blank=True)  # what it moved
    subject = models.BigIntegerField(_("对象"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("平台消息"), pgettext_lazy("plural", "平台消息")
        constraints = [models.UniqueConstraint(fields=["shop", "source", "key"], name="inbox_once")]
        indexes = [
            models.Index(fields=["rings_at", "id"], name="inbox_rings", condition=Q(rings_at__isnull=False)),
            models.Index(fields=["shop", "number"], name="inbox_parked", condition=Q(outcome="parked")),
            models.Index(fields=["shop"], name="inbox_stranded", condition=STRANDED),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.key}"
