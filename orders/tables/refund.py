"""Money goes back (procedures 2, 4 and 5). A lead decides what is above an agent's authority; the shop's back end pays."""

from django.utils.translation import gettext_lazy as _

from flows.table import LATE, OUTSIDE, By, Clock, Fact, Flow, Step, Who

from .. import asks
from ..needs import not_owed, other_eyes, sendable
from ..states import R

CUSTOMER, AGENT, AUDITOR, WAREHOUSE, LEAD, SHOP, PLATFORM, CLOCK, SYSTEM = Who

DRAFTED, APPROVED, SENT, UNKNOWN, FAILED = R.DRAFTED, R.APPROVED, R.SENT, R.UNKNOWN, R.FAILED
SUCCEEDED, CONFIRMED, CANCELLED = R.SUCCEEDED, R.CONFIRMED, R.CANCELLED
UNSETTLED = (DRAFTED, APPROVED, SENT, UNKNOWN, FAILED)
UNSENT = (DRAFTED, APPROVED, FAILED)  # nobody out there is paying it
TOLD = By("outcome", succeeded=SUCCEEDED, unknown=UNKNOWN)  # another amount than ours is no success
FOUND = By("result", succeeded=SUCCEEDED, failed=FAILED)

# fmt: off
REFUND = Flow(
    "refund", _("退款单"), states=R, start=(DRAFTED, APPROVED, SENT, SUCCEEDED),
    waits=UNSETTLED, awaits={SENT: SHOP, SUCCEEDED: CUSTOMER}, reopens=("miss",),
    facts=("fail", "succeed", "confirm"),
    clocks=(
        #     clock      runs while in  limit              then          label
        Clock("approve", (DRAFTED,),    "refund_approval", LATE,         _("退款审批"), tell=LEAD),
        Clock("answer",  (SENT,),       "refund_answer",   "lose_track", _("打款结果")),
        Clock("legal",   UNSETTLED,     "refund_legal",    LATE,         _("法定退款期限"), tell=LEAD),
        Clock("confirm", (SUCCEEDED,),  "refund_confirm",  "confirm",    _("客户查收")),
    ),
    steps=(
        #    step         from                                           to         who                                button
        Step("approve",    (DRAFTED,),                                   APPROVED,  LEAD,                              _("批准退款"), tone="main", needs=(other_eyes,)),
        Step("reject",     (DRAFTED,),                                   CANCELLED, LEAD,                              _("不批准"), asks=asks.Why, tone="harm", needs=(not_owed,), done=_("已拒绝退款")),
        Step("send",       (APPROVED, FAILED),                           SENT,      SYSTEM | LEAD,                     _("发出打款"), tone="main", undoes=("fail",), needs=(sendable,)),
        Step("succeed",    (SENT, UNKNOWN),                              TOLD,      OUTSIDE,                           _("退款成功"), asks=asks.Succeeded),
        Fact("succeed",    UNSENT,                                       TOLD,      OUTSIDE),
        Fact("succeed",    (CANCELLED,),                                 TOLD,      OUTSIDE),
        Step("fail",       (SENT, UNKNOWN),                              FAILED,    OUTSIDE,                           _("打款失败"), asks=asks.Failed),
        Step("lose_track", (SENT,),                                      UNKNOWN,   CLOCK,                             _("没有结果")),
        Step("reconcile",  (UNKNOWN, FAILED),                            FOUND,     LEAD,                              _("核对结果"), asks=asks.Reconcile, tone="main"),
        Step("confirm",    (SUCCEEDED,),                                 CONFIRMED, CUSTOMER | AGENT | OUTSIDE | CLOCK, _("客户已查收"), done=_("已登记客户查收")),
        Fact("confirm",    (DRAFTED, APPROVED, SENT, UNKNOWN, FAILED, CANCELLED), CONFIRMED, OUTSIDE),
        Step("cancel",     UNSENT,                                       CANCELLED, LEAD | SYSTEM,                     _("取消退款"), asks=asks.Why, tone="harm", needs=(not_owed,)),
        Step("miss",       (SUCCEEDED, CONFIRMED),                       UNKNOWN,   CUSTOMER | AGENT,                  _("未到账"), asks=asks.Why, tone="harm", undoes=("succeed", "confirm"), done=_("已登记未到账")),
    ),
)
# fmt: on
