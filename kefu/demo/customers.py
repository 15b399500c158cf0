"""The customers of the sample shops: what they ask for, and what they do about each step of their returns. Pure.

Their words come as their shop's hooks, or from the customer's page where a hook has no name for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from . import courier, parcels_back, referee, wishes
from .messages import Message, Teller
from .shops import OF
from .wishes import Wish, dice

# What was still to come of a return that has been decided, is being paid, or has ended. A late parcel comes anyway.
BEFORE = frozenset({"return.platform_approved", "return.withdrawn", "return.revised", "dispute.opened"})
PAID_ELSEWHERE = frozenset({"return.platform_refunded", "refund.succeeded"})
ALL = BEFORE | PAID_ELSEWHERE | {
    "return.evidence_given", "return.sent_back", "return.freight_paid", "return.intercepted",
    "page.accept", "page.decline", "page.parcel", "page.evidence", "page.freight", "page.switch",
}  # fmt: skip
OVER = ("completed", "closed")
PHOTO = "photo"  # a field of the page that brings a picture


@dataclass
class Case:
    """One event of a return. `tell` speaks under the return's own number; `drops`: what will not be said any more."""

    data: Mapping[str, Any]
    wish: Wish | None
    tell: Teller
    drops: set[str] = field(default_factory=set)

    @property
    def rng(self) -> Random:
        return self.tell.rng

    @property
    def referee(self) -> bool:
        """Is there a platform above this shop?"""
        return OF[self.tell.shop].referee


def ask(seed: int, hurry: float, order: str, when: str) -> list[Message]:
    """The application, where this customer has a wish now, and what they may say before anybody has answered."""
    found = wishes.wish(seed, order, when)
    if found is None:
        return []
    tell = Teller(dice(seed, found.number, "ask"), found.shop, found.number, hurry)
    tell.of_order("return.requested", found.after, **found.told)
    _before_an_answer(tell, found)
    return tell.told


def _before_an_answer(tell: Teller, wish: Wish) -> None:
    rng, luck, at = tell.rng, tell.rng.random(), wish.after
    if luck < 0.08:
        tell.of_order("return.revised", at + rng.uniform(15, 60), version=2, **_otherwise(rng, wish))
    elif luck < 0.14:
        tell.of_order(
            "return.withdrawn", at + rng.uniform(30, 120), reason=rng.choice(("不退了", "凑合用吧", "误会了"))
        )
    elif luck < 0.30 and OF[wish.shop].referee:  # the platform does not wait for ever
        tell.of_order("return.platform_approved", at + rng.uniform(170, 260), kind=wish.kind, version=1)
    elif luck < 0.38 and OF[wish.shop].referee:
        _calls_the_platform(tell, at + rng.uniform(160, 240), "商家一直没有处理", "等了很久没人理，请平台介入")


def _otherwise(rng: Random, wish: Wish) -> dict[str, Any]:
    if wish.kind in (wishes.EXCHANGE, wishes.REPAIR):
        return {"kind": wishes.RETURN, "words": "算了，还是退货退款吧"}
    if wish.kind == wishes.RETURN and rng.random() < 0.5:
        return {"kind": wishes.EXCHANGE, "words": "换一件也行"}
    return {"words": f"{wish.words}（补充：比较急，谢谢）"}


def react(seed: int, hurry: float, event: Mapping[str, Any]) -> Case:
    """The same event, the same reaction."""
    data, topic = event["data"], event["type"]
    number = str(data["number"])
    name = f"{number}.{topic}.{data.get('seq', 0)}"
    case = Case(data, wishes.of(seed, number), Teller(dice(seed, name), data["shop"], number, hurry, name))
    step, to = str(data.get("step")), str(data.get("to"))
    if (does := STEPS.get(step)) is not None:
        does(case)
    if (does := LEADS.get(to)) is not None:
        does(case)
    if to not in ("requested", "awaiting_evidence", "offered"):
        case.drops |= BEFORE
    if to == "refunding" and data.get("who") != "platform":
        case.drops |= PAID_ELSEWHERE
    if to in OVER:
        case.drops |= ALL
    return case


# ---- one step each
def approved(case: Case) -> None:
    if case.data.get("to") == "awaiting_return":
        parcels_back.send(case.tell, case.wish)
        if case.rng.random() < 0.12:
            case.tell.visit("look", 1)


def proof_wanted(case: Case) -> None:
    luck, at = case.rng.random(), case.rng.uniform(10, 45)
    if luck < 0.45:
        given = list(wishes.photos(case.rng, 1.0))
        case.tell.of_order("return.evidence_given", at, words="照片补上了，请看", evidence=given)
    elif luck < 0.75:
        case.tell.visit("evidence", at, words="刚拍的，请看", **{PHOTO: case.tell.number})


