"""What an order and a stock-out look like, how they are found, and what they have been through."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from tests.api.callers import is_problem, missing, picking, start_order, take
from tests.factories import make_key, make_member, make_shop, make_user

SUBJECT = {"number", "shop", "state", "state_label", "waits_for", "version", "steps", "deadlines", "created_at"}


def test_an_order_shows_where_it_stands_and_what_is_open(api, shop):
    order = picking(shop, "A1")
    told = api.get("/orders/A1/")
    assert told.status_code == 200
    assert told["ETag"] == f'"{order.version}"' == '"4"'
    assert told["Cache-Control"] == "no-store"
    data = told.data
    assert set(data) > SUBJECT
    assert (data["number"], data["shop"], data["state"], data["state_label"], data["version"]) == (
        "A1", "mine", "picking", "备货中", 4,
    )  # fmt: skip
    assert data["waits_for"] == ["warehouse"]
    assert data["lines"][0] == {
        "line": "1", "sku": "S-1", "title": "跑步鞋", "quantity": 1, "dropped": 0, "unit_price": "199.00",
        "paid": "189.00", "gift": False, "category": "", "exclusion": "", "confirmed": False, "bundle": "",
    }  # fmt: skip
    money = data["money"]
    assert (money["total"], money["paid"], money["refunded"], money["pending"]) == ("259.00", "259.00", "0.00", "0.00")
    assert [e["amount"] for e in money["ledger"]] == ["259.00"]
    assert parse_datetime(data["created_at"]).utcoffset() is not None
    steps = {s["name"]: s for s in data["steps"]}
    assert {"pack", "ship", "report_stock_out", "cancel"} <= set(steps)
    assert steps["report_stock_out"]["input"]["required"] == ["lines"]
    assert steps["ship"]["input"]["properties"]["tracking_number"]["pattern"]
    assert (steps["pack"]["who"], steps["pack"]["tone"], steps["pack"]["refused"]) == ("warehouse", "main", None)
    [clock] = data["deadlines"]
    assert clock["clock"] == "ship"
    assert clock["label"] == "发货"
    assert clock["due"]
    assert clock["held"] is None
    assert clock["late"] is False
    assert "48" in clock["why"]


def test_only_the_callers_own_steps_are_open(as_role, shop):
    picking(shop, "A1")
    open_to = lambda *roles: {s["name"] for s in as_role(*roles).get("/orders/A1/").data["steps"]}  # noqa: E731
    assert "pack" in open_to("warehouse")
    assert "pack" not in open_to("agent")
    assert "pay" not in open_to("agent", "auditor", "warehouse", "lead")
    assert "sign" in open_to("shop"), "the shop's own key reports facts, whatever people have got to"
    assert "drop_rest" not in open_to("agent", "auditor", "warehouse", "lead", "shop")


def test_a_step_that_has_to_wait_says_why(as_role, shop):
    order = start_order(shop, "A1", payment="cod", phone="")
    [confirm] = [s for s in as_role("agent").get("/orders/A1/").data["steps"] if s["name"] == "confirm"]
    assert confirm["refused"]
    problem = is_problem(as_role("agent").post("/orders/A1/steps/confirm/"), 409, "refused")
    assert problem["detail"] == confirm["refused"]
    assert problem["state"] == "awaiting_confirmation"
    order.refresh_from_db()
    assert order.version == 1


def test_a_stock_out_shows_what_is_missing_and_what_was_said(api, shop):
    stock_out = missing(shop, "A1")
    take(stock_out, "contact", "agent", channel="phone", words="缺货了", none_why="没有同款")
    data = api.get("/stock-outs/A1-Q1/").data
    assert data["order"] == "A1"
    assert data["lines"] == [{"line": "2", "quantity": 2}]
    assert data["choice"] is None
    assert data["difference"] == "0.00"
    assert [c["words"] for c in data["contacts"]] == ["缺货了"]
    assert [d["clock"] for d in data["deadlines"]] == ["answer"]
    assert api.get("/stock-outs/", {"q": "A1"}).data["results"][0]["number"] == "A1-Q1"
    assert api.get("/orders/A1/").data["stock_outs"] == ["A1-Q1"]


def test_personal_data_is_masked_without_the_right_to_see_it(api, as_role, shop):
    start_order(shop, "A1", buyer_note="请打 13912345678")
    clear, masked = api.get("/orders/A1/").data, as_role("agent").get("/orders/A1/")
    assert clear["buyer"] == {"id": "b-1", "name": "张三丰", "phone": "13800138000"}
    assert clear["address"]["detail"] == "文三路 1 号"
    assert masked.data["buyer"] == {"id": "b-1", "name": "张**", "phone": "138****8000"}
    assert masked.data["address"] == {
        "province": "浙江省",
        "city": "杭州市",
        "district": "西湖区",
        "detail": "****",
        "postcode": "",
    }
    for secret in ("13800138000", "13912345678", "三丰", "文三路"):
        assert secret not in masked.content.decode()


def test_the_right_to_see_is_each_shops_own(shop, other, staff):
    start_order(shop, "A1"), start_order(other, "B1")
    client = staff("agent", sees_personal=True)
    user = shop.members.get().user
    make_member(other, "agent", user=user, sees_personal=False)
    seen = {o["number"]: o["buyer"]["phone"] for o in client.get("/api/v1/orders/").json()["results"]}
    assert seen == {"A1": "13800138000", "B1": "138****8000"}


def test_its_history_is_every_step_oldest_first(api, shop):
    picking(shop, "A1")
    rows = api.get("/orders/A1/history/").data["results"]
    assert [r["step"] for r in rows] == ["start", "pay", "confirm", "audit"]
    assert set(rows[0]) == {"seq", "step", "from", "to", "who", "by", "why", "at", "passed"}
    assert [r["seq"] for r in rows] == [1, 2, 3, 4]
    assert (rows[0]["from"], rows[0]["to"]) == (None, "awaiting_payment")
    assert (rows[3]["from"], rows[3]["to"], rows[3]["who"]) == ("awaiting_audit", "picking", "auditor")


def test_a_fact_tells_which_steps_it_went_over(api, shop):
    start_order(shop, "A1")
    shipped = api.post("/orders/A1/steps/ship/", {"carrier": "顺丰", "tracking_number": "SF1000000001"})
    assert shipped.status_code == 200, shipped.data
    assert api.get("/orders/A1/history/").data["results"][-1]["passed"] == ["pay", "confirm", "audit"]


# ---- lists
def flat(found):
    return [one for page in found for one in page]


def pages(api, path, **query):
    """Follows `next` to the end. -> the numbers of each page"""
    found, told = [], api.get(path, query)
    while True:
        assert told.status_code == 200, told.data
        found.append([row.get("number", row.get("id")) for row in told.data["results"]])
        if told.data["next"] is None:
            return found
        told = api._told(api.client.get(told.data["next"], headers=api.headers))


def test_pages_show_every_order_once_newest_first(api, shop):
    names = [start_order(shop).number for _ in range(7)]
    found = pages(api, "/orders/", page_size=3)
    assert [len(p) for p in found] == [3, 3, 1]
    assert flat(found) == names[::-1]
    assert flat(pages(api, "/orders/", page_size=3, ordering="oldest")) == names


def test_what_is_due_first_comes_first_and_each_once(api, shop):
    now = timezone.now()
    late, early = start_order(shop, "late"), start_order(shop, "early", at=now - timedelta(hours=5))
    shipped = picking(shop, "shipped")
    take(shipped, "pack", "warehouse")
    take(shipped, "ship", "warehouse", parcels=[{"carrier": "顺丰", "tracking_number": "SF1000000001", "lines": None}])
    found = flat(pages(api, "/orders/", page_size=1, ordering="due"))
    assert sorted(found) == ["early", "late", "shipped"]
    assert found.index("early") < found.index("late")
    assert early.pk != late.pk


def test_the_page_size_is_clamped(api, shop):
    start_order(shop)
    assert api.get("/orders/", {"page_size": 10**9}).status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"page": "-1"}, 400),
        ({"page_size": "0"}, 400),
        ({"page_size": "x"}, 400),
        ({"page_size": "-5"}, 400),
        ({"cursor": "garbage"}, 400),
        ({"cursor": "W10"}, 400),
        ({"cursor": "WyJkdWUiLCAxXQ"}, 400),
        ({"cursor": "WyJuZXdlc3QiLCAxZTk5OV0"}, 400),
        ({"state": "nope"}, 400),
        ({"state": "packed,nope"}, 400),
        ({"ordering": "nope"}, 400),
        ({"due_before": "yesterday"}, 400),
        ({"due_before": "2026-01-01T00:00:00"}, 400),
        ({"created_after": "2026-13-01T00:00:00Z"}, 400),
        ({"q": "x" * 10_000}, 400),
        ({"q": ""}, 400),
        ({"q": "a\0b"}, 400),
        ({"shop": ["mine", "theirs"]}, 400),
        ({"in": ",".join(map(str, range(10_000)))}, 413),
        ({"state": ",".join(["packed"] * 101)}, 413),
    ],
)
def test_a_query_that_means_nothing_is_refused(api, query, status):
    problem = is_problem(api.get("/orders/", query), status)
    assert "nope" not in problem["detail"] + str(problem.get("errors"))


@pytest.mark.parametrize("q", ["%", "_", "\\", "A%", "(a+)+$", "' OR 1=1 --"])
def test_a_search_is_taken_literally(api, shop, q):
    start_order(shop, "A1")
    assert api.get("/orders/", {"q": q}).data["results"] == []


def test_orders_are_found_by_number_phone_buyer_and_parcel(api, shop):
    start_order(shop, "B1", phone="13911111111", buyer="b-9")
    order = picking(shop, "A1")
    take(order, "ship", "warehouse", parcels=[{"carrier": "顺丰", "tracking_number": "SF1000000001", "lines": None}])
    find = lambda **query: [o["number"] for o in api.get("/orders/", query).data["results"]]  # noqa: E731
    for q in ("A1", "13800138000", "138 0013 8000", "+8613800138000", "b-1", "sf1000000001"):
        assert find(q=q) == ["A1"], q
    assert find(state="shipped") == ["A1"]
    assert find(state="awaiting_payment,shipped") == ["A1", "B1"]
    assert find(buyer="b-9") == ["B1"]
    assert find(payment="cod") == []
    assert find(shop="mine") == ["A1", "B1"]
    assert find(shop="nobodys") == []
    now = timezone.now()
    assert find(created_after=(now + timedelta(hours=1)).isoformat()) == []
    assert find(created_before=(now + timedelta(hours=1)).isoformat()) == ["A1", "B1"]
    assert find(due_before=(now + timedelta(days=60)).isoformat()) == ["A1", "B1"]
    assert find(due_before=now.isoformat()) == []


@pytest.mark.parametrize(
    "path", ["/orders/", "/stock-outs/", "/deadlines/", "/orders/?ordering=due", "/shops/", "/policies/"]
)
def test_a_page_of_many_costs_as_many_statements_as_a_page_of_one(shop, path):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            told = api.get(path)
        assert told.status_code == 200
        return len(seen), len(told.data["results"])

    shops = [shop, *(make_shop() for _ in range(3))]
    user = make_user()
    for one in shops:
        make_member(one, "agent", "warehouse", user=user)
        missing(one)
    from django.test import Client

    from tests.api.callers import Api

    api = Api()
    api.client = Client()
    api.client.force_login(user)
    first, few = cost()
    for one in shops:
        for _ in range(3):
            missing(one)
    cost()
    second, more = cost()
    assert more > few or path in ("/shops/", "/policies/")
    assert second <= first <= 16


def test_a_number_of_two_shops_needs_the_shop(shop, other):
    from tests.api.callers import Api

    start_order(shop, "A1"), start_order(other, "A1", phone="13911111111")
    api = Api(make_key(shop, other, roles=("shop",))[1])
    problem = is_problem(api.get("/orders/A1/"), 409, "ambiguous")
    assert problem["shops"] == ["mine", "theirs"]
    assert api.get("/orders/A1/", {"shop": "theirs"}).data["shop"] == "theirs"
    assert is_problem(api.post("/orders/A1/steps/abandon/"), 409, "ambiguous")
    assert api.post("/orders/A1/steps/abandon/?shop=mine").data["state"] == "closed"
    assert api.get("/orders/A1/", {"shop": "theirs"}).data["state"] == "awaiting_payment"
    assert is_problem(api.get("/orders/A1/history/"), 409)


@pytest.mark.parametrize("number", ["a/b", "#1001", "订单 1", "steps", "a%b", "x?y", "..", "N'1"])
def test_a_number_may_be_nearly_any_text(api, shop, number):
    from urllib.parse import quote

    start_order(shop, number)
    path = f"/orders/{quote(number, safe='')}"
    assert api.get(f"{path}/").data["number"] == number
    assert api.get(f"{path}/history/").status_code == 200
    assert api.post(f"{path}/steps/abandon/").data["state"] == "closed"


def test_the_longest_number_is_an_address_with_what_hangs_on_it_too(api, shop):
    number = f"{'9' * 64}-Q1"
    missing(shop, "9" * 64)
    contact = {"channel": "im", "words": "缺货", "none_why": "没有"}
    assert api.get(f"/stock-outs/{number}/").data["number"] == number
    assert api.post(f"/stock-outs/{number}/steps/contact/", contact).data["state"] == "contacting"
    [told] = api.post("/stock-outs/steps/contact/", {"items": [{"number": number, **contact}]}).data["results"]
    assert told["status"] == 200
    assert [s["number"] for s in api.get("/stock-outs/", {"order": "9" * 64}).data["results"]] == [number]
