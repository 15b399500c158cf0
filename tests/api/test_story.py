"""One order with everything that can happen to it, through hooks and REST alone, balanced to the fen."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from hooks.process import run
from tests.api.callers import Api
from tests.factories import hook_body, make_key, make_shop, placed, post_hook

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_shop(secret=True, platform="taobao")


@pytest.fixture
def api(shop):
    _key, token = make_key(shop, roles=("agent", "auditor", "warehouse", "lead"))
    return Api(token)


def tell(api, shop, kind, minutes, **data):
    at = timezone.now() - timedelta(hours=2) + timedelta(minutes=minutes)
    answer = post_hook(api.client, shop, hook_body(kind, at, occurred_at=at.isoformat(), **data))
    assert answer.status_code == 202, answer.content
    run(at=timezone.now())
    outcome = api.get(f"/inbox/{answer.json()['event']}/").data
    assert outcome["outcome"] == "applied", outcome


def step(api, path, name, **body):
    answer = api.post(f"/{path}/steps/{name}/", body)
    assert answer.status_code == 200, answer.data
    return answer.data


def balance(api, number):
    money = api.get(f"/orders/{number}/").data["money"]
    return sum(Decimal(entry["amount"]) for entry in money["ledger"])


def test_a_two_line_order_with_a_dearer_swap_is_collected_shipped_in_two_parcels_and_balanced(api, shop):
    tell(api, shop, "order.placed", 0, **placed("A1"))
    tell(api, shop, "order.paid", 1, number="A1", transaction="p1")
    step(api, "orders/A1", "confirm")
    step(api, "orders/A1", "audit")
    step(api, "orders/A1", "report_stock_out", lines=[{"line": "1", "quantity": 1}])
    step(api, "stock-outs/A1-Q1", "contact", channel="phone", words="缺货，推荐二代", none_why="没有维护关联商品")
    swap = step(api, "stock-outs/A1-Q1", "agree_swap", sku="S-9", title="跑步鞋二代", price="209.00")
    assert swap["difference"] == "20.00"
    refused = api.post("/stock-outs/A1-Q1/steps/swap/", {})
    assert (refused.status_code, refused.data["code"]) == (409, "refused")
    assert "20.00" in refused.data["detail"]
    tell(api, shop, "order.paid", 30, number="A1", transaction="p2", amount="20.00")
    assert step(api, "stock-outs/A1-Q1", "swap")["state"] == "resolved"

    old, new = api.get("/orders/A1/").data, api.get("/orders/A1-H1/").data
    assert (old["state"], old["close_reason"], balance(api, "A1")) == ("closed", "swapped", 0)
    assert (new["state"], new["money"]["total"]) == ("awaiting_audit", "279.00")
    assert balance(api, "A1-H1") == Decimal("279.00")
    assert not old["money"]["refunds"] and not new["money"]["refunds"]

    step(api, "orders/A1-H1", "audit")
    socks = [{"line": "2", "quantity": 2}]
    step(api, "orders/A1-H1", "ship_part", carrier="顺丰", tracking_number="SF100001", lines=socks)
    assert step(api, "orders/A1-H1", "ship", carrier="中通", tracking_number="ZT100002")["state"] == "shipped"
    tell(api, shop, "parcel.tracked", 90, carrier="中通", tracking_number="ZT100002", state="locker")
    tell(api, shop, "parcel.tracked", 91, carrier="中通", tracking_number="ZT100002", state="signed")
    assert api.get("/orders/A1-H1/").data["state"] == "shipped"
    tell(api, shop, "parcel.tracked", 92, carrier="顺丰", tracking_number="SF100001", state="signed")

    order = api.get("/orders/A1-H1/").data
    assert order["state"] == "signed"
    assert balance(api, "A1-H1") == Decimal(order["money"]["total"])
    history = api.get("/orders/A1-H1/history/").data["results"]
    assert [row["step"] for row in history] == ["start", "audit", "ship_part", "ship", "sign"]
    assert history[0]["from"] is None
    assert [d["clock"] for d in order["deadlines"]] == ["after_sale"]


def test_a_cheaper_swap_gives_only_the_difference_back(api, shop):
    tell(api, shop, "order.placed", 0, **placed("A1"))
    tell(api, shop, "order.paid", 1, number="A1")
    step(api, "orders/A1", "confirm")
    step(api, "orders/A1", "audit")
    step(api, "orders/A1", "report_stock_out", lines=[{"line": "1", "quantity": 1}])
    step(api, "stock-outs/A1-Q1", "contact", channel="im", words="推荐一代", none_why="没有")
    step(api, "stock-outs/A1-Q1", "agree_swap", sku="S-0", title="跑步鞋一代", price="150.00")
    step(api, "stock-outs/A1-Q1", "swap")
    [refund] = api.get("/orders/A1/").data["money"]["refunds"]
    assert refund["amount"] == "39.00"
    tell(api, shop, "refund.succeeded", 60, key=refund["key"], amount="39.00")
    assert balance(api, "A1") == 0
    assert balance(api, "A1-H1") == Decimal("220.00")
