"""Three toy flows: a job goes its way like an order; calls and claims hang on it."""

from django.db.models import TextChoices

from flows.asks import Reason
from flows.table import LATE, OUTSIDE, STAY, By, Clock, Fact, Flow, Step, Who

CUSTOMER, AGENT, AUDITOR, WAREHOUSE, LEAD, SHOP, PLATFORM, CLOCK, SYSTEM = Who


class J(TextChoices):
    WAITING = "waiting", "待付款"
    OPEN = "open", "处理中"
    ASIDE = "aside", "搁置"
    PACKED = "packed", "已打包"
    SENT = "sent", "已发出"
    BACK = "back", "已退回"
    SIGNED = "signed", "已签收"
    DONE = "done", "完成"
    GONE = "gone", "关闭"


class C(TextChoices):
    OPEN = "open", "待致电"
    ASKED = "asked", "待答复"
    HALF = "half", "答应一半"
    SHUT = "shut", "已结束"


class K(TextChoices):
    FILED = "filed", "已提出"
    PAID = "paid", "已赔付"
    VOID = "void", "已作废"


def lapsed(job):
    return "" if job.gone_why == "lapsed" else "不是超时关闭的"


def has_goods(job):
    return "" if job.goods else "没有货"


def not_locked(job):
    return "锁着" if job.locked else ""


IN_HOUSE = (J.OPEN, J.ASIDE, J.PACKED)

# fmt: off
JOB = Flow(
    "job", "差事", states=J, start=(J.WAITING, J.OPEN),
    waits=(J.OPEN, J.ASIDE, J.PACKED, J.BACK),
    facts=("pay", "pack", "send", "drop", ("sign", "reject"), "finish"),
    only_before={"drop": ("send",)},
    reopens=("reopen",),
    personal=frozenset({"phone"}),
    clocks=(
        Clock("pay",     (J.WAITING,),         "unpaid_close",      "lapse",  "付款"),
        Clock("send",    (J.OPEN, J.PACKED),   "ship",              LATE,     "发出", pauses=(J.ASIDE,), tell=LEAD),
        Clock("track",   (J.SENT,),            "first_track",       LATE,     "物流", tell=WAREHOUSE, part=True),
        Clock("sign",    (J.SENT,),            "auto_sign",         "sign",   "签收", since="sent_at", held_by=("call:asked", "claim", "nowhere")),
        Clock("finish",  (J.SIGNED,),          "after_sale_window", "finish", "售后期"),
        Clock("promise", (J.BACK,),            "stock_out_promise", LATE,     "承诺", due="promised_for"),
    ),
    steps=(
        Step("pay",       (J.WAITING,),                                 J.OPEN,   OUTSIDE,                     "付款"),
        Fact("pay",       (J.GONE,),                                    J.OPEN,   OUTSIDE, needs=(lapsed,)),
        Step("lapse",     (J.WAITING,),                                 J.GONE,   CLOCK | PLATFORM,            "超时关闭", needs=(not_locked,)),
        Step("note",      (J.WAITING, J.OPEN),                          STAY,     AGENT | OUTSIDE,             "备注"),
        Step("note",      (J.PACKED,),                                  J.OPEN,   AGENT | OUTSIDE),
        Step("set_aside", (J.OPEN,),                                    J.ASIDE,  AGENT | SYSTEM,              "搁置", asks=Reason),
        Step("take_up",   (J.ASIDE,),                                   J.OPEN,   AGENT,                       "继续"),
        Step("pack",      (J.OPEN,),                                    J.PACKED, WAREHOUSE | OUTSIDE,         "打包", needs=(has_goods,), tone="main"),
        Fact("pack",      (J.WAITING, J.ASIDE, J.BACK, J.GONE),         J.PACKED, OUTSIDE),
        Step("unpack",    (J.PACKED,),                                  J.OPEN,   AGENT | WAREHOUSE,           "拆包", undoes=("pack",)),
        Step("send",      (J.OPEN, J.PACKED),                           J.SENT,   WAREHOUSE | OUTSIDE,         "发出", tone="main", also=("call.shut", "nowhere.drop")),
        Fact("send",      (J.WAITING, J.ASIDE, J.BACK, J.GONE),         J.SENT,   OUTSIDE, also=("call.shut",)),
        Step("drop",      (J.OPEN, J.ASIDE),                            J.GONE,   AGENT | OUTSIDE | SYSTEM,    "取消", needs=(not_locked,), also=("call.shut", "claim.void")),
        Fact("drop",      (J.WAITING, J.PACKED, J.SENT, J.GONE),        J.GONE,   also=("call.shut",)),
        Step("bounce",    (J.SENT,),                                    J.BACK,   AGENT | OUTSIDE,             "退回"),
        Step("resend",    (J.BACK,),                                    J.OPEN,   AGENT,                       "再发", undoes=("pack", "send")),
        Step("sign",      (J.SENT,),                                    J.SIGNED, CUSTOMER | OUTSIDE | CLOCK,  "签收"),
        Fact("sign",      (J.WAITING, *IN_HOUSE, J.BACK, J.GONE),       J.SIGNED, OUTSIDE),
        Step("reject",    (J.SENT,),                                    J.GONE,   CUSTOMER | OUTSIDE,          "拒收"),
        Fact("reject",    (J.WAITING, *IN_HOUSE, J.BACK, J.SIGNED, J.GONE), J.GONE, OUTSIDE),
        Step("finish",    (J.SIGNED,),                                  J.DONE,   CLOCK | OUTSIDE,             "完成"),
        Fact("finish",    (J.WAITING, *IN_HOUSE, J.SENT, J.BACK, J.GONE), J.DONE, OUTSIDE),
        Step("reopen",    (J.DONE,),                                    J.SIGNED, LEAD,                        "重开"),
        Step("join",      (J.OPEN,),                                    J.GONE,   AGENT,                       "并入", tone="harm"),
        Step("absorb",    (J.OPEN,),                                    STAY,     SYSTEM,                      "吸收"),
        Step("poke",      tuple(J),                                     STAY,     AGENT | SYSTEM,              "拨动"),
    ),
)

