"""What the desk shows of a logistics query: its parcel's track, what to say first, what was said; how one is opened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from flows.asks import Asks, yuan
from flows.due import local
from flows.forms import Given
from flows.forms import Line as FormLine
from flows.story import Happening, person
from shops import policy
from shops.roles import ANSWERS, LABELS

from . import goods, queries
from .couriers import asking
from .logistics_asks import WHOM
from .models import LogisticsQuery, Order, QueryNote
from .states import Delay, P, S
from .steps.querying import BY_ITSELF

if TYPE_CHECKING:
    from .case import Case


@dataclass(frozen=True)
class Here:
    """Beside the steps of one query's page. asked: how asking the courier's service stands, with the courier's page."""

    query: LogisticsQuery
    asked: asking.Standing | None
    track: Sequence[tuple[str, str]]

    @property
    def by_itself(self) -> bool:
        return self.query.cause in BY_ITSELF

    @property
    def first(self) -> list[str]:
        """What is said first, in its order (procedure 3)."""
        if not self.query.late:
            return [_("说明包裹到了哪里、预计什么时候到")]
        return [
            _("先道歉：客户等得比预期久"),
            _("再说原因：天气、大促高峰（要多 3–5 天）、网点爆仓……"),
            _("已催快递，并告知预计送达时间；到时没签收会自动提醒您再联系客户"),
        ]


def here(query: LogisticsQuery, track: Sequence[tuple[str, str]], now: datetime) -> Here:
    asked = asking.standing(query, now=now) if query.tracking_number else None
    return Here(query, asked, track)


# ---- words to the customer
def suggested(query: LogisticsQuery) -> str:
    """A first draft of the answer, from what is known; the agent puts in reason and time."""
    parcel = f"{query.courier} {query.tracking_number}".strip()
    words = {"parcel": parcel, "status": _status(query), "newest": str(query.track[-1][1]) if query.track else ""}
    if not query.tracking_number:
        where = _("您的订单还没有发出，仓库正在安排。")
    elif query.track:
        where = _("您的包裹（%(parcel)s）目前%(status)s：%(newest)s。") % words
    else:
        where = _("您的包裹（%(parcel)s）目前%(status)s。") % words
    sorry = _("非常抱歉让您久等了。") if query.late else ""
    urged = _("我们已经在催快递，") if query.traced_at else ""
    return sorry + where + urged + _("有新消息我会马上再联系您。")


def _status(query: LogisticsQuery) -> str:
    return str(P(query.status).label) if query.status else _("还没有物流信息")


# ---- forms
def given(query: LogisticsQuery, step: str) -> Given:
    zone = policy.of(query.shop_id).zone
    if step == "answer":
        soon = {"expected_at": expected(query.shop_id, timezone.now())}
        return Given(zone, initial={"words": suggested(query)}, needed=frozenset({"expected_at"}), presets=soon)
    if step == "make_good" and query.parcel is not None:
        inside = query.order.goods.inside(query.parcel)
        lines = [
            FormLine(x.line, x.title, x.sku, inside[x.line], x.paid)
            for x in query.order.goods.lines
            if inside.get(x.line)
        ]
        return Given(zone, lines)
    return Given(zone)


def expected(shop: int, now: datetime) -> list[tuple[str, str]]:
    """Moments that are told often, in the shop's zone: (value, label)."""
    evening = policy.of(shop).calendar.local(now).replace(hour=20, minute=0, second=0, microsecond=0)
    days = {1: _("明天"), 2: _("后天"), 3: _("三天后"), 5: _("五天后")}
    return [((evening + timedelta(days=n)).strftime("%Y-%m-%dT%H:%M"), label) for n, label in days.items()]


class Ask(Asks):
    """Which parcel is asked about, and what the customer says."""

    tracking_number = serializers.ChoiceField(
        label=gettext_lazy("哪个包裹"), choices=[], required=False, allow_blank=True
    )
    words = serializers.CharField(label=gettext_lazy("客户怎么说"), required=False, allow_blank=True, max_length=1000)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        order: Order | None = self.context.get("subject")
        fields["tracking_number"].choices = choices(order) if order is not None else []
        return fields


def choices(order: Order) -> list[tuple[str, str]]:
    """Parcels of the order and of its returns that nobody asks after yet; all of the order where none is sent."""
    sent = [(p.tracking_number, str(p)) for p in goods.of(order).sent()]
    back = [(p.tracking_number, _("退货 %s") % p.words) for p in queries.back(order)]
    free = [(number, words) for number, words in [*sent, *back] if queries.open_of(order, number) is None]
    whole = [("", _("整个订单"))] if not sent and queries.open_of(order, "") is None else []
    return [*whole, *free]


# ---- what a step would do
def consequences(query: LogisticsQuery, step: str) -> list[str]:
    if step == "declare_lost":
        return [_("丢件：自动确认收货暂停；接着请“补寄或退款”，补偿客户")]
    if step != "make_good" or query.parcel is None:
        return []
    inside = query.order.goods.inside(query.parcel)
    worth = sum(x.worth * inside[x.line] // x.owed for x in query.order.goods.lines if inside.get(x.line) and x.owed)
    return [
        _("补寄：另开一张补寄售后单和补寄订单，等审单发出"),
        _("退款：另开一张仅退款售后单，这个包裹的全部商品退 ¥%s；超出您的权限时由店长/主管审批") % yuan(worth),
    ]


# ---- the story
NOTED = {
    "trace": (gettext_lazy("催件"), "phone", ("logistics_query.trace",)),
    "answer": (gettext_lazy("告知客户"), "message-square", ("logistics_query.answer",)),
    "lost": (gettext_lazy("认定丢件/破损"), "package-x", ("logistics_query.declare_lost",)),
    "good": (gettext_lazy("补偿客户"), "wallet", ("logistics_query.make_good",)),
}  # fmt: skip


def happenings(case: Case) -> Iterator[Happening]:
    """What the courier and the customer were told."""
    for q in case.queries:
        parcel = f"{q.courier} {q.tracking_number}".strip()
        title, joins = _("物流查询：%s") % q.get_cause_display(), ("logistics_query.start",)
        details = [words for words in (str(q.get_cause_display()), parcel, q.words) if words]
        yield Happening(q.created_at, "contact", "map-pin", title, details=details, joins=joins)
    numbers = {q.pk: q.number for q in case.queries}
    for n in case.notes:
        label, icon, joins = NOTED[n.kind]
        yield Happening(
            n.at, "contact", icon, str(label), person(n.by, n.by), str(LABELS.get(n.by, "")),
            [*_details(n, case.order.shop_id)], about=numbers.get(n.query_id, ""), joins=joins,
        )  # fmt: skip


def _details(n: QueryNote, shop: int) -> Iterator[str]:
    if n.whom:
        yield _("对方：%s") % dict(WHOM).get(n.whom, n.whom)
    if n.words:
        yield n.words
    if n.apologised:
        yield _("已先道歉")
    if n.reason and n.reason != Delay.NONE:
        yield _("原因：%s") % Delay(n.reason).label
    if n.expected_at:
        yield _("预计送达：%s") % local(n.expected_at, shop, timezone.now())


def may_open(case: Case, roles: Sequence[str]) -> bool:
    return bool(ANSWERS & set(roles)) and bool(choices(case.order)) and case.order.state != S.AWAITING_PAYMENT
