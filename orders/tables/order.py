"""The order's way to the customer (procedures 1). One row a line, read by a shop manager beside the procedure."""

from django.utils.translation import gettext_lazy as _

from flows.table import LATE, OUTSIDE, STAY, By, Clock, Fact, Flow, Step, Who

from .. import asks
from ..needs import closed_unpaid, deliverable, paid_up
from ..states import S

CUSTOMER, AGENT, AUDITOR, WAREHOUSE, LEAD, SHOP, PLATFORM, CLOCK, SYSTEM = Who

UNPAID, UNCONFIRMED, UNAUDITED = S.AWAITING_PAYMENT, S.AWAITING_CONFIRMATION, S.AWAITING_AUDIT
PICKING, OUT, PACKED, PARTLY, SHIPPED = S.PICKING, S.OUT_OF_STOCK, S.PACKED, S.PARTLY_SHIPPED, S.SHIPPED
BOUNCED, SIGNED, COMPLETED, CLOSED = S.BOUNCED, S.SIGNED, S.COMPLETED, S.CLOSED
BEFORE_PICKING = (UNPAID, UNCONFIRMED, UNAUDITED)
READY = (PICKING, PACKED, PARTLY)
IN_HOUSE = (UNCONFIRMED, UNAUDITED, PICKING, OUT, PACKED, PARTLY)
UNDER_WAY = (*BEFORE_PICKING, PICKING, OUT, PACKED, PARTLY)
LEFT = (SHIPPED, BOUNCED, SIGNED)  # left again where a parcel becomes known that is not as far as the others
REST = By("rest", some=PARTLY, nothing=SHIPPED)
DROP = ("stock_out.drop",)
DROP_AND_CLOSE = (*DROP, "logistics_query.close")

