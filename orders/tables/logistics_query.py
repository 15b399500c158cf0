"""Where is my parcel? (procedures 3) Looked up, asked of the courier, answered with a time, come back to."""

from django.utils.translation import gettext_lazy as _

from flows.table import LATE, NOBODY, Clock, Fact, Flow, Step, Who

from .. import logistics_asks as asks
from ..needs import goods_left, its_own_parcel
from ..states import L

CUSTOMER, AGENT, AUDITOR, WAREHOUSE, LEAD, SHOP, PLATFORM, CLOCK, SYSTEM = Who

ASKED, CHECKING, TRACING, ANSWERED, LOST, CLOSED = L.ASKED, L.CHECKING, L.TRACING, L.ANSWERED, L.LOST, L.CLOSED
UNANSWERED = (ASKED, CHECKING, TRACING, LOST)

# fmt: off
LOGISTICS_QUERY = Flow(
    "logistics_query", _("物流查询"), states=L, start=(ASKED,),
    waits=UNANSWERED, awaits={ANSWERED: NOBODY},
    personal=frozenset({"words"}),
    clocks=(
        #     clock        runs while in        limit                  then         label
        Clock("answer",    (ASKED, CHECKING),   "logistics_answer",    LATE,        _("答复客户"), tell=LEAD),
        Clock("trace",     (TRACING,),          "logistics_trace",     LATE,        _("催件核实"), tell=AGENT),
        Clock("make_good", (LOST,),             "logistics_make_good", LATE,        _("丢件破损处理"), tell=LEAD),
        Clock("close",     (ANSWERED,),         "logistics_close",     "close",     _("自动关闭"), since="over_since", when="over"),
        Clock("promise",   (ANSWERED,),         "logistics_promise",   "ask_again", _("告知的送达时间"), due="expected_at", when="awaited"),
    ),
    steps=(
        #    step            from                            to        who                       button
        Step("look_up",      (ASKED, TRACING, ANSWERED),     CHECKING, AGENT | SYSTEM,           _("查询物流"), tone="main"),
        Step("trace",        (ASKED, CHECKING, ANSWERED),    TRACING,  AGENT,                    _("登记催件"), asks=asks.Trace),
        Step("answer",       (CHECKING, TRACING),            ANSWERED, AGENT,                    _("告知客户"), asks=asks.Answer, tone="main"),
        Step("ask_again",    (ANSWERED,),                    ASKED,    CUSTOMER | AGENT | CLOCK, _("客户再次询问"), done=_("已登记客户再次询问")),
        Step("declare_lost", (CHECKING, TRACING),            LOST,     AGENT | LEAD,             _("认定丢件/破损"), asks=asks.Lost, tone="harm", needs=(its_own_parcel, goods_left)),
        Step("make_good",    (LOST,),                        CLOSED,   AGENT,                    _("补寄或退款"), asks=asks.MakeGood, tone="main", done=_("已安排补寄或退款")),
        Step("close",        (ANSWERED,),                    CLOSED,   AGENT | CLOCK | SYSTEM,   _("关闭查询")),
        Fact("close",        UNANSWERED,                     CLOSED,   SYSTEM),
        Step("find",         (LOST,),                        CHECKING, AGENT | SYSTEM,           _("包裹找到了"), done=_("已登记包裹找到")),
    ),
)
# fmt: on