CALL = Flow(
    "call", "致电", states=C, start=(C.OPEN,), waits=(C.OPEN, C.HALF),
    clocks=(
        Clock("greet",   (C.OPEN,),           "greet",            LATE,      "接待", tell=AGENT, otherwise="first_answer"),
        Clock("answer",  (C.ASKED,),          "stock_out_answer", "presume", "答复"),
        Clock("resolve", (C.OPEN, C.HALF),    "resolve",          LATE,      "解决", tell=LEAD, pauses=(C.ASKED,)),
        Clock("chat",    (C.HALF,),           "greet",            LATE,      "闲聊"),
    ),
    steps=(
        Step("ask",     (C.OPEN, C.HALF),          C.ASKED, AGENT,                  "询问"),
        Step("answer",  (C.ASKED,),                By("outcome", yes=C.SHUT, half=C.HALF, no=C.OPEN), CUSTOMER | AGENT | OUTSIDE, "答复"),
        Step("presume", (C.ASKED,),                C.SHUT,  CLOCK | LEAD,           "视为同意"),
        Step("shut",    (C.OPEN, C.ASKED, C.HALF), C.SHUT,  AGENT | SYSTEM,         "结束"),
    ),
)

CLAIM = Flow(
    "claim", "索赔", states=K, start=(K.FILED,), waits=(K.FILED,),
    clocks=(Clock("pay", (K.FILED,), "refund_legal", LATE, "赔付", tell=LEAD),),
    steps=(
        Step("pay",  (K.FILED,), K.PAID, AGENT | LEAD | SYSTEM, "赔付", also=("job.drop",)),
        Step("void", (K.FILED,), K.VOID, AGENT | SYSTEM,        "作废"),
        Step("poke", tuple(K),   STAY,   AGENT | SYSTEM,        "拨动"),
    ),
)
# fmt: on
