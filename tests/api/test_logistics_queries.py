"""Logistics queries through the API: asked after, moved, found, kept apart by shop."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.models import LogisticsQuery, Order, QueryNote
from returns.models import Return
from tests.api.callers import is_problem, picking, take

PATH = "/logistics-queries/"


@pytest.fixture
def shipped(shop):
    """-> an order of this number whose goods have left in this parcel"""

    def ship(number="A1", parcel="SF0001", where=None):
        order = picking(where or shop, number)
        take(order, "ship", "warehouse", parcels=[{"carrier": "顺丰", "tracking_number": parcel}])
        return Order.objects.get(pk=order.pk)

    return ship


def later(**span):
    return (timezone.now() + timedelta(**span)).isoformat()


def test_an_agent_asks_looks_up_urges_and_answers(as_role, shipped):
    shipped()
    agent = as_role("agent")
    told = agent.post(PATH, {"order": "A1", "words": "我的鞋呢"})
    assert told.status_code == 201, told.data
    data = told.data
    assert (data["number"], data["order"], data["state"], data["cause"]) == ("A1-L1", "A1", "asked", "asked")
    assert (data["carrier"], data["tracking_number"], data["words"]) == ("顺丰", "SF0001", "我的鞋呢")
    assert {s["name"] for s in data["steps"]} == {"look_up", "trace"}
    assert [c["clock"] for c in data["deadlines"]] == ["answer"]
    assert agent.post(f"{PATH}A1-L1/steps/look_up/").data["state"] == "checking"
    traced = agent.post(f"{PATH}A1-L1/steps/trace/", {"whom": "hotline", "words": "今天派送"})
    assert traced.data["notes"][0]["words"] == "今天派送"
    answer = {"words": "抱歉，明天到", "expected_at": later(days=1), "reason": "weather", "apologised": True}
    answered = agent.post(f"{PATH}A1-L1/steps/answer/", answer).data
    assert (answered["state"], answered["reason"], answered["apologised"]) == ("answered", "weather", True)
    assert answered["deadlines"][0]["clock"] == "promise"
    history = agent.get(f"{PATH}A1-L1/history/").data["results"]
    assert [(h["step"], h["to"]) for h in history] == [
        ("start", "asked"), ("look_up", "checking"), ("trace", "tracing"), ("answer", "answered"),
    ]  # fmt: skip


def test_the_expected_time_is_required_of_an_answer(api, shipped):
    shipped()
    api.post(PATH, {"order": "A1"})
    api.post(f"{PATH}A1-L1/steps/look_up/")
    [step] = [s for s in api.get(f"{PATH}A1-L1/").data["steps"] if s["name"] == "answer"]
    assert set(step["input"]["required"]) == {"words", "expected_at"}
    is_problem(api.post(f"{PATH}A1-L1/steps/answer/", {"words": "快到了"}), 400)
    is_problem(api.post(f"{PATH}A1-L1/steps/answer/", {"words": "快到了", "expected_at": later(days=-1)}), 400)
    assert LogisticsQuery.objects.get().state == "checking"
    assert not QueryNote.objects.exists()


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("0001-01-01T00:00:00", "century"), ("0001-01-01T00:00:00Z", "century"), ("5000-01-01T00:00:00Z", "century"),
        ("2026-11-01T10:00:00", "offset"), ("2026-11-01 10:00", "offset"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("step", "field", "more"), [
    ("trace", "asked_at", {"whom": "hotline"}), ("answer", "expected_at", {}),
])  # fmt: skip
def test_a_moment_has_an_offset_and_lies_in_this_century(api, shipped, step, field, more, at, code):
    shipped()
    api.post(PATH, {"order": "A1"})
    api.post(f"{PATH}A1-L1/steps/look_up/")
    told = api.post(f"{PATH}A1-L1/steps/{step}/", {"words": "今天派送", field: at, **more})
    assert [(e["pointer"], e["code"]) for e in is_problem(told, 400)["errors"]] == [(f"/{field}", code)]
    assert not QueryNote.objects.exists()


def test_one_parcel_is_asked_after_once(api, shipped):
    shipped()
    assert api.post(PATH, {"order": "A1", "tracking_number": "SF0001"}).status_code == 201
    problem = is_problem(api.post(PATH, {"order": "A1"}), 409, "refused")
    assert "A1-L1" in problem["detail"]
    assert LogisticsQuery.objects.count() == 1


@pytest.mark.parametrize("body", [
    {}, {"order": "A404"}, {"order": "A1", "tracking_number": "SF404"}, {"order": "A1", "tracking_number": "<>"},
    {"order": "A1", "colour": "red"}, {"order": "A1", "words": "长" * 1001},
])  # fmt: skip
def test_what_is_no_question_is_refused_and_leaves_nothing(api, shipped, body):
    shipped()
    is_problem(api.post(PATH, body), 400)
    assert not LogisticsQuery.objects.exists()


@pytest.mark.parametrize("role", ["auditor", "warehouse"])
def test_who_has_no_say_asks_nothing(as_role, shipped, role):
    shipped()
    is_problem(as_role(role).post(PATH, {"order": "A1"}), 403)
    assert not LogisticsQuery.objects.exists()


def test_the_shops_back_end_asks_for_its_customer(as_role, shipped):
    shipped()
    assert as_role("shop").post(PATH, {"order": "A1"}).status_code == 201


def test_the_same_request_twice_asks_once(api, shipped):
    shipped()
    first, second = (api.post(PATH, {"order": "A1"}, idempotency_key="k-1") for _ in range(2))
    assert (first.status_code, second.data["number"]) == (201, first.data["number"])
    assert LogisticsQuery.objects.count() == 1


def test_they_are_found_by_number_parcel_order_state_and_cause(api, shipped):
    shipped("A1", "SF0001")
    shipped("A2", "SF0002")
    api.post(PATH, {"order": "A1"})
    api.post(PATH, {"order": "A2"})
    api.post(f"{PATH}A2-L1/steps/look_up/")

    def found(**asked):
        return [q["number"] for q in api.get(PATH, asked).data["results"]]

    assert found() == ["A2-L1", "A1-L1"]
    assert found(q="SF0001") == found(q="A1") == found(q="A1-L1") == ["A1-L1"]
    assert found(order="A2") == found(tracking_number="sf0002") == found(state="checking") == ["A2-L1"]
    assert found(cause="asked") == ["A2-L1", "A1-L1"]
    assert found(cause="deliver,problem") == []
    is_problem(api.get(PATH, {"cause": "weather"}), 400)


def test_many_are_taken_at_once_with_a_result_each(api, shipped):
    for n in (1, 2):
        shipped(f"A{n}", f"SF000{n}")
        api.post(PATH, {"order": f"A{n}"})
    items = [{"number": n} for n in ("A1-L1", "A2-L1", "A9-L1")]
    told = api.post(f"{PATH}steps/look_up/", {"items": items}).data["results"]
    assert [(t["number"], t["status"]) for t in told] == [("A1-L1", 200), ("A2-L1", 200), ("A9-L1", 404)]


def test_a_lost_parcel_is_made_good(api, shipped):
    shipped()
    api.post(PATH, {"order": "A1"})
    api.post(f"{PATH}A1-L1/steps/look_up/")
    lost = api.post(f"{PATH}A1-L1/steps/declare_lost/", {"what": "lost", "words": "网点确认丢失"})
    assert lost.data["state"] == "lost"
    is_problem(api.post(f"{PATH}A1-L1/steps/make_good/", {"kind": "gift"}), 400)
    assert not Return.objects.exists()
    good = api.post(f"{PATH}A1-L1/steps/make_good/", {"kind": "reship"})
    assert good.data["state"] == "closed"
    assert good.data["made_good"] == {
        "kind": "reship", "lines": [{"line": "1", "quantity": 1}, {"line": "2", "quantity": 2}]}  # fmt: skip
    assert api.get("/returns/A1-R1/").data["state"] == "exchanging"


def test_another_shops_query_is_not_there_by_any_address(api, other, shipped):
    from tests.api.callers import Api
    from tests.factories import make_key

    shipped("B1", "SF0009", where=other)
    theirs = Api(make_key(other, roles=("agent",))[1])
    assert theirs.post(PATH, {"order": "B1"}).status_code == 201
    for answer in (
        api.get(f"{PATH}B1-L1/"),
        api.get(f"{PATH}B1-L1/history/"),
        api.post(f"{PATH}B1-L1/steps/look_up/"),
        api.get(f"{PATH}B1-L1/", {"shop": "theirs"}),
    ):
        is_problem(answer, 404)
    is_problem(api.post(PATH, {"order": "B1"}), 400)
    assert api.get(PATH).data["results"] == []
    assert api.get(PATH, {"q": "SF0009"}).data["results"] == []
    assert LogisticsQuery.objects.get().state == "asked"


def test_a_page_of_many_costs_as_many_statements_as_of_one(api, shipped):
    def cost():
        with CaptureQueriesContext(connection) as seen:
            assert api.get(PATH).status_code == 200
        return len(seen)

    shipped()
    api.post(PATH, {"order": "A1"})
    cost()
    few = cost()
    for n in range(2, 8):
        shipped(f"A{n}", f"SF000{n}")
        api.post(PATH, {"order": f"A{n}"})
        api.post(f"{PATH}A{n}-L1/steps/trace/", {"whom": "desk", "words": "问过物流组"})
    assert cost() == few
    assert few <= 14
