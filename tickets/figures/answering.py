"""How long customers wait for an answer (desk.md: first answer within 15 s, every further one within 20 s)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_lazy as _

from ..models import Message
from ..states import Kind, Side
from .days import Span
from .figure import MEDIAN, SECONDS, SHARE, Figure, Of, joined, register
from .measure import Facts, bucket, dated, measure

FIRST, FURTHER = "first", "further"
RULE = _(
    "只算客服本人写的、客户正在等的那一条：从客户最早一句没人回的话，到这条回复，按店铺工作时间计秒，休息时间不计。自动回复不算回复。"
    "记在写这条回复的客服名下、回复的那一天，转交、重开都不改变。"
)
MERGED = _("被合并的工单不算一次单独的接待，它的首次回复按后续回复算。")


@measure("ticket", "agent", "kind", "part")
def answers(span: Span) -> Iterator[Facts]:
    """Answers for which somebody waited. total: seconds of the shop's working hours."""
    said = Message.objects.filter(side=Side.AGENT, waited_working__isnull=False)
    began = Case(When(first=True, ticket__merged_into__isnull=True, then=Value(FIRST)), default=Value(FURTHER))
    yield dated(
        said, span, "at", agent="by", kind="ticket__kind", part=began, bucket=bucket("waited_working"),
        total="waited_working",
    )  # fmt: skip


IS_FIRST, IS_FURTHER = Q(part=FIRST), Q(part=FURTHER)
CUT: dict[str, Any] = {"by": ("agent", "kind"), "labels": {"kind": Kind}, "family": "answers"}

register(
    Figure(
        "first_answer_within_15", label=_("首次响应 15 秒达标率"), unit=SHARE,
        words=joined(_("15 秒内回复的首次回复 ÷ 全部首次回复。"), RULE, MERGED),
        top=Of(answers, "n", IS_FIRST & Q(bucket__lte=15)), bottom=Of(answers, "n", IS_FIRST), **CUT,
    ),
    Figure(
        "first_answer", label=_("平均首次响应"), unit=SECONDS, down=True,
        words=joined(_("首次回复的等待秒数之和 ÷ 首次回复数。"), RULE, MERGED),
        top=Of(answers, "total", IS_FIRST), bottom=Of(answers, "n", IS_FIRST), **CUT,
    ),
    Figure(
        "first_answer_median", label=_("首次响应中位数"), unit=MEDIAN, down=True,
        words=joined(_("一半的首次回复比它快。由 5、10、15、20、30、60 秒等区间推算，是约数。"), RULE),
        top=Of(answers, "n", IS_FIRST), **CUT,
    ),
    Figure(
        "answer_within_20", label=_("后续回复 20 秒达标率"), unit=SHARE,
        words=joined(_("20 秒内回复的后续回复 ÷ 全部后续回复。"), RULE, MERGED),
        top=Of(answers, "n", IS_FURTHER & Q(bucket__lte=20)), bottom=Of(answers, "n", IS_FURTHER), **CUT,
    ),
    Figure(
        "answer", label=_("平均响应"), unit=SECONDS, down=True,
        words=joined(_("全部回复（含首次）的等待秒数之和 ÷ 回复数。"), RULE),
        top=Of(answers, "total"), bottom=Of(answers), **CUT,
    ),
    Figure(
        "answer_median", label=_("响应中位数"), unit=MEDIAN, down=True,
        words=joined(_("一半的回复比它快。由区间推算，是约数。"), RULE), top=Of(answers), **CUT,
    ),
)  # fmt: skip
