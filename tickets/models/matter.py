"""What belongs to a complaint, an appeal or a bad review, beside the conversation."""

from __future__ import annotations

from django.db import models
from django.db.models import Q as If
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..choices import RECOVERED, Outcome


class Matter(models.Model):
    """case_number: the platform's own of it. due_at: until when it wants to hear from us. evidence: what was handed in,
    in words and [{"url" or "file", "name"}]. rating_before, rating_after: 1 to 5, of the review that it is about.
    """

    ticket = models.OneToOneField("tickets.Ticket", models.PROTECT, related_name="matter", verbose_name=_("工单"))
    case_number = models.CharField(_("平台单号"), max_length=80, blank=True)
    demand = models.CharField(_("客户诉求"), max_length=500, blank=True)
    statement = models.TextField(_("举证说明"), blank=True)
    evidence = models.JSONField(_("凭证"), default=list, blank=True)
    due_at = models.DateTimeField(_("平台要求答复"), null=True)
    rating_before = models.PositiveSmallIntegerField(_("原评分"), null=True)
    rating_after = models.PositiveSmallIntegerField(_("后评分"), null=True)
    outcome = models.CharField(_("结果"), max_length=12, choices=Outcome.choices, blank=True)
    outcome_words = models.CharField(_("结果说明"), max_length=500, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("投诉/申诉/评价"), pgettext_lazy("plural", "投诉/申诉/评价")
        constraints = [
            models.CheckConstraint(
                condition=(If(rating_before__isnull=True) | If(rating_before__gte=1, rating_before__lte=5))
                & (If(rating_after__isnull=True) | If(rating_after__gte=1, rating_after__lte=5)),
                name="matter_ratings",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.case_number}"

    @property
    def recovered(self) -> bool:
        """The customer was won back (服务补救): the complaint was turned around or the rating rose."""
        rose = self.rating_before is not None and (self.rating_after or 0) > self.rating_before
        return self.outcome in RECOVERED or rose
