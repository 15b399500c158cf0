"""What was never paid, or has all gone back, cannot be refunded."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..states import PAY_BACK, Reason
from .rule import Rule, Verdict

if TYPE_CHECKING:
    from ..models import Return


class Paid(Rule):
    """Money goes back only where some is there, counting what is already on its way back.

    Source: promise I-27; procedures 1 (cash on delivery is paid at the door).
    """

    name = "paid"
    label = gettext_lazy("有款可退")
    source = gettext_lazy("店铺流程：不超过实付退款")

    def judge(self, ret: Return, at: datetime) -> Verdict | None:
        if ret.kind not in PAY_BACK or ret.reason == Reason.REJECTED or ret.money:
            return None
        order = ret.order
        if order.received - order.purse.pending() > 0:
            return None
        if order.paid:
            return self.no(
                _("这笔订单的款项已全部退回或正在退回"), _("这笔订单的款项已经退给您或正在退回，请留意到账。")
            )
        return self.no(_("这笔订单没有付款记录"), _("这笔订单还没有付款，不需要退款。如已付款，请联系客服核实。"))
