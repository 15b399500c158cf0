"""The platform above a shop: what it pays itself, how it rules, and what becomes of an interception. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import wishes
from .messages import Teller, yuan
from .wishes import Wish, dice

REMEDIES = {
    "return_refund": ("return_refund", "refund"), "refund_only": ("refund",), "exchange": ("exchange", "refund"),
    "reship": ("reship", "refund"), "repair": ("refund",),
}  # fmt: skip


def refunds(tell: Teller, wish: Wish, at: float) -> None:
    """The platform's own money: told as its doing, then as paid, under a key of its own."""
    tell.of_order("return.platform_refunded", at, amount=yuan(wish.fen))
    pays(tell, wish, at + 4)


def pays(tell: Teller, wish: Wish, at: float) -> None:
    tell.tell(
        "refund.succeeded", at, key=f"PT-{wish.number}", order=wish.order, amount=yuan(wish.fen), paid_by="platform",
        voucher=f"P{tell.rng.randrange(10**10):010d}", **{"return": wish.number},
    )  # fmt: skip


# ---- disputes
def opened(tell: Teller, wish: Wish | None) -> None:
    """Ruled after a while, whatever the shop has said; now and then the customer calls it off."""
    luck, at = tell.rng.random(), tell.rng.uniform(70, 150)
    if luck < 0.1:
        tell.tell("dispute.withdrawn", at, **{"return": tell.number}, words="已与商家协商一致")
    elif luck < 0.6 and wish is not None:
        _for_the_buyer(tell, wish, at)
    else:
        tell.tell("dispute.ruled", at, **{"return": tell.number}, ruling="seller", words="商家凭证充分，不支持退款")


def _for_the_buyer(tell: Teller, wish: Wish, at: float) -> None:
    remedy = tell.rng.choice(REMEDIES[wish.kind])
    said: dict[str, Any] = {"ruling": "buyer", "remedy": remedy, "words": "支持买家的申请"}
    if remedy == "refund":
        said["amount"] = yuan(wish.fen)
    tell.tell("dispute.ruled", at, **{"return": tell.number}, **said)
    if remedy == "refund":
        pays(tell, wish, at + 5)


def appealed(tell: Teller, wish: Wish | None) -> None:
    at = tell.rng.uniform(60, 120)
    ruling = "seller" if tell.rng.random() < 0.5 else "buyer"
    told = {"remedy": "refund"} if ruling == "buyer" else {}
    tell.tell("dispute.ruled", at, **{"return": tell.number}, ruling=ruling, words="复核结果", **told)


def of_dispute(seed: int, hurry: float, event: Mapping[str, Any]) -> tuple[Teller, str]:
    """What the platform says after a step of a dispute. -> what is told, and the number of its return."""
    data, topic = event["data"], event["type"]
    number = str(data["number"]).rpartition("-D")[0]
    name = f"{data['number']}.{topic}.{data.get('seq', 0)}"
    tell = Teller(dice(seed, name), data["shop"], number, hurry, name)
    if topic == "dispute.start":
        opened(tell, wishes.of(seed, number))
    elif topic == "dispute.appeal":
        appealed(tell, wishes.of(seed, number))
    return tell, number


# ---- the courier, asked to bring a parcel back
def called_back(tell: Teller, parcels: list[Mapping[str, Any]]) -> bool:
    """-> whether it turns round."""
    rng, at = tell.rng, tell.rng.uniform(15, 40)
    if rng.random() < 0.25:
        tell.of_order("return.intercepted", at, result="failed", words="快件已在派送，拦截失败")
        return False
    now = rng.random() < 0.35
    tell.of_order("return.intercepted", at, result="succeeded", refund_now=now, words="已拦截，退回途中")
    for parcel in parcels:
        track = {"carrier": parcel["carrier"] or "SF", "tracking_number": parcel["tracking_number"]}
        tell.tell("parcel.tracked", at + 15, **track, state="returning", points=[{"text": "已拦截，退回途中"}])
        tell.tell("parcel.tracked", at + 40, **track, state="returned", points=[{"text": "已退回发件人"}])
    return True
