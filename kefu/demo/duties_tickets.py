"""What the simulated agents do about tickets: they greet, answer, ask the warehouse, solve. Some wait for a person."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from .colleagues import Deed, Duty, open_to

Case = Mapping[str, Any]
GREETING = "您好，我是客服，请问有什么可以帮您？"
SORRY = "非常抱歉给您带来不好的体验，我这边马上核实处理，有结果第一时间回复您。"
ANSWERS: dict[str, tuple[str, ...]] = {
    "presale": ("您好，这款有现货，拍下后 48 小时内发出。", "您好，尺码是标准码，按平时穿的拍就可以。"),
    "logistics": (
        "抱歉让您久等了。已经帮您催快递，预计两天内送达，我会继续跟进。",
        "帮您查到包裹已到派件城市，请保持电话畅通。",
    ),
    "return": ("您的申请我看到了，今天内给您处理。", "收到退货验好后，退款会原路退回，请您留意。"),
    "stock_out": ("很抱歉，这款暂时缺货。您可以等到货、换一款，或者直接退款，都听您的。",),
    "complaint": (SORRY, "您说的情况我已经转给主管，今天内给您答复。"),
    "bad_review": ("看到您的评价了，很抱歉商品没让您满意。您方便说说是哪里的问题吗？我们给您处理。",),
    "order_change": ("可以的，还没有发货，我现在帮您改。", "订单已经打包，改不了了，您看可以收到后再换吗？"),
}
USUAL = ("好的，我帮您核实一下。", "您的问题已经记下，正在处理。", "已经为您查过，目前一切正常，请您放心。")
INTERNAL = (
    ("warehouse", "请核对这个订单的库存和打包情况"),
    ("finance", "请查这笔退款的到账情况"),
    ("courier", "请催一下这个包裹"),
)


def greet(rng: Random, case: Case) -> Deed | None:
    """Red ones are spoken to first of all with an apology; what no customer waits for is seen to and done."""
    if not case.get("waiting_since") and case.get("colour") != "red" and open_to(case, "resolve"):
        return Deed("resolve", {"result": "explained", "words": "已处理并告知客户"})
    words = SORRY if case.get("colour") == "red" else _words(rng, case, GREETING)
    return Deed("reply", {"words": words}) if open_to(case, "reply") else None


def answer(rng: Random, case: Case) -> Deed | None:
    luck = rng.random()
    if luck < 0.12 and open_to(case, "ask_internal"):
        team, words = rng.choice(INTERNAL)
        return Deed("ask_internal", {"team": team, "words": words})
    if luck < 0.25 and case.get("colour") in ("", "green", None) and open_to(case, "resolve"):
        return Deed("resolve", {"result": "solved"})
    return Deed("reply", {"words": _words(rng, case)}) if open_to(case, "reply") else None


def _words(rng: Random, case: Case, *usual: str) -> str:
    return rng.choice(ANSWERS.get(str(case.get("kind")), usual or USUAL))


def solve(rng: Random, case: Case) -> Deed | None:
    """What has been answered is solved after a while; the rest is left to the clock's silence."""
    if rng.random() < 0.5 and open_to(case, "resolve"):
        return Deed("resolve", {"result": rng.choice(("solved", "solved", "explained")), "words": "已答复客户"})
    return None


def found_out(rng: Random, case: Case) -> Deed | None:
    return Deed("resume", {"words": rng.choice(("已核实，可以照常发出", "查到了，今天补上", "已联系，明天有结果"))})


def won_back(rng: Random, case: Case) -> Deed | None:
    """A coupon for whom we have let down."""
    if case.get("kind") in ("complaint", "bad_review") and rng.random() < 0.4 and open_to(case, "compensate"):
        return Deed("compensate", {"gives": "coupon", "amount": "10.00", "reason": "service", "words": "服务不周"})
    return None


DUTIES = (
    Duty(8, "agent", "tickets", "new", greet),
    Duty(8, "agent", "tickets", "awaiting_reply", answer),
    Duty(2, "agent", "tickets", "awaiting_customer", solve),
    Duty(1, "agent", "tickets", "awaiting_customer", won_back),
    Duty(3, "warehouse", "tickets", "awaiting_internal", found_out),
)
