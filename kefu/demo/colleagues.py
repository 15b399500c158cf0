"""Simulated staff: a slow colleague for each role, through the REST interface as any client would. They leave a good
share for whoever watches."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zlib import crc32

import httpx

from shops.models import ApiKey, Shop

from . import courier
from .messages import yuan
from .products import GOODS
from .shops import OF

ROLES = ("agent", "auditor", "warehouse", "lead")
EVERY = 3.0  # seconds between two of their steps, at pace 1
WAIT = 25.0  # seconds that a case is left to the person who watches
LEFT = 0.35  # of all cases: never touched by them

Act = tuple[str, str, str, str]  # role, resource, state, step
ACTS: tuple[tuple[int, Act], ...] = (
    (5, ("agent", "orders", "awaiting_confirmation", "confirm")),
    (5, ("auditor", "orders", "awaiting_audit", "audit")),
    (4, ("warehouse", "orders", "picking", "ship")),
    (1, ("warehouse", "orders", "picking", "pack")),
    (1, ("warehouse", "orders", "picking", "report_stock_out")),
    (2, ("warehouse", "orders", "packed", "ship")),
    (2, ("agent", "stock-outs", "reported", "contact")),
    (1, ("agent", "stock-outs", "contacting", "agree_refund")),
    (1, ("agent", "stock-outs", "contacting", "agree_wait")),
    (1, ("agent", "stock-outs", "contacting", "agree_swap")),
    (1, ("auditor", "stock-outs", "swapping", "swap")),
    (1, ("warehouse", "stock-outs", "waiting_stock", "found")),
    (2, ("lead", "refunds", "drafted", "approve")),
    (1, ("lead", "refunds", "failed", "send")),
)


def keys(known: Mapping[str, str]) -> dict[str, str]:
    """An API key for each role, made once. -> tokens by role."""
    shops = list(Shop.objects.filter(code__in=OF))
    made = {role: ApiKey.make(f"demo {role}", shops, [role])[1] for role in ROLES if role not in known}
    return {**known, **made}


class Colleagues(threading.Thread):
    """They go home where there is no REST interface."""

    def __init__(self, url: str, tokens: Mapping[str, str], *, seed: int, pace: float, hurry: float) -> None:
        super().__init__(name="colleagues", daemon=True)
        self.tokens, self.pace, self.hurry = tokens, pace, hurry
        self.steps, self.there = 0, True
        self._url, self._stopped = url, threading.Event()
        self._rng = Random(f"{seed}:{time.time()}")  # noqa: S311 (dice, no secret)

    def run(self) -> None:
        with httpx.Client(base_url=f"{self._url}/api/v1/", timeout=5, trust_env=False) as client:
            while not self._stopped.wait(EVERY / self.pace) and self.there:
                with suppress(httpx.HTTPError):
                    self._step(client)

    def stop(self) -> None:
        self._stopped.set()
        self.join(timeout=6)

    def _step(self, client: httpx.Client) -> None:
        """One step somewhere, where there is one to take."""
        [(role, resource, state, step)] = self._rng.choices([a for _w, a in ACTS], [w for w, _a in ACTS])
        shop = self._rng.choice(list(OF))
        bearer = {"authorization": f"Bearer {self.tokens[role]}"}
        asked: dict[str, str | int] = {"shop": shop, "state": state, "page_size": 50}
        answer = client.get(f"{resource}/", params=asked, headers=bearer)
        self.there = answer.status_code != 404
        if answer.status_code != 200:
            return
        case = next(self._free(answer.json()["results"]), None)
        if case is None:
            return
        address = f"{resource}/{case['number']}/steps/{step}/"
        said = INPUTS.get(step, nothing)(self._rng, shop, case)
        taken = client.post(address, params={"shop": shop}, json=said, headers=bearer)
        self.steps += taken.status_code == 200

    def _free(self, cases: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The oldest first, of those that are theirs and have waited."""
        until = datetime.now(UTC) - timedelta(seconds=WAIT / self.hurry)
        for case in reversed(cases):
            theirs = crc32(case["number"].encode()) % 100 >= LEFT * 100
            if theirs and datetime.fromisoformat(case["created_at"]) < until:
                yield case


Inputs = Callable[[Random, str, Mapping[str, Any]], dict[str, Any]]


def nothing(rng: Random, shop: str, case: Mapping[str, Any]) -> dict[str, Any]:
    return {}


def ship(rng: Random, shop: str, case: Mapping[str, Any]) -> dict[str, Any]:
    carrier, number = courier.parcel_number(rng)
    return {"carrier": carrier, "tracking_number": number}


def missing(rng: Random, shop: str, case: Mapping[str, Any]) -> dict[str, Any]:
    return {"lines": [{"line": case["lines"][0]["line"]}]}


def _instead(rng: Random, shop: str, case: Mapping[str, Any]) -> Any:
    """Something of the same kind as what is missing (a line is named by its goods)."""
    sku = case["lines"][0]["line"]
    kind = next((g.category for g in GOODS[shop] if g.sku == sku), "")
    same = [g for g in GOODS[shop] if g.category == kind and g.sku != sku]
    return rng.choice(same or GOODS[shop])


def contact(rng: Random, shop: str, case: Mapping[str, Any]) -> dict[str, Any]:
    words = "您好，您买的商品暂时缺货，很抱歉。可以等调货、换一件相近的，或退款，您看哪样方便？"
    return {"channel": rng.choice(("im", "phone")), "words": words, "offered": [_instead(rng, shop, case).sku]}


def refund(rng: Random, shop: str, case: Mapping[str, Any]) -> dict[str, Any]:
    return {"refund_of": rng.choice(("order", "lines"))}


def wait(rng: Random, shop: str, case: Mapping[str, Any]) -> dict[str, Any]:
    return {"promised_for": (datetime.now(UTC) + timedelta(seconds=rng.uniform(60, 180))).isoformat()}


def swap(rng: Random, shop: str, case: Mapping[str, Any]) -> dict[str, Any]:
    goods = _instead(rng, shop, case)
    quantity = case["lines"][0]["quantity"]
    return {"sku": goods.sku, "title": goods.title, "quantity": quantity, "price": yuan(goods.price * quantity)}


INPUTS: dict[str, Inputs] = {
    "ship": ship, "report_stock_out": missing, "contact": contact, "agree_refund": refund, "agree_wait": wait,
    "agree_swap": swap,
}  # fmt: skip
