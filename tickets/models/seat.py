"""Who answers customers: where they are, how much they carry, what they can do."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from flows.models import InsertOnly

from ..states import Desk, Kind

CAPACITY = 8  # conversations of the usual weight that one person carries at once


class Status(models.TextChoices):
    ONLINE = "online", _("在线")
    AWAY = "away", _("离开")
    OFF = "off", _("下线")


def check_names(value: object, known: list[str]) -> None:
    if not isinstance(value, list) or (strange := [str(v) for v in value if v not in known]):
        words = ", ".join(strange) if isinstance(value, list) else str(value)
        raise ValidationError(gettext("不认识的取值：%s") % words)


def check_desks(value: Any) -> None:
    check_names(value, list(Desk.values))


def check_kinds(value: Any) -> None:
    check_names(value, list(Kind.values))


class Seat(models.Model):
    """One a person, whatever the number of their shops: there is one of them, so there is one capacity.

    since: of this status. set_by: whose word it was, their own or a lead's. last_seen: the last sign of life of their
    desk, which asks every half minute. given_at: when they were last given a ticket. capacity: in weights of tickets,
    as their queues weigh them (tickets/assign/weighing.py); 0: nothing comes by itself.
    """

    statuses = Status.choices  # for the switch

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="seat", verbose_name=_("客服"))
    status = models.CharField(_("状态"), max_length=6, choices=Status.choices, default=Status.OFF)
    since = models.DateTimeField(_("状态自"), null=True, editable=False)
    set_by = models.CharField(max_length=150, blank=True, editable=False)
    last_seen = models.DateTimeField(_("最后在线"), null=True, editable=False)
    given_at = models.DateTimeField(null=True, editable=False)
    capacity = models.PositiveSmallIntegerField(
        _("容量"),
        default=CAPACITY,
        help_text=_("同时负责多少：一张普通工单算 1；填 0 不自动分派。几家店铺合用一个容量"),
    )

    class Meta:
        verbose_name, verbose_name_plural = _("坐席"), pgettext_lazy("plural", "坐席")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.user.get_short_name() or self.user.get_username()


class Skill(models.Model):
    """What a person does in one shop. An empty list, and no row at all: everything."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="skills")
    shop = models.ForeignKey("shops.Shop", models.CASCADE, related_name="+", verbose_name=_("店铺"))
    desks = models.JSONField(_("队列"), default=list, blank=True, validators=[check_desks])
    kinds = models.JSONField(_("技能（工单类型）"), default=list, blank=True, validators=[check_kinds])

    class Meta:
        verbose_name, verbose_name_plural = _("技能"), pgettext_lazy("plural", "技能")
        constraints = [models.UniqueConstraint(fields=["seat", "shop"], name="skill_once")]

    def __str__(self) -> str:
        return f"{self.seat_id} {self.shop_id}"


class SeatChange(InsertOnly):
    """Every change of a status: whose (a login), to what, when, by whose word."""

    agent = models.CharField(_("客服"), max_length=150)
    status = models.CharField(_("状态"), max_length=6, choices=Status.choices)
    at = models.DateTimeField(_("时间"))
    by = models.CharField(_("操作人"), max_length=150)

    class Meta:
        verbose_name, verbose_name_plural = _("状态记录"), pgettext_lazy("plural", "状态记录")
        indexes = [models.Index(fields=["agent", "at"], name="seat_changes")]

    def __str__(self) -> str:
        return f"{self.agent} {self.status} {self.at:%F %T}"
