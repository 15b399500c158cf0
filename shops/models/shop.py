"""The shop, and the people who work for it."""

from __future__ import annotations

import re
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from shops import presets, roles
from shops.punctuation import bracketed, labelled

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}", re.ASCII)
# The dialects that come with Kefu; a deployment with folders of its own names them all in settings.KEFU_DIALECTS.
DIALECTS = ("native", "shopify", "woocommerce", "douyin", "youzan")


def dialects() -> tuple[str, ...]:
    return tuple(getattr(settings, "KEFU_DIALECTS", DIALECTS))


def check_code(code: str) -> None:
    if not CODE.fullmatch(code):
        raise ValidationError(gettext("店铺代码只能用字母、数字、- 和 _，以字母或数字开头，最长 50 个字符"))


def check_zone(zone: str) -> None:
    if zone not in available_timezones():
        raise ValidationError(gettext("未知的时区：%(zone)s") % {"zone": zone})


def check_platform(platform: str) -> None:
    if platform not in presets.PLATFORMS:
        known = ", ".join(presets.PLATFORMS)
        raise ValidationError(gettext("未知的平台：%(name)s（可用 %(known)s）") % {"name": platform, "known": known})


def check_dialect(dialect: str) -> None:
    if dialect not in dialects():
        known = ", ".join(dialects())
        raise ValidationError(gettext("未知的接口方言：%(name)s（可用 %(known)s）") % {"name": dialect, "known": known})


def check_staff_roles(value: object) -> None:
    try:
        roles.checked(value if isinstance(value, list) else [value], roles.STAFF)
    except ValueError as error:
        raise ValidationError(str(error)) from error


class Shop(models.Model):
    """`platform` decides the preset of limits, `dialect` the envelope of its hooks (contract §1); `code` names it."""

    code = models.SlugField(_("代码"), max_length=50, unique=True, validators=[check_code])
    name = models.CharField(_("名称"), max_length=100)
    platform = models.CharField(_("平台"), max_length=30, validators=[check_platform])
    dialect = models.CharField(_("接口方言"), max_length=30, default="native", validators=[check_dialect])
    zone = models.CharField(_("时区"), max_length=50, default="Asia/Shanghai", validators=[check_zone])
    currency = models.CharField(_("币种"), max_length=3, default="CNY")
    active = models.BooleanField(_("营业中"), default=True)
    created_at = models.DateTimeField(_("创建时间"), default=timezone.now, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("店铺"), pgettext_lazy("plural", "店铺")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                Lower("code"), name="shop_code_once", violation_error_message=_("已有同样代码的店铺（不分大小写）")
            )
        ]

    def __str__(self) -> str:
        return self.name + bracketed(self.code)


class Member(models.Model):
    """A person's roles in one shop; four eyes counts people, not roles."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("用户")
    )
    shop = models.ForeignKey(Shop, models.CASCADE, related_name="members", verbose_name=_("店铺"))
    roles = models.JSONField(_("角色"), default=list, validators=[check_staff_roles])
    sees_personal = models.BooleanField(_("可看个人信息"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("成员"), pgettext_lazy("plural", "成员")
        ordering = ["shop", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "shop"], name="member_once", violation_error_message=_("此人已是该店铺的成员")
            )
        ]

    def __str__(self) -> str:
        return labelled(self.user, roles.words(self.roles))
