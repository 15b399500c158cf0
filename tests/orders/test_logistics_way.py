"""The documented way 3 by hook and interface: late, apologised for, urged, promised, come back to, signed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from flows.sweep import sweep
from orders.models import LogisticsQuery
from tests.api.callers import Api
from tests.factories import make_key
from tests.orders.hands import parcel

pytestmark = pytest.mark.django_db
PATH = "/logistics-queries/A1-L1/"
NUMBER = "SF1000000001"


def test_a_late_parcel_is_looked_up_apologised_for_promised_and_come_back_to(hands):
    hands.picking()
    hands.tell("order.shipped", 10, number="A1", parcels=[parcel(NUMBER)])
    at = hands.t0 + timedelta(minutes=20)
    point = {"at": at.isoformat(), "text": "已离开嘉兴转运中心"}
    hands.tell("parcel.tracked", 20, carrier="顺丰", tracking_number=NUMBER, state="in_transit", points=[point])
    agent = Api(make_key(hands.shop, roles=("agent",))[1])
    assert agent.get("/logistics-queries/").data["results"] == []

    sweep(at=timezone.now() + timedelta(hours=50))  # two days without movement: nobody has asked yet
    query = agent.get(PATH).data
    assert (query["state"], query["cause"], query["late"], query["tracking_number"]) == ("asked", "still", True, NUMBER)

    assert agent.post(f"{PATH}steps/look_up/").data["track"][-1]["text"] == "已离开嘉兴转运中心"
    traced = agent.post(f"{PATH}steps/trace/", {"whom": "hotline", "words": "中转站积压，已加急"})
    assert traced.data["state"] == "tracing"
    [held] = [d for d in agent.get("/orders/A1/").data["deadlines"] if d["clock"] == "sign"]
    assert held["held"], "the buyer's signature is not presumed while the parcel is looked for"

    promised = timezone.now() + timedelta(days=1)
    answer = {"words": "非常抱歉，大促高峰，明天到", "reason": "peak", "apologised": True,
              "expected_at": promised.isoformat()}  # fmt: skip
    assert agent.post(f"{PATH}steps/answer/", answer).data["state"] == "answered"
    sweep(at=promised + timedelta(minutes=1))
    assert agent.get(PATH).data["state"] == "asked", "it has not come: the agent comes back to it"

    hands.tell("parcel.tracked", 30, carrier="顺丰", tracking_number=NUMBER, state="signed")
    assert (hands.order().state, agent.get(PATH).data["state"]) == ("signed", "closed")
    steps = [h["step"] for h in agent.get(f"{PATH}history/").data["results"]]
    assert steps == ["start", "look_up", "trace", "answer", "ask_again", "close"]
    assert LogisticsQuery.objects.count() == 1
