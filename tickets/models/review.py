"""What a buyer says of an order in public."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Review(models.Model):
    """Good ones are kept as well: figures count them all.

    external: its id at its source, or what stands for it where the source names none. first: the rating that it was
    given at the beginning; rating, words, images: as they are now; told_at: when that was said at its source.
    appended: [[RFC 3339, rating, words]] of every later change. ticket: the one that it opened or is noted in.
    """

    shop = models.ForeignKey("shops.Shop", models.PROTECT, db_index=False)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="reviews", verbose_name=_("订单"))
    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, null=True, related_name="reviews")
    external = models.CharField(_("评价编号"), max_length=120)
    first = models.PositiveSmallIntegerField(_("最初评分"))
    rating = models.PositiveSmallIntegerField(_("评分"))
    words = models.TextField(_("内容"), blank=True)
    images = models.JSONField(_("图片"), default=list, blank=True)
    appended = models.JSONField(_("追评"), default=list, blank=True)
    at = models.DateTimeField(_("时间"))
    told_at = models.DateTimeField()
    changed_at = models.DateTimeField(_("改评时间"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("评价"), pgettext_lazy("plural", "评价")
        constraints = [models.UniqueConstraint(fields=["shop", "external"], name="review_once")]
        indexes = [models.Index(fields=["shop", "at"], name="review_by_day")]

    def __str__(self) -> str:
        return f"{self.external}: {self.rating}"
