"""What is worth a line on the screen, and in which words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from flows import words
from flows.registry import FLOWS
from shops.roles import LABELS

from .backend import PEOPLE


class Line(NamedTuple):
    """`kind` is counted for the summary and gives the colour; `quiet`: shown only to who wants all of it."""

    kind: str
    number: str
    text: str
    quiet: bool = False


# Steps of shops and couriers that go as they should: many, and none of them a surprise.
USUAL = {"pay", "pack", "ship", "ship_part", "sign", "complete", "confirm", "audit", "drop", "settle"}
TROUBLE = {"cancel", "reject_parcel", "bounce", "report_stock_out", "close_refunded", "abandon"}


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
        begun = {"order": _("下单")}.get(flow.name, _("%(flow)s开始") % {"flow": flow.label})
        return Line("begun" if flow.name == "order" else "trouble", number, begun)
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
    return "" if not by or by.startswith("kf_") else f"{by} "


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


TOLD = {
    "deadline.warned": _warned,
    "deadline.breached": _breached,
    "refund.send": _refund,
    "refund.fail": lambda data: ("money", _("退款失败：%s") % data.get("reason", "")),
    "refund.wrong_amount": lambda data: ("late", _("退款金额不符")),
    "refund.too_late": lambda data: ("money", _("退款已发出，不能撤回")),
    "order.cancel_asked": _asked,
    "order.stop_parcel": lambda data: ("trouble", _("请拦截包裹")),
    "parcel.in_trouble": _parcel,
}


def of_answer(word: str, kind: str, number: str, status: int, data: Mapping[str, Any]) -> Line | None:
    """A line for what Kefu answered to a message; None for what shows as an event anyway."""
    said = {"kind": kind, "status": status}
    if word == "duplicate":
        return Line("again", number, _("重复推送 %(kind)s：%(status)s，没有变化") % said)
    if word == "contradicted":
        return Line("again", number, _("同一编号不同内容 %(kind)s：%(status)s，已拒绝") % said)
    if word in ("refused", "unheard"):
        return Line("late", number, _("推送 %(kind)s 未被接受：%(status)s") % said)
    if kind == "refund.succeeded":
        return Line("money", number, _("退款到账：¥%s") % data.get("amount", ""))
    return None
