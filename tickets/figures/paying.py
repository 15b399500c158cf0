"""Money that goes back, who pays the freight, what a case costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Case, F, OuterRef, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from orders.models import Refund
from orders.states import R
from returns.models import Return
from returns.states import Payer, Reason

from .days import Span
from .figure import COUNT, FEN, Figure, Of, joined, register
from .measure import Facts, dated, measure
from .solving import solved

PAID = Refund.objects.filter(state__in=(R.SUCCEEDED, R.CONFIRMED), settled_at__isnull=False)
REASON = Subquery(Return.objects.filter(shop=OuterRef("shop"), number=OuterRef("about")).values("reason")[:1])
SOURCE = dict(Refund.PAYERS)
PLATFORM = "platform"


@measure("refund", "part", "reason")
def refunds_paid(span: Span) -> Iterator[Facts]:
    """Refunds whose money has arrived. part: who paid it out. total: fen."""
    yield dated(PAID, span, "settled_at", part="paid_by", reason=REASON, total="amount")


@measure("refund", "agent", "reason")
def compensated(span: Span) -> Iterator[Facts]:
    """What was given beside goods and freight. agent: who asked for it. total: fen."""
    given = PAID.filter(compensation__gt=0)
    yield dated(given, span, "settled_at", agent="asked_by", reason=REASON, total="compensation")


@measure("refund")
def costs(span: Span) -> Iterator[Facts]:
    """total: fen that the shop gave away: freight and compensation, not the price of the goods."""
    ours = PAID.filter(paid_by=Refund.SHOP)
    yield dated(ours, span, "settled_at", total=F("freight") + F("compensation"))


@measure("return refund", "part")
def freight(span: Span) -> Iterator[Facts]:
    """Freight by who bore it: what was refunded of it, and what customers paid for an exchange. total: fen."""
    payer = Case(When(paid_by=Refund.PLATFORM, then=Value(PLATFORM)), default=Value(Payer.SELLER.value))
    yield dated(PAID.filter(freight__gt=0), span, "settled_at", part=payer, total="freight")
    paid = Return.objects.filter(freight_paid__gt=0)
    yield dated(paid, span, "created_at", part=Value(Payer.CUSTOMER.value), total="freight_paid")


@measure("return", "part", "reason")
def freight_borne(span: Span) -> Iterator[Facts]:
    """Returns whose way back somebody bears."""
    decided = Return.objects.exclude(freight_by="")
    yield dated(decided, span, "created_at", part="freight_by", reason="reason")


ARRIVED = _("只算到账的退款（退款成功或客户已查收），记在到账的那一天；后来说没到账的，不再算。")
BY_PAYER = {"payer": {**dict(Payer.choices), PLATFORM: _("平台")}}
CUT: dict[str, Any] = {"family": "money"}

register(
    Figure(
        "refunded", label=_("退款金额"), unit=FEN, down=True, top=Of(refunds_paid, "total"),
        words=joined(_("货款、运费、补偿合计。承担方是打款的一方。"), ARRIVED),
        by=("payer", "reason"), labels={"payer": SOURCE, "reason": Reason}, **CUT,
    ),
    Figure(
        "refunds", label=_("退款笔数"), unit=COUNT, down=True, top=Of(refunds_paid), words=ARRIVED,
        by=("payer", "reason"), labels={"payer": SOURCE, "reason": Reason}, **CUT,
    ),
    Figure(
        "compensated", label=_("补偿金额"), unit=FEN, down=True, top=Of(compensated, "total"),
        words=joined(_("退款里货款和运费以外的补偿。记在申请的客服名下。"), ARRIVED),
        by=("agent", "reason"), labels={"reason": Reason}, **CUT,
    ),
    Figure(
        "cost_per_ticket", label=_("单均成本"), unit=FEN, down=True, top=Of(costs, "total"), bottom=Of(solved),
        words=joined(_("店铺付出的补偿和运费 ÷ 同期解决的工单数（没有被合并的）。商品货款不算成本。"), ARRIVED), **CUT,
    ),
    Figure(
        "freight", label=_("运费金额"), unit=FEN, down=True, top=Of(freight, "total"),
        words=joined(
            _("退给客户的运费算打款的一方承担，客户为换货补付的运费算客户承担（记在申请售后的那一天）。运费险直接付给"
              "客户的，金额不经过这里。"),
            ARRIVED,
        ), by=("payer",), labels=BY_PAYER, **CUT,
    ),
    Figure(
        "freight_borne", label=_("退货运费由谁承担"), unit=COUNT, top=Of(freight_borne),
        words=_("已经定下运费承担方的售后单数，记在申请的那一天。改判后按新的承担方。"),
        by=("payer", "reason"), labels={**BY_PAYER, "reason": Reason}, **CUT,
    ),
)  # fmt: skip
