"""Words that are ready for a scene, and each time that they were used."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q as If
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from flows.models import InsertOnly
from shops import presets
from shops.punctuation import clauses

from ..replies.pinyin import sounds
from ..replies.scenes import Scene
from ..replies.template import MOST, faults
from ..states import Desk


class Scope(models.TextChoices):
    """For whom it is: every shop of this desk, one shop, one queue's team there, one person."""

    GLOBAL = "global", _("全部店铺")
    SHOP = "shop", _("本店")
    TEAM = "team", _("本店一个队列")
    OWN = "own", _("只有自己")


def check_platform(platform: str) -> None:
    if platform and platform not in presets.PLATFORMS:
        raise ValidationError(_("未知的平台"))


class QuickReply(models.Model):
    """key: of the default set, where it came from there ("urging.due"). platform: where it is said so; "": anywhere,
    unless the same title has words of that platform's own. sounds: how the title is typed (replies/pinyin.py).

    version: counts its edits; a use keeps the one that it was made from. Retired ones stay, for their figures.
    """

    shop = models.ForeignKey(
        "shops.Shop", models.CASCADE, null=True, blank=True, db_index=False, verbose_name=_("店铺")
    )
    scope = models.CharField(_("范围"), max_length=6, choices=Scope.choices, default=Scope.SHOP)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("属于")
    )
    desk = models.CharField(_("队列"), max_length=12, choices=Desk.choices, blank=True)
    scene = models.CharField(_("场景"), max_length=20, choices=Scene.choices)
    platform = models.CharField(_("平台"), max_length=30, blank=True, validators=[check_platform])
    title = models.CharField(_("标题"), max_length=40)
    words = models.TextField(_("内容"), max_length=MOST)
    shortcut = models.CharField(_("快捷码"), max_length=20, blank=True)
    sounds = models.TextField(editable=False, blank=True)
    key = models.CharField(max_length=40, blank=True, editable=False)
    active = models.BooleanField(_("启用"), default=True)
    version = models.PositiveIntegerField(_("版本"), default=0, editable=False)
    updated_by = models.CharField(_("修改人"), max_length=150, blank=True, editable=False)
    updated_at = models.DateTimeField(_("修改时间"), editable=False)

    # How often it was used lately, by all and by who looks (replies/habits.py).
    uses = 0
    own = 0

    class Meta:
        verbose_name, verbose_name_plural = _("快捷回复"), pgettext_lazy("plural", "快捷回复")
        ordering = ["scene", "id"]
        constraints = [
            models.CheckConstraint(
                condition=If(scope="global", shop__isnull=True, owner__isnull=True, desk="")
                | If(scope="shop", shop__isnull=False, owner__isnull=True, desk="")
                | (If(scope="team", shop__isnull=False, owner__isnull=True) & ~If(desk=""))
                | If(scope="own", owner__isnull=False, desk=""),
                name="quick_reply_scope",
            ),
            models.UniqueConstraint(fields=["shop", "key"], condition=~If(key=""), name="quick_reply_default_once"),
        ]
        indexes = [
            models.Index(fields=["shop", "scene"], name="quick_reply_of_shop"),
            models.Index(fields=["owner"], name="quick_reply_own", condition=If(owner__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def scene_label(self) -> str:
        return str(Scene(self.scene).label)

    def clean(self) -> None:
        """Words with an unknown variable are refused, with the nearest one; so is a scope that misses its part."""
        wrong: dict[str, Any] = {}
        if said := [fault.said for fault in faults(self.words)]:
            wrong["words"] = clauses(said)
        if len(self.words) > MOST:
            wrong["words"] = _("最多 %(most)s 个字") % {"most": MOST}
        if not self.title.strip():
            wrong["title"] = _("请写标题")
        if self.shortcut and not (self.shortcut.isascii() and self.shortcut.isalnum()):
            wrong["shortcut"] = _("快捷码只能用字母和数字")
        wrong |= self._scope_faults()
        if wrong:
            raise ValidationError(wrong)

    def _scope_faults(self) -> dict[str, Any]:
        if self.scope == Scope.TEAM and not self.desk:
            return {"desk": _("请选择队列")}
        if self.scope in (Scope.SHOP, Scope.TEAM) and self.shop_id is None:
            return {"shop": _("请选择店铺")}
        return {}

    def fitted(self) -> None:
        """What its scope has no use for falls away."""
        if self.scope != Scope.TEAM:
            self.desk = ""
        if self.scope == Scope.GLOBAL:
            self.shop = None
        if self.scope != Scope.OWN:
            self.owner = None

    def keep(self, by: str, at: datetime) -> None:
        """Write it as its next version."""
        self.fitted()
        self.version, self.updated_by, self.updated_at = self.version + 1, by[:150], at
        self.sounds = sounds(self.title)
        self.save()


class ReplyUse(InsertOnly):
    """One answer that was made from a quick reply: (ticket, seq) is its message. edited: changed before it was sent.

    waited: seconds of the shop's working hours that the customer had waited; empty where nothing was owed.
    """

    shop = models.ForeignKey("shops.Shop", models.PROTECT, db_index=False, related_name="+")
    reply = models.ForeignKey(QuickReply, models.PROTECT, related_name="used", db_index=False)
    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="+", db_index=False)
    seq = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    scene = models.CharField(max_length=20)
    by = models.CharField(max_length=150)
    edited = models.BooleanField()
    waited = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name, verbose_name_plural = _("快捷回复使用"), pgettext_lazy("plural", "快捷回复使用")
        constraints = [models.UniqueConstraint(fields=["ticket", "seq"], name="reply_use_once")]
        indexes = [models.Index(fields=["shop", "at", "reply", "by"], name="reply_use_lately")]

    def __str__(self) -> str:
        return f"{self.reply_id} {self.ticket_id}:{self.seq}"
