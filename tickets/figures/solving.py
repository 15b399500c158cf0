"""What becomes of tickets: how many there are, how they end, whether once was enough."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import DateTimeField as Moment
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from orders.models import Order

from ..choices import RECOVERED
from ..models import Message, Ticket
from ..states import Channel, Kind, Result, Side, T
from .days import Span
from .figure import COUNT, SECONDS, SHARE, Figure, Of, joined, register
from .measure import Facts, Seconds, dated, hit, measure

AGAIN = timedelta(days=7)  # a customer who comes back about the same thing so soon was not helped
BUYS = timedelta(days=30)
COMPLAINTS = (Kind.COMPLAINT, Kind.BAD_REVIEW, Kind.APPEAL, Kind.DISPUTE)
GOOD = (Result.SOLVED, Result.EXPLAINED, Result.COMPENSATED)
ENDED = Q(state__in=(T.RESOLVED, T.CLOSED), merged_into__isnull=True, resolved_at__isnull=False)


@measure("ticket", "kind", "part", "agent")
def contacts(span: Span) -> Iterator[Facts]:
    """Tickets on the day they were opened. part: the channel."""
    mine = Ticket.objects.filter(merged_into__isnull=True)
    yield dated(mine, span, "created_at", kind="kind", part="channel", agent="agent")


@measure("ticket", "kind", "part", "agent")
def solved(span: Span) -> Iterator[Facts]:
    """Tickets on the day they were last resolved. total: seconds since they were opened. part: the result."""
    lasted = Seconds("created_at", "resolved_at")
    yield dated(ended(), span, "resolved_at", kind="kind", part="result", agent="solved_by", total=lasted)


@measure("ticket", "kind", "agent")
def at_once(span: Span) -> Iterator[Facts]:
    """Of tickets in which a customer has spoken, those that once was enough for."""
    spoken = ended().filter(spoken=True)
    good = Q(reopened=0, result__in=GOOD) & ~Exists(others_spoke()) & ~came_back()
    yield dated(spoken, span, "resolved_at", kind="kind", agent="solved_by", total=hit(good))


@measure("ticket", "kind", "agent")
def recovered(span: Span) -> Iterator[Facts]:
    """Complaints and reviews on the day on which their result was recorded. total: those that were turned around."""
    ours = Ticket.objects.filter(merged_into__isnull=True, kind__in=COMPLAINTS, matter__ended_at__isnull=False)
    rose = Q(matter__rating_after__gt=F("matter__rating_before"))
    good = hit(Q(matter__outcome__in=RECOVERED) | rose)
    yield dated(ours, span, "matter__ended_at", kind="kind", agent="agent", total=good)


@measure("ticket", "kind", "agent")
def bought_again(span: Span) -> Iterator[Facts]:
    """Of tickets of a known buyer, those after which the buyer ordered again."""
    known = ended().filter(customer__isnull=False)
    yield dated(known, span, "resolved_at", kind="kind", agent="solved_by", total=hit(Q(Exists(next_order()))))


def ended() -> QuerySet[Ticket]:
    return Ticket.objects.filter(ENDED)


# ---- what each asks of the rows beside it
def others_spoke() -> QuerySet[Message]:
    """An answer of somebody else than who solved it."""
    said = Message.objects.filter(ticket=OuterRef("pk"), side=Side.AGENT)
    return said.exclude(by=OuterRef("solved_by"))


def came_back() -> Q:
    """A later ticket of the same customer about the same order (or, like this one, about none) within 7 days."""
    later = _later().filter(spoken=True)
    about = Q(Exists(later.filter(order=OuterRef("order"))))
    return about | (Q(order__isnull=True) & Q(Exists(later.filter(order__isnull=True))))


def _later() -> QuerySet[Ticket]:
    theirs = Ticket.objects.filter(customer=OuterRef("customer"), merged_into__isnull=True)
    until = _after(AGAIN)
    return theirs.filter(created_at__gt=OuterRef("created_at"), created_at__lte=until).exclude(pk=OuterRef("pk"))


def next_order() -> QuerySet[Order]:
    """Not one that the case itself has opened: a replacement, what was ordered anew for a swap."""
    theirs = Order.objects.filter(shop=OuterRef("shop"), buyer_id=OuterRef("customer__buyer_id"), after_sale=False)
    mine = theirs.filter(replaces__isnull=True)
    return mine.filter(placed_at__gt=OuterRef("resolved_at"), placed_at__lte=_after(BUYS))


def _after(span: timedelta) -> Any:
    return ExpressionWrapper(OuterRef("resolved_at") + span, output_field=Moment())


ENDS = _("只算已解决或已关闭、没有被合并的工单，记在最后一次解决的那一天；重开后再解决的，只记最后一次。")
WHOSE = _("记在解决它的客服名下。")
BY_SOLVER: dict[str, Any] = {"by": ("agent", "kind"), "labels": {"kind": Kind}, "family": "tickets"}

register(
    Figure(
        "tickets", label=_("新工单"), unit=COUNT,
        words=_("当天建立的工单数。被合并的工单不算；拆分出来的重新算上。客服按现在的负责人。"),
        family="tickets", top=Of(contacts), by=("kind", "channel", "agent"), labels={"kind": Kind, "channel": Channel},
    ),
    Figure(
        "solved", label=_("解决的工单"), unit=COUNT, words=joined(ENDS, WHOSE), family="tickets",
        top=Of(solved), by=("kind", "result", "agent"), labels={"kind": Kind, "result": Result},
    ),
    Figure(
        "solving_time", label=_("平均解决用时"), unit=SECONDS, down=True, family="tickets",
        words=joined(_("从工单建立到最后一次解决的自然时间之和 ÷ 解决的工单数。"), ENDS, WHOSE),
        top=Of(solved, "total"), bottom=Of(solved), by=("kind", "result", "agent"),
        labels={"kind": Kind, "result": Result},
    ),
    Figure(
        "solved_at_once", label=_("首次解决率"), unit=SHARE, top=Of(at_once, "total"), bottom=Of(at_once),
        words=joined(
            _("一次解决的工单 ÷ 客户发过言的结案工单。一次解决：结果为已解决、已说明或已补偿，从没重开，"
              "只有解决它的那位客服答复过，并且解决后 7 天内同一客户没有为同一订单（或同样没有订单）再开工单。"
              "最近 7 天的数字还会变。"),
            ENDS, WHOSE,
        ), **BY_SOLVER,
    ),
    Figure(
        "recovered", label=_("投诉挽回率"), unit=SHARE, top=Of(recovered, "total"), bottom=Of(recovered),
        words=joined(
            _("挽回的 ÷ 登记了结果的投诉、中差评、投诉申诉、平台介入。挽回：客户撤诉、协商解决、申诉成功、"
              "评价改好或删除。"),
            _("记在登记结果的那一天和工单负责人名下；被合并的工单不算，还没登记结果的不算。"),
        ), **BY_SOLVER,
    ),
    Figure(
        "bought_again", label=_("售后复购率"), unit=SHARE, top=Of(bought_again, "total"), bottom=Of(bought_again),
        words=joined(
            _("解决后 30 天内同一买家又下单的工单 ÷ 有买家的结案工单。"
              "补寄、换货等售后订单不算。最近 30 天的数字还会变。"),
            ENDS, WHOSE,
        ), **BY_SOLVER,
    ),
)  # fmt: skip
