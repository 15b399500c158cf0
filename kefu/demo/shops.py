"""The three sample shops and their rules: short enough that a deadline falls while one watches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from outbox.models import Subscriber
from shops import hook_secrets, policy
from shops.management.commands.createshop import create
from shops.models import Shop

BY = "lead"  # who has edited the policies: the sample login
PATH = "kefu-demo"  # in the address of the sample back ends


@dataclass(frozen=True)
class Sample:
    """`prefix`: of its orders' numbers · `share` of all orders · `cod`: share of its orders paid on delivery ·
    `by_itself`: share of its orders that its own back end ships, without anybody here · `limits` in seconds: (after,
    warn) · `rules`: the switches of its policy."""

    code: str
    name: str
    platform: str
    prefix: str
    share: float
    cod: float
    by_itself: float
    limits: Mapping[str, tuple[int, int]]
    rules: Mapping[str, Any] = field(default_factory=dict)


# What all three have in common; hours are natural, or at night nothing would happen.
LIMITS = {
    "unpaid_close": (75, 25),
    "ship": (150, 45),
    "deliver": (150, 0),
    "auto_sign": (240, 0),
    "after_sale_window": (240, 0),
    "first_track": (45, 0),
    "bounced": (120, 0),
    "stock_out_contact": (45, 15),
    "stock_out_answer": (90, 30),
    "stock_out_swap": (90, 0),
    "refund_legal": (300, 60),
    "reorder_window": (6, 0),
}
SAMPLES = (
    Sample(
        "muli", "木梨女装（淘宝）", "taobao", "TB", 0.45, 0.0, 0.45, LIMITS,
        {"auto_confirm": True, "auto_confirm_below": 20_000},  # dearer ones an agent reads; the auditor reads all
    ),
    Sample(
        "shanyehuo", "山野家居货栈（抖店）", "douyin", "DY", 0.30, 0.5, 0.40,
        {**LIMITS, "unpaid_close": (60, 20), "ship": (180, 60)},
        {"auto_audit": True},  # an agent confirms each, since cash on delivery is called back; no auditor
    ),
    Sample(
        "zhoumo", "周末咖啡（自有商城）", "native", "ZM", 0.25, 0.1, 0.75,
        {**LIMITS, "unpaid_close": (90, 30), "stock_out_contact": (60, 20)},
        {"auto_confirm": True, "auto_audit": True},  # straight to the warehouse, unless the buyer left a note
    ),
)  # fmt: skip
OF = {sample.code: sample for sample in SAMPLES}


def make(hurry: int, at: datetime) -> None:
    """Shops that are not there yet, with their rules; what a visitor has edited since stays."""
    for sample in SAMPLES:
        if not Shop.objects.filter(code=sample.code).exists():
            fields = {"code": sample.code, "name": sample.name, "platform": sample.platform}
            create({**fields, "dialect": "native", "zone": "Asia/Shanghai"}, at)
            policy.edit(Shop.objects.get(code=sample.code), changes(sample, hurry), BY, at)


def changes(sample: Sample, hurry: int) -> dict[str, Any]:
    """What policy.edit takes. `hurry`: how much shorter all is than one can watch, for tests."""
    limits = {}
    for name, (after, warn) in sample.limits.items():
        after, warn = max(1, after // hurry), warn // hurry
        limits[name] = {"after": f"{after}s", "warn": f"{min(warn, after - 1)}s", "hours": "natural", "day_off": ""}
    return {"limits": limits, **sample.rules}


def subscribe(port: int) -> dict[str, list[str]]:
    """The back ends hear all that happens, at this port from now on. -> the secrets that sign it, by shop."""
    secrets = {}
    for shop in Shop.objects.filter(code__in=OF):
        url = f"http://127.0.0.1:{port}/{PATH}/{shop.code}"
        known = Subscriber.objects.filter(shop=shop, url__contains=f"/{PATH}/").first()
        subscriber = known or Subscriber(shop=shop, patterns=["*"])
        subscriber.url, subscriber.active = url, True
        subscriber.save()
        secrets[shop.code] = subscriber.secrets
    return secrets


def hook_secrets_of() -> dict[str, str]:
    """With what each back end signs what it sends."""
    now = timezone.now()
    return {s.code: hook_secrets.live_secrets(s, now)[0].secret for s in Shop.objects.filter(code__in=OF)}