# fmt: off
ORDER = Flow(
    "order", _("订单"), states=S, start=(UNPAID, UNCONFIRMED, UNAUDITED),
    waits=(*IN_HOUSE, BOUNCED),
    awaits={UNPAID: CUSTOMER},
    facts=("abandon", "pay", "pack", "ship_part", "ship", "cancel", "bounce", ("sign", "reject_parcel"), "close_refunded", "complete"),
    only_before={"cancel": ("ship_part", "ship")},
    personal=frozenset({"address", "buyer", "words"}),
    clocks=(
        #     clock         runs while in        limit                then            label
        Clock("pay",        (UNPAID,),           "unpaid_close",      "close_unpaid", _("付款")),
        Clock("ship",       IN_HOUSE,            "ship",              LATE,           _("发货"), tell=LEAD),
        Clock("deliver",    (PARTLY, SHIPPED),   "deliver",           LATE,           _("送达"), tell=AGENT, part=True),
        Clock("sign",       (SHIPPED,),          "auto_sign",         "sign",         _("自动签收"), since="shipped_at",
              held_by=("logistics_query:tracing", "logistics_query:lost", "return", "dispute")),
        Clock("after_sale", (SIGNED,),           "after_sale_window", "complete",     _("售后期"), held_by=("return", "dispute")),
        Clock("collect",    (SHIPPED, PARTLY),   "first_track",       LATE,           _("揽收"), tell=WAREHOUSE, part=True),
        Clock("still",      (SHIPPED, PARTLY),   "parcel_still",      LATE,           _("物流更新"), tell=AGENT, part=True),
        Clock("bounced",    (BOUNCED,),          "bounced",           LATE,           _("退回处理"), tell=AGENT),
    ),
    steps=(
        #    step                from                                          to           who                          button
        Step("pay",              (UNPAID,),                                    UNCONFIRMED, OUTSIDE,                     _("付款"), asks=asks.Pay),
        Fact("pay",              (CLOSED,),                                    UNCONFIRMED, OUTSIDE, needs=(closed_unpaid,)),
        Step("abandon",          (UNPAID,),                                    CLOSED,      CUSTOMER | OUTSIDE,          _("放弃付款")),
        Step("close_unpaid",     (UNPAID,),                                    CLOSED,      CLOCK | PLATFORM,            _("超时关闭")),
        Step("confirm",          (UNCONFIRMED,),                               UNAUDITED,   AGENT | SYSTEM,              _("确认订单"), tone="main", needs=(deliverable,)),
        Step("send_back",        (UNAUDITED,),                                 UNCONFIRMED, AUDITOR,                     _("退回客服"), asks=asks.Why),
        Step("audit",            (UNAUDITED,),                                 PICKING,     AUDITOR | SYSTEM,            _("审核通过"), tone="main", needs=(deliverable, paid_up)),
        Step("amend",            (*BEFORE_PICKING, OUT),                       STAY,        AGENT | OUTSIDE,             _("修改订单"), asks=asks.Amend),
        Step("amend",            (PICKING,),                                   UNAUDITED,   AGENT | OUTSIDE),
        Step("report_stock_out", (PICKING, PACKED),                            OUT,         WAREHOUSE | OUTSIDE,         _("报缺货"), asks=asks.Missing),
        Step("report_stock_out", (PARTLY,),                                    PARTLY,      WAREHOUSE | OUTSIDE),
        Fact("report_stock_out", (UNCONFIRMED, UNAUDITED),                     OUT,         OUTSIDE),
        Step("restock",          (OUT,),                                       PICKING,     WAREHOUSE | SYSTEM,          _("已找到货"), also=("stock_out.found",), done=_("已找到货")),
        Step("pack",             (PICKING,),                                   PACKED,      WAREHOUSE | OUTSIDE,         _("打包完成"), tone="main", asks=asks.Pack, also=DROP, needs=(paid_up,)),
        Fact("pack",             (*BEFORE_PICKING, OUT, CLOSED),               PACKED,      OUTSIDE, also=DROP),
        Step("recall",           (PACKED,),                                    UNAUDITED,   AGENT | WAREHOUSE,           _("拦回包裹"), asks=asks.Why, undoes=("pack",), tone="harm"),
        Step("ship_part",        READY,                                        PARTLY,      WAREHOUSE | OUTSIDE,         _("部分发货"), asks=asks.ShipPart),
        Fact("ship_part",        (*BEFORE_PICKING, OUT, CLOSED, *LEFT),        PARTLY,      OUTSIDE),
        Step("ship",             READY,                                        SHIPPED,     WAREHOUSE | OUTSIDE,         _("发货"), tone="main", asks=asks.Ship, also=DROP),
        Fact("ship",             (*BEFORE_PICKING, OUT, CLOSED, BOUNCED, SIGNED), SHIPPED,     OUTSIDE, also=DROP),
        Step("sign",             (SHIPPED,),                                   SIGNED,      CUSTOMER | OUTSIDE | CLOCK,  _("确认签收"), asks=asks.Ended, also=DROP_AND_CLOSE),
        Fact("sign",             (*UNDER_WAY, BOUNCED, CLOSED),                SIGNED,      OUTSIDE, also=DROP_AND_CLOSE),
        Step("reject_parcel",    (SHIPPED, BOUNCED),                           CLOSED,      CUSTOMER | OUTSIDE | AGENT,  _("登记拒收"), tone="harm", asks=asks.Ended, also=DROP),
        Fact("reject_parcel",    (*UNDER_WAY, SIGNED, CLOSED),                 CLOSED,      OUTSIDE, also=DROP),
        Step("complete",         (SIGNED,),                                    COMPLETED,   CLOCK | OUTSIDE,             _("交易完成"), also=DROP),
        Fact("complete",         (*UNDER_WAY, SHIPPED, BOUNCED, CLOSED),       COMPLETED,   OUTSIDE, also=DROP_AND_CLOSE),
        Step("cancel",           (UNCONFIRMED, UNAUDITED, PICKING, OUT),       CLOSED,      AGENT | OUTSIDE | SYSTEM,    _("取消订单"), tone="harm", asks=asks.Cancel, also=DROP_AND_CLOSE),
        Fact("cancel",           (UNPAID, PACKED, PARTLY, *LEFT, CLOSED),      CLOSED,      also=DROP_AND_CLOSE),
        Step("close_refunded",   (*IN_HOUSE, SHIPPED, BOUNCED, SIGNED),        CLOSED,      SYSTEM | PLATFORM,           _("退款关闭"), also=DROP_AND_CLOSE),
        Fact("close_refunded",   (UNPAID, CLOSED),                             CLOSED,      SYSTEM | PLATFORM, also=DROP_AND_CLOSE),
        Step("drop_rest",        (UNCONFIRMED, UNAUDITED, PICKING, PACKED),    STAY,        SYSTEM,                      _("去掉缺货商品"), asks=asks.Missing),
        Step("drop_rest",        (OUT,),                                       PICKING,     SYSTEM),
        Step("drop_rest",        (PARTLY,),                                    REST,        SYSTEM),
        Step("merge",            (UNCONFIRMED, UNAUDITED, PICKING),            CLOSED,      AGENT | SYSTEM,              _("并入另一订单"), asks=asks.Merge, tone="harm"),
        Step("absorb",           (UNCONFIRMED, UNAUDITED),                     STAY,        SYSTEM,                      _("并入另一订单的商品")),
        Step("absorb",           (PICKING,),                                   UNAUDITED,   SYSTEM),
        Step("bounce",           (SHIPPED, PARTLY),                            BOUNCED,     OUTSIDE | AGENT | SYSTEM,    _("登记快递退回"), asks=asks.Ended, also=DROP),
        Fact("bounce",           (*BEFORE_PICKING, PICKING, OUT, PACKED, SIGNED, CLOSED), BOUNCED, also=DROP),
        Step("resend",           (BOUNCED,),                                   UNAUDITED,   AGENT,                       _("重新发出"), tone="main", asks=asks.Resend, undoes=("pack", "ship_part", "ship", "bounce", "cancel"), also=("logistics_query.close",)),
    ),
)
# fmt: on
