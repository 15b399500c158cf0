"""What waits in the way of orders, by role: the queues of the shell."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from flows.queues import Queue, register
from flows.table import Who

from .states import L, Q, R, S

AGENT, AUDITOR, WAREHOUSE, LEAD = Who.AGENT, Who.AUDITOR, Who.WAREHOUSE, Who.LEAD

OPEN = (
    S.AWAITING_CONFIRMATION, S.AWAITING_AUDIT, S.PICKING, S.OUT_OF_STOCK, S.PACKED, S.PARTLY_SHIPPED, S.SHIPPED,
)  # fmt: skip

register(
    Queue(
        "to_confirm", _("待确认"), "order", AGENT | LEAD, {"state": S.AWAITING_CONFIRMATION}, "clipboard-check",
        _("没有待确认的订单。客户付款后（货到付款下单后），订单会出现在这里，由客服确认。"), fast=("confirm",),
    ),
    Queue(
        "to_audit", _("待审单"), "order", AUDITOR | LEAD, {"state": S.AWAITING_AUDIT}, "check-check",
        _("没有待审核的订单。客服确认后，订单会出现在这里，由审单员放进仓库。"), fast=("audit",),
    ),
    Queue(
        "to_pack", _("待打包"), "order", WAREHOUSE | LEAD, {"state": S.PICKING}, "package",
        _("没有待打包的订单。审核通过后，订单会出现在这里，由仓库配货打包。"), fast=("pack",),
    ),
    Queue(
        "to_ship", _("待发货"), "order", WAREHOUSE | LEAD, {"state__in": (S.PACKED, S.PARTLY_SHIPPED)}, "truck",
        _("没有待发货的订单。打包完成后，订单会出现在这里，填写快递单号发货。"),
    ),
    Queue(
        "stock_outs", pgettext_lazy("plural", "缺货"), "stock_out", AGENT | LEAD,
        {"state__in": (Q.REPORTED, Q.CONTACTING, Q.WAITING_STOCK)}, "package-x",
        _("没有缺货要处理。仓库报缺货后，会出现在这里，由客服联系客户。"),
    ),
    Queue(
        "to_swap", _("换货重拍"), "stock_out", AUDITOR | LEAD, {"state": Q.SWAPPING}, "arrow-left-right",
        _("没有要重拍的换货。客户同意换货后，会出现在这里，由审单员重拍。"),
    ),
    Queue(
        "to_look_up", _("待查询"), "logistics_query", AGENT | LEAD, {"state__in": (L.ASKED, L.CHECKING)}, "map-pin",
        _("没有要查的物流。客户询问，或送达超时、没有动静、疑难、拒收、退回时，会出现在这里，由客服查询并告知客户。"),
        fast=("look_up",),
    ),
    Queue(
        "tracing", _("催件中"), "logistics_query", AGENT | LEAD, {"state": L.TRACING}, "phone",
        _("没有在催的包裹。客服向快递催件、核实后，会出现在这里，直到告知客户。"),
    ),
    Queue(
        "lost_parcels", _("丢件待处理"), "logistics_query", AGENT | LEAD, {"state": L.LOST}, "package-x",
        _("没有丢件或破损要处理。认定丢件、破损后，会出现在这里，由客服补寄或退款。"), tone="late",
    ),
    Queue(
        "cancel_asked", _("客户要求取消"), "order", AGENT | LEAD, {"wish": "cancel", "state__in": OPEN}, "ban",
        _("没有人要求取消。客户或商家在平台上要求取消、而我们不能自行取消的订单，会出现在这里。"), tone="soon",
    ),
    Queue(
        "bounced", _("快递退回"), "order", AGENT | LEAD, {"state": S.BOUNCED}, "undo-2",
        _("没有退回的包裹。快递退回的订单会出现在这里，由客服与客户确认后重新发出。"),
    ),
    Queue(
        "to_approve", _("待审批退款"), "refund", LEAD, {"state": R.DRAFTED}, "check-check",
        _("没有待审批的退款。超出客服权限的、由时钟发起的退款会出现在这里，由另一位店长/主管审批。"), fast=("approve",),
    ),
    Queue(
        "refund_trouble", _("退款异常"), "refund", LEAD, {"state__in": (R.UNKNOWN, R.FAILED)}, "triangle-alert",
        _("没有异常的退款。打款失败的、没有结果的退款会出现在这里，由店长/主管核对或重新打款。"), tone="soon",
    ),
    Queue(
        "refunds_out", _("打款中"), "refund", AGENT | LEAD, {"state__in": (R.APPROVED, R.SENT)}, "wallet",
        _("没有正在打款的退款。已批准的退款会出现在这里，直到店铺后台报告结果。"),
    ),
)  # fmt: skip
