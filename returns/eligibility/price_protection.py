"""The price fell soon after the purchase."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shops import policy

from .. import windows
from ..states import Kind, Reason
from .rule import Rule, Verdict

if TYPE_CHECKING:
    from ..models import Return


class PriceProtection(Rule):
    """价保: only where the shop offers it, so many whole days from the day after the payment (`price_protection_days`),
    and only as money: the goods stay. The lower price is for a person to see.

    Source: the shop's own promise; Douyin's after-sales type 6, Kuaishou's specialRefundType.
    """

    name = "price_protection"
    label = gettext_lazy("价保")
    source = gettext_lazy("店铺规则：价保")

    def judge(self, ret: Return, at: datetime) -> Verdict | None:
        if ret.reason != Reason.PRICE_PROTECTION:
            return None
        rules = policy.of(ret.shop_id)
        days = rules.after_sales.price_protection_days
        if not days:
            return self.no(_("本店没有价保"), _("很抱歉，本店暂不提供价保。"))
        if ret.kind != Kind.REFUND_ONLY:
            return self.no(_("价保只退差价，请改为仅退款"), _("价保只退差价，商品不用寄回，请改为申请“仅退款”。"))
        seconds = int(timedelta(days=days).total_seconds())
        due = rules.calendar.due(ret.order.paid_at or ret.order.placed_at, seconds, "days_from_next")
        if windows.notice(ret, at) < due:
            return self.person(
                _("在价保期内（%s 止），请核对降价差额") % windows.shown(ret, due), _("我们正在核对差价。")
            )
        return self.no(
            _("已过价保期（%s 止）") % windows.shown(ret, due),
            _("价保期到 %s 为止，已经过了。") % windows.shown(ret, due),
        )
