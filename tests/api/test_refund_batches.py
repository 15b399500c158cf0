"""A lead approves many refunds in one request: a result for each, never one's own, and no row spoils another."""

import pytest
from django.utils import timezone

from flows import engine
from flows.table import Who
from orders.models import Refund
from outbox.models import Event
from tests.api.callers import Api, start_order, take
from tests.factories import make_key, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(shop):
    return Api(make_key(shop, roles=("lead",))[1])


def drafted(shop, by="小王"):
    order = take(start_order(shop), "pay", "shop")
    begun = Refund(
        shop=shop, order=order, number=f"{order.number}-F1", key=f"{order.number}:amend:1", cause="amend:1",
        goods=1000, amount=1000, asked_by=by, asked_as="agent", state="drafted",
    )  # fmt: skip
    return engine.start(begun, who=Who.SYSTEM, by="system", at=timezone.now())


def approve(client, *refunds):
    answer = client.post("/refunds/steps/approve/", {"items": [{"number": r.number} for r in refunds]})
    assert answer.status_code == 200, answer.data
    return [(row["status"], row.get("problem", {}).get("code", "")) for row in answer.data["results"]]


def sent():
    return sorted(Event.objects.filter(topic="refund.send").values_list("subject", flat=True))


def test_each_of_a_batch_has_its_own_result_and_only_what_may_be_paid_is(shop, lead):
    one, done, gone, last = (drafted(shop) for _ in range(4))
    approve(lead, done)
    assert lead.post(f"/refunds/{gone.number}/steps/reject/", {"why": "不退"}).status_code == 200
    theirs = drafted(make_shop())
    assert approve(lead, one, done, gone, theirs, last) == [
        (200, ""), (409, "state"), (409, "state"), (404, "not-found"), (200, ""),
    ]  # fmt: skip
    assert sent() == sorted(r.pk for r in (one, done, last))
    theirs.refresh_from_db()
    assert theirs.state == "drafted"


def test_what_a_lead_has_asked_for_waits_for_another_one_and_the_rest_of_the_batch_goes(shop, lead):
    approve(lead, probe := drafted(shop))
    probe.refresh_from_db()
    own, other = drafted(shop, by=probe.approved_by), drafted(shop)
    assert approve(lead, own, other) == [(409, "refused"), (200, "")]
    own.refresh_from_db()
    assert (own.state, own.version, own.approved_by) == ("drafted", 1, "")
    assert sent() == sorted([probe.pk, other.pk])
    assert approve(Api(make_key(shop, roles=("lead",))[1]), own) == [(200, "")]


def test_an_agent_approves_none_of_a_batch_and_nothing_is_sent(shop, as_role):
    assert approve(as_role("agent"), drafted(shop), drafted(shop)) == [(403, "forbidden")] * 2
    assert sent() == []
    assert set(Refund.objects.values_list("state", "version")) == {("drafted", 1)}


def test_one_refund_twice_in_a_batch_is_paid_once(shop, lead):
    refund = drafted(shop)
    given = approve(lead, refund, refund)
    assert [status for status, _ in given] == [200, 400]
    assert sent() == [refund.pk]
