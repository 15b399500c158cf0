"""Goods that come back: how many, which, why, whose fault, and who could be kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from flows.models import Move
from orders.models import Line
from returns.models import Offer, Return, ReturnLine
from returns.states import PAY_BACK, Fault, Kind, Reason, S

from .days import Span
from .figure import COUNT, FEN, SHARE, Figure, Of, joined, register
from .measure import Facts, dated, hit, measure

BACK = (Kind.RETURN_REFUND, Kind.EXCHANGE)
STAGES = {
    "1_asked": _("申请"), "2_agreed": _("同意"), "3_sent": _("寄回"), "4_received": _("收到"), "5_refunded": _("到账"),
}  # fmt: skip


# ---- pieces, on the day on which their order left
@measure("order", "sku")
def pieces_sent(span: Span) -> Iterator[Facts]:
    """Pieces that were shipped. Replacements count with the order that they replace."""
    lines = Line.objects.filter(order__after_sale=False)
    pieces = F("quantity") - F("dropped")
    yield dated(lines, span, "order__shipped_at", shop="order__shop", sku="sku", n=pieces)


@measure("return order", "sku", "reason", "kind")
def pieces_back(span: Span) -> Iterator[Facts]:
    """Pieces of them that the customer wants to give back, in returns that were not ended without them."""
    lines = ReturnLine.objects.filter(of__kind__in=BACK, line__order__after_sale=False).exclude(of__state=S.CLOSED)
    yield dated(
        lines, span, "line__order__shipped_at", shop="of__shop", sku="line__sku", reason="of__reason", kind="of__kind",
        n="quantity",
    )  # fmt: skip


# ---- returns, on the day on which they were asked for
@measure("return", "kind", "reason", "part")
def returns_asked(span: Span) -> Iterator[Facts]:
    """part: whose fault it was judged to be; "" while nobody has. total: of those judged, the shop's."""
    seller = hit(Q(fault=Fault.SELLER))
    yield dated(Return.objects.all(), span, "created_at", kind="kind", reason="reason", part="fault", total=seller)


@measure("return", "kind", "reason", "part")
def stages(span: Span) -> Iterator[Facts]:
    """Applications for money back, once for each stage that they have reached."""
    asked = Return.objects.filter(kind__in=PAY_BACK)
    reached = {
        "1_asked": asked,
        "2_agreed": asked.filter(Exists(_agreed()) | Q(state=S.COMPLETED)),
        "3_sent": asked.filter(sent_at__isnull=False),
        "4_received": asked.filter(received_at__isnull=False),
        "5_refunded": asked.filter(state=S.COMPLETED),
    }
    for name, those in reached.items():
        yield dated(those, span, "created_at", kind="kind", reason="reason", part=Value(name))


def _agreed() -> QuerySet[Move]:
    steps = ("approve", "accept_offer", "auto_refund", "intercepted", "switch_to_refund")
    return Move.objects.filter(subject=OuterRef("pk"), flow="return", step__in=steps)


# ---- offers instead of a return, on the day on which they were made
@measure("return", "agent", "reason", "part")
def offers(span: Span) -> Iterator[Facts]:
    """Offers that were answered or ran out; those that events overtook are left out. total: accepted ones."""
    answered = Offer.objects.filter(ended__in=("accepted", "declined", "expired"))
    taken = hit(Q(ended="accepted"))
    yield dated(answered, span, "at", shop="of__shop", agent="by", reason="of__reason", total=taken)


@measure("return", "agent", "reason")
def saved(span: Span) -> Iterator[Facts]:
    """total: fen that need not go back."""
    kept = Offer.objects.filter(ended="accepted")
    yield dated(kept, span, "at", shop="of__shop", agent="by", reason="of__reason", total="saved")


REASONS = {"kind": Kind, "reason": Reason}
RETURNS: dict[str, Any] = {"family": "returns"}

register(
    Figure(
        "return_rate", label=_("退换率"), unit=SHARE, down=True, top=Of(pieces_back), bottom=Of(pieces_sent),
        words=_(
            "某天发出的商品里，后来要退货退款或换货的件数 ÷ 那天发出的件数，所以最近几天的数字还会升高。"
            "已关闭（撤销、拒绝、超时）的售后不算；补寄、换货发出的商品不再算一次。"
            "按原因、类型看时，分母仍是全部发出的件数。"
        ),
        by=("product", "reason", "kind"), labels=REASONS, **RETURNS,
    ),
    Figure(
        "pieces_back", label=_("退换件数"), unit=COUNT, down=True, top=Of(pieces_back),
        words=_("要退货退款或换货的件数，记在原订单发货的那一天。已关闭的售后不算。"),
        by=("product", "reason", "kind"), labels=REASONS, **RETURNS,
    ),
    Figure(
        "returns", label=_("售后申请"), unit=COUNT, down=True, top=Of(returns_asked),
        words=_("当天提出的售后申请数，含退款、换货、补寄、维修；后来撤销或拒绝的也算。一张售后单修改申请不另算。"),
        by=("kind", "reason", "fault"), labels={**REASONS, "fault": Fault}, **RETURNS,
    ),
    Figure(
        "fault_share", label=_("商家责任占比"), unit=SHARE, down=True, top=Of(returns_asked, "total"),
        bottom=Of(returns_asked, "n", ~Q(part="")),
        words=_("判定为商家责任的售后单 ÷ 已判定责任的售后单，记在申请的那一天。改判后按新的判定。"),
        by=("kind", "reason"), labels=REASONS, **RETURNS,
    ),
    Figure(
        "refund_stages", label=_("退款漏斗"), unit=COUNT, top=Of(stages),
        words=_(
            "当天申请退货退款或仅退款的售后单，各有多少走到：申请、同意、寄回、收到、到账。都记在申请的那一天，"
            "所以最近几天后面的环节还会增加。仅退款没有寄回和收到。"
        ),
        by=("stage", "kind", "reason"), labels={**REASONS, "stage": STAGES}, **RETURNS,
    ),
    Figure(
        "kept", label=_("挽留成功率"), unit=SHARE, top=Of(offers, "total"), bottom=Of(offers),
        words=joined(
            _("客户接受的挽留方案 ÷ 有结果的挽留方案（接受、拒绝、到期），记在提出方案的那一天和提出的客服名下。"),
            _("被别的事情打断的方案不算。"),
        ), by=("agent", "reason"), labels=REASONS, **RETURNS,
    ),
    Figure(
        "saved", label=_("挽留避免的退款"), unit=FEN, top=Of(saved, "total"),
        words=_("客户接受方案、留下商品后不用退的钱，已扣掉给客户的现金补偿。记在提出方案的那一天和提出的客服名下。"),
        by=("agent", "reason"), labels=REASONS, **RETURNS,
    ),
)  # fmt: skip
