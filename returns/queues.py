"""What waits in the way of returns and disputes, by role: the queues of the shell."""

from django.utils.translation import gettext_lazy as _

from flows.queues import Queue, register
from flows.table import Who

from .states import D, S

AGENT, AUDITOR, WAREHOUSE, LEAD = Who.AGENT, Who.AUDITOR, Who.WAREHOUSE, Who.LEAD
CUSTOMERS = (
    S.AWAITING_EVIDENCE, S.OFFERED, S.AWAITING_RETURN, S.AWAITING_FREIGHT, S.REFUSED, S.RECEIPT_REFUSED,
)  # fmt: skip
UNENDED = (D.OPENED, D.EVIDENCE_GIVEN, D.RULED_FOR_BUYER, D.APPEALED)

register(
    Queue(
        "to_handle", _("待处理售后"), "return", AGENT | LEAD, {"state": S.REQUESTED}, "undo-2",
        _("没有待处理的售后。客户在平台、客户页面申请或客服代为登记后，会出现在这里，由客服同意、拒绝或提出方案。"),
        fast=("approve",),
    ),
    Queue(
        "to_decide", _("待处理验货结果"), "return", AGENT | LEAD, {"state": S.INSPECTED}, "clipboard-list",
        _("没有待处理的验货结果。仓库验完货后，会出现在这里，由客服退款、换货或寄回。"),
    ),
    Queue(
        "intercepting", _("拦截中"), "return", AGENT | LEAD, {"state": S.INTERCEPTING}, "hourglass",
        _("没有在拦截的包裹。货在路上而客户要退款，客服通知快递拦截后，会出现在这里。"),
    ),
    Queue(
        "disputes", _("平台介入"), "dispute", AGENT | LEAD, {"state__in": UNENDED}, "scale",
        _("没有平台介入。客户申请平台（小二）介入后，会出现在这里：先举证，再等裁决。"), tone="late",
    ),
    Queue(
        "awaiting_customer", _("等客户"), "return", AGENT | LEAD, {"state__in": CUSTOMERS}, "user",
        _("没有在等客户的售后。请客户举证、寄回、补运费或答复方案后，会出现在这里，到期自动处理。"),
    ),
    Queue(
        "to_inspect", _("待验货"), "return", WAREHOUSE | LEAD, {"state": S.RECEIVED}, "package-search",
        _("没有待验的退货。仓库登记收货后，会出现在这里，逐件清点、判断成色、拍照。"),
    ),
    Queue(
        "to_repair", _("待维修"), "return", WAREHOUSE | LEAD, {"state": S.REPAIRING}, "settings",
        _("没有待维修的商品。客服送修后，会出现在这里，修完登记结果。"),
    ),
    Queue(
        "to_reship", _("待换货/补寄"), "return", AUDITOR | WAREHOUSE | LEAD, {"state": S.EXCHANGING},
        "arrow-left-right",
        _("没有待发的换货和补寄。客服同意后，会出现在这里；换货订单审核、打包、发货后自动离开。"),
    ),
    Queue(
        "to_hand_back", _("待寄回客户"), "return", WAREHOUSE | LEAD, {"state": S.HANDING_BACK}, "package-check",
        _("没有要寄回客户的原货。验货不通过或客户撤销申请后，会出现在这里，寄出后登记快递单号。"),
    ),
)  # fmt: skip
