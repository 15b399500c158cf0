"""What is worth a line on the screen, and in which words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flows import words
from flows.registry import FLOWS
from shops.access import is_key
from shops.roles import LABELS

from .backend import PEOPLE
from .messages import PAGE


class Line(NamedTuple):
    """`kind` is counted for the summary and gives the colour; `quiet`: shown only to who wants all of it."""

    kind: str
    number: str
    text: str
    quiet: bool = False


# Steps of shops and couriers that go as they should: many, and none of them a surprise.
USUAL = {
    "pay", "pack", "ship", "ship_part", "sign", "complete", "confirm", "audit", "drop", "settle", "succeed", "dispatch",
}  # fmt: skip
TROUBLE = {
    "cancel", "reject_parcel", "bounce", "report_stock_out", "close_refunded", "abandon", "refuse", "refuse_receipt",
    "withdraw", "expire", "switch_to_refund", "intercept_failed", "replacement_failed", "lose_track", "miss",
    "rule_for_buyer", "rule_for_seller", "enforce", "auto_refund",
    "declare_lost", "make_good",
}  # fmt: skip
BEGINS = {
    "order": "begun",
    "return": "asked",
    "ticket": "talk",
}  # refunds begin with what caused them, and show as they are sent


def of_event(event: Mapping[str, Any]) -> Line | None:
    """A line for an event of the outbox; None where there is nothing to say."""
    topic, data = event["type"], event["data"]
    number = str(data.get("number", ""))
    if said := TOLD.get(topic):
        kind, text = said(data)
        return Line(kind, number, text)
    flow, step = data.get("flow", ""), data.get("step", "")
    if flow not in FLOWS or not step:
        return None
    return _of_step(FLOWS[flow], step, data, number)


def _of_step(flow: Any, step: str, data: Mapping[str, Any], number: str) -> Line:
    who = data.get("who", "")
    if step == "start":
        begun = {"order": _("下单"), "return": _("申请售后"), "ticket": _("工单")}.get(
            flow.name, _("%(flow)s开始") % {"flow": flow.label}
        )
        return Line(BEGINS.get(flow.name, "trouble"), number, begun, quiet=flow.name == "refund")
    said = words.step_label(flow, step)
    if data.get("from") != data.get("to"):
        said = f"{said} → {words.label_of(flow, data['to'])}"
    if who == "clock":
        return Line("clock", number, _("时钟：%s") % said)
    if who in PEOPLE:
        return Line("staff", number, f"{LABELS[who]} {_by(data)}{said}")
    return Line("trouble" if step in TROUBLE else "course", number, said, quiet=step in USUAL)


def _by(data: Mapping[str, Any]) -> str:
    """A person's login; machines act under their keys' names."""
    by = str(data.get("by", ""))
    return "" if not by or is_key(by) else f"{by} "


def _clock(data: Mapping[str, Any]) -> str:
    flow = FLOWS.get(data.get("flow", ""))
    clock = flow.clock.get(data.get("clock", "")) if flow else None
    part = f" {data['part']}" if data.get("part") else ""
    return f"“{clock.label if clock else data.get('clock', '')}”{part}"


def _warned(data: Mapping[str, Any]) -> tuple[str, str]:
    return "warned", _("即将到期：%s") % _clock(data)


def _breached(data: Mapping[str, Any]) -> tuple[str, str]:
    told = "、".join(str(LABELS.get(role, role)) for role in data.get("tell", ()))
    return "late", _("已超时：%(clock)s，已通知%(who)s") % {"clock": _clock(data), "who": told}


def _refund(data: Mapping[str, Any]) -> tuple[str, str]:
    return "money", _("退款指令：¥%s") % data.get("amount", "")


def _asked(data: Mapping[str, Any]) -> tuple[str, str]:
    by = _("商家") if data.get("by") == "merchant" else _("客户")
    return "trouble", _("%(by)s要求取消：%(reason)s") % {"by": by, "reason": data.get("reason", "")}


def _parcel(data: Mapping[str, Any]) -> tuple[str, str]:
    return "trouble", _("疑难件：%(carrier)s %(tracking_number)s") % {"carrier": "", "tracking_number": "", **data}


TOLD: dict[str, Callable[[Mapping[str, Any]], tuple[str, str]]] = {
    "deadline.warned": _warned,
    "deadline.breached": _breached,
    "refund.send": _refund,
    "refund.fail": lambda data: ("money", _("退款失败：%s") % data.get("reason", "")),
    "refund.wrong_amount": lambda data: ("late", _("退款金额不符")),
    "refund.too_late": lambda data: ("money", _("退款已发出，不能撤回")),
    "order.cancel_asked": _asked,
    "order.stop_parcel": lambda data: ("trouble", _("请拦截包裹")),
    "parcel.in_trouble": _parcel,
    "refund.twice": lambda data: ("late", _("同一笔退款报告了两张凭证，请核对")),
    "return.parcel_signed": lambda data: ("course", _("退货已签收，等仓库登记：%s") % data.get("tracking_number", "")),
    "return.goods_differ": lambda data: ("trouble", _("收到的与申报的不符")),
    "return.arrived_late": lambda data: ("trouble", _("迟到的退货已登记")),
    "return.replacement_out": lambda data: ("late", _("款项要退，换货/补寄却已发出，请店长处理")),
    "return.left_all_the_same": lambda data: ("late", _("申请退款的订单还是发货了")),
    "return.sent_unasked": lambda data: ("trouble", _("没有要发的换货/补寄，后台却报告已发出")),
    "return.paid_twice": lambda data: ("late", _("客户可能收到两次退款，请核对")),
    "return.freight_unused": lambda data: ("trouble", _("客户付的运费没有用上：¥%s") % data.get("amount", "")),
    "return.coupon_due": lambda data: ("course", _("请发优惠券给客户")),
    "return.goods_to_send_home": lambda data: ("trouble", _("商品归客户所有，请寄回")),
    "ticket.red": lambda data: ("late", _("红色工单：%s") % "；".join(data.get("why", ()))),
    "satisfaction.asked": lambda data: ("course", _("已请客户评价服务")),
    "compensation.due": lambda data: ("course", _("请给客户补偿 ¥%s") % data.get("amount", "")),
    "compensation.waiting": lambda data: ("trouble", _("补偿 ¥%s 待主管批准") % data.get("amount", "")),
    "dispute.recover": lambda data: ("money", _("平台改判商家，应追回 ¥%s") % data.get("amount", "")),
    "stock.returned": lambda data: ("course", _("退货入库，可再销售")),
    "stock.taken_out": lambda data: ("course", _("退货重新出库")),
}
PAGES = {
    "accept": gettext_lazy("接受方案"), "decline": gettext_lazy("不接受方案"), "parcel": gettext_lazy("填写寄回单号"),
    "evidence": gettext_lazy("上传照片"), "freight": gettext_lazy("付运费"), "switch": gettext_lazy("不换了，改为退款"),
    "received": gettext_lazy("确认到账"), "rate": gettext_lazy("评价服务"),
}  # fmt: skip


def of_answer(word: str, kind: str, number: str, status: int, data: Mapping[str, Any]) -> Line | None:
    """A line for what Kefu answered to a message; None for what shows as an event anyway."""
    said = {"kind": kind, "status": status}
    if word == "duplicate":
        return Line("again", number, _("重复推送 %(kind)s：%(status)s，没有变化") % said)
    if word == "contradicted":
        return Line("again", number, _("同一编号不同内容 %(kind)s：%(status)s，已拒绝") % said)
    if word == "visited":
        act = PAGES.get(kind.removeprefix(PAGE), "")
        return Line("course", number, _("客户在页面上：%s") % act) if act and 200 <= status < 400 else None
    if word == "unheard":
        return Line("trouble", number, _("推送 %(kind)s 没有得到回答（%(status)s），稍后重推") % said)
    if word == "refused":
        return Line("late", number, _("推送 %(kind)s 未被接受：%(status)s") % said)
    if kind == "refund.succeeded" and data.get("paid_by") == "platform":
        return Line("money", number, _("平台已退款：¥%s") % data.get("amount", ""))
    if kind == "refund.succeeded":
        return Line("money", number, _("退款到账：¥%s") % data.get("amount", ""))
    return None
