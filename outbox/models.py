"""What we tell others: events, who hears them, and every attempt to say it."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rows.claim import Queued


class Event(Queued):
    """What happened, written by the transaction in which it happened; in the queue until it is fanned out."""

    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, db_index=False, verbose_name=_("店铺"))
    topic = models.CharField(_("主题"), max_length=60)  # order.audit, deadline.warned, refund.send
    flow = models.CharField(_("流程"), max_length=20)
    subject = models.BigIntegerField(_("对象"))
    seq = models.PositiveIntegerField(_("序号"))  # of the Move that caused it
    data = models.JSONField(_("内容"), default=dict)
    at = models.DateTimeField(_("时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("事件"), pgettext_lazy("plural", "事件")
        indexes = [
            models.Index(fields=["rings_at", "id"], name="event_queue", condition=Q(rings_at__isnull=False)),
            # is there an earlier one of this subject?
            models.Index(fields=["flow", "subject", "id"], name="event_lane", condition=Q(rings_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.topic} #{self.pk}"


def new_secrets() -> list[str]:
    return [f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"]


class Subscriber(models.Model):
    """An address that hears a shop's events. The first secret is the newest; all of them sign (rotation)."""

    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, verbose_name=_("店铺"))
    url = models.URLField(_("地址"), max_length=500)
    patterns = models.JSONField(_("订阅主题"), default=list)  # ["*"], ["order.*", "refund.send"]
    secrets = models.JSONField(_("签名密钥"), default=new_secrets, editable=False)
    active = models.BooleanField(_("启用"), default=True)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)
    disabled_at = models.DateTimeField(_("停用时间"), null=True, editable=False)  # it answered 410
    troubles = models.PositiveIntegerField(_("连续无应答"), default=0, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("订阅方"), pgettext_lazy("plural", "订阅方")

    def __str__(self) -> str:
        return self.url

    def clean(self) -> None:
        from .address import Refused, check

        if not isinstance(self.patterns, list) or not all(_is_pattern(p) for p in self.patterns):
            raise ValidationError({"patterns": _('订阅主题须为列表，例如 ["order.*", "refund.send"] 或 ["*"]')})
        try:
            check(self.url)
        except Refused as refused:
            raise ValidationError({"url": str(refused)}) from refused

    def hears(self, topic: str) -> bool:
        return any(p in ("*", topic) or (p.endswith(".*") and topic.startswith(p[:-1])) for p in self.patterns)


def _is_pattern(pattern: Any) -> bool:
    """`*`, `flow.*` or a topic."""
    if not isinstance(pattern, str):
        return False
    return pattern == "*" or (bool(pattern.removesuffix(".*")) and "*" not in pattern.removesuffix(".*"))


class Notice(Queued):
    """One event for one listener of this house (outbox/listening.py); in the queue until it was heard. None is ever
    removed: once per listener and event, for ever."""

    listener = models.CharField(_("听者"), max_length=60)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="notices", verbose_name=_("事件"))
    heard_at = models.DateTimeField(_("处理时间"), null=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("内部通知"), pgettext_lazy("plural", "内部通知")
        constraints = [models.UniqueConstraint(fields=["event", "listener"], name="heard_once")]
        indexes = [models.Index(fields=["rings_at", "id"], name="notice_queue", condition=Q(rings_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.listener}"


class Lane(models.Model):
    """A subscriber's view of one subject: counted without a gap, heard in order."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, db_index=False)
    flow = models.CharField(max_length=20)
    subject = models.BigIntegerField()
    sequence = models.PositiveIntegerField()  # the last one given out
    ended = models.PositiveIntegerField(default=0, db_default=0)  # the last one that was delivered or died

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "flow", "subject"], name="one_lane")]

    def __str__(self) -> str:
        return f"{self.flow} {self.subject} → {self.subscriber_id}"


class Delivery(Queued):
    """One event for one subscriber. Only the head of a lane rings; its end rings the next."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, db_index=False, verbose_name=_("订阅方"))
    event = models.ForeignKey(Event, on_delete=models.PROTECT, verbose_name=_("事件"))
    lane = models.ForeignKey(Lane, on_delete=models.PROTECT, db_index=False)
    sequence = models.PositiveIntegerField(_("次序"))
    body = models.TextField(_("正文"))  # said in the same bytes at every attempt
    delivered_at = models.DateTimeField(_("送达时间"), null=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("投递"), pgettext_lazy("plural", "投递")
        constraints = [
            models.UniqueConstraint(fields=["lane", "sequence"], name="gapless_sequence"),
            models.UniqueConstraint(fields=["subscriber", "event"], name="delivered_once"),
        ]
        indexes = [
            # by subscriber first: one with a long queue must not stand before the others
            models.Index(
                fields=["subscriber", "rings_at", "id"], name="delivery_queue", condition=Q(rings_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.subscriber_id}"


class Attempt(models.Model):
    """One call and what came of it. None is ever removed."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="calls", verbose_name=_("投递"))
    at = models.DateTimeField(_("时间"))
    status = models.PositiveSmallIntegerField(_("状态码"), null=True)  # NULL: no answer
    milliseconds = models.PositiveIntegerField(_("毫秒"))
    error = models.CharField(_("错误"), max_length=300, blank=True)
    excerpt = models.CharField(_("应答摘录"), max_length=1000, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("投递尝试"), pgettext_lazy("plural", "投递尝试")

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.status or self.error}"
