"""A conversation and the work that it asks for (desk.md: first answer within 15 s, every further one within 20 s)."""

from django.utils.translation import gettext_lazy as _

from flows.table import LATE, STAY, By, Clock, Flow, Step, Who

from .. import asks
from ..needs import apart, asked, assigned, free_to_split, has_its_result, linked, not_mine, of_a_customer
from ..states import LIVE, OPEN, T

CUSTOMER, AGENT, AUDITOR, WAREHOUSE, LEAD, SHOP, PLATFORM, CLOCK, SYSTEM = Who

NEW, REPLY, WAITING, INTERNAL, RESOLVED, CLOSED = (
    T.NEW,
    T.AWAITING_REPLY,
    T.AWAITING_CUSTOMER,
    T.AWAITING_INTERNAL,
    T.RESOLVED,
    T.CLOSED,
)
STAFF = AGENT | LEAD
ANSWERED = By("answerer", person=WAITING, machine=REPLY)  # after a machine's words a person still owes the answer
HEARD = By("heard_as", new=NEW, owed=REPLY)  # a ticket that nobody had spoken in is answered like any other
ABSORBED = By("absorbs", **{state: state for state in LIVE})  # as it was, unless the customer waits for an answer
APART = By("splits", **{state: state for state in LIVE})  # where it stood when it was merged
HELD_BY = ("return", "stock_out", "logistics_query", "dispute")

# fmt: off
TICKET = Flow(
    "ticket", _("工单"), states=T, start=(NEW,),
    waits=(NEW, REPLY, INTERNAL), awaits={WAITING: CUSTOMER, RESOLVED: CLOCK}, reopens=("reopen", "split"),
    personal=frozenset({
        "words", "files", "mentions", "statement", "demand", "evidence", "conversation", "left", "colour_why",
    }),
    clocks=(
        #     clock        runs while in           limit              then       label
        Clock("greet",     (NEW,),                 "greet",           LATE,      _("首次接待"), tell=AGENT, otherwise="first_answer", since="waiting_since"),
        Clock("reply",     (REPLY,),               "reply",           LATE,      _("回复客户"), tell=AGENT, otherwise="first_answer", since="waiting_since"),
        Clock("internal",  (INTERNAL,),            "internal",        LATE,      _("内部协作"), tell=LEAD, since="asked_since"),
        Clock("resolve",   (NEW, REPLY, INTERNAL), "resolve",         LATE,      _("工单解决"), tell=LEAD, pauses=(WAITING,)),
        Clock("close",     (RESOLVED,),            "close_ticket",    "close",   _("工单关闭"), when="only_theirs"),
        Clock("silence",   (WAITING,),             "customer_silent", "resolve", _("客户不再回复"), held_by=HELD_BY, when="only_theirs"),
        Clock("follow_up", OPEN,                   "follow_up",       LATE,      _("回访"), tell=AGENT, due="follow_up_at", part=True),
        Clock("case",      LIVE,                   "complaint_answer", LATE,     _("投诉答复"), tell=LEAD, due="case_due_at", part=True),
    ),
    steps=(
        #    step            from             to        who                        button
        Step("reply",        OPEN,            ANSWERED, STAFF | SYSTEM,            _("回复"), tone="main", asks=asks.Reply),
        Step("hear",         (NEW,),          HEARD,    CUSTOMER | SHOP | PLATFORM, _("客户来消息"), asks=asks.Hear),
        Step("hear",         LIVE[1:],        REPLY,    CUSTOMER | SHOP | PLATFORM),
        Step("ask_internal", OPEN[:3],        INTERNAL, STAFF,                     _("转内部协作"), asks=asks.AskInternal),
        Step("resume",       (INTERNAL,),     REPLY,    STAFF | WAREHOUSE | SYSTEM, _("协作完成"), tone="main", asks=asks.Resume),
        Step("resume",       (REPLY,),        REPLY,    WAREHOUSE | SYSTEM, needs=(asked,)),  # the customer has spoken meanwhile
        Step("keep_asking",  (WAITING,),      INTERNAL, SYSTEM, _("继续等协作")),
        Step("resolve",      OPEN,            RESOLVED, STAFF | SYSTEM | CLOCK,    _("解决"), asks=asks.Resolve),
        Step("reopen",       (RESOLVED,),     REPLY,    STAFF,                     _("重新打开"), asks=asks.Why),
        Step("close",        (RESOLVED,),     CLOSED,   CLOCK | STAFF,             _("关闭"), needs=(has_its_result,)),
        Step("merge",        LIVE,            CLOSED,   STAFF,                     _("合并到…"), tone="harm", asks=asks.Merge, needs=(of_a_customer,), done=_("已合并工单")),
        Step("split",        (CLOSED,),       APART,    STAFF,                     _("拆分出来"), asks=asks.Why, needs=(free_to_split,)),
        # who works it, and what it is: nothing moves
        Step("claim",        OPEN,            STAY,     STAFF,                     _("我来接"), needs=(not_mine,), done=_("已接单")),
        Step("assign",       LIVE,            STAY,     LEAD | SYSTEM,             _("分派"), asks=asks.Assign),
        Step("transfer",     OPEN,            STAY,     STAFF,                     _("转给同事"), asks=asks.Transfer),
        Step("release",      OPEN,            STAY,     STAFF | SYSTEM,            _("放回队列"), asks=asks.Why, needs=(assigned,)),
        Step("note",         (*LIVE, CLOSED), STAY,     STAFF | AUDITOR | WAREHOUSE | SYSTEM, _("内部备注"), asks=asks.Note),
        Step("classify",     LIVE,            STAY,     STAFF | SYSTEM,            _("改类型"), asks=asks.Classify),
        Step("paint",        LIVE,            STAY,     STAFF | SYSTEM,            _("改分级"), asks=asks.Paint),
        Step("link",         LIVE,            STAY,     STAFF | SYSTEM,            _("关联订单"), asks=asks.Link),
        Step("unlink",       LIVE,            STAY,     STAFF,                     _("取消关联"), tone="harm", needs=(linked,)),
        Step("follow_up",    OPEN,            STAY,     STAFF,                     _("约定回访"), asks=asks.FollowUpOn),
        Step("compensate",   LIVE,             STAY,     STAFF,                     _("补偿客户"), asks=asks.Compensate),
        Step("decide_compensation", (*LIVE, CLOSED), STAY, LEAD,                    _("批准补偿"), asks=asks.DecideCompensation, done=_("已处理这笔补偿")),
        Step("record",       LIVE,             STAY,     STAFF | SHOP | PLATFORM | SYSTEM, _("登记投诉/评价信息"), asks=asks.Record),
        Step("conclude",     (*LIVE, CLOSED),  STAY,     STAFF | SHOP | PLATFORM | SYSTEM, _("登记投诉/评价结果"), asks=asks.Conclude),
        Step("rate",         (RESOLVED, CLOSED), STAY,   CUSTOMER | SHOP | PLATFORM, _("客户评价"), asks=asks.Rate, needs=(apart,)),
        Step("absorb",       LIVE,            ABSORBED, SYSTEM, _("并入另一张工单")),
        Step("give_back",    (*LIVE, CLOSED), STAY,     SYSTEM, _("拆分出一张工单")),
    ),
)
# fmt: on
