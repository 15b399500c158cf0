"""The days on which a shop works otherwise than its week says."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .shop import Shop


class CalendarDay(models.Model):
    """One exception: a holiday or a make-up workday, of all shops (`shop` null) or of one, whose own row goes first.

    `confirmed`: from the yearly notice. A year of which no common day is confirmed is provisional. Rows are written by
    shops.days, which logs the change so that every process and every running clock hears of it.
    """

    class Kind(models.TextChoices):
        OFF = "off", _("休息")
        MAKEUP = "makeup", _("调休上班")

    date = models.DateField(_("日期"))
    kind = models.CharField(_("类型"), max_length=6, choices=Kind.choices)
    name = models.CharField(_("名称"), max_length=50, blank=True)
    confirmed = models.BooleanField(_("已正式公布"), default=False)
    shop = models.ForeignKey(
        Shop, models.CASCADE, null=True, blank=True, related_name="calendar_days", verbose_name=_("店铺（空为全部）")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("日历"), pgettext_lazy("plural", "日历")
        ordering = ["-date"]
        constraints = [
            models.UniqueConstraint(
                fields=["date"],
                condition=Q(shop__isnull=True),
                name="calendar_day_once",
                violation_error_message=_("这一天已有设置"),
            ),
            models.UniqueConstraint(
                fields=["shop", "date"],
                condition=Q(shop__isnull=False),
                name="calendar_day_once_a_shop",
                violation_error_message=_("这一天该店铺已有设置"),
            ),
            models.CheckConstraint(condition=Q(kind__in=["off", "makeup"]), name="calendar_day_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.get_kind_display()} {self.name}".strip()


class CalendarChange(models.Model):
    """That days from first to last changed, for all shops or one: what an upper floor recomputes running clocks by."""

    at = models.DateTimeField(_("时间"), default=timezone.now)
    by = models.CharField(_("修改人"), max_length=150, blank=True)
    shop = models.ForeignKey(Shop, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("店铺"))
    first = models.DateField(_("从"))
    last = models.DateField(_("至"))

    class Meta:
        verbose_name, verbose_name_plural = _("日历变更"), pgettext_lazy("plural", "日历变更")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"
