"""A step through the API: its answers, whose role is recorded, who saw which version, and many at once."""

import pytest

from flows.models import Move
from orders.models import Order
from tests.api.callers import Api, is_problem, missing, picking, start_order, take
from tests.factories import make_key, make_shop

SHIP = {"carrier": "顺丰", "tracking_number": "SF1000000001"}


def moves(order):
    return Move.objects.filter(flow="order", subject=order.pk).count()


def test_a_step_answers_the_subject_as_it_is_then(api, shop):
    order = picking(shop, "A1")
    told = api.post("/orders/A1/steps/pack/", {"why": "今天发"})
    assert told.status_code == 200, told.data
    assert (told.data["state"], told.data["version"], told["ETag"]) == ("packed", 5, '"5"')
    last = Move.objects.get(subject=order.pk, seq=5)
    assert (last.step, last.who, last.why) == ("pack", "warehouse", "今天发")
    assert last.by.startswith("kf_")


def test_a_member_takes_a_step_by_session_under_the_own_name(staff, shop):
    start_order(shop, "A1", payment="cod")
    client = staff("agent", "auditor")
    told = client.post("/api/v1/orders/A1/steps/confirm/", {}, content_type="application/json")
    assert told.status_code == 200, told.content
    told = client.post("/api/v1/orders/A1/steps/audit/", content_type="application/json")
    assert told.json()["state"] == "picking"
    user = shop.members.get().user
    assert list(Move.objects.order_by("seq").values_list("who", "by"))[1:] == [
        ("agent", user.username), ("auditor", user.username),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("roles", "step", "recorded"),
    [
        (("agent", "warehouse", "shop"), "ship", "warehouse"),
        (("shop", "agent"), "cancel", "agent"),
        (("shop",), "ship", "shop"),
        (("lead", "shop"), "ship", "shop"),
    ],
)
def test_the_first_of_a_keys_roles_that_may_is_the_one_recorded(as_role, shop, roles, step, recorded):
    order = picking(shop, "A1")
    body = SHIP if step == "ship" else {"by": "customer", "reason": "不想要了"}
    assert as_role(*roles).post(f"/orders/A1/steps/{step}/", body).status_code == 200
    assert Move.objects.filter(subject=order.pk).order_by("-seq")[0].who == recorded


def test_the_shops_key_records_a_fact_where_people_are_behind(as_role, shop):
    order = start_order(shop, "A1")
    told = as_role("agent", "shop").post("/orders/A1/steps/ship/", SHIP)
    assert told.status_code == 200, told.data
    assert told.data["state"] == "shipped"
    assert Move.objects.filter(subject=order.pk).order_by("-seq")[0].who == "shop"
    is_problem(as_role("warehouse").post("/orders/A1/steps/ship/", SHIP), 409, "state")


@pytest.mark.parametrize(
    ("roles", "step", "body", "status", "code"),
    [
        (("warehouse",), "cancel", {"by": "customer", "reason": "不想要了"}, 403, "forbidden"),
        (("agent",), "pay", {}, 403, "forbidden"),
        (("agent", "auditor", "warehouse", "lead", "shop"), "close_unpaid", {}, 403, "forbidden"),
        (("agent", "auditor", "warehouse", "lead", "shop"), "drop_rest", {}, 403, "forbidden"),
        (("agent",), "confirm", {}, 409, "state"),
        (("agent",), "cancel", {}, 400, "validation"),
        (("agent",), "cancel", {"by": "nobody", "reason": "不想要了"}, 400, "validation"),
        (("agent",), "cancel", {"by": "merchant", "reason": "没货了"}, 409, "refused"),
        (("warehouse",), "ship", {**SHIP, "lines": [{"line": "9"}]}, 400, "input"),
        (("warehouse",), "ship", {**SHIP, "lines": [{"line": "1", "quantity": 7}]}, 400, "input"),
        (("warehouse",), "ship", {**SHIP, "tracking_number": "x y"}, 400, "validation"),
        (("warehouse",), "pack", {"state": "closed"}, 400, "validation"),
        (("warehouse",), "pack", [], 400, "validation"),
        (("warehouse",), "pack", {"why": "长" * 201}, 400, "validation"),
        (("warehouse",), "fly", {}, 404, "no-step"),
    ],
)
def test_a_refused_step_says_why_and_leaves_nothing_behind(as_role, shop, roles, step, body, status, code):
    order = picking(shop, "A1")
    problem = is_problem(as_role(*roles).post(f"/orders/A1/steps/{step}/", body), status, code)
    if status == 409:
        assert problem["state"] == "picking"
        assert "cancel" in {s["name"] for s in problem["steps"]}
    assert moves(order) == 4
    order.refresh_from_db()
    assert (order.state, order.version) == ("picking", 4)


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({**SHIP, "id": 7}, "/id", "read-only"),
        ({**SHIP, "created_by": "me"}, "/created_by", "read-only"),
        ({**SHIP, "is_superuser": True}, "/is_superuser", "read-only"),
        ({**SHIP, "colour": "red"}, "/colour", "unknown-field"),
        ({**SHIP, "a/b~c": "red"}, "/a~1b~0c", "unknown-field"),
        ({**SHIP, "lines": [{"line": "1", "price": 1}]}, "/lines/0/price", "unknown-field"),
        ({**SHIP, "lines": [{"line": "1"}, {"line": "2", "quantity": 0}]}, "/lines/1/quantity", "min_value"),
        ({**SHIP, "lines": "all"}, "/lines", "not_a_list"),
        ({**SHIP, "carrier": 5}, "/carrier", "invalid"),
        ({**SHIP, "lines": [{"line": "1", "quantity": "1"}]}, "/lines/0/quantity", "invalid"),
        ({**SHIP, "lines": [{"line": "1", "quantity": True}]}, "/lines/0/quantity", "invalid"),
        ({"carrier": "顺丰"}, "/tracking_number", "required"),
        ({**SHIP, "carrier": None}, "/carrier", "null"),
        ({**SHIP, "why": 5}, "/why", "invalid"),
    ],
)
def test_what_is_wrong_is_pointed_at(api, shop, body, pointer, code):
    picking(shop, "A1")
    problem = is_problem(api.post("/orders/A1/steps/ship/", body), 400, "validation")
    assert {"pointer": pointer, "code": code} in [
        {"pointer": e["pointer"], "code": e["code"]} for e in problem["errors"]
    ]


