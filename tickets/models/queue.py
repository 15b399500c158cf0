"""How a shop's queue is given out."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..states import Desk, Kind


class QueuePolicy(models.Model):
    """Of one desk of a shop, or of one kind of ticket there, which goes before its desk's. Without any row the defaults
    of these columns hold (tickets/assign/rules.py).

    on: off, and people take what they like. named: logins; none: all agents and leads of the shop. weights: {kind: how
    much of a person's capacity it takes}. hold_for: seconds that a ticket waits for the one who knows the customer and
    is away or full. anybody_after: seconds of waiting after which skills and names count no more. silent_after: seconds
    without a sign of life of a person's desk, after which that person counts as gone.
    """

    shop = models.ForeignKey("shops.Shop", models.CASCADE, related_name="+", verbose_name=_("店铺"))
    desk = models.CharField(_("队列"), max_length=12, choices=Desk.choices, default=Desk.AFTER_SALES)
    kind = models.CharField(_("工单类型"), max_length=20, choices=Kind.choices, blank=True)
    on = models.BooleanField(_("自动分派"), default=True)
    named = models.JSONField(_("由谁接"), default=list, blank=True)
    weights = models.JSONField(_("分量"), default=dict, blank=True)
    prefer_known = models.BooleanField(_("优先熟悉的客服"), default=True)
    hold_for = models.PositiveIntegerField(_("为熟悉的客服等多久"), default=0)
    red_to_leads = models.BooleanField(_("红色先给主管"), default=True)
    anybody_after = models.PositiveIntegerField(_("等多久后不限技能"), default=300)
    silent_after = models.PositiveIntegerField(_("多久没有动静算离线"), default=300)

    class Meta:
        verbose_name, verbose_name_plural = _("分派规则"), pgettext_lazy("plural", "分派规则")
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "desk", "kind"], name="queue_policy_once",
                violation_error_message=_("这个队列（类型）已有规则"),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_desk_display()} {self.get_kind_display()}".strip()
