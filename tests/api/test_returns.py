"""Returns and disputes in the API: shown, found, started, moved alone and together, previewed, walled."""

import jsonschema
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from returns.models import Dispute, Return
from shops import policy
from tests.api.callers import Api, is_problem, picking, start_order, take
from tests.api.test_schema import schema  # noqa: F401 (a fixture)
from tests.factories import make_key

pytestmark = pytest.mark.django_db


def signed(shop, number="", **fields):
    """An order that arrived: 259.00."""
    order = picking(shop, number, **fields)
    take(order, "pack", "warehouse")
    parcel = {"carrier": "顺丰", "tracking_number": f"SF{order.pk:010d}", "lines": None}
    take(order, "ship", "warehouse", parcels=[parcel])
    return take(order, "sign", "shop", parcels=[{"tracking_number": parcel["tracking_number"]}])


def asked(order, **more):
    return {"order": order.number, "kind": "return_refund", "reason": "no_reason", **more}


@pytest.fixture
def begun(api, shop):
    """begun(reason=…) -> the body of a return that was just started."""

    def begin(order=None, **more):
        told = api.post("/returns/", asked(order or signed(shop), **more))
        assert told.status_code == 201, told.data
        return told.data

    return begin


# ---- starting
def test_a_return_is_started_with_the_next_number_of_its_order(api, shop):
    order = signed(shop, "A1")
    told = api.post("/returns/", asked(order, lines=[{"line": "1", "quantity": 1}], words="大了一码"))
    assert told.status_code == 201
    assert told["ETag"] == '"1"'
    body = told.data
    assert (body["number"], body["state"], body["order"]) == ("A1-R1", "requested", "A1")
    assert [(x["line"], x["quantity"]) for x in body["lines"]] == [("1", 1)]
    assert (body["words"], body["opened_by"], body["amount"]) == ("大了一码", "api", None)
    assert body["freight"]["by"] == "customer"
    assert body["eligibility"]["standing"] == "eligible"
    assert {"handle"} <= {d["clock"] for d in body["deadlines"]}
    assert {s["name"] for s in body["steps"]} >= {"approve", "refuse", "offer"}
    second = api.post("/returns/", asked(order, lines=[{"line": "2", "quantity": 1}]))
    assert second.data["number"] == "A1-R2"


def test_a_number_of_the_shops_own_is_kept_and_used_once(api, shop):
    order = signed(shop)
    assert api.post("/returns/", asked(order, number="TK-1", lines=[{"line": "1"}])).data["number"] == "TK-1"
    is_problem(api.post("/returns/", asked(order, number="TK-1", lines=[{"line": "2"}])), 409, "exists")
    assert Return.objects.count() == 1


@pytest.mark.parametrize(("change", "pointer"), [
    ({"kind": "gift"}, "/kind"),
    ({"reason": "mood"}, "/reason"),
    ({"order": "NONE"}, "/order"),
    ({"amount": "1e3"}, "/amount"),
    ({"amount": 12}, "/amount"),
    ({"state": "completed"}, "/state"),
    ({"lines": [{"line": "1", "quantity": 0}]}, "/lines/0/quantity"),
    ({"lines": []}, "/lines"),
    ({"words": 5}, "/words"),
])  # fmt: skip
def test_what_is_wrong_with_an_application_is_pointed_at_and_nothing_begins(api, shop, change, pointer):
    data = is_problem(api.post("/returns/", {**asked(signed(shop)), **change}), 400)
    assert [e["pointer"] for e in data["errors"]] == [pointer]
    assert not Return.objects.exists()


def test_more_than_was_bought_is_refused_also_together_with_what_was_asked_before(api, shop, begun):
    order = signed(shop)
    is_problem(api.post("/returns/", asked(order, lines=[{"line": "2", "quantity": 3}])), 400, "input")
    begun(order, lines=[{"line": "2", "quantity": 2}])
    told = api.post("/returns/", asked(order, lines=[{"line": "2", "quantity": 1}]))
    assert told.status_code in (400, 409)
    assert Return.objects.count() == 1


def test_who_may_not_open_a_return_opens_none(as_role, shop):
    order = signed(shop)
    for role in ("warehouse", "auditor"):
        is_problem(as_role(role).post("/returns/", asked(order)), 403, "forbidden")
    assert as_role("agent").post("/returns/", asked(order)).status_code == 201


