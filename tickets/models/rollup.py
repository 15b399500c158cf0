"""What the figures have been counted to, by shop and day; and how far the logs have been read."""

from __future__ import annotations

from django.db import models
from django.db.models import Q as If
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Rollup(models.Model):
    """A measure (tickets/figures/measure.py) of one shop and one day of the shop's own zone.

    agent … part: by what it can be cut; "" where the measure has no such thing. What `part` means is the measure's to
    say (a clock, a courier, a payer). bucket: of seconds, the upper edge of the range in which the facts lie.
    n: how many facts; total: the sum of what is counted of them (seconds, fen, pieces, hits).
    """

    shop = models.ForeignKey("shops.Shop", models.PROTECT, db_index=False, verbose_name=_("店铺"))
    day = models.DateField(_("日期"))
    measure = models.CharField(max_length=30)
    agent = models.CharField(max_length=150, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    sku = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=20, blank=True)
    part = models.CharField(max_length=60, blank=True)
    bucket = models.BigIntegerField(default=0)
    n = models.BigIntegerField()
    total = models.BigIntegerField()

    class Meta:
        verbose_name, verbose_name_plural = _("报表数据"), pgettext_lazy("plural", "报表数据")
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "measure", "day", "agent", "kind", "sku", "reason", "part", "bucket"],
                name="rollup_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.day} {self.measure}"


class Counted(models.Model):
    """When a day of a shop was last counted, for the measures of one flow ("clock": those of deadlines).

    stale: something that it counts has changed since.
    """

    shop = models.ForeignKey("shops.Shop", models.PROTECT, db_index=False)
    day = models.DateField()
    flow = models.CharField(max_length=20)
    stale = models.BooleanField(default=True)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "flow", "day"], name="counted_once")]
        indexes = [models.Index(fields=["shop", "day"], name="counted_stale", condition=If(stale=True))]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.day} {self.flow}"


class Read(models.Model):
    """How far a log has been read. upto: every row up to this key was surely seen. seen: the newest that was there.

    count: how many rows lay between the two; horizon: the transaction before which all had ended once `upto` may move
    on to `seen` (PostgreSQL hands out keys before it commits, so an older key may appear after a newer one).
    at: when it was read.
    """

    log = models.CharField(max_length=20, primary_key=True)
    upto = models.BigIntegerField(default=0)
    seen = models.BigIntegerField(default=0)
    count = models.BigIntegerField(default=0)
    horizon = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.log}: {self.upto}"
