"""What a customer says of how they were served: asked after the close, credited to who solved it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q as If
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

GOOD, BAD = 4, 2  # from which on, up to which a rating is good or bad


class Satisfaction(models.Model):
    """agent: who had solved the ticket when it was closed. rating: 1 to 5; empty while nobody has answered. The newest
    answer counts. given_by: page, shop or platform."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT, db_index=False, verbose_name=_("店铺"))
    ticket = models.OneToOneField("tickets.Ticket", models.PROTECT, related_name="satisfaction", verbose_name=_("工单"))
    agent = models.CharField(_("客服"), max_length=150, blank=True)
    asked_at = models.DateTimeField(_("询问时间"), null=True)
    rating = models.PositiveSmallIntegerField(_("评分"), null=True)
    words = models.CharField(_("评语"), max_length=500, blank=True)
    given_by = models.CharField(max_length=10, blank=True)
    given_at = models.DateTimeField(_("评价时间"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("满意度"), pgettext_lazy("plural", "满意度")
        constraints = [
            models.CheckConstraint(
                condition=If(rating__isnull=True) | If(rating__gte=1, rating__lte=5), name="satisfaction_rating"
            )
        ]
        indexes = [models.Index(fields=["shop", "given_at"], name="satisfaction_by_day")]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.rating}"
