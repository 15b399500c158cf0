"""What waits in the way of conversations: the queues of the shell, one's own first."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from deadlines.models import Deadline
from flows.due import watched
from flows.queues import Queue, register
from flows.table import Who

from .models import Mention
from .states import OPEN, OWED, Colour, Desk, T, Team
from .turns import by_turn, owed_by_turn

AGENT, AUDITOR, WAREHOUSE, LEAD = Who.AGENT, Who.AUDITOR, Who.WAREHOUSE, Who.LEAD
STAFF = AGENT | LEAD
WORK = ("claim", "resolve", "close", "assign", "classify")


def mine(by: str) -> Q:
    return Q(agent=by)


def mentioned(by: str) -> Q:
    """Notes that have called this person, who has not opened the ticket since."""
    return Q(pk__in=Mention.objects.filter(name=by, seen_at=None).values("ticket"))


def due(by: str) -> Q:
    """A clock that people must meet has warned or is late: as the sweep has noted, a second ago."""
    open_ones = Deadline.objects.filter(watched(), flow="ticket", subject=OuterRef("pk"), ended_at=None)
    return Q(Exists(open_ones.filter(Q(warned_at__isnull=False) | Q(breached_at__isnull=False))))


def for_the_warehouse(by: str) -> Q:
    return Q(team=Team.WAREHOUSE)


def queue(name: str, label: Any, who: Who, where: Mapping[str, Any], icon: str, empty: Any, **more: Any) -> Queue:
    return Queue(name, label, "ticket", who, where, icon, empty, section="tickets", **more)


register(
    queue(
        "to_reply", _("等我回复"), STAFF, {"state__in": OWED}, "message-square",
        _("没有客户在等您回复。分派给您的工单里，客户发来消息后，会出现在这里，等得最久的在最前。"),
        whose=mine, tone="soon", fast=WORK, order=by_turn,
    ),
    queue(
        "mine", _("我的工单"), STAFF, {"state__in": OPEN}, "user",
        _("您手上没有未结的工单。分派给您、您接下或回复过的工单，会出现在这里。"), whose=mine, fast=WORK,
        order=owed_by_turn,
    ),
    queue(
        "unassigned", _("未分派·售后"), STAFF, {"agent": "", "state__in": OPEN, "desk": Desk.AFTER_SALES.value},
        "inbox", _("没有未分派的售后工单。还没有人接的售后会话会出现在这里，“我来接”即归您。"),
        press="claim", tone="soon", fast=WORK, order=by_turn,
    ),
    queue(
        "unassigned_presale", _("未分派·售前"), STAFF, {"agent": "", "state__in": OPEN, "desk": Desk.PRESALE.value},
        "inbox", _("没有未分派的售前工单。还没有人接的售前咨询会出现在这里，“我来接”即归您。"),
        press="claim", tone="soon", fast=WORK, order=by_turn,
    ),
    queue(
        "red", _("红色"), STAFF, {"colour": Colour.RED.value, "state__in": OPEN}, "triangle-alert",
        _("没有红色的工单。情绪激烈、一再追问、等得太久的客户会出现在这里，请先处理。"), tone="late", fast=WORK,
        order=owed_by_turn,
    ),
    queue(
        "tickets_due", _("到期/超时"), STAFF, {"state__in": OPEN}, "timer",
        _("没有将到期或已超时的工单。进入提醒时间的回复、协作、回访会出现在这里。"), whose=due, tone="late", fast=WORK,
    ),
    queue(
        "tickets_customer", _("等客户回复"), STAFF, {"state": T.AWAITING_CUSTOMER}, "hourglass",
        _("没有在等客户的工单。您回复后、客户还没有回的会话会出现在这里。"), fast=WORK,
    ),
    queue(
        "tickets_internal", _("待内部"), STAFF, {"state": T.AWAITING_INTERNAL}, "settings",
        _("没有在等内部处理的工单。转给仓库、财务、快递、平台协作的会出现在这里。"), fast=WORK,
    ),
    queue(
        "asked_warehouse", _("客服请协作"), WAREHOUSE, {"state__in": OPEN}, "message-square",
        _("没有客服在等仓库。客服请仓库查货、拍照、核对的工单会出现在这里，完成后写下结果。"),
        whose=for_the_warehouse, tone="soon",
    ),
    queue(
        "mentioned", _("提到我的"), STAFF | AUDITOR | WAREHOUSE, {}, "bell",
        _("没有人提到您。同事在备注里写 @您 的工单会出现在这里，打开后即离开。"), whose=mentioned, tone="soon",
    ),
    queue(
        "follow_ups", _("回访"), STAFF, {"follow_up_at__isnull": False, "state__in": OPEN}, "phone",
        _("没有约好的回访。约定了回访时间的工单会出现在这里，最先到期的在最前。"), fast=WORK,
    ),
)  # fmt: skip
