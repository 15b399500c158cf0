"""A dispute: the platform decides between shop and buyer, beside the return that it is about."""

from __future__ import annotations

from django.db import models
from django.db.models import Q as If
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from flows.machine import machine
from flows.models import Subject, only_states
from flows.registry import bind

from ..states import D, Remedy
from ..tables.dispute import DISPUTE


class Dispute(machine(DISPUTE), Subject):  # type: ignore[misc]
    """remedy, awarded (fen): what the newest ruling for the buyer demands. moved: money or goods went by a ruling."""

    root = "order"

    state = FSMField(_("状态"), choices=D.choices, protected=True, editable=False)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="disputes", verbose_name=_("订单"))
    of = models.ForeignKey("returns.Return", models.PROTECT, related_name="disputes", verbose_name=_("售后单"))
    remedy = models.CharField(_("裁决要求"), max_length=20, choices=Remedy.choices, blank=True)
    awarded = models.BigIntegerField(_("判退金额"), null=True)
    moved = models.BooleanField(default=False)
    statement = models.TextField(_("举证说明"), blank=True)
    ruled_at = models.DateTimeField(_("裁决时间"), null=True)
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
        indexes = [models.Index(fields=["shop", "state", "-id"], name="dispute_queue")]


bind(DISPUTE, Dispute)
