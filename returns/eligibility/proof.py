"""Some reasons ask for evidence."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shops import policy

from ..models import Evidence
from ..states import Reason
from .rule import Rule, Verdict

if TYPE_CHECKING:
    from ..models import Return

ASKS = {
    Reason.MISSING: gettext_lazy("请拍下收到的全部商品、外包装和面单（能看清重量）。"),
    Reason.DAMAGED: gettext_lazy("请拍下外包装的六个面、面单和破损处。"),
    Reason.WRONG_ITEM: gettext_lazy("请拍下收到的商品、吊牌或货号，以及面单。"),
}
ANY = gettext_lazy("请拍下商品整体和问题处的近照，最好再拍一段视频。")


class Proof(Rule):
    """Quality, wrong, missing or damaged goods: photos first, then a person verifies them.

    Which reasons ask for evidence is the shop's own setting (`evidence_reasons`).
    Source: procedures 5 (photos first, agent verifies).
    """

    name = "proof"
    label = gettext_lazy("须有凭证")
    source = gettext_lazy("店铺流程：质量问题先看凭证")

    def judge(self, ret: Return, at: datetime) -> Verdict | None:
        if ret.reason not in policy.of(ret.shop_id).after_sales.evidence_reasons or ret.unshipped:
            return None
        if given(ret):
            return self.person(_("客户已提交凭证，请核实"), _("您的凭证已收到，我们正在核实。"))
        return self.person(_("还没有凭证，请先要求举证"), ASKS.get(Reason(ret.reason), ANY))


def given(ret: Return) -> bool:
    """Has anybody given evidence with the application? What this very step brings is in `ret.given`."""
    if getattr(ret, "given", None):
        return True
    return ret.pk is not None and Evidence.objects.filter(of=ret.pk, stage="application").exists()