def test_a_value_is_not_said_again(api, shop):
    picking(shop, "A1")
    for body in ({"by": "13800138000", "reason": "13800138000" * 30}, {"by": {"13800138000": 1}, "13800138000": 2}):
        told = api.post("/orders/A1/steps/cancel/", body)
        assert is_problem(told, 400)
    assert (
        "13800138000" not in api.post("/orders/A1/steps/cancel/", {"by": "13800138000", "reason": "x"}).content.decode()
    )


# ---- versions
def test_who_saw_an_older_version_is_told_what_it_is_now(api, shop):
    order = picking(shop, "A1")
    seen = api.get("/orders/A1/")["ETag"]
    take(order, "pack", "warehouse")
    problem = is_problem(api.post("/orders/A1/steps/recall/", {"why": "地址有误"}, if_match=seen), 409, "moved")
    assert problem["subject"]["version"] == 5
    assert problem["state"] == "packed"
    assert moves(order) == 5
    now = api.get("/orders/A1/")["ETag"]
    assert api.post("/orders/A1/steps/recall/", {"why": "地址有误"}, if_match=now).data["state"] == "awaiting_audit"


@pytest.mark.parametrize(
    ("header", "status"), [("*", 200), ('W/"4"', 200), ('"4"', 200), ("4", 200), ("", 400), ('"x"', 400)]
)
def test_if_match_is_a_quoted_version(api, shop, header, status):
    picking(shop, "A1")
    assert api.post("/orders/A1/steps/pack/", if_match=header).status_code == status


def test_method_override_is_ignored(api, shop):
    order = picking(shop, "A1")
    is_problem(api.post("/orders/A1/", {"_method": "DELETE"}, x_http_method_override="GET"), 405)
    is_problem(api.send("DELETE", "/orders/A1/"), 405)
    is_problem(api.send("PATCH", "/orders/A1/", {"state": "closed"}), 405)
    is_problem(api.send("OPTIONS", "/orders/A1/"), 405)
    assert "GET" in api.send("PUT", "/orders/A1/")["Allow"]
    is_problem(api.get("/orders/A1/steps/pack/", x_http_method_override="POST"), 405)
    order.refresh_from_db()
    assert order.version == 4


# ---- starting
def order_data(number="P1", **changes):
    from tests.factories import placed

    return {**placed(number), **changes}


def test_an_order_is_placed_with_the_data_of_the_hook(as_role, shop):
    told = as_role("shop").post("/orders/", order_data())
    assert told.status_code == 201, told.data
    assert (told.data["state"], told.data["money"]["total"], told["ETag"]) == ("awaiting_payment", "259.00", '"1"')
    order = Order.objects.get()
    assert (order.number, order.lines.count(), order.phone_key != "") == ("P1", 2, True)
    assert [d["clock"] for d in told.data["deadlines"]] == ["pay"]
    assert as_role("agent").post("/orders/", order_data("P2", payment="cod")).data["state"] == "awaiting_confirmation"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"total": "260.00"}, "/total"),
        ({"total": "259.001"}, "/total"),
        ({"total": "-259.00"}, "/total"),
        ({"total": "2e2"}, "/total"),
        ({"total": "２５９.00"}, "/total"),
        ({"total": 259}, "/total"),
        ({"number": "a\nb"}, "/number"),
        ({"number": " "}, "/number"),
        ({"lines": []}, "/lines"),
        ({"payment": "later"}, "/payment"),
        ({"state": "signed"}, "/state"),
        ({"placed_at": "2099-01-01T00:00:00Z"}, "/placed_at"),
        ({"placed_at": "soon"}, "/placed_at"),
        ({"address": {}}, "/address/detail"),
        ({"buyer": "me"}, "/buyer"),
    ],
)
def test_an_order_that_does_not_fit_is_not_placed(as_role, shop, changes, pointer):
    problem = is_problem(as_role("shop").post("/orders/", order_data(**changes)), 400)
    assert pointer in [e["pointer"] for e in problem["errors"]]
    assert not Order.objects.exists()
    assert not Move.objects.exists()


