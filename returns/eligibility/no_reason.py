"""The seven days in which no reason is needed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import windows
from ..states import Reason
from .rule import Rule, Verdict

if TYPE_CHECKING:
    from ..models import Return


class NoReasonWindow(Rule):
    """The customer's notice within seven days, counted from the day after signing: the seventh day's 24:00 is inside.

    The shop may give more days (limit no_reason_window). Source: 七日无理由退货暂行办法 art. 10,
    消费者权益保护法 art. 25.
    """

    name = "no_reason_window"
    label = gettext_lazy("七天无理由期限")
    source = gettext_lazy("《七日无理由退货暂行办法》第十条")

    def judge(self, ret: Return, at: datetime) -> Verdict | None:
        if ret.reason != Reason.NO_REASON or ret.unshipped:
            return None
        if ret.order.signed_at is None:
            return self.person(
                _("订单还没有签收：请先拦截包裹，或请客户拒收"), _("您还没有签收商品，可以直接拒收，我们收到后退款。")
            )
        due = windows.until(ret, "no_reason_window")
        if windows.notice(ret, at) < due:
            return self.eligible(_("在七天无理由期限内（%s 止）") % windows.shown(ret, due))
        say = _("七天无理由退货的期限到 %s 为止，已经过了。如有质量问题，请选择对应的原因重新申请。")
        return self.no(_("已过七天无理由期限（%s 止）") % windows.shown(ret, due), say % windows.shown(ret, due))
