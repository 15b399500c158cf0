"""A shop's policy: rows that are never changed; an edit is a new version, old deadlines keep theirs (promise I-24)."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shops import weekly
from shops.calendar import HOURS

from .shop import Shop


class Frozen(TypeError):
    """Somebody tried to change a row that is history."""


def default_weekly() -> dict[str, list[list[str]]]:
    return {day: [list(pair) for pair in pairs] for day, pairs in weekly.DEFAULT.items()}


class FrozenRows(models.QuerySet[Any]):
    """Rows are added, never changed; on PostgreSQL a trigger says so as well (migration 0002)."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise Frozen("a policy is not changed: policy.edit makes a new version")

    def delete(self) -> NoReturn:
        raise Frozen("a policy is not deleted: old deadlines rest on it")


class FrozenRow(models.Model):
    objects = FrozenRows.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Frozen("a policy is not changed: policy.edit makes a new version")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Frozen("a policy is not deleted: old deadlines rest on it")


class Policy(FrozenRow):
    """One version of a shop's rules. `weekly` as {"mon": [["09:00", "12:00"], …]}; `auto_confirm_below` in fen, null =
    any amount."""

    shop = models.ForeignKey(Shop, models.PROTECT, related_name="policies", verbose_name=_("店铺"))
    version = models.PositiveIntegerField(_("版本"))
    since = models.DateTimeField(_("生效时间"))
    by = models.CharField(_("修改人"), max_length=150, blank=True)
    auto_confirm = models.BooleanField(_("自动确认订单"), default=False)
    auto_confirm_below = models.BigIntegerField(_("自动确认金额上限（分）"), null=True, blank=True)
    auto_audit = models.BooleanField(_("自动审单"), default=False)
    weekly = models.JSONField(_("工作时间"), default=default_weekly)
    after_sales = models.JSONField(_("售后规则"), default=dict, blank=True)
    authority = models.JSONField(_("退款权限"), default=dict, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("规则"), pgettext_lazy("plural", "规则")
        ordering = ["shop", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["shop", "version"], name="policy_version_once"),
            models.CheckConstraint(
                condition=Q(auto_confirm_below__isnull=True) | Q(auto_confirm_below__gte=0),
                name="policy_below_not_negative",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="policy_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.shop} v{self.version}"


class Limit(FrozenRow):
    """One limit of one version, as data (shops.limits.Limit is what the code works with). `after`, `warn`: seconds."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="limits", verbose_name=_("规则"))
    name = models.CharField(_("时限"), max_length=40)
    after = models.PositiveIntegerField(_("时长"))
    hours = models.CharField(_("计时方式"), max_length=20)
    warn = models.PositiveIntegerField(_("提前提醒"), default=0)
    acts = models.JSONField(_("到期自动执行"), default=bool)
    by = models.JSONField(_("分情形的时长"), default=dict, blank=True)
    channels = models.JSONField(_("渠道"), null=True, blank=True)
    day_off = models.CharField(_("休息日起算"), max_length=20, blank=True)
    source = models.CharField(_("来源"), max_length=10, default="default")

    class Meta:
        verbose_name, verbose_name_plural = _("时限"), pgettext_lazy("plural", "时限")
        ordering = ["policy", "name"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "name"], name="limit_once_a_policy"),
            models.CheckConstraint(condition=Q(hours__in=HOURS), name="limit_hours_known"),
            models.CheckConstraint(condition=Q(warn=0) | Q(warn__lt=F("after")), name="limit_warns_before_due"),
        ]

    def __str__(self) -> str:
        return self.name
