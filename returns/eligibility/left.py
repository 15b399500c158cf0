"""Only the money is asked back although the goods have left."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..states import Kind, Reason
from .rule import Rule, Verdict

if TYPE_CHECKING:
    from ..models import Return

OTHERWISE = (Reason.PRICE_PROTECTION.value, Reason.AGREED.value)  # decided by another rule, or between people already


class LeftTheHouse(Rule):
    """已发货仅退款: the goods stay where they are, so a person looks first where the parcel is and who is to blame.

    Source: procedures 5 (settle it with the customer before the platform does) and 8; Douyin's after-sales type 1.
    """

    name = "left"
    label = gettext_lazy("已发货仅退款须人工判断")
    source = gettext_lazy("店铺流程：已发货仅退款")

    def judge(self, ret: Return, at: datetime) -> Verdict | None:
        if ret.kind != Kind.REFUND_ONLY or ret.unshipped or ret.reason in OTHERWISE:
            return None
        if ret.on_its_way:
            return self.person(_("包裹还在路上：先拦截，再决定是否退款"), _("我们正在联系快递核实包裹，请稍候。"))
        return self.person(_("商品已经签收而不退回，请核实凭证后决定"), _("我们会先核实情况，再与您商量怎么处理。"))
