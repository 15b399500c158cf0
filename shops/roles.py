"""Who acts, in a fixed order: of a key's several roles, the first that may take a step is the one recorded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .punctuation import listed

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LABELS: dict[str, str | _StrPromise] = {
    "customer": gettext_lazy("客户"),
    "agent": gettext_lazy("售后客服"),
    "auditor": gettext_lazy("审单员"),
    "warehouse": gettext_lazy("仓库"),
    "lead": gettext_lazy("店长/主管"),
    "shop": gettext_lazy("店铺后台"),
    "platform": gettext_lazy("平台"),
    "clock": gettext_lazy("时钟"),
    "system": gettext_lazy("系统"),
}
ROLES = tuple(LABELS)
STAFF = ("agent", "auditor", "warehouse", "lead")  # what a member of a shop may be
ANSWERS = frozenset({"agent", "lead"})  # who of them answers customers
MACHINE = (*STAFF, "shop")  # what an API key may act as; the platform speaks through its hooks alone


def checked(roles: Iterable[object], allowed: tuple[str, ...]) -> tuple[str, ...]:
    """The roles in the order of ROLES, each once. Raises ValueError, in words, for one not allowed and for none."""
    asked = list(roles)
    wrong = [str(role) for role in asked if role not in allowed]
    if wrong:
        known = ", ".join(allowed)
        raise ValueError(_("不可用的角色：%(wrong)s（可用 %(known)s）") % {"wrong": ", ".join(wrong), "known": known})
    if not asked:
        raise ValueError(_("至少要有一个角色"))
    return tuple(role for role in ROLES if role in asked)


def words(roles: Iterable[str]) -> str:
    """售后客服、仓库"""
    return listed(LABELS.get(role, role) for role in roles)