def test_the_same_number_is_not_placed_twice(as_role, shop):
    api = as_role("shop")
    assert api.post("/orders/", order_data()).status_code == 201
    is_problem(api.post("/orders/", order_data()), 409, "exists")
    assert Order.objects.count() == 1


def test_who_may_not_place_an_order(as_role, shop, other):
    is_problem(as_role("warehouse").post("/orders/", order_data()), 403, "forbidden")
    is_problem(as_role("shop").post("/orders/?shop=theirs", order_data()), 404)
    both = Api(make_key(shop, other, roles=("shop",))[1])
    assert is_problem(both.post("/orders/", order_data()), 409, "ambiguous")["shops"] == ["mine", "theirs"]
    assert not Order.objects.exists()
    assert both.post("/orders/?shop=theirs", order_data()).data["shop"] == "theirs"


# ---- many
def test_many_take_a_step_each_with_its_own_result(as_role, shop, other):
    picking(shop, "A1"), picking(shop, "A2"), start_order(shop, "A3"), picking(other, "B1")
    told = as_role("warehouse").post(
        "/orders/steps/pack/",
        {"items": [{"number": n} for n in ("A2", "A1", "A3", "B1", "nope", "A1")]},
    )  # fmt: skip
    assert told.status_code == 200, told.data
    assert [(r["number"], r["status"]) for r in told.data["results"]] == [
        ("A2", 200), ("A1", 200), ("A3", 409), ("B1", 404), ("nope", 404), ("A1", 400),
    ]  # fmt: skip
    assert told.data["results"][0]["state"] == "packed"
    assert told.data["results"][2]["problem"]["code"] == "state"
    assert told.data["results"][2]["problem"]["state"] == "awaiting_payment"
    assert told.data["results"][3]["problem"] == told.data["results"][4]["problem"]
    assert Order.objects.get(number="B1").version == 4
    assert Order.objects.get(number="A1").version == 5


def test_each_of_many_has_its_own_inputs_version_and_shop(shop, other):
    picking(shop, "A1"), picking(other, "A1"), picking(shop, "A2"), picking(shop, "A3")
    api = Api(make_key(shop, other, roles=("warehouse",))[1])
    told = api.post("/orders/steps/ship/", {"items": [
        {"number": "A1", **SHIP},
        {"number": "A1", "shop": "theirs", **SHIP},
        {"number": "A2", "version": 1, **SHIP},
        {"number": "A3", "version": 4, "carrier": "顺丰"},
    ]})  # fmt: skip
    results = told.data["results"]
    assert [r["status"] for r in results] == [409, 200, 409, 400]
    assert results[0]["problem"]["shops"] == ["mine", "theirs"]
    assert results[2]["problem"]["code"] == "moved"
    assert results[3]["problem"]["errors"][0]["pointer"] == "/items/3/tracking_number"
    assert Order.objects.filter(state="shipped").get().shop_id == other.pk


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400), ({"items": []}, 400), ({"items": {}}, 400), ({"items": ["A1"]}, 400), ({"items": [{}]}, 400),
        ({"items": [{"number": 5}]}, 400), ({"items": [{"number": "A1", "version": "4"}]}, 400),
        ({"items": [{"number": "A1"}], "state": "x"}, 400), ({"items": [{"number": "A1"}] * 501}, 413),
    ],
)  # fmt: skip
def test_a_batch_that_is_none_is_refused_whole(as_role, shop, body, status):
    order = picking(shop, "A1")
    is_problem(as_role("warehouse").post("/orders/steps/pack/", body), status)
    assert moves(order) == 4


def test_a_leads_step_on_stock_outs_of_two_shops(shop):
    third = make_shop("third")
    api = Api(make_key(shop, third, roles=("lead", "shop"))[1])
    stock_outs = [missing(shop, "A1"), missing(third, "B1")]
    for one in stock_outs:
        take(one, "contact", "agent", channel="phone", words="缺货了", none_why="没有同款")
    told = api.post("/stock-outs/steps/presume_refund/", {"items": [{"number": s.number} for s in stock_outs]})
    assert [r["status"] for r in told.data["results"]] == [200, 200], told.data
    assert set(Move.objects.filter(step="presume_refund").values_list("who", flat=True)) == {"lead"}
