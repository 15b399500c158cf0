"""Where a return stands, in words for the customer: a table of every state, and what differs by kind."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from ..states import Kind, S


class Says(NamedTuple):
    """title: where it stands. words: what happens next, and who does it. tone: as on the desk, seen by the customer:
    ours (the customer's move), theirs (ours), good, done, late (bad news)."""

    title: Any
    words: Any
    tone: str


BACK, MONEY, EXCHANGE, RESHIP, REPAIR = (
    Kind.RETURN_REFUND, Kind.REFUND_ONLY, Kind.EXCHANGE, Kind.RESHIP, Kind.REPAIR,
)  # fmt: skip

STATES: dict[str, Says] = {
    S.REQUESTED: Says(_("已收到您的申请"), _("我们正在处理，有结果会显示在这里。"), "theirs"),
    S.AWAITING_EVIDENCE: Says(_("请补充凭证"), _("请拍照上传，或写下情况，我们看过后马上处理。"), "ours"),
    S.OFFERED: Says(_("有方案请您选择"), _("选一个方案，我们马上办理；都不合适，也请告诉我们。"), "ours"),
    S.AWAITING_RETURN: Says(_("已同意，请寄回商品"), _("寄出后在这里填写快递单号，收到并检查后为您退款。"), "ours"),
    S.INTERCEPTING: Says(_("正在请快递退回包裹"), _("拦到后给您退款；如果仍送到您手上，请先不要签收。"), "theirs"),
    S.RETURNING: Says(_("商品正在寄回"), _("收到后我们会尽快检查，不用您再做什么。"), "theirs"),
    S.RECEIVED: Says(_("已收到您寄回的商品"), _("正在检查，完成后告诉您结果。"), "theirs"),
    S.INSPECTED: Says(_("商品已检查完"), _("正在为您安排退款。"), "theirs"),
    S.AWAITING_FREIGHT: Says(_("请补付运费"), _("付款后请在这里告诉我们，换的商品随后寄出。"), "ours"),
    S.REPAIRING: Says(_("正在维修"), _("修好后寄回给您；修不好会和您商量其他办法。"), "theirs"),
    S.EXCHANGING: Says(_("正在准备寄给您的商品"), _("寄出后这里会显示快递单号。"), "theirs"),
    S.RESHIPPED: Says(_("商品已寄出"), _("收到后请检查，没有问题请点确认收货。"), "ours"),
    S.REFUNDING: Says(_("正在退款"), _("款项按原付款方式退回，到账时间以支付渠道为准。"), "theirs"),
    S.REFUSED: Says(_("申请没有通过"), _("理由在下面。可以补充凭证、修改申请，或者撤销申请。"), "late"),
    S.RECEIPT_REFUSED: Says(_("商品检查没有通过"), _("理由在下面。可以补充凭证、修改申请，或撤销后取回商品。"), "late"),
    S.HANDING_BACK: Says(_("商品将寄还给您"), _("原来的商品正在准备寄出，寄出后这里会更新。"), "theirs"),
    S.COMPLETED: Says(_("售后已完成"), _("感谢您的耐心，祝您生活愉快。"), "good"),
    S.CLOSED: Says(_("售后已结束"), _("还需要帮助，请联系店铺客服。"), "done"),
}  # fmt: skip

KINDS: dict[tuple[str, str], Says] = {
    (S.AWAITING_RETURN, EXCHANGE): Says(
        _("已同意，请寄回商品"), _("寄出后在这里填写快递单号，收到并检查后寄出换的商品。"), "ours"
    ),
    (S.AWAITING_RETURN, REPAIR): Says(
        _("已同意，请寄来维修"), _("寄出后在这里填写快递单号，收到并检查后开始维修。"), "ours"
    ),
    (S.INSPECTED, EXCHANGE): Says(_("商品已检查完"), _("正在为您安排换货。"), "theirs"),
    (S.INSPECTED, RESHIP): Says(_("商品已检查完"), _("正在为您安排补寄。"), "theirs"),
    (S.INSPECTED, REPAIR): Says(_("商品已检查完"), _("正在为您安排维修。"), "theirs"),
    (S.EXCHANGING, EXCHANGE): Says(_("正在准备换的商品"), _("寄出后这里会显示快递单号。"), "theirs"),
    (S.EXCHANGING, RESHIP): Says(_("正在准备补寄"), _("寄出后这里会显示快递单号。"), "theirs"),
    (S.EXCHANGING, REPAIR): Says(_("已经修好"), _("正在准备寄回给您，寄出后这里会显示快递单号。"), "theirs"),
    (S.RESHIPPED, EXCHANGE): Says(_("换的商品已寄出"), _("收到后请检查，没有问题请点确认收货。"), "ours"),
    (S.RESHIPPED, RESHIP): Says(_("补寄的商品已寄出"), _("收到后请检查，没有问题请点确认收货。"), "ours"),
    (S.RESHIPPED, REPAIR): Says(_("修好的商品已寄出"), _("收到后请检查，没有问题请点确认收货。"), "ours"),
    (S.COMPLETED, BACK): Says(_("退货退款已完成"), _("退款按原付款方式退回，请留意到账。"), "good"),
    (S.COMPLETED, MONEY): Says(_("退款已完成"), _("退款按原付款方式退回，请留意到账。"), "good"),
    (S.COMPLETED, EXCHANGE): Says(_("换货已完成"), _("感谢您的耐心，祝您使用愉快。"), "good"),
    (S.COMPLETED, RESHIP): Says(_("补寄已完成"), _("感谢您的耐心，祝您使用愉快。"), "good"),
    (S.COMPLETED, REPAIR): Says(_("维修已完成"), _("感谢您的耐心，祝您使用愉快。"), "good"),
}  # fmt: skip

# Why it was closed, by the role whose step closed it.
CLOSED = {
    "customer": _("您已撤销这次申请。"),
    "clock": _("超过时限没有收到您的回复，申请已自动结束。"),
    "platform": _("平台已结束这次申请。"),
    "warehouse": _("原来的商品已寄还给您。"),
}

# The clocks that a customer may know of: until when who does what.
UNTIL = {
    "handle": _("我们会在 %s 前处理"),
    "evidence": _("请在 %s 前提交，过时申请会自动结束"),
    "offer": _("请在 %s 前选择，过时视为不接受"),
    "send_back": _("请在 %s 前寄出，过时申请会自动结束"),
    "freight": _("请在 %s 前付款"),
    "respond": _("请在 %s 前回应，过时申请会自动结束"),
    "dispatch": _("我们会在 %s 前寄出"),
    "confirm": _("到 %s 没有异议，将自动确认收货"),
    "legal": _("最晚在 %s 前退款"),
}
# What is said of a clock that has run out and only urges.
LATE = {
    "handle": _("比预计的慢了，抱歉让您久等，我们正在加急处理"),
    "freight": _("请尽快付款，付款后马上寄出"),
    "dispatch": _("比预计的慢了，抱歉让您久等，我们正在加急寄出"),
    "legal": _("比预计的慢了，抱歉让您久等，我们正在加急退款"),
}
HELD = _("平台或快递正在核实，时限暂停计算")

# Who bears the freight of the way back, for who sends it.
FREIGHT = {
    "seller": _("运费由我们承担：请先垫付，寄出后在这里登记收款账户。"),
    "customer": _("这次寄回的运费由您承担，请勿寄到付件。"),
    "insurance": _("订单有运费险，寄回的运费由保险赔付。"),
}


def says(state: str, kind: str, closed_by: str = "") -> Says:
    """What the top of the card says."""
    found = KINDS.get((state, kind)) or STATES[state]
    if state == S.CLOSED and closed_by in CLOSED:
        return found._replace(words=CLOSED[closed_by])
    return found
