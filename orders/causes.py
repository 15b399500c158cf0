"""What a refund was promised for, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flows.asks import yuan

if TYPE_CHECKING:
    from .models import Refund

WORDS = {
    "cancel": gettext_lazy("订单取消"),
    "stock_out": gettext_lazy("缺货退款"),
    "swap": gettext_lazy("换货重拍差价"),
    "amend": gettext_lazy("改单差价"),
    "return": gettext_lazy("售后退款"),
    "freight": gettext_lazy("客户垫付运费"),
    "compensation": gettext_lazy("补偿"),
    "goodwill": gettext_lazy("客服补偿"),
    "exchange": gettext_lazy("换货差价"),
    "platform": gettext_lazy("平台退款"),
    "outside": gettext_lazy("他处已退"),
}
PARTS = {"goods": gettext_lazy("货款"), "freight": gettext_lazy("运费"), "compensation": gettext_lazy("补偿")}


def cause_words(refund: Refund) -> str:
    """售后退款 A1-R1"""
    said = str(WORDS.get(refund.cause.partition(":")[0], refund.cause))
    return f"{said} {refund.about}".strip()


def made_of(refund: Refund) -> str:
    """¥12.00 = 货款 10.00 + 运费 2.00; of one part that part alone."""
    parts = [f"{PARTS[part]} {yuan(amount)}" for part, amount in refund.parts.items() if amount]
    return _("¥%(amount)s = %(parts)s") % {"amount": yuan(refund.amount), "parts": " + ".join(parts)}
