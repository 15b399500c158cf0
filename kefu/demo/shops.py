"""The three sample shops and their rules: short enough that a deadline falls while one watches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from outbox.models import Subscriber
from shops import hook_secrets, policy, weekly
from shops.management.commands.createshop import create
from shops.models import Shop

BY = "lead"  # who has edited the policies: the sample login
PATH = "kefu-demo"  # in the address of the sample back ends


@dataclass(frozen=True)
class Sample:
    """`prefix`: of its orders' numbers · `share` of all orders · `cod`: share of its orders paid on delivery ·
    `by_itself`: share of its orders that its own back end ships, without anybody here · `limits` in seconds: (after,
    warn) · `rules`: the switches of its policy · `insured`: share of its orders with freight insurance · `referee`: a
    platform stands above it, which approves, refunds and rules in its stead."""

    code: str
    name: str
    platform: str
    prefix: str
    share: float
    cod: float
    by_itself: float
    limits: Mapping[str, tuple[int, int]]
    rules: Mapping[str, Any] = field(default_factory=dict)
    insured: float = 0.0
    referee: bool = True


# What all three have in common; hours are natural, or at night nothing would happen and every wait would count as none.
ROUND_THE_CLOCK = {day: [["00:00", "24:00"]] for day in weekly.DAYS}
LIMITS = {
    "unpaid_close": (75, 25),
    "ship": (150, 45),
    "deliver": (150, 0),
    "auto_sign": (240, 0),
    "after_sale_window": (480, 0),
    "first_track": (45, 0),
    "parcel_still": (70, 0),
    "bounced": (120, 0),
    "logistics_answer": (60, 20),
    "logistics_trace": (90, 0),
    "logistics_make_good": (80, 0),
    "logistics_close": (90, 0),
    "stock_out_contact": (45, 15),
    "stock_out_answer": (90, 30),
    "stock_out_swap": (90, 0),
    "handle_return": (150, 45),
    "evidence": (90, 30),
    "answer_offer": (75, 0),
    "send_back": (150, 40),
    "confirm_receipt": (300, 60),
    "inspect": (90, 25),
    "decide": (100, 0),
    "freight": (100, 0),
    "dispatch": (180, 50),
    "respond": (120, 0),
    "intercept": (90, 0),
    "hand_back": (120, 0),
    "repair": (150, 0),
    "refund_approval": (75, 20),
    "refund_answer": (50, 0),
    "refund_confirm": (180, 0),
    "refund_legal": (300, 60),
    "dispute_evidence": (80, 25),
    "dispute_comply": (120, 30),
    "dispute_ruling": (200, 0),
    "reorder_window": (6, 0),
    "greet": (15, 0),
    "reply": (20, 0),
    "first_answer": (60, 0),
    "internal": (60, 0),
    "resolve": (240, 60),
    "customer_silent": (75, 0),
    "close_ticket": (45, 0),
    "complaint_answer": (300, 60),
}
# Agents give back small sums alone, so that a lead soon has something to approve.
AUTHORITY = {"agent": {"refund_case": 25_000, "refund_day": 1_000_000, "compensation_case": 5_000}}
SAMPLES = (
    Sample(
        "muli", "木梨女装（淘宝）", "taobao", "TB", 0.45, 0.0, 0.45, LIMITS,
        {
            "auto_confirm": True, "auto_confirm_below": 20_000,  # dearer ones an agent reads; the auditor reads all
            "after_sales": {
                "return_address": {
                    "name": "木梨退货仓", "phone": "0571-5550101", "detail": "浙江省杭州市余杭区云溪路 18 号 3 号库",
                },
                "exchange_freight": 1200, "price_protection_days": 15,
            },
            "authority": AUTHORITY,
        },
        insured=0.4,
    ),
    Sample(
        "shanyehuo", "山野家居货栈（抖店）", "douyin", "DY", 0.30, 0.5, 0.40,
        {**LIMITS, "unpaid_close": (60, 20), "ship": (180, 60)},
        {
            "auto_audit": True,  # an agent confirms each, since cash on delivery is called back; no auditor
            "after_sales": {
                "return_address": {
                    "name": "山野货栈售后", "phone": "0512-5550202", "detail": "江苏省苏州市吴中区茶山路 6 号 B 座",
                },
                "exchange_freight": 1500, "no_reason_freight": "return", "files_taken": ["video"],
            },
            "authority": AUTHORITY,
        },
    ),
    Sample(
        "zhoumo", "周末咖啡（自有商城）", "native", "ZM", 0.25, 0.1, 0.75,
        {**LIMITS, "unpaid_close": (90, 30), "stock_out_contact": (60, 20)},
        {
            "auto_confirm": True, "auto_audit": True,  # straight to the warehouse, unless the buyer left a note
            "after_sales": {
                "return_address": {
                    "name": "周末咖啡 何咖啡", "phone": "021-55500303", "detail": "上海市徐汇区桂林西街 9 弄 2 号",
                },
                "exchange_freight": 1000, "free_shipping_from": 9900, "threshold_freight": 800,
                "evidence_reasons": ["quality", "wrong_item", "damaged", "not_as_described"],
            },
            "authority": AUTHORITY,
        },
        referee=False,
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
    limits: dict[str, dict[str, Any]] = {}
    for name, (after, warn) in sample.limits.items():
        after, warn = max(1, after // hurry), warn // hurry
        limits[name] = {"after": f"{after}s", "warn": f"{min(warn, after - 1)}s", "hours": "natural", "day_off": ""}
    limits["resolve"]["by_colour"] = {}  # hours elsewhere; here a ticket's colour changes nothing about it
    return {"limits": limits, "weekly": ROUND_THE_CLOCK, **sample.rules}


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
