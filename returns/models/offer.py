"""Ways out that an agent offers the customer instead of the return."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Offer(models.Model):
    """plans: [{"kind": cash|gift|coupon, "amount", "freight" (fen), "sku", "words"}]; chosen: 1, 2, 3; None: none yet.

    ended: "" while it stands, accepted, declined, expired, or overtaken by what happened meanwhile.
    answer: what the customer said. saved: fen that need not go back since the customer keeps the goods.
    """

    of = models.ForeignKey("returns.Return", models.PROTECT, related_name="offers")
    plans = models.JSONField(_("方案"))
    leaving_why = models.CharField(_("客户为什么要退"), max_length=200, blank=True)
    by = models.CharField(_("提出人"), max_length=80)
    at = models.DateTimeField(_("时间"))
    ended = models.CharField(_("结果"), max_length=10, blank=True)
    ended_at = models.DateTimeField(null=True)
    answer = models.CharField(_("客户答复"), max_length=500, blank=True)
    chosen = models.PositiveSmallIntegerField(_("选择"), null=True)
    saved = models.BigIntegerField(_("避免的退款"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("挽留方案"), pgettext_lazy("plural", "挽留方案")

    def __str__(self) -> str:
        return f"{self.of_id} {len(self.plans)}"
