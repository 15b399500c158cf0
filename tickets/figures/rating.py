"""What customers say of how they were served."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..models import Satisfaction
from ..models.satisfaction import GOOD
from ..states import Kind
from .days import Span
from .figure import COUNT, RATIO, SHARE, Figure, Of, joined, register
from .measure import Facts, dated, hit, measure


@measure("ticket", "agent", "kind")
def ratings(span: Span) -> Iterator[Facts]:
    """Ratings on the day on which they were last given. bucket, total: 1 to 5."""
    given = Satisfaction.objects.filter(rating__isnull=False)
    yield dated(given, span, "given_at", agent="agent", kind="ticket__kind", bucket="rating", total="rating")


@measure("ticket", "agent", "kind")
def asked(span: Span) -> Iterator[Facts]:
    """Customers who were asked, on that day. total: those who have answered since."""
    answered = hit(Q(rating__isnull=False))
    everyone = Satisfaction.objects.filter(asked_at__isnull=False)
    yield dated(everyone, span, "asked_at", agent="agent", kind="ticket__kind", total=answered)


RULE = _("工单关闭后请客户评 1 到 5 分，记在解决工单的客服名下、评价的那一天；同一工单再评，按最后一次。没评的不算。")
CUT: dict[str, Any] = {"by": ("agent", "kind"), "labels": {"kind": Kind}, "family": "tickets"}

register(
    Figure(
        "satisfied", label=_("满意率"), unit=SHARE, top=Of(ratings, "n", Q(bucket__gte=GOOD)), bottom=Of(ratings),
        words=joined(_("4 分和 5 分的评价 ÷ 全部评价。"), RULE), **CUT,
    ),
    Figure(
        "rating", label=_("平均评分"), unit=RATIO, top=Of(ratings, "total"), bottom=Of(ratings),
        words=joined(_("评分之和 ÷ 评价数。"), RULE), **CUT,
    ),
    Figure(
        "ratings", label=_("评价数"), unit=COUNT, top=Of(ratings), words=RULE, **CUT,
    ),
    Figure(
        "answered", label=_("评价率"), unit=SHARE, top=Of(asked, "total"), bottom=Of(asked),
        words=_("评了分的客户 ÷ 请求评价的客户，记在请求的那一天，所以最近几天的数字还会升高。"), **CUT,
    ),
)  # fmt: skip
