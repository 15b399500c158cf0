"""What a customer can do on the page: which steps, in which state, and which of them is the one button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from flows.effects import Refused
from flows.permit import permit
from flows.table import Who

from .. import advance
from ..states import S
from ..tables import RETURN

if TYPE_CHECKING:
    from .card import Card


class Act(NamedTuple):
    """step: of the return, "" where none is taken. label: of the button. done: what is said afterwards.

    harm: asked once more first.
    """

    step: str
    label: Any
    done: Any
    harm: bool = False


ACTS: dict[str, Act] = {
    "evidence": Act("give_evidence", _("提交凭证"), _("凭证已提交，我们会尽快查看")),
    "accept": Act("accept_offer", _("接受这个方案"), _("已接受方案，我们马上办理")),
    "parcel": Act("send_back", _("提交快递单号"), _("快递单号已登记")),
    "freight": Act("pay_freight", _("我已付运费"), _("已登记运费，我们随后寄出")),
    "confirm": Act("confirm", _("确认收货"), _("已确认收货")),
    "received": Act("", _("钱已到账"), _("已确认到账，谢谢")),
    "advance": Act("", _("申请退还垫付的运费"), _("已登记，核对凭证后退到您填的账户")),
    "photos": Act("", _("补充照片"), _("照片已上传")),
    "revise": Act("revise", _("修改申请"), _("申请已修改，我们会重新处理")),
    "switch": Act("switch_to_refund", _("不换了，改为退款"), _("已改为退款"), harm=True),
    "decline": Act("decline_offer", _("方案都不合适"), _("已告诉我们，会继续处理您的申请")),
    "missing": Act("", _("钱没有到账"), _("已收到，我们马上核实"), harm=True),
    "reopen": Act("reopen", _("重新打开"), _("已重新打开，我们会尽快处理")),
    "withdraw": Act("withdraw", _("撤销申请"), _("申请已撤销"), harm=True),
}

OF_REFUND = ("received", "missing")
# How it is called where that depends on where the return stands.
TITLES: dict[tuple[str, str], Any] = {
    ("parcel", S.RETURNING): _("改单号，或再加一个包裹"),
}
# What the button says that is pressed a second time.
SURE: dict[str, Any] = {
    "withdraw": _("确定撤销申请"),
    "switch": _("确定改为退款"),
    "missing": _("确定没有到账"),
    "photos": _("提交照片"),
    "advance": _("提交"),
    "revise": _("提交修改"),
    "decline": _("不接受，继续原来的申请"),
}

# The one button of a state; every other act stands folded below.
MAIN: dict[str, str] = {
    S.AWAITING_EVIDENCE: "evidence",
    S.OFFERED: "accept",
    S.AWAITING_RETURN: "parcel",
    S.AWAITING_FREIGHT: "freight",
    S.RESHIPPED: "confirm",
    S.REFUSED: "revise",
    S.RECEIPT_REFUSED: "revise",
}
# Steps that the table opens to customers in more states than is sensible here: goods under way are not asked for anew.
ONLY: dict[str, tuple[str, ...]] = {
    "revise": (S.REQUESTED, S.AWAITING_EVIDENCE, S.AWAITING_RETURN, S.REFUSED, S.RECEIPT_REFUSED),
    "switch": (S.AWAITING_FREIGHT, S.EXCHANGING),
}


def may(card: Card, name: str) -> bool:
    """Whether the customer may do this now."""
    beside = BESIDE.get(name)
    if beside is not None:
        return bool(beside(card))
    if card.ret.state not in ONLY.get(name, (card.ret.state,)):
        return False
    try:
        permit(RETURN, card.ret, ACTS[name].step, Who.CUSTOMER)
    except Refused:
        return False
    return True


def open_acts(card: Card) -> list[str]:
    """The main one first, if there is one."""
    found = [name for name in ACTS if may(card, name)]
    main = "received" if "received" in found else MAIN.get(card.ret.state, "")
    return sorted(found, key=lambda name: name != main)


def main_of(card: Card, found: list[str]) -> str:
    main = "received" if "received" in found else MAIN.get(card.ret.state, "")
    return main if main in found else ""


BESIDE: dict[str, Any] = {
    "photos": lambda card: card.ret.state not in (*RETURN.final, S.AWAITING_EVIDENCE),
    "received": lambda card: card.came("succeeded") is not None,
    "missing": lambda card: card.came("succeeded", "confirmed") is not None,
    "advance": lambda card: not advance.why_not(card.ret),
}
