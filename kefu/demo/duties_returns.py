"""What the simulated colleagues do about returns, refunds and disputes: an agent, the warehouse, a lead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from .colleagues import Deed, Duty, open_to
from .duties_orders import parcel
from .products import GOODS

Case = Mapping[str, Any]
FAULTY = ("quality", "damaged", "not_as_described", "counterfeit")
EVIDENCE = {
    "missing": "请拍下收到的全部商品、外包装和面单",
    "damaged": "请拍下外包装的六个面、面单和破损处",
    "wrong_item": "请拍下收到的商品、吊牌或货号，以及面单",
}
PART = 70  # of a hundred: what is paid for worn goods


# ---- the application
def handle(rng: Random, case: Case) -> Deed | None:
    """Agreed where the rules agree; else looked at: proof first, an offer, a refusal now and then."""
    standing, luck = case["eligibility"]["standing"], rng.random()
    if open_to(case, "intercept"):
        return Deed("intercept", {"why": "客户要求退款，包裹在途"})
    if _unproved(case) and luck < 0.8:
        words = EVIDENCE.get(case["reason"], "请拍下商品整体和问题处的近照，两张以上")
        return Deed("ask_evidence", {"words": words})
    if standing == "no":
        return _against_the_rules(rng, case)
    if luck < 0.12 and standing == "person" and open_to(case, "refuse"):
        why = rng.choice(("照片看不出质量问题", "出库称重与视频核实，商品齐全完好", "使用痕迹明显，不属于质量问题"))
        return Deed("refuse", {"why": why}, photo="refusal")
    if luck < 0.3 and case["reason"] in FAULTY and open_to(case, "offer"):
        return offer(rng, case)
    return agree(case)


def agree(case: Case, why: str = "") -> Deed:
    inputs = {"mind": "请保留吊牌和原包装，寄回后登记单号"} if case["kind"] in ("return_refund", "exchange") else {}
    return Deed("approve", inputs | ({"override_why": why} if why else {}))


def _unproved(case: Case) -> bool:
    rules = {v["rule"]: v["why"] for v in case["eligibility"]["verdicts"]}
    return "还没有凭证" in rules.get("proof", "") and not any(e["stage"] == "application" for e in case["evidence"])


def _against_the_rules(rng: Random, case: Case) -> Deed | None:
    if rng.random() < 0.3:
        return agree(case, "老客户，破例一次")
    if open_to(case, "refuse"):
        why = next((v["why"] for v in case["eligibility"]["verdicts"] if v["verdict"] == "no"), "不符合退货条件")
        return Deed("refuse", {"why": why[:200]}, photo="refusal")
    return None


def offer(rng: Random, case: Case) -> Deed:
    """Money or a voucher for keeping it; for some a small gift."""
    plans: list[dict[str, Any]] = [
        {"kind": "cash", "amount": f"{rng.choice((8, 10, 15, 20))}.00", "words": "商品留下，今天退到原支付账户"},
        {"kind": "coupon", "words": "20 元优惠券，下次直接抵"},
    ]
    if rng.random() < 0.4:
        gift = min(GOODS[case["shop"]], key=lambda g: g.price)
        plans = [{"kind": "gift", "sku": gift.sku, "words": f"补寄一份{gift.title}，48 小时内发出"}, *plans[:1]]
    return Deed("offer", {"plans": plans, "leaving_why": case["words"][:200]})


# ---- the goods
def receive(rng: Random, case: Case) -> Deed | None:
    """What the courier has brought; a parcel that nobody has ever seen on its way is called false after a while."""
    for back in case["parcels"]:
        if back["status"] in ("signed", "returned") and not back["received_at"] and not back["bounced_at"]:
            return Deed("receive", {"tracking_number": back["tracking_number"]})
    return None


def look_into(rng: Random, case: Case) -> Deed | None:
    unseen = [p for p in case["parcels"] if not p["track"] and not p["received_at"] and not p["bounced_at"]]
    if unseen and len(unseen) == len(case["parcels"]) and rng.random() < 0.1:
        return Deed("bounce", {"why": "快递公司查无此单，请客户核对单号"})
    return None


def inspect(rng: Random, case: Case) -> Deed:
    lines = []
    for x in (x for x in case["lines"] if x["received"] - x["gone"] > 0):
        lines.append({"line": x["line"], "quantity": x["received"] - x["gone"], "condition": _condition(rng, case)})
    said: dict[str, Any] = {"lines": lines} if lines else {}
    bad = any(x["condition"] != "sellable" for x in lines)
    if bad:
        said["words"] = rng.choice(("拆封使用过，吊牌已剪", "如客户所述，有质量问题", "外观有划痕"))
    return Deed("inspect", said, photo="inspection" if bad else "", proof="photos")


def _condition(rng: Random, case: Case) -> str:
    luck = rng.random()
    if luck < 0.03:
        return "not_ours"
    return "defective" if luck < (0.75 if case["reason"] in FAULTY else 0.12) else "sellable"


def decide(rng: Random, case: Case) -> Deed | None:
    """After the inspection: refused with proof, less, all of it, other goods, or mended."""
    foreign = any(x["not_ours"] for x in case["lines"])
    worn = any(x["defective"] for x in case["lines"]) and case["reason"] not in FAULTY
    if (foreign or (worn and rng.random() < 0.5)) and open_to(case, "refuse_receipt"):
        why = "寄回的不是本店商品" if foreign else "吊牌已剪并有使用痕迹，影响二次销售"
        return Deed("refuse_receipt", {"why": why}, photo="inspection")
    if open_to(case, "repair"):
        return Deed("repair", {"why": "送修，修好寄回客户"})
    if open_to(case, "exchange") or open_to(case, "ask_freight"):
        return _exchange(case)
    if open_to(case, "refund"):
        return Deed("refund", {"why": "有使用痕迹，协商折价退款"}, part=PART) if worn else Deed("refund", {})
    return Deed("book_in", {}) if open_to(case, "book_in") else None


def _exchange(case: Case) -> Deed | None:
    """The customer's own choice costs the freight first."""
    if case["reason"] == "no_reason" and open_to(case, "ask_freight") and not case["freight"]["asked"]:
        return Deed("ask_freight", {"amount": "12.00", "words": "非质量问题换货，寄出运费请您承担"})
    return Deed("exchange", {}) if open_to(case, "exchange") else None


