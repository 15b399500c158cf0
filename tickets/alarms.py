"""What another flow tells that needs somebody at the desk: which kind of ticket, what is to be done, how serious.

Every topic that the house tells is decided here or in NOTHING (a test walks them all); of a flow's own steps those that
are not named open nothing: the case's story shows them beside the conversation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from returns.belongings import bring
from shops.punctuation import clauses, labelled, listed

from .hidden import words_of
from .states import Kind

Words = str | Promise
Judge = Callable[[Any], bool]  # the subject as it is now


def _always(subject: Any) -> bool:
    return True


def unended(subject: Any) -> bool:
    return str(subject.state) not in subject.flow.final


def unclosed(order: Any) -> bool:
    return str(order.state) != "closed"


def unpaid(refund: Any) -> bool:
    return str(refund.state) == "failed"


def judged_badly(ret: Any) -> bool:
    bring([ret])
    return unended(ret) and bool(ret.judged_badly)


def unasked(query: Any) -> bool:
    """Nobody asked: whose question it is, customer's or agent's, has a conversation already."""
    return unended(query) and query.cause not in ("asked", "checked")


@dataclass(frozen=True)
class Alarm:
    """title: what is to be done. red: why it is serious. when: whether it still is so, and for us to do."""

    kind: Kind
    title: Words
    red: Words = ""
    when: Judge = _always

    def kind_for(self, subject: Any) -> Kind:
        """A parcel in trouble is a hard case, whichever of its two topics is heard first."""
        return Kind.HARD_CASE if getattr(subject, "cause", "") == "problem" else self.kind


MONEY_OUT = gettext_lazy("钱已付出或金额有误")
GOODS_OUT = gettext_lazy("货已发出，可能收不回来")

# fmt: off
ALARMS: dict[str, Alarm] = {
    # stock-outs and parcels
    "stock_out.start":           Alarm(Kind.STOCK_OUT,    gettext_lazy("联系客户：缺货，给出可换的商品、等货或退款"), when=unended),
    "logistics_query.start":     Alarm(Kind.LOGISTICS,    gettext_lazy("查询包裹并告知客户"), when=unasked),
    "parcel.in_trouble":         Alarm(Kind.HARD_CASE,    gettext_lazy("处理疑难件：联系快递，和客户核对地址电话")),
    "order.stop_parcel":         Alarm(Kind.LOGISTICS,    gettext_lazy("拦截包裹：通知快递和仓库"), red=GOODS_OUT),
    "order.goods_out_twice":     Alarm(Kind.LOGISTICS,    gettext_lazy("核实：订单已关闭，货却发出了"), red=GOODS_OUT),
    # the customer wants the order otherwise
    "order.cancel_asked":        Alarm(Kind.ORDER_CHANGE, gettext_lazy("处理取消要求：能拦则拦，不能则说明办法"), red=gettext_lazy("客户等着取消"), when=unclosed),
    "order.amended_late":        Alarm(Kind.ORDER_CHANGE, gettext_lazy("打包后客户改了订单：通知仓库拦回或联系快递改址"), when=unclosed),
    # returns
    "return.inspect":            Alarm(Kind.RETURN,       gettext_lazy("验货不通过：和客户协商"), when=judged_badly),
    "return.goods_differ":       Alarm(Kind.RETURN,       gettext_lazy("退回的货与申请不符：和客户核对")),
    "return.arrived_late":       Alarm(Kind.RETURN,       gettext_lazy("售后结束后货才到：验货并处理")),
    "return.replacement_out":    Alarm(Kind.RETURN,       gettext_lazy("换货/补寄已发出而不再需要：拦截"), red=GOODS_OUT),
    "return.left_all_the_same":  Alarm(Kind.RETURN,       gettext_lazy("申请退款的货仍发出了：拦截或改为退货"), red=GOODS_OUT),
    "return.sent_unasked":       Alarm(Kind.RETURN,       gettext_lazy("核实：没有约定的换货/补寄发出了")),
    "return.goods_to_send_home": Alarm(Kind.RETURN,       gettext_lazy("客户接受了方案：把他的货寄回去")),
    "return.coupon_due":         Alarm(Kind.RETURN,       gettext_lazy("客户接受了方案：发放优惠券")),
    "return.freight_unused":     Alarm(Kind.RETURN,       gettext_lazy("换货不再需要：退还客户补的运费")),
    "return.paid_twice":         Alarm(Kind.RETURN,       gettext_lazy("核对：平台已退款，我们也在退"), red=MONEY_OUT),
    # money
    "refund.fail":               Alarm(Kind.RETURN,       gettext_lazy("退款失败：核对收款账户后重发"), red=gettext_lazy("客户没有收到退款"), when=unpaid),
    "refund.twice":              Alarm(Kind.RETURN,       gettext_lazy("核对：同一笔退款付了两次"), red=MONEY_OUT),
    "refund.wrong_amount":       Alarm(Kind.RETURN,       gettext_lazy("核对：退款金额与应退不符"), red=MONEY_OUT),
    "refund.too_late":           Alarm(Kind.RETURN,       gettext_lazy("核对：要撤回的退款已经付出"), red=MONEY_OUT),
    # the platform
    "dispute.start":             Alarm(Kind.DISPUTE,      gettext_lazy("平台介入：在截止前举证或与客户和解"), red=gettext_lazy("平台介入"), when=unended),
    "dispute.recover":           Alarm(Kind.DISPUTE,      gettext_lazy("裁决支持商家：向平台追回款项")),
}
# fmt: on
BREACHED = "deadline.breached"
# What people need not be called for, and why.
NOTHING: dict[str, str] = {
    "deadline.warned": "it stands among what is due",
    "stock.returned": "for the shop's stock",
    "stock.taken_out": "for the shop's stock",
    "return.parcel_signed": "the clock of the receipt runs for the warehouse",
}
OURS = ("ticket.", "satisfaction.", "compensation.")  # told by the desk itself
OF_FLOW: dict[str, Kind] = {
    "order": Kind.LOGISTICS, "stock_out": Kind.STOCK_OUT, "logistics_query": Kind.LOGISTICS, "return": Kind.RETURN,
    "refund": Kind.RETURN, "dispute": Kind.DISPUTE,
}  # fmt: skip


# ---- words
NAMED: dict[str, Words] = {
    "key": gettext_lazy("退款单"), "return": gettext_lazy("售后单"), "dispute": gettext_lazy("平台介入"),
    "order": gettext_lazy("订单"), "amount": gettext_lazy("金额"), "expected": gettext_lazy("应为"),
    "reason": gettext_lazy("原因"), "tracking_number": gettext_lazy("快递单号"), "vouchers": gettext_lazy("流水号"),
    "sku": gettext_lazy("商品"),
}  # fmt: skip


def worded(alarm: Alarm, subject: Any, data: Mapping[str, Any]) -> str:
    """What has happened to which subject, for the ticket."""
    told = [f"{NAMED[k]} {_plain(k, data[k])}" for k in NAMED if data.get(k)]
    parcels = [str(p.get("tracking_number", "")) for p in data.get("parcels") or () if isinstance(p, Mapping)]
    told += [f"{NAMED['tracking_number']} {number}" for number in parcels]
    said = _("%(title)s（%(what)s %(number)s）") % {
        "title": alarm.title, "what": subject.flow.label, "number": subject.number,
    }  # fmt: skip
    return labelled(said, clauses(told)) if told else said


def _plain(name: str, value: Any) -> str:
    """A reason is in a person's own words."""
    if name == "reason":
        return words_of(str(value), unmasked=False)
    return listed(value) if isinstance(value, list) else str(value)


def breach(subject: Any, data: Mapping[str, Any]) -> Alarm:
    """A clock of this subject has run out."""
    clock = subject.flow.clock.get(str(data.get("clock")))
    label = clock.label if clock and clock.label else data.get("clock")
    title = _("已超时：%(what)s的“%(clock)s”") % {"what": subject.flow.label, "clock": label}
    return Alarm(OF_FLOW.get(subject.flow.name, Kind.OTHER), title, when=unended)
