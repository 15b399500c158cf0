"""Parcels of a return's own: what the customer sends back, and what comes unannounced."""

from __future__ import annotations

from django.db import models
from django.db.models import Q as If
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.couriers import Carried
from orders.states import P


class BackParcel(Carried, models.Model):
    """A parcel that travels to us. of: the return it belongs to; None: unannounced, until somebody matches it.

    contents: {line of the order: quantity}, as announced; None: whatever of the return is in no other parcel.
    counted: what was in it when it was opened here; None: nobody has.
    bounced_at: the courier took it back to the customer, or the number was false: it counts no more.
    received_at: scanned here; scans: how often. track, status as of the order's parcels.
    """

    shop = models.ForeignKey("shops.Shop", models.PROTECT, db_index=False)
    of = models.ForeignKey("returns.Return", models.PROTECT, null=True, related_name="parcels")
    carrier = models.CharField(_("快递公司"), max_length=40, blank=True)
    tracking_number = models.CharField(_("快递单号"), max_length=64)
    contents = models.JSONField(_("内件"), null=True, default=None)
    counted = models.JSONField(_("实收"), null=True, default=None)
    sent_at = models.DateTimeField(_("寄出时间"), null=True)
    told_by = models.CharField(max_length=80, blank=True)
    status = models.CharField(_("状态"), max_length=20, choices=P.choices, default=P.ANNOUNCED)
    status_at = models.DateTimeField(null=True)
    track = models.JSONField(_("物流轨迹"), default=list)
    bounced_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(_("收货时间"), null=True)
    received_by = models.CharField(_("收货人"), max_length=80, blank=True)
    scans = models.PositiveIntegerField(default=0)
    words = models.CharField(_("备注"), max_length=500, blank=True)
    matched_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("退货包裹"), pgettext_lazy("plural", "退货包裹")
        constraints = [
            models.UniqueConstraint(fields=["of", "tracking_number"], name="back_parcel_of_return"),
            models.UniqueConstraint(
                fields=["shop", "tracking_number"], condition=If(of__isnull=True), name="back_parcel_unannounced"
            ),
        ]
        indexes = [models.Index(fields=["shop", "tracking_number"], name="back_parcel_by_number")]

    def __str__(self) -> str:
        return f"{self.courier} {self.tracking_number}".strip()
