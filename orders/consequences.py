"""What a step would do to the goods and the money, said before it is taken."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from flows.asks import yuan

from .case import Case
from .causes import made_of
from .models import Order, Refund, StockOut
from .states import Payment


def consequences(subject: Any, case: Case, step: str) -> list[str]:
    """In words, for the form of the step; [] where the button says it all."""
    said = OF.get((subject.flow.name, step))
    return said(subject, case) if said else []


def _free(case: Case) -> int:
    """Fen that could still go back."""
    return max(0, case.order.received - case.order.purse.pending())


def _back(case: Case) -> str:
    order, free = case.order, _free(case)
    if order.payment == Payment.COD and not order.paid:
        return _("货到付款，还没有收款，不用退款")
    if not free:
        return _("没有可退的款")
    parts = [_("已收 %s") % yuan(order.paid)]
    if order.refunded:
        parts.append(_("已退 %s") % yuan(order.refunded))
    if order.purse.pending():
        parts.append(_("退款中 %s") % yuan(order.purse.pending()))
    return _("退款 ¥%(amount)s = %(parts)s") % {"amount": yuan(free), "parts": " − ".join(parts)}


def cancelled(order: Order, case: Case) -> list[str]:
    found = [_("订单关闭，货不再发出"), _back(case)]
    if any(s.state != "resolved" for s in case.stock_outs):
        found.append(_("未处理完的缺货一并结束"))
    return found


def recalled(order: Order, case: Case) -> list[str]:
    return [_("包裹作废，订单回到待审单，要重新审核、打包")]


def rejected(order: Order, case: Case) -> list[str]:
    return [_("登记为客户拒收，订单关闭；退款要另行处理")]


def merged(order: Order, case: Case) -> list[str]:
    return [_("商品和已付的 ¥%s 转入另一订单，本订单关闭，不退款") % yuan(case.order.received)]


def amended(order: Order, case: Case) -> list[str]:
    return [_("备货中的订单修改后要重新审核")] if order.state == "picking" else []


def agreed_refund(stock_out: StockOut, case: Case) -> list[str]:
    missing = sum(case.order.goods.line(m["line"]).share(m["quantity"]) for m in stock_out.lines)
    return [
        _("退整单：%s，订单关闭") % _back(case),
        _("只退缺货商品：退款 ¥%s，其余照常发货") % yuan(min(missing, _free(case))),
        _("退款指令立即发给店铺，不能撤回"),
    ]


def presumed(stock_out: StockOut, case: Case) -> list[str]:
    return [_("视为客户未答复，按退款处理"), _back(case)]


def swapped(stock_out: StockOut, case: Case) -> list[str]:
    choice = stock_out.choice
    if not choice:
        return []
    difference = stock_out.difference
    money = _("差价 ¥%s 由客户补") % yuan(difference) if difference > 0 else _("差价 ¥%s 退给客户") % yuan(-difference)
    return [
        _("原订单关闭，另开 %(number)s-H…：%(title)s ×%(n)s") % {
            "number": case.order.number, "title": choice["title"], "n": choice["quantity"]},
        _("已付款转入新订单，不退款") if not difference else money,
    ]  # fmt: skip


def paid_out(refund: Refund, case: Case) -> list[str]:
    return [_("打款 %s") % made_of(refund), _("打款指令立即发给店铺，不能撤回")]


def kept(refund: Refund, case: Case) -> list[str]:
    found = [_("不退 %s，这笔钱留在订单里") % made_of(refund)]
    if refund.cause.startswith(("stock_out:", "return:")):
        found.append(_("客服要与客户重新商定"))
    return found


def found_out(refund: Refund, case: Case) -> list[str]:
    return [
        _("已到账：记 %s 已退，凭证号留作依据") % made_of(refund),
        _("没有打出：可用原退款单号重新打款，不会重复退"),
    ]


def missing_money(refund: Refund, case: Case) -> list[str]:
    return [_("%s 改记为未退，由店长/主管核对；核对前不会再打一次") % made_of(refund)]


OF = {
    ("refund", "approve"): paid_out,
    ("refund", "send"): paid_out,
    ("refund", "reject"): kept,
    ("refund", "cancel"): kept,
    ("refund", "reconcile"): found_out,
    ("refund", "miss"): missing_money,
    ("order", "cancel"): cancelled,
    ("order", "recall"): recalled,
    ("order", "reject_parcel"): rejected,
    ("order", "merge"): merged,
    ("order", "amend"): amended,
    ("stock_out", "agree_refund"): agreed_refund,
    ("stock_out", "presume_refund"): presumed,
    ("stock_out", "swap"): swapped,
}
