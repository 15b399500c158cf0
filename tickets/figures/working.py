"""How much each agent carries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, F
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from ..models import Message
from ..states import Kind, Side
from .days import Span
from .figure import COUNT, RATIO, Figure, Of, register
from .measure import Facts, measure


@measure("ticket", "agent", "kind")
def worked(span: Span) -> Iterator[Facts]:
    """A ticket that an agent wrote in on a day is one fact. total: how many messages it took."""
    said = Message.objects.filter(shop=span.shop, side=Side.AGENT, at__gte=span.start, at__lt=span.end)
    named = {"day_": TruncDate("at", tzinfo=span.zone), "agent_": F("by"), "kind_": F("ticket__kind")}
    each = said.order_by().annotate(**named).values("ticket", *named).annotate(total_=Count("pk"))
    yield Facts(each, ("day", "agent", "kind", "total"))


CUT: dict[str, Any] = {"by": ("agent", "kind"), "labels": {"kind": Kind}, "family": "agents"}

register(
    Figure(
        "load", label=_("接待量"), unit=COUNT, top=Of(worked),
        words=_("客服当天写过回复的工单数：一张工单、一位客服、一天算一次。转交后两位客服各算一次；自动回复、内部备注不算。"),
        **CUT,
    ),
    Figure(
        "messages", label=_("回复条数"), unit=COUNT, top=Of(worked, "total"),
        words=_("客服本人写给客户的消息条数。自动回复、内部备注不算。"), **CUT,
    ),
    Figure(
        "messages_a_ticket", label=_("每次接待的回复条数"), unit=RATIO, top=Of(worked, "total"), bottom=Of(worked),
        words=_("回复条数 ÷ 接待量。"), **CUT,
    ),
)  # fmt: skip
