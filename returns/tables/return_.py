"""The way back of goods and money (procedures 4 to 6, 8). One row a line, read by a shop manager beside the procedure."""

from django.utils.translation import gettext_lazy as _

from flows.table import LATE, OUTSIDE, By, Clock, Fact, Flow, Step, Who

from .. import asks
from .. import needs as n
from ..states import S

CUSTOMER, AGENT, AUDITOR, WAREHOUSE, LEAD, SHOP, PLATFORM, CLOCK, SYSTEM = Who

REQUESTED, EVIDENCE, OFFERED, TO_SEND, INTERCEPTING = (
    S.REQUESTED,
    S.AWAITING_EVIDENCE,
    S.OFFERED,
    S.AWAITING_RETURN,
    S.INTERCEPTING,
)
RETURNING, RECEIVED, INSPECTED, FREIGHT, REPAIRING = (
    S.RETURNING,
    S.RECEIVED,
    S.INSPECTED,
    S.AWAITING_FREIGHT,
    S.REPAIRING,
)
EXCHANGING, RESHIPPED, REFUNDING, REFUSED = S.EXCHANGING, S.RESHIPPED, S.REFUNDING, S.REFUSED
UNFIT, BACK, COMPLETED, CLOSED = S.RECEIPT_REFUSED, S.HANDING_BACK, S.COMPLETED, S.CLOSED

HERE = (RECEIVED, INSPECTED)  # the goods are in the warehouse
UNDECIDED = (REQUESTED, EVIDENCE)
OPEN_TO_CUSTOMER = (REQUESTED, EVIDENCE, OFFERED, TO_SEND, REFUSED, UNFIT)  # may be withdrawn
WORKED_ON = (INTERCEPTING, RETURNING, *HERE, FREIGHT, REPAIRING, EXCHANGING, REFUNDING, BACK)
ENDED = By("left", nothing=CLOSED, goods=BACK)  # the goods that are here go back to their owner
APPROVED = By("way", send=TO_SEND, money=REFUNDING, goods=EXCHANGING, here=INSPECTED)
FROM_OFFER = By(
    "offered_from",
    requested=REQUESTED,
    awaiting_return=TO_SEND,
    refused=REFUSED,
    inspected=INSPECTED,
    receipt_refused=UNFIT,
)
ACCEPTED = By("accepted", money=REFUNDING, goods=EXCHANGING, coupon=COMPLETED)

