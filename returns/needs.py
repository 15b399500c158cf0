"""Why a step of a return has to wait: each "" or the reason, shown on the greyed button.

They look at the subject as it was loaded, never at the database.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from flows.asks import yuan
from orders import money

from . import freight
from .states import PAY_BACK, Kind, Payer, Reason, S


def eligible_or_overridden(ret: Any) -> str:
    """Answered by the step: a person gives the reason in the form, the clock has none (steps/deciding.py)."""
    return ""


def money_is_free(ret: Any) -> str:
    """An offer of money alone cannot be kept where the order no longer holds it."""
    plans = ret.open_offer.plans if ret.open_offer else []
    least = min((int(p.get("amount") or 0) + int(p.get("freight") or 0) for p in plans), default=0)
    free = money.free(ret.order)
    if least <= free or any(p["kind"] != "cash" for p in plans):
        return ""
    return _("订单最多还可退 %(free)s 元，不够支付这个方案，请另提方案") % {"free": yuan(free)}


def closed_by_our_clock(ret: Any) -> str:
    """A late approval or parcel reopens only what our own clock closed, or a ruling that a later one has overturned."""
    if ret.closed_by == "clock" or (ret.closed_by == "system" and ret.approved_since):
        return ""
    return _("只有因超时自动关闭的售后单，才会因此重新打开")


def refusal_allowed(ret: Any) -> str:
    """Taobao bars refusing an unshipped order's refund and a no-reason return inside its window; goods that have not
    the seven days may be refused (七日无理由退货暂行办法 art. 6 and 7)."""
    if ret.unshipped:
        return _("订单还没有发货，平台不允许拒绝退款，请同意申请")
    if ret.reason == Reason.NO_REASON and ret.inside_no_reason_window and not _excluded(ret):
        return _("七天无理由期限内的退货，平台不允许拒绝")
    return ""


def _excluded(ret: Any) -> bool:
    """As it was judged when the application was made."""
    return any(v.get("rule") == "excluded" and v.get("verdict") == "no" for v in ret.eligibility)


def nothing_sent_yet(ret: Any) -> str:
    """From exchanging and refunding an application changes only while nothing has left: no goods, no money."""
    return _("退款或换货已经发出，申请不能再改") if ret.something_left else ""


def ends_with_money(ret: Any) -> str:
    if ret.kind in PAY_BACK:
        return ""
    return _("这是%(kind)s，不退款；客户要退款时请先改为退货退款") % {"kind": Kind(ret.kind).label}


def signed_and_not_judged_badly(ret: Any) -> str:
    """The clock pays only a return_refund that a courier's signature proves, with no bad verdict."""
    if ret.kind != Kind.RETURN_REFUND:
        return _("只有退货退款会自动退款")
    if not ret.signed_at_ours:
        return _("还没有退货签收记录，不能自动退款")
    return _("验货结果不好，不能自动退款") if ret.judged_badly else ""


def not_yet_paid_by_platform(ret: Any) -> str:
    """What is reported just now is known already; it counts once its refund was there before."""
    return _("平台已经为这张售后单退过款") if ret.platform_paid_before else ""


def is_exchange(ret: Any) -> str:
    return "" if ret.kind == Kind.EXCHANGE else _("只有换货单可以换货；请先把售后类型改为换货")


def freight_settled(ret: Any) -> str:
    """Freight first (procedure 4): an exchange without fault of the shop waits for what the customer bears of it."""
    if ret.freight_asked is not None or freight.bears(ret).payer != Payer.CUSTOMER:
        return ""
    return _("运费由客户承担：请先“请客户补运费”，免收时填 0")


def is_repair(ret: Any) -> str:
    return "" if ret.kind == Kind.REPAIR else _("只有维修单可以送修；请先把售后类型改为维修")


def replacement_not_out(ret: Any) -> str:
    """Barred once the replacement has left, unless it was lost or is back."""
    if ret.state == S.RESHIPPED and not (ret.replacement_lost or ret.replacement_gone):
        return _("换货/补寄的包裹已经发出，只有丢件或退回后才能转为退款")
    return ""


def no_open_dispute(ret: Any) -> str:
    return _("平台介入处理中，不会超时关闭") if ret.in_dispute else ""


def something_is_missing(ret: Any) -> str:
    return "" if ret.missing_pieces else _("申报的商品已经全部收到")


def inside_after_sale_window(ret: Any) -> str:
    return "" if ret.inside_after_sale_window else _("已过售后期，不能重新打开")


def nothing_owed(ret: Any) -> str:
    return "" if not ret.owed else _("还有款项要退给客户，不能直接入库结案")


def goods_are_here(ret: Any) -> str:
    return "" if ret.goods_here else _("仓库没有这张售后单的货")


def on_its_way(ret: Any) -> str:
    return "" if ret.on_its_way else _("包裹不在运输途中，无法拦截")
