"""What a courier carries."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..couriers.guess import Carried
from ..states import ENDS, P


class Parcel(Carried, models.Model):
    """contents: {line: quantity}; None: whatever of the order is in no other parcel; {} while nobody has said it.

    told_at: when that was said, at the source.
    track: [[moment, words], …] oldest first. status_at: when its status was reached at the source.
    void: recalled before the courier took it.
    """

    shop = models.ForeignKey("shops.Shop", models.PROTECT, db_index=False)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="parcels")
    carrier = models.CharField(_("快递公司"), max_length=40)
    tracking_number = models.CharField(_("快递单号"), max_length=64)
    contents = models.JSONField(_("内件"), null=True, default=dict)
    told_at = models.DateTimeField(null=True)
    status = models.CharField(_("状态"), max_length=20, choices=P.choices, default=P.PACKED)
    status_at = models.DateTimeField(null=True)
    packed_at = models.DateTimeField(_("打包时间"), null=True)
    shipped_at = models.DateTimeField(_("发货时间"), null=True)
    first_track_at = models.DateTimeField(_("揽收时间"), null=True)
    track = models.JSONField(_("物流轨迹"), default=list)
    void = models.BooleanField(default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("包裹"), pgettext_lazy("plural", "包裹")
        constraints = [models.UniqueConstraint(fields=["order", "tracking_number"], name="parcel_of_order")]
        indexes = [models.Index(fields=["shop", "tracking_number"], name="parcel_by_number")]

    def __str__(self) -> str:
        return f"{self.courier} {self.tracking_number}"

    @property
    def part(self) -> str:
        """Its name among the clocks of its order."""
        return self.tracking_number[:40]

    @property
    def ended(self) -> bool:
        return self.status in ENDS

    def words(self) -> dict[str, Any]:
        return {"carrier": self.carrier, "tracking_number": self.tracking_number, "status": self.status}