# fmt: off
RETURN = Flow(
    "return", _("售后单"), states=S, start=(REQUESTED, RETURNING, EXCHANGING, REFUNDING),
    waits=(INTERCEPTING, RETURNING, *HERE, FREIGHT, REPAIRING, EXCHANGING, REFUNDING, BACK),
    awaits={**dict.fromkeys((EVIDENCE, OFFERED, TO_SEND, FREIGHT, REFUSED, UNFIT, RESHIPPED), CUSTOMER), REFUNDING: SHOP},
    reopens=("reopen", "arrive_late"),
    facts=("approve", "send_back", "withdraw", "confirm", "auto_refund", "settle"),
    personal=frozenset({"words", "payee", "address", "links"}),
    clocks=(
        #     clock        runs while in                    limit              then                label
        Clock("handle",    (REQUESTED,),                    "handle_return",   "approve",          _("处理申请"), tell=LEAD, pauses=(EVIDENCE, OFFERED), held_by=("dispute",)),
        Clock("evidence",  (EVIDENCE,),                     "evidence",        "expire",           _("客户举证"), held_by=("dispute",)),
        Clock("offer",     (OFFERED,),                      "answer_offer",    "decline_offer",    _("客户答复方案")),
        Clock("send_back", (TO_SEND,),                      "send_back",       "expire",           _("客户寄回"), pauses=(OFFERED,), held_by=("dispute",)),
        Clock("receive",   (RETURNING, *HERE),              "confirm_receipt", "auto_refund",      _("确认收货"), tell=LEAD, held_by=("dispute",)),
        Clock("inspect",   (RECEIVED,),                     "inspect",         LATE,               _("验货"), tell=LEAD),
        Clock("decide",    (INSPECTED,),                    "decide",          LATE,               _("处理验货结果"), tell=LEAD),
        Clock("freight",   (FREIGHT,),                      "freight",         "switch_to_refund", _("客户补运费"), tell=AGENT),
        Clock("dispatch",  (EXCHANGING,),                   "dispatch",        "switch_to_refund", _("发出换货/补寄"), tell=LEAD),
        Clock("confirm",   (RESHIPPED,),                    "auto_sign",       "confirm",          _("客户收货"), held_by=("logistics_query:tracing", "logistics_query:lost", "dispute")),
        Clock("respond",   (REFUSED, UNFIT),                "respond",         "expire",           _("客户回应拒绝"), held_by=("dispute",)),
        Clock("legal",     (*HERE, REFUNDING),              "refund_legal",    LATE,               _("法定退款期限"), tell=LEAD, since="received_at"),
        Clock("repair",    (REPAIRING,),                    "repair",          LATE,               _("维修"), tell=LEAD),
        Clock("intercept", (INTERCEPTING,),                 "intercept",       LATE,               _("拦截"), tell=AGENT),
        Clock("hand_back", (BACK,),                         "hand_back",       LATE,               _("寄回原货"), tell=LEAD),
    ),
    steps=(
        #    step                from                                              to          who                                    button
        Step("ask_evidence",     (REQUESTED,),                                     EVIDENCE,   AGENT,                                 _("要求举证"), asks=asks.AskEvidence),
        Step("give_evidence",    (EVIDENCE,),                                      REQUESTED,  CUSTOMER | AGENT | OUTSIDE,            _("提交凭证"), asks=asks.GiveEvidence),
        Step("offer",            (REQUESTED, TO_SEND, REFUSED, INSPECTED, UNFIT),  OFFERED,    AGENT,                                 _("提出方案"), asks=asks.Offer),
        Step("accept_offer",     (OFFERED,),                                       ACCEPTED,   CUSTOMER | AGENT,                      _("接受方案"), asks=asks.Accept, needs=(n.money_is_free,)),
        Step("decline_offer",    (OFFERED,),                                       FROM_OFFER, CUSTOMER | AGENT | CLOCK,              _("不接受方案"), asks=asks.Decline, done=_("已登记不接受方案")),
        Step("approve",          (*UNDECIDED, REFUSED),                            APPROVED,   AGENT | OUTSIDE | CLOCK,               _("同意申请"), asks=asks.Approve, tone="main", needs=(n.eligible_or_overridden,)),
        Fact("approve",          (OFFERED, UNFIT, INTERCEPTING),                   APPROVED,   OUTSIDE),
        Fact("approve",          (CLOSED,),                                        APPROVED,   OUTSIDE, needs=(n.closed_by_our_clock,)),
        Step("refuse",           UNDECIDED,                                        REFUSED,    AGENT | OUTSIDE,                       _("拒绝申请"), asks=asks.Refuse, tone="harm", needs=(n.refusal_allowed,)),
        Fact("refuse",           (OFFERED,),                                       REFUSED,    OUTSIDE),
        Step("revise",           (*UNDECIDED, OFFERED, TO_SEND, REFUSED, UNFIT, RETURNING, *HERE), By("revised_to", requested=REQUESTED, returning=RETURNING, received=RECEIVED, inspected=INSPECTED), CUSTOMER | AGENT | OUTSIDE, _("修改申请"), asks=asks.Revise, undoes=("approve",)),
        Fact("revise",           (EXCHANGING, REFUNDING),                          By("revised_to", requested=REQUESTED, returning=RETURNING, received=RECEIVED, inspected=INSPECTED), OUTSIDE, undoes=("approve",), needs=(n.nothing_sent_yet,)),
        Step("withdraw",         OPEN_TO_CUSTOMER,                                 ENDED,      CUSTOMER | OUTSIDE,                    _("撤销申请"), tone="harm"),
        Fact("withdraw",         WORKED_ON,                                        ENDED,      OUTSIDE),
        Step("send_back",        (TO_SEND, RETURNING),                             RETURNING,  CUSTOMER | AGENT | OUTSIDE,            _("登记寄回单号"), asks=asks.SendBack, tone="main"),
        Fact("send_back",        (*UNDECIDED, OFFERED, REFUSED),                   RETURNING,  OUTSIDE),
        Fact("send_back",        (CLOSED,),                                        RETURNING,  OUTSIDE, needs=(n.closed_by_our_clock,)),
        Step("receive",          (TO_SEND, RETURNING, *HERE),                      RECEIVED,   WAREHOUSE | SHOP,                      _("登记收货"), asks=asks.Receive, tone="main"),
        Fact("receive",          (*UNDECIDED, OFFERED, REFUSED, UNFIT),            RECEIVED,   SHOP),
        Step("inspect",          (RECEIVED,),                                      INSPECTED,  WAREHOUSE,                             _("验货"), asks=asks.Inspect, tone="main"),
        Step("refund",           (INSPECTED, UNFIT),                               REFUNDING,  AGENT,                                 _("退款"), asks=asks.Refund, tone="main", needs=(n.ends_with_money,)),
        Step("auto_refund",      (RETURNING, *HERE),                               REFUNDING,  CLOCK | PLATFORM,                      _("超时自动退款"), needs=(n.signed_and_not_judged_badly,)),
        Fact("auto_refund",      (*UNDECIDED, OFFERED, TO_SEND, INTERCEPTING, REFUSED, UNFIT, RESHIPPED, BACK), REFUNDING, PLATFORM),
        Fact("auto_refund",      (COMPLETED, CLOSED),                              REFUNDING,  PLATFORM, needs=(n.not_yet_paid_by_platform,)),
        Step("refuse_receipt",   (INSPECTED,),                                     UNFIT,      AGENT | OUTSIDE,                       _("验货不通过"), asks=asks.RefuseReceipt, tone="harm", done=_("已登记验货不通过")),
        Fact("refuse_receipt",   (RETURNING, RECEIVED),                            UNFIT,      OUTSIDE),
        Step("ask_freight",      (INSPECTED,),                                     By("freight_due", unpaid=FREIGHT, paid=EXCHANGING), AGENT, _("请客户补运费"), asks=asks.AskFreight, needs=(n.is_exchange,)),
        Step("pay_freight",      (FREIGHT,),                                       EXCHANGING, CUSTOMER | AGENT | OUTSIDE,            _("登记运费已付"), asks=asks.PayFreight, tone="main"),
        Step("exchange",         (INSPECTED,),                                     EXCHANGING, AGENT,                                 _("换货"), asks=asks.Exchange, tone="main", needs=(n.is_exchange, n.freight_settled)),
        Step("dispatch",         (EXCHANGING,),                                    RESHIPPED,  WAREHOUSE | OUTSIDE | SYSTEM,          _("登记换货/补寄发出"), asks=asks.Parcel),
        Fact("dispatch",         (INSPECTED, FREIGHT, REPAIRING),                  RESHIPPED,  OUTSIDE | SYSTEM),
        Step("confirm",          (RESHIPPED,),                                     COMPLETED,  CUSTOMER | OUTSIDE | CLOCK,            _("确认收到换货/补寄")),
        Fact("confirm",          (*OPEN_TO_CUSTOMER, *WORKED_ON, CLOSED),          COMPLETED,  OUTSIDE),
        Step("switch_to_refund", (FREIGHT, REPAIRING, EXCHANGING, RESHIPPED),      REFUNDING,  AGENT | CUSTOMER | PLATFORM | SYSTEM | CLOCK, _("转为退款"), asks=asks.Switch, tone="harm", needs=(n.replacement_not_out,)),
        Step("settle",           (REFUNDING,),                                     COMPLETED,  SYSTEM,                                _("退款到账")),
        Fact("settle",           (*OPEN_TO_CUSTOMER, INTERCEPTING, RETURNING, *HERE, FREIGHT, REPAIRING, EXCHANGING, RESHIPPED, BACK, CLOSED), COMPLETED, SYSTEM),
        Step("expire",           (EVIDENCE, TO_SEND, REFUSED, UNFIT),              ENDED,      CLOCK | PLATFORM,                      _("超时关闭"), needs=(n.no_open_dispute,)),
        Step("bounce",           (RETURNING,),                                     TO_SEND,    AGENT | OUTSIDE | SYSTEM,              _("退件未到/单号不实"), asks=asks.Bounce, undoes=("send_back",), done=_("已登记退件未到/单号不实")),
        Step("await_rest",       (INSPECTED,),                                     RETURNING,  AGENT,                                 _("等客户寄来其余"), asks=asks.Why, needs=(n.something_is_missing,), done=_("已改为等客户寄来其余")),
        Step("arrive_late",      (REFUNDING,),                                     REFUNDING,  WAREHOUSE | SHOP,                      _("登记迟到退货"), asks=asks.Receive),
        Step("arrive_late",      (COMPLETED,),                                     COMPLETED,  WAREHOUSE | SHOP),
        Step("arrive_late",      (CLOSED,),                                        RECEIVED,   WAREHOUSE | SHOP),
        Step("reopen",           (CLOSED,),                                        REQUESTED,  AGENT | LEAD | CUSTOMER,               _("重新打开"), asks=asks.Why, needs=(n.inside_after_sale_window,)),
        Step("book_in",          (INSPECTED,),                                     COMPLETED,  AGENT | SYSTEM,                        _("入库结案"), needs=(n.nothing_owed,)),
        Step("hand_back",        (INSPECTED, UNFIT),                               BACK,       AGENT | SYSTEM,                        _("原货寄回客户"), asks=asks.Why, needs=(n.goods_are_here,)),
        Step("handed_back",      (BACK,),                                          CLOSED,     WAREHOUSE | SHOP,                      _("登记原货寄出"), asks=asks.Parcel, tone="main"),
        Step("dismiss",          (*OPEN_TO_CUSTOMER, RETURNING, *HERE),            ENDED,      SYSTEM | PLATFORM,                     _("平台驳回")),
        Step("repair",           (INSPECTED,),                                     REPAIRING,  AGENT,                                 _("送修"), asks=asks.Why, needs=(n.is_repair,), tone="main"),
        Step("repaired",         (REPAIRING,),                                     By("repair_result", repaired=EXCHANGING, beyond_repair=INSPECTED), WAREHOUSE, _("登记维修结果"), asks=asks.Repaired, tone="main"),
        Step("intercept",        (REQUESTED,),                                     INTERCEPTING, AGENT | PLATFORM,                    _("拦截包裹"), asks=asks.Why, needs=(n.on_its_way,)),
        Step("intercepted",      (INTERCEPTING,),                                  By("intercepted_to", money=REFUNDING, back=RETURNING), AGENT | OUTSIDE | SYSTEM, _("拦截成功"), asks=asks.Intercepted, tone="main"),
        Step("intercept_failed", (INTERCEPTING,),                                  REQUESTED,  AGENT | OUTSIDE | SYSTEM,              _("拦截失败"), asks=asks.Why, done=_("已登记拦截失败")),
        Step("replacement_failed", (RESHIPPED,),                                   EXCHANGING, AGENT | SYSTEM,                        _("换货/补寄未送达，重发"), asks=asks.Why, done=_("已安排重发换货/补寄")),
        Step("money_stopped",    (REFUNDING,),                                     By("stopped_to", requested=REQUESTED, inspected=INSPECTED), SYSTEM, _("退款被撤销")),
    ),
)
# fmt: on
