"""An order that has not left yet: only its money goes back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..states import Kind
from .rule import Rule, Verdict

if TYPE_CHECKING:
    from ..models import Return


class Unshipped(Rule):
    """Nothing can come back that has not left: refund only, and it may not be refused.

    Source: the platforms' rule (Taobao bars refusing an unshipped order's refund; WeChat's refund reason 4 agrees to it
    by itself), 002 未发货仅退款.
    """

    name = "unshipped"
    label = gettext_lazy("未发货只能仅退款")
    source = gettext_lazy("平台规则：未发货仅退款")

    def judge(self, ret: Return, at: datetime) -> Verdict | None:
        if not ret.unshipped:
            return None
        if ret.kind == Kind.REFUND_ONLY:
            return self.eligible(_("订单还没有发货"))
        return self.no(_("订单还没有发货，只能仅退款"), _("您的订单还没有发出，请改为申请“仅退款”，我们会尽快退款。"))
