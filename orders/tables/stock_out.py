"""The warehouse finds none (procedures 2). The agent settles it with the customer."""

from django.utils.translation import gettext_lazy as _

from flows.table import LATE, Clock, Flow, Step, Who

from .. import asks
from ..needs import difference_paid, still_in_the_order
from ..states import Q

CUSTOMER, AGENT, AUDITOR, WAREHOUSE, LEAD, SHOP, PLATFORM, CLOCK, SYSTEM = Who

REPORTED, CONTACTING, WAITING = Q.REPORTED, Q.CONTACTING, Q.WAITING_STOCK
SWAPPING, REFUNDING, RESOLVED = Q.SWAPPING, Q.REFUNDING, Q.RESOLVED
UNPROMISED = (REPORTED, CONTACTING, WAITING, SWAPPING)

# fmt: off
STOCK_OUT = Flow(
    "stock_out", _("缺货处理"), states=Q, start=(REPORTED,),
    waits=(REPORTED, CONTACTING, WAITING, SWAPPING, REFUNDING),
    personal=frozenset({"words"}),
    clocks=(
        #     clock      runs while in   limit                then              label
        Clock("contact", (REPORTED,),    "stock_out_contact", LATE,             _("联系客户"), tell=LEAD),
        Clock("answer",  (CONTACTING,),  "stock_out_answer",  "presume_refund", _("客户答复")),
        Clock("restock", (WAITING,),     "stock_out_promise", LATE,             _("到货承诺"), tell=AGENT, due="promised_for"),
        Clock("swap",    (SWAPPING,),    "stock_out_swap",    LATE,             _("换货重拍"), tell=LEAD),
        Clock("money",   (REFUNDING,),   "refund_legal",      LATE,             _("退款"), tell=LEAD),
    ),
    steps=(
        #    step             from                                   to          who                        button
        Step("contact",        (REPORTED, CONTACTING, WAITING),       CONTACTING, AGENT,                     _("登记联系"), tone="main", asks=asks.Contact),
        Step("agree_wait",     (CONTACTING, WAITING, SWAPPING),       WAITING,    AGENT | CUSTOMER,          _("同意等货"), asks=asks.Wait, needs=(still_in_the_order,)),
        Step("agree_swap",     (CONTACTING, WAITING),                 SWAPPING,   AGENT | CUSTOMER,          _("同意换货"), asks=asks.Swap, needs=(still_in_the_order,)),
        Step("agree_refund",   (CONTACTING, WAITING, SWAPPING),       REFUNDING,  AGENT | CUSTOMER | SYSTEM, _("同意退款"), tone="harm", asks=asks.RefundOf),
        Step("presume_refund", (CONTACTING,),                         REFUNDING,  CLOCK | LEAD,              _("客户未答复，退款"), tone="harm", done=_("已按客户未答复退款")),
        Step("found",          UNPROMISED,                            RESOLVED,   WAREHOUSE | SYSTEM,        _("已找到货"), also=("order.restock",), needs=(still_in_the_order,), done=_("已找到货")),
        Step("swap",           (SWAPPING,),                           RESOLVED,   AUDITOR,                   _("换货重拍"), tone="main", needs=(difference_paid,)),
        Step("settle",         (REFUNDING,),                          RESOLVED,   SYSTEM,                    _("退款已到账")),
        Step("drop",           (*UNPROMISED, REFUNDING),              RESOLVED,   SYSTEM,                    _("不再需要"), needs=(still_in_the_order,)),
        Step("money_stopped",  (REFUNDING,),                          CONTACTING, SYSTEM,                    _("退款被撤销")),
    ),
)
# fmt: on