def after_refusal(rng: Random, case: Case) -> Deed | None:
    """Most wait for the customer."""
    luck = rng.random()
    if luck < 0.03 and open_to(case, "hand_back"):
        return Deed("hand_back", {"why": "验货不通过，原货寄回客户"})
    return offer(rng, case) if luck < 0.05 and open_to(case, "offer") else None


def mend(rng: Random, case: Case) -> Deed:
    mended = rng.random() < 0.85
    words = "已更换配件，测试正常" if mended else "配件停产，无法修复"
    return Deed("repaired", {"result": "repaired" if mended else "beyond_repair", "words": words})


def send_home(rng: Random, case: Case) -> Deed:
    return Deed("handed_back", parcel(rng, case))


# ---- the platform
def argue(rng: Random, case: Case) -> Deed:
    words = "附出库称重记录与打包照片，商品出库时完好、数量无误"
    return Deed("give_evidence", {"words": words}, photo="dispute", proof="evidence", about=case["return"])


def appeal(rng: Random, case: Case) -> Deed | None:
    return Deed("appeal", {"why": "补充监控截图与鉴定说明，申请复核"}) if rng.random() < 0.04 else None


# ---- the money
def approve(rng: Random, case: Case) -> Deed | None:
    return Deed("approve", {}) if open_to(case, "approve") else None


def pay_again(rng: Random, case: Case) -> Deed | None:
    return Deed("send", {}) if open_to(case, "send") else None


def duties(voucher: Callable[[str], str]) -> tuple[Duty, ...]:
    """voucher: what the provider's books say of a key, "" where nothing was paid."""

    def reconcile(rng: Random, case: Case) -> Deed:
        paid = voucher(case["key"])
        return Deed("reconcile", {"result": "succeeded", "voucher": paid} if paid else {"result": "failed"})

    return (
        Duty(8, "agent", "returns", "requested", handle),
        Duty(6, "agent", "returns", "inspected", decide),
        Duty(1, "agent", "returns", "returning", look_into),
        Duty(1, "agent", "returns", "receipt_refused", after_refusal),
        Duty(1, "agent", "returns", "refused", after_refusal),
        Duty(4, "warehouse", "returns", "returning", receive),
        Duty(5, "warehouse", "returns", "received", inspect),
        Duty(1, "warehouse", "returns", "repairing", mend),
        Duty(1, "warehouse", "returns", "handing_back", send_home),
        Duty(2, "lead", "disputes", "opened", argue),
        Duty(1, "lead", "disputes", "ruled_for_buyer,complied", appeal),
        Duty(3, "lead", "refunds", "drafted", approve),
        Duty(2, "lead", "refunds", "failed", pay_again),
        Duty(2, "lead", "refunds", "unknown", reconcile),
    )
