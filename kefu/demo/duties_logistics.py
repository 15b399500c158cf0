"""What the simulated colleagues do about logistics queries: look up, urge the courier, answer, make good."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from .colleagues import Deed, Duty
from .duties_orders import plain

Case = Mapping[str, Any]
SAID = ("网点说今天会再派送一次", "中转站积压，已加急", "已转交派送员，要求一小时内回电", "正在找件，下班前答复")
REASONS = {"problem": "absent", "refused": "absent", "returning": "address", "returned": "address", "lost": "courier"}


def trace(rng: Random, case: Case) -> dict[str, Any]:
    return {"whom": rng.choice(("hotline", "online", "station", "desk")), "words": rng.choice(SAID)}


def look_into(rng: Random, case: Case) -> Deed:
    """What is lost is said so; some couriers are urged first; else the customer is told."""
    luck = rng.random()
    if case["status"] == "lost" and not case["return"] and luck < 0.7:
        return Deed("declare_lost", {"what": "lost", "words": "网点确认丢失，找不回来"})
    if case["state"] == "checking" and luck < 0.35:
        return Deed("trace", trace(rng, case))
    return Deed("answer", answer(rng, case))


def answer(rng: Random, case: Case) -> dict[str, Any]:
    """Late: an apology first, then the reason; always a time, which comes while one watches."""
    late = case["late"]
    where = case["track"][-1]["text"] if case["track"] else "还没有新的物流信息"
    reason = REASONS.get(case["status"], rng.choice(("weather", "peak", "capacity"))) if late else "none"
    words = f"{'非常抱歉让您久等了。' if late else ''}您的包裹最新动态：{where}。我会一直盯着，到时再跟您确认。"
    until = datetime.now(UTC) + timedelta(seconds=rng.uniform(50, 150))
    return {"words": words[:1000], "expected_at": until.isoformat(), "reason": reason, "apologised": late}


def make_good(rng: Random, case: Case) -> dict[str, Any]:
    return {"kind": rng.choice(("reship", "refund_only"))}


DUTIES = (
    Duty(4, "agent", "logistics-queries", "asked", plain("look_up")),
    Duty(1, "agent", "logistics-queries", "asked", plain("trace", trace)),
    Duty(5, "agent", "logistics-queries", "checking", look_into),
    Duty(3, "agent", "logistics-queries", "tracing", look_into),
    Duty(3, "agent", "logistics-queries", "lost", plain("make_good", make_good)),
)
