"""Who works when: a weekly plan, and single days that go before it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q as If
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shops import weekly

WEEKDAYS = [
    (0, _("周一")), (1, _("周二")), (2, _("周三")), (3, _("周四")), (4, _("周五")), (5, _("周六")), (6, _("周日")),
]  # fmt: skip


def check_hours(value: Any) -> None:
    try:
        weekly.hours_of(value)
    except ValueError as error:
        raise ValidationError(str(error)) from error


class Shift(models.Model):
    """The hours of one member on one day of the week, or on one date, in the zone of the member's shop.

    hours: [["09:00", "12:00"], …]; none on a date: a day off. Who has no weekly plan is planned by nobody and may be
    given tickets at any time; who has one, only within it.
    """

    member = models.ForeignKey("shops.Member", models.CASCADE, related_name="shifts", verbose_name=_("客服"))
    weekday = models.PositiveSmallIntegerField(_("星期"), choices=WEEKDAYS, null=True, blank=True)
    date = models.DateField(_("日期"), null=True, blank=True)
    hours = models.JSONField(_("时间"), default=list, blank=True, validators=[check_hours])

    class Meta:
        verbose_name, verbose_name_plural = _("班次"), pgettext_lazy("plural", "排班")
        constraints = [
            models.UniqueConstraint(fields=["member", "weekday"], condition=~If(weekday=None), name="shift_of_weekday"),
            models.UniqueConstraint(fields=["member", "date"], condition=~If(date=None), name="shift_of_date"),
            models.CheckConstraint(
                condition=If(weekday=None, date__isnull=False) | If(date=None, weekday__lte=6), name="shift_day_or_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.date or self.get_weekday_display()}"
