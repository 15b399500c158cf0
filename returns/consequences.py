"""What a step of a return would do to the goods and the money, said before it is taken."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from flows.asks import yuan
from orders.states import S as O
from shops.punctuation import bracketed, labelled, listed

from . import amounts, eligibility, freight
from .models import Dispute, Return
from .states import Fault, Kind, Payer, Reason, S
from .telling import plan_words


def consequences(subject: Any, step: str) -> list[str]:
    """In words, for the form of the step; [] where the button says it all. The belongings are loaded."""
    if isinstance(subject, Dispute):
        said = OF_DISPUTE.get(step)
        return said(subject.of) if said else []
    said = OF.get(step)
    return said(subject) if said else []


def pays(ret: Return, step: str) -> bool:
    """Whether the step itself promises what is owed."""
    if step == "approve":
        return ret.belongings.way == "money"
    return step in ("refund", "auto_refund", "switch_to_refund", "intercepted")


# ---- money
def sum_of(total: int, made_of: Iterable[tuple[Any, int]]) -> str:
    """退款 ¥388.00 = 货款 378.00 + 运费 10.00"""
    parts = [(str(words), fen) for words, fen in made_of if fen]
    told = ""
    for n, (words, fen) in enumerate(parts):
        sign = (" − " if fen < 0 else " + ") if n else ("−" if fen < 0 else "")
        told += f"{sign}{words} {yuan(abs(fen))}"
    if len(parts) < 2 and (not parts or parts[0][1] == total):
        return _("退款 ¥%s") % yuan(total) + bracketed(parts[0][0] if parts else "")
    return _("退款 ¥%(total)s = %(parts)s") % {"total": yuan(total), "parts": told}


def owed(ret: Return) -> list[str]:
    """What would be paid now, and of what is left afterwards."""
    due = amounts.due(ret)
    total = due.total
    if not total:
        return [_("没有可退的款")]
    left = amounts.free(ret.belongings) - total
    return [sum_of(total, due.made_of), *([_("之后这张订单还有 ¥%s 可退") % yuan(left)] if left > 0 else [])]


def bears(ret: Return) -> list[str]:
    borne = freight.bears(ret)
    payer = str(Payer(borne.payer).label)
    told = [labelled(_("退货运费"), f"{payer} · {borne.why}" if borne.why else payer)]
    if ret.fault == Fault.COURIER:
        told.append(_("快递责任：同时登记对快递的索赔"))
    return told


def called_off(ret: Return) -> list[str]:
    """What becomes of the replacement order."""
    replacement = ret.belongings.replacement
    if replacement is None or replacement.state == O.CLOSED:
        return []
    if replacement.state == O.PACKED:
        return [_("换货订单 %s 已打包：先召回包裹，再取消") % replacement.number]
    if replacement.state in (O.SHIPPED, O.PARTLY_SHIPPED):
        return [_("换货订单 %s 已发出：通知快递拦截，并提醒店长") % replacement.number]
    return [_("换货订单 %s 取消") % replacement.number]


# ---- the application
def approved(ret: Return) -> list[str]:
    found = against(ret)
    way = ret.belongings.way
    if way == "send":
        return [*found, _("客户收到退货地址，按期寄回；超时未寄自动关闭"), *bears(ret)]
    if way == "here":
        return [*found, _("货已在仓库，直接处理验货结果")]
    if way == "goods":
        return [*found, _("另开补寄订单 %s-H…，转审单，不再收款") % ret.order.number]
    return [*found, *_money_only(ret)]


def against(ret: Return) -> list[str]:
    """What the rules say against it, or leave to a person; against a no the form needs a reason."""
    found = eligibility.standing(ret.eligibility)
    if found == eligibility.ELIGIBLE:
        return []
    whys = listed(v["why"] for v in ret.eligibility if v.get("verdict") == found)
    told = _("按规则不能同意：%s。仍要同意，请写明破例的原因") if found == eligibility.NO else _("请先判断：%s")
    return [told % whys]


def _money_only(ret: Return) -> list[str]:
    if not ret.unshipped:
        return [*owed(ret), _("商品留给客户，不用寄回")]
    whole = all(ret.belongings.order.goods.owed().get(x.line.line, 0) <= x.quantity for x in ret.belongings.lines)
    every = len(ret.belongings.lines) >= len(ret.belongings.order.goods.owed())
    what = _("订单取消，货不再发出") if whole and every else _("这些商品从订单去掉，其余照常发货")
    return [what, *owed(ret)]


def refused(ret: Return) -> list[str]:
    found = [_("客户会看到拒绝理由和凭证；到期不回应，申请自动关闭")]
    if ret.kind == Kind.RESHIP:
        found.append(_("拒绝补寄后，平台可能直接给客户退款"))
    return found


def revised(ret: Return) -> list[str]:
    return [_("之前的同意作废，按新的申请重新处理")] if ret.approvals else []


def withdrawn(ret: Return) -> list[str]:
    home = [_("货在仓库，转为寄回客户")] if ret.goods_here else [_("申请关闭")]
    unsent = [_("还没打出的退款撤回")] if ret.money else []
    return [*home, *unsent, *called_off(ret)]


def offered(ret: Return) -> list[str]:
    total = amounts.due(ret).total
    return [_("客户选定后立即执行；若成功，可免去退款 ¥%s") % yuan(total)] if total else []


def accepted(ret: Return) -> list[str]:
    offer = next((o for o in reversed(ret.belongings.offers) if not o.ended), None)
    plans = offer.plans if offer else []
    return [_("方案 %(n)s：%(words)s") % {"n": n, "words": plan_words(p)} for n, p in enumerate(plans, 1)]


def intercepting(ret: Return) -> list[str]:
    return [_("请联系快递拦截；拦到后再退款，拦不到则回到待处理")]


def intercepted(ret: Return) -> list[str]:
    return [_("勾选立即退款：%s") % listed(owed(ret)), _("不勾选：等包裹回到仓库、验货后再退款")]


# ---- the goods
def received(ret: Return) -> list[str]:
    return [_("不填件数表示与申报一致；少件、错件请如实填写"), _("开始计算 7 天法定退款期限")]


def inspected(ret: Return) -> list[str]:
    return [_("可二次销售的通知库存系统入库；残次的不入库"), _("结果转给客服处理")]


def receipt_refused(ret: Return) -> list[str]:
    return [_("不退款；客户可补充凭证、改申请或要求寄回，到期不回应则原货寄回客户")]


def exchanged(ret: Return) -> list[str]:
    found = [_("另开换货订单 %s-H…，转审单；已付款转入新订单，不退款") % ret.order.number]
    due = amounts.due(ret)
    if due.freight:
        found.append(_("另退客户垫付的运费 ¥%s") % yuan(due.freight))
    return found


def freight_asked(ret: Return) -> list[str]:
    return [_("客户付清运费后开换货订单；到期未付，由客服决定是否转为退款"), *bears(ret)]


def handed_back(ret: Return) -> list[str]:
    return [_("不退款：%s 件原货交仓库寄回客户") % sum(x.received for x in ret.belongings.lines)]


def booked_in(ret: Return) -> list[str]:
    return [_("货入库，售后单完成，不退款")]


def awaits_rest(ret: Return) -> list[str]:
    return [_("还差 %s 件：请客户寄来，已收到的先留在仓库") % ret.missing_pieces]


def bounced(ret: Return) -> list[str]:
    return [_("这个单号不再算数，回到待客户寄回，重新计时")]


def arrived_late(ret: Return) -> list[str]:
    if ret.state == S.CLOSED:
        return [_("已关闭的售后单重新打开，转待验货")]
    return [_("款已退或已在退：只登记收货和成色，不再退款")]


# ---- the money
def refunding(ret: Return) -> list[str]:
    unseen = [_("验货结果不好，请核实后再退")] if ret.judged_badly and ret.reason == Reason.NO_REASON else []
    return [*unseen, *owed(ret), _("少退、多退都要写明原因；超出您的权限会转店长审批"), *bears(ret)]


def switched(ret: Return) -> list[str]:
    return [*called_off(ret), *owed(ret)]


# ---- the platform
def ruled_for_buyer(ret: Return) -> list[str]:
    return [
        _("判退款：记为平台退款，本店不再打款"),
        _("判退货退款、换货、补寄：售后单按此同意，请按时发出，填真实单号"),
        *called_off(ret),
    ]


def ruled_for_seller(ret: Return) -> list[str]:
    if ret.platform_paid_at:
        return [_("款已退出：记下待追回的金额，由店长跟进")]
    return [_("售后单驳回；货在仓库的寄回客户")]


OF = {
    "approve": approved, "refuse": refused, "revise": revised, "withdraw": withdrawn, "offer": offered,
    "accept_offer": accepted, "intercept": intercepting, "intercepted": intercepted, "receive": received,
    "inspect": inspected, "refuse_receipt": receipt_refused, "exchange": exchanged, "ask_freight": freight_asked,
    "hand_back": handed_back, "book_in": booked_in, "await_rest": awaits_rest, "bounce": bounced,
    "arrive_late": arrived_late, "refund": refunding, "switch_to_refund": switched,
}  # fmt: skip
OF_DISPUTE = {"rule_for_buyer": ruled_for_buyer, "rule_for_seller": ruled_for_seller}
