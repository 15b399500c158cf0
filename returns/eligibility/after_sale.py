"""The shop's own after-sales period, per category of product."""

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

APART = (Reason.NO_REASON.value, Reason.PRICE_PROTECTION.value)  # have a window of their own


class AfterSaleWindow(Rule):
    """The after-sales period runs per industry and is another thing than the seven days; counted like them.

    Of several products the one with the longest period counts. Past it a person decides, it is not a no: what the law
    owes for faulty goods (消费者权益保护法 art. 24, 三包) does not end with a shop's own period.
    Source: procedures 8 (002 售后有效期); limit after_sale_window, by category.
    """

    name = "after_sale_window"
    label = gettext_lazy("售后有效期")
    source = gettext_lazy("店铺流程：售后有效期")

    def judge(self, ret: Return, at: datetime) -> Verdict | None:
        if ret.reason in APART or ret.order.signed_at is None:
            return None
        due = windows.until(ret, "after_sale_window")
        if windows.notice(ret, at) < due:
            return self.eligible(_("在售后有效期内（%s 止）") % windows.shown(ret, due))
        return self.person(
            _("已过售后有效期（%s 止），请核实是否仍属质量责任") % windows.shown(ret, due),
            _("这件商品的售后期到 %s 为止。我们会看过您的情况再答复您。") % windows.shown(ret, due),
        )
