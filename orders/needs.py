"""Why a step of an order or a stock-out has to wait: each "" or the reason, shown on the greyed button."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from flows.asks import yuan
from flows.cells import Who

from .states import Closed, Payment, R

ADDRESS = ("province", "city", "detail")


def closed_unpaid(order: Any) -> str:
    """A late payment reopens only what was closed for want of payment, or because all that had come in went back."""
    if order.close_reason in (Closed.UNPAID, Closed.ABANDONED, Closed.REFUNDED):
        return ""
    return _("只有因未付款而关闭的订单，付款后才会重新打开")


def deliverable(order: Any) -> str:
    missing = [part for part in ADDRESS if not order.address.get(part)]
    if missing or not order.buyer_name or not order.buyer_phone:
        return _("收货人、电话或地址不完整，请先修改订单")
    return ""


def paid_up(order: Any) -> str:
    """What an amendment has made dearer is collected before the goods go on (cash on delivery: by the courier)."""
    missing = order.total - order.received
    if order.payment == Payment.COD or not order.amended or missing <= 0:
        return ""
    return _("改单后还差 %(amount)s 元未收到，请先向客户收取") % {"amount": yuan(missing)}


def difference_paid(stock_out: Any) -> str:
    """A dearer swap is collected first (cash on delivery: by the courier)."""
    order = stock_out.order
    if order.payment == Payment.COD:
        return ""
    missing = order.total + stock_out.difference - order.received
    if missing <= 0:
        return ""
    return _("还差价款 %(amount)s 元未收到，请先向客户收取") % {"amount": yuan(missing)}


def still_in_the_order(stock_out: Any) -> str:
    """Missing lines that were taken out of the order stay refunded, whatever becomes of the rest."""
    if stock_out.refund_of == "lines":
        return _("缺货商品已从订单去掉，只退这部分款")
    return ""


def other_eyes(refund: Any) -> str:
    """Four eyes count people, not roles: who asked for a refund does not approve it (promise I-35)."""
    if refund.asked_by and refund.asked_by == refund.actor[:80]:  # as far as it is kept
        return _("这笔退款是您自己申请的，须由另一位店长/主管审批")
    return ""


def not_owed(refund: Any) -> str:
    """The money of a cancelled order is the customer's: nobody may keep it. The order itself takes it back where the
    goods go their way after all."""
    if refund.owed and not refund.caller & Who.SYSTEM:
        return _("订单已取消，这笔款必须退给客户，不能不退")
    return ""


def sendable(refund: Any) -> str:
    """What the platform pays never leaves this house. Money of a failed refund may have gone another way meanwhile."""
    from . import money  # stands on the models, which stand on the tables

    if refund.paid_by == refund.PLATFORM:
        return _("这笔款由平台退，不由本店打款；请核对结果")
    if refund.state == R.FAILED and (lacking := refund.amount - money.free(money.order_of(refund))) > 0:
        return _("订单剩余可退金额还差 %(lacking)s 元，请先核对其他退款，或取消这一笔") % {"lacking": yuan(lacking)}
    return ""


def its_own_parcel(query: Any) -> str:
    """The loss of what a customer sends back is settled on its return, where the money is."""
    if not query.about:
        return ""
    return _("这是售后单 %(number)s 的退货包裹，丢件请在售后单上处理") % {"number": query.about}


def goods_left(query: Any) -> str:
    """What never left the house cannot be lost on the way; of several parcels one is lost, not the order."""
    if not query.parcels:
        return _("订单还没有发出的包裹，不会丢件")
    return "" if query.parcel else _("订单有几个包裹，请对丢失的那个包裹单独发起查询")
