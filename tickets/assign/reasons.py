"""Why somebody was given a ticket, or nobody: in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shops import durations
from shops.punctuation import clauses

from ..states import Desk, Kind
from .people import (
    AWAY,
    FULL,
    GAVE_BACK,
    NO_SKILL,
    NOT_HERE,
    NOT_NAMED,
    OFF,
    SILENT,
    UNPLANNED,
    Hand,
    Person,
    Waiting,
)
from .weighing import shown

AGAINST = {
    OFF: gettext_lazy("下线"),
    AWAY: gettext_lazy("离开"),
    SILENT: gettext_lazy("没有动静"),
    UNPLANNED: gettext_lazy("不在班"),
    GAVE_BACK: gettext_lazy("刚放回队列"),
    NOT_NAMED: gettext_lazy("不在指定的人里"),
    NOT_HERE: gettext_lazy("不做这个队列"),
    NO_SKILL: gettext_lazy("没有这项技能"),
    FULL: gettext_lazy("已满"),
}
ABSENT, UNFIT = (OFF, AWAY, SILENT), (NOT_NAMED, NOT_HERE, NO_SKILL)


# ---- of what was chosen
def given(parts: Iterable[str], hand: Hand) -> str:
    return clauses([*parts, _("当前 %s") % carried(hand.person)])


def carried(person: Person) -> str:
    """3/8"""
    return f"{shown(person.load)}/{shown(person.room)}"


def known(*, followed: bool) -> str:
    return _("一直由他跟进") if followed else _("熟悉的客服")


def red() -> str:
    return _("红色先给主管")


def only_leads() -> str:
    return _("没有客服能接，由主管接")


def skilled(kind: str) -> str:
    return _("技能：%s") % Kind(kind).label


def least() -> str:
    return _("最空闲")


def alone() -> str:
    return _("只有他能接")


def waited(length: timedelta) -> str:
    return _("已等 %s，不再限技能") % durations.words(int(length.total_seconds()) // 60 * 60)


# ---- of why nobody was
def switched_off() -> str:
    return _("这个队列不自动分派，请领取或由主管分派")


def held(hand: Hand, seconds: int) -> str:
    words = {"name": hand.person.name, "n": durations.words(seconds), "why": AGAINST[AWAY]}
    if hand.person.status != AWAY:
        words["why"] = AGAINST[FULL]
    return _("先等熟悉的客服 %(name)s（%(why)s），最多等 %(n)s") % words


def nobody(against: Iterable[str], ticket: Waiting) -> str:
    """The first thing that stands against all who had come so far: who is there, who is on shift, who can, who has
    room."""
    whys = list(against)
    if not whys:
        return _("店铺还没有客服")
    there = [w for w in whys if w not in ABSENT]
    if not there:
        return _("没有人在线")
    on = [w for w in there if w != UNPLANNED]
    if not on:
        return _("在线的人都不在班")
    able = [w for w in on if w not in UNFIT]
    if not able:
        return _unfit(set(on), ticket)
    if FULL not in able:
        return _("能接的人刚把它放回队列")
    return _("能接的 %s 人都已满") % able.count(FULL)


def _unfit(whys: set[str], ticket: Waiting) -> str:
    if whys == {NOT_NAMED}:
        return _("指定的人都不在")
    if whys == {NOT_HERE}:
        return _("在线的人都不做%s队列") % Desk(ticket.desk).label
    return _("在线的人都没有这项技能：%s") % Kind(ticket.kind).label


# ---- of what a person did
BY_THEMSELVES = {"claimed": gettext_lazy("自己领取"), "answered": gettext_lazy("直接回复")}


def worded(why: str) -> str:
    """`assigned_why` as a reader knows it."""
    return str(BY_THEMSELVES.get(why, why))