def offered(case: Case) -> None:
    luck, at = case.rng.random(), case.rng.uniform(12, 45)
    if luck < 0.55:
        case.tell.visit("accept", at, plan="1")
    elif luck < 0.8:
        case.tell.visit("decline", at, words=case.rng.choice(("补得太少了", "我只想退", "不用了，按原来的办")))
    else:
        case.tell.visit("look", 1)


def refused(case: Case) -> None:
    """Some say more, some call the platform, some give up; the others let the time run out."""
    luck, at = case.rng.random(), case.rng.uniform(15, 60)
    if luck < 0.2:
        given = list(wishes.photos(case.rng, 1.0))
        case.tell.of_order("return.revised", at, version=3, words="再补几张照片，请重新看", evidence=given)
    elif luck < 0.7 and case.referee:
        words = case.rng.choice(("商家不讲理，请平台判", "照片都发了还拒绝", "收到就是这样的"))
        _calls_the_platform(case.tell, at, "商家拒绝售后，申请平台介入", words)
    elif luck < 0.78:
        case.tell.of_order("return.withdrawn", at, reason="算了，不折腾了")


def _calls_the_platform(tell: Teller, at: float, reason: str, words: str) -> None:
    tell.tell("dispute.opened", at, **{"return": tell.number}, reason=reason, words=words)


def freight_wanted(case: Case) -> None:
    luck, at = case.rng.random(), case.rng.uniform(12, 50)
    paid = f"YF{case.rng.randrange(10**10):010d}"
    if luck < 0.6:
        case.tell.of_order("return.freight_paid", at, transaction=paid)
    elif luck < 0.78:
        case.tell.visit("freight", at, transaction=paid)
    elif luck < 0.9:
        case.tell.visit("switch", at + 30, why="还要运费，不换了")


def goes_home(case: Case) -> None:
    """What is the customer's goes back, now and then by the shop's own hand."""
    if case.rng.random() < 0.4:
        carrier, tracking = courier.parcel_number(case.rng)
        at = case.rng.uniform(60, 110)
        case.tell.of_order("return.handed_back", at, carrier=carrier, tracking_number=tracking)


def sent_back(case: Case) -> None:
    """The platform pays by itself where nobody looks at the goods for too long."""
    if case.wish and case.wish.kind == wishes.RETURN and case.referee and case.rng.random() < 0.12:
        referee.refunds(case.tell, case.wish, case.rng.uniform(220, 300))


def waits_for_goods(case: Case) -> None:
    """补寄: without a number in time the platform pays (Douyin)."""
    platform = OF[case.tell.shop].platform
    if case.wish and case.wish.kind == wishes.RESHIP and platform == "douyin" and case.rng.random() < 0.35:
        referee.refunds(case.tell, case.wish, case.rng.uniform(200, 260))


def replacement_left(case: Case) -> None:
    case.drops |= PAID_ELSEWHERE


def expired(case: Case) -> None:
    """Too late; and some parcels come all the same."""
    if case.data.get("from") == "awaiting_return" and case.rng.random() < 0.5:
        _carrier, tracking = courier.parcel_number(case.rng)
        at = case.rng.uniform(30, 80)
        case.tell.of_order("return.received", at, tracking_number=tracking, words="超时后才到的包裹")


def came_to_nothing(case: Case) -> None:
    """The number was false, or the courier brought the parcel back to them: most send it again."""
    if case.rng.random() < 0.7:
        carrier, tracking = courier.parcel_number(case.rng)
        at = case.rng.uniform(15, 50)
        case.tell.of_order("return.sent_back", at, carrier=carrier, tracking_number=tracking)
        case.tell.track(at, carrier, tracking, courier.way_back(case.rng))


def started(case: Case) -> None:
    """Now and then whoever watches is shown the customer's page."""
    if case.data.get("to") == "requested" and case.rng.random() < 0.06:
        case.tell.visit("look", 1)


STEPS: dict[str, Callable[[Case], None]] = {
    "start": started,
    "approve": approved,
    "ask_evidence": proof_wanted,
    "offer": offered,
    "refuse": refused,
    "refuse_receipt": refused,
    "ask_freight": freight_wanted,
    "send_back": sent_back,
    "dispatch": replacement_left,
    "expire": expired,
    "bounce": came_to_nothing,
}
# Where a step leads, whichever it was.
LEADS: dict[str, Callable[[Case], None]] = {"exchanging": waits_for_goods, "handing_back": goes_home}
