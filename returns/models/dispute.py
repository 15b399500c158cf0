"""A dispute: the platform decides between shop and buyer, beside the return that it is about."""

from __future__ import annotations

from django.db import models
from django.db.models import Q as If
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from flows.machine import machine
from flows.models import LONGEST, Subject, only_states
from flows.registry import bind

from ..states import D, Remedy
from ..tables.dispute import DISPUTE


class Dispute(machine(DISPUTE), Subject):  # type: ignore[misc]
    """about: its return's number, by which the platform speaks of it where it names none of its own.

    openings: the moments at which it was opened, as far as they were told; the first is its own.
    rulings: [[moment, "buyer"|"seller", remedy, fen or null]], every one that was told, oldest first.
    remedy, awarded (fen): what the newest ruling for the buyer demands. moved: money went by a ruling.
    pack: sha256 of the manifest of the evidence pack that was handed in. platform: what it says, raw, beside ours.
    """

    root = "order"

    state = FSMField(_("状态"), choices=D.choices, protected=True, editable=False)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="disputes", verbose_name=_("订单"))
    of = models.ForeignKey("returns.Return", models.PROTECT, related_name="disputes", verbose_name=_("售后单"))
    about = models.CharField(max_length=LONGEST, blank=True, editable=False)
    reason = models.CharField(_("介入原因"), max_length=300, blank=True)
    opened_by = models.CharField(_("来源"), max_length=20, blank=True)  # hook, desk, api
    openings = models.JSONField(default=list, blank=True, editable=False)
    rulings = models.JSONField(_("裁决"), default=list, blank=True, editable=False)
    remedy = models.CharField(_("裁决要求"), max_length=20, choices=Remedy.choices, blank=True)
    awarded = models.BigIntegerField(_("判退金额"), null=True)
    moved = models.BooleanField(default=False)
    statement = models.TextField(_("举证说明"), blank=True)
    pack = models.CharField(_("证据包"), max_length=64, blank=True, editable=False)
    ruled_at = models.DateTimeField(_("裁决时间"), null=True)
    enforced_at = models.DateTimeField(_("平台执行时间"), null=True)
    withdrawn_at = models.DateTimeField(_("撤销时间"), null=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    platform = models.JSONField(_("平台状态"), default=dict, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("平台介入"), pgettext_lazy("plural", "平台介入")
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="dispute_number"),
            models.UniqueConstraint(
                fields=["of"],
                condition=If(state__in=["opened", "evidence_given", "appealed"]),
                name="dispute_open_once",
            ),
            only_states(DISPUTE),
        ]
        indexes = [
            models.Index(fields=["shop", "state", "-id"], name="dispute_queue"),
            models.Index(fields=["shop", "about"], name="dispute_about"),
        ]


bind(DISPUTE, Dispute)