def test_the_same_key_starts_one_return_and_answers_alike(api, shop):
    order = signed(shop)
    first = api.post("/returns/", asked(order), idempotency_key="k-1")
    again = api.post("/returns/", asked(order), idempotency_key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data
    assert Return.objects.count() == 1
    is_problem(api.post("/returns/", asked(order, words="x"), idempotency_key="k-1"), 422)


# ---- showing and finding
def test_what_a_buyer_said_is_masked_for_who_may_not_see_it(api, as_role, begun):
    number = begun(words="打我电话 13800138000")["number"]
    assert "13800138000" in api.get(f"/returns/{number}/").data["words"]
    blind = as_role("agent")
    for path in (f"/returns/{number}/", "/returns/"):
        assert "13800138000" not in blind.get(path).content.decode()


def test_returns_are_narrowed_by_kind_reason_order_and_found_by_what_names_them(api, shop, begun):
    order = signed(shop, "A1", phone="13911112222", buyer="b-9")
    mine = begun(order, lines=[{"line": "1"}])["number"]
    begun(signed(shop, "A2"), reason="quality", kind="exchange")

    def numbers(**query):
        return [r["number"] for r in api.get("/returns/", query).data["results"]]

    assert numbers(kind="return_refund") == [mine]
    assert numbers(reason="no_reason,other") == [mine]
    assert numbers(order="A1") == [mine]
    assert len(numbers(state="requested")) == 2
    for q in (mine, "A1", "13911112222", "b-9"):
        assert numbers(q=q) == [mine]
    assert numbers(q="nothing") == []
    is_problem(api.get("/returns/", {"kind": "gift"}), 400)
    later = api.get("/returns/", {"created_after": timezone.now().isoformat()}).data
    assert later["results"] == []
    assert len(numbers(due_before="2100-01-01T00:00:00Z")) == 2
    assert len(numbers(ordering="due")) == 2


def test_pages_of_returns_hold_every_one_once(api, shop, begun):
    wanted = {begun()["number"] for _ in range(5)}
    found, path = [], "/returns/?page_size=2"
    while path:
        data = api.get(path).data
        found += [r["number"] for r in data["results"]]
        path = data["next"] and data["next"].partition("/api/v1")[2]
    assert sorted(found) == sorted(wanted)


def test_a_list_costs_the_same_for_many_as_for_few(api, shop, begun):
    def statements(path):
        policy.forget()
        with CaptureQueriesContext(connection) as caught:
            assert api.get(path).status_code == 200
        return len(caught)

    for _ in range(2):
        begun()
    api.get("/returns/")
    few = statements("/returns/")
    for _ in range(4):
        begun()
    assert statements("/returns/") == few
    assert few < 35


# ---- steps
def test_a_return_goes_its_way_step_by_step(api, begun):
    number = begun(lines=[{"line": "1", "quantity": 1}])["number"]

    def step(name, **inputs):
        told = api.post(f"/returns/{number}/steps/{name}/", inputs)
        assert told.status_code == 200, told.data
        return told.data

    assert step("approve", mind="吊牌不要剪")["state"] == "awaiting_return"
    sent = step("send_back", tracking_number="YT1234567890123")
    assert (sent["state"], sent["parcels"][0]["tracking_number"]) == ("returning", "YT1234567890123")
    assert step("receive")["state"] == "received"
    seen = step("inspect", lines=[{"line": "1", "quantity": 1, "condition": "sellable"}])
    assert (seen["state"], seen["lines"][0]["sellable"]) == ("inspected", 1)
    paid = step("refund")
    assert paid["state"] == "refunding"
    assert [(r["amount"], r["goods"]) for r in paid["refunds"]] == [("189.00", "189.00")]
    history = api.get(f"/returns/{number}/history/").data["results"]
    assert [m["step"] for m in history] == ["start", "approve", "send_back", "receive", "inspect", "refund"]
    assert [r["number"] for r in api.get("/returns/", {"q": "YT1234567890123"}).data["results"]] == [number]


def test_a_step_that_is_not_open_says_which_are(api, begun):
    number = begun()["number"]
    data = is_problem(api.post(f"/returns/{number}/steps/refund/"), 409, "state")
    assert data["state"] == "requested"
    assert "approve" in {s["name"] for s in data["steps"]}
    is_problem(api.post(f"/returns/{number}/steps/refuse/", {"why": "不退", "proof": [1]}), 409)
    assert Return.objects.get().state == "requested"


def test_many_are_approved_in_one_request_each_with_its_own_result(api, as_role, begun):
    good = [begun()["number"] for _ in range(3)]
    items = [*({"number": n} for n in good), {"number": "NONE"}, {"number": good[0], "mind": 5}]
    told = api.post("/returns/steps/approve/", {"items": items})
    assert told.status_code == 200
    assert [r["status"] for r in told.data["results"]] == [200, 200, 200, 404, 400]
    assert {r["state"] for r in told.data["results"][:3]} == {"awaiting_return"}
    again = api.post("/returns/steps/approve/", {"items": [{"number": good[0]}]}).data["results"]
    assert again[0]["status"] == 409
    refused = as_role("warehouse").post("/returns/steps/approve/", {"items": [{"number": good[1]}]}).data["results"]
    assert refused[0]["status"] == 403


def test_a_batch_costs_few_statements_however_many(api, begun):
    def statements(numbers):
        policy.forget()
        with CaptureQueriesContext(connection) as caught:
            api.post("/returns/steps/approve/", {"items": [{"number": n} for n in numbers]})
        return len(caught)

    numbers = [begun()["number"] for _ in range(8)]
    statements(numbers[:1])
    few = statements(numbers[1:3])
    assert statements(numbers[3:]) <= few + 1


# ---- before the step
def test_a_preview_says_what_would_be_paid_and_writes_nothing(api, begun):
    number = begun(reason="quality")["number"]
    moves = Return.objects.get().version
    told = api.get(f"/returns/{number}/preview/", {"step": "refund"}).data
    assert told["step"] == "refund"
    assert told["refused"]
    assert told["amounts"]["goods"] == "249.00"
    assert told["amounts"]["total"] == f"{249 + float(told['amounts']['freight']):.2f}"
    assert sum(float(p["amount"]) for p in told["amounts"]["made_of"]) == float(told["amounts"]["total"])
    assert any("退款 ¥" in words for words in told["words"])
    approving = api.get(f"/returns/{number}/preview/", {"step": "approve"}).data
    assert (approving["refused"], approving["amounts"]) == (None, None)
    assert api.get(f"/returns/{number}/preview/").data["step"] == "refund"
    is_problem(api.get(f"/returns/{number}/preview/", {"step": "fly"}), 400)
    assert Return.objects.get().version == moves


def test_a_preview_of_an_unshipped_orders_refund_is_that_of_its_approval(api, shop):
    order = start_order(shop)
    take(order, "pay", "shop")
    number = api.post("/returns/", {**asked(order), "kind": "refund_only"}).data["number"]
    told = api.get(f"/returns/{number}/preview/", {"step": "approve"}).data
    assert told["amounts"]["total"] == "259.00"
    assert "订单取消，货不再发出" in told["words"]


# ---- disputes
def test_a_dispute_is_started_about_a_return_once_and_ruled(api, begun):
    number = begun()["number"]
    told = api.post("/disputes/", {"return": number, "reason": "协商不成", "due_at": "2030-01-01T10:00:00+08:00"})
    assert told.status_code == 201, told.data
    body = told.data
    assert (body["number"], body["return"]) == (f"{number}-D1", number)
    assert (body["state"], body["reason"]) == ("opened", "协商不成")
    is_problem(api.post("/disputes/", {"return": number}), 409)
    assert api.get(f"/returns/{number}/").data["disputes"] == [body["number"]]
    given = api.post(f"/disputes/{body['number']}/steps/give_evidence/", {"words": "聊天记录与照片"})
    assert given.data["state"] == "evidence_given"
    ruled = api.post(f"/disputes/{body['number']}/steps/rule_for_seller/").data
    assert (ruled["state"], ruled["rulings"][0]["for"]) == ("ruled_for_seller", "seller")
    assert api.get(f"/returns/{number}/").data["state"] == "closed"
    for query in ({"return": number}, {"q": number}, {"q": body["number"]}, {"state": "ruled_for_seller"}):
        assert [d["number"] for d in api.get("/disputes/", query).data["results"]] == [body["number"]]
    assert api.get("/disputes/", {"return": "NONE"}).data["results"] == []


def test_a_dispute_about_no_return_is_pointed_at(api, as_role, begun):
    data = is_problem(api.post("/disputes/", {"return": "NONE"}), 400)
    assert data["errors"][0]["pointer"] == "/return"
    number = begun()["number"]
    is_problem(as_role("warehouse").post("/disputes/", {"return": number}), 403, "forbidden")
    assert not Dispute.objects.exists()


# ---- walls and the schema
def test_nothing_of_another_shop_is_seen_or_touched(shop, other, begun):
    number = begun()["number"]
    order = Return.objects.get().order
    stranger = Api(make_key(other, roles=("agent", "lead", "shop"))[1])
    assert stranger.get("/returns/").data["results"] == []
    assert stranger.get("/returns/", {"q": number}).data["results"] == []
    for path in (f"/returns/{number}/", f"/returns/{number}/history/", f"/returns/{number}/preview/"):
        is_problem(stranger.get(path), 404)
    is_problem(stranger.post(f"/returns/{number}/steps/approve/"), 404)
    is_problem(stranger.post("/returns/", asked(order)), 400)
    is_problem(stranger.post("/disputes/", {"return": number}), 400)
    result = stranger.post("/returns/steps/approve/", {"items": [{"number": number}]}).data["results"][0]
    assert result["status"] == 404
    assert Return.objects.get().state == "requested"
    assert not Dispute.objects.exists()


@pytest.mark.parametrize("path", [
    "/returns/", "/returns/A1-R1/", "/returns/A1-R1/history/", "/returns/A1-R1/preview/", "/disputes/",
    "/disputes/A1-R1-D1/", "/disputes/A1-R1-D1/history/",
])  # fmt: skip
def test_answers_are_what_the_schema_says(schema, api, shop, begun, path):  # noqa: F811
    begun(signed(shop, "A1"), reason="quality", words="坏了")
    offer = {"plans": [{"kind": "cash", "amount": "5.00", "words": "今天打款"}], "leaving_why": "不合身"}
    assert api.post("/returns/A1-R1/steps/offer/", offer).status_code == 200
    assert api.post("/disputes/", {"return": "A1-R1"}).status_code == 201
    told = api.get(path).data
    template = "/api/v1" + path.replace("A1-R1-D1", "{number}").replace("A1-R1", "{number}")
    drawn = schema["paths"][template]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    validator = jsonschema.Draft202012Validator({**drawn, "components": schema["components"]})
    assert list(validator.iter_errors(told)) == []
