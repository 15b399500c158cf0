"""Refunds in the API: shown with their parts and nothing of the payee, decided one by one or many at once."""

import json

from django.utils import timezone

from flows import engine
from flows.table import Who
from orders.models import Refund
from orders.states import R
from shops import policy
from tests.api.callers import Api, start_order
from tests.factories import make_key


def drafted(shop, number):
    """A refund of 20.00 + 5.00 that waits for a lead."""
    order = start_order(shop, number)
    refund = Refund(
        shop=shop, order=order, number=f"{number}-F1", key=f"{number}:return:1", cause="return:1", about=f"{number}-R1",
        goods=2000, compensation=500, amount=2500, asked_by="xiaomei", asked_as="agent", state=R.DRAFTED,
        payee="/api/v1/returns/secret/payee/",
    )  # fmt: skip
    return engine.start(refund, who=Who.SYSTEM, by="system", at=timezone.now())


def test_a_refund_is_shown_with_its_parts_and_nothing_of_the_payee(as_role, shop):
    refund = drafted(shop, "A1")
    told = as_role("lead").get(f"/refunds/{refund.number}/")
    assert told.status_code == 200
    assert told.data["amount"] == "25.00"
    assert told.data["parts"] == {"goods": "20.00", "freight": "0.00", "compensation": "5.00"}
    assert (told.data["order"], told.data["return"], told.data["state"]) == ("A1", "A1-R1", "drafted")
    assert "payee" not in json.dumps(told.data)
    assert [s["name"] for s in told.data["steps"]] == ["approve", "reject", "cancel"]


def test_refunds_are_found_by_order_return_key_and_words(api, shop):
    for number in ("A1", "A2"):
        drafted(shop, number)
    for query in ({"order": "A2"}, {"return": "A2-R1"}, {"key": "A2:return:1"}, {"q": "A2-F1"}, {"q": "A2"}):
        assert [r["number"] for r in api.get("/refunds/", query).data["results"]] == ["A2-F1"], query
    assert len(api.get("/refunds/", {"state": "drafted"}).data["results"]) == 2


def test_many_are_approved_at_once_with_a_result_each(as_role, shop):
    refunds = [drafted(shop, number) for number in ("A1", "A2")]
    lead = as_role("lead")
    own = drafted(shop, "A3")
    by = lead.post(f"/refunds/{refunds[0].number}/steps/approve/")
    assert by.status_code == 200, by.data
    key = Refund.objects.get(pk=refunds[0].pk).approved_by
    Refund.objects.filter(pk=own.pk).update(asked_by=key)
    told = lead.post("/refunds/steps/approve/", {"items": [{"number": n} for n in ("A2-F1", "A3-F1", "A9-F1")]})
    assert [r["status"] for r in told.data["results"]] == [200, 409, 404]
    assert told.data["results"][1]["problem"]["code"] == "refused"
    assert Refund.objects.get(pk=own.pk).state == "drafted"
    assert as_role("agent").post("/refunds/A3-F1/steps/approve/").status_code == 403


def test_a_result_is_told_by_the_shops_key_and_an_amount_is_a_decimal_string(as_role, shop):
    refund = drafted(shop, "A1")
    back_end = as_role("shop")
    wrong = back_end.post(f"/refunds/{refund.number}/steps/succeed/", {"amount": 25})
    assert wrong.status_code == 400
    done = back_end.post(f"/refunds/{refund.number}/steps/succeed/", {"amount": "25.00", "voucher": "V1"})
    assert done.status_code == 200, done.data
    assert Refund.objects.get(pk=refund.pk).state == "succeeded"


def test_a_reconciled_success_needs_its_voucher(as_role, shop):
    refund = drafted(shop, "A1")
    lead = as_role("lead")
    assert lead.post(f"/refunds/{refund.number}/steps/approve/").status_code == 200
    as_role("shop").post(f"/refunds/{refund.number}/steps/fail/", {"reason": "账户异常"})
    bare = lead.post(f"/refunds/{refund.number}/steps/reconcile/", {"result": "succeeded"})
    assert bare.status_code == 400
    assert bare.data["errors"][0]["pointer"] == "/voucher"
    assert Refund.objects.get(pk=refund.pk).state == "failed"


def test_the_authority_of_a_role_is_part_of_the_policy(as_role, shop):
    lead = as_role("lead")
    told = lead.get("/policies/mine/").data["authority"]
    assert told["agent"] == {
        "refund_case": "500.00", "refund_day": "5000.00", "compensation_case": "50.00", "compensation_day": "500.00",
    }  # fmt: skip
    assert told["lead"]["refund_case"] is None
    done = lead.send("PATCH", "/policies/mine/", {"authority": {"agent": {"refund_case": "20.00"}}})
    assert done.status_code == 200, done.data
    assert policy.of(shop.pk).authority["agent"] == {
        "refund_case": 2000, "refund_day": 500_000, "compensation_case": 5000, "compensation_day": 50_000,
    }  # fmt: skip
    for wrong in ({"boss": {}}, {"agent": {"refund": "1.00"}}, {"agent": {"refund_case": "1.001"}}):
        refused = lead.send("PATCH", "/policies/mine/", {"authority": wrong})
        assert refused.status_code == 400, wrong
    assert policy.of(shop.pk).authority["agent"]["refund_case"] == 2000


def test_nobody_of_another_shop_sees_a_refund(shop, other):
    refund = drafted(shop, "A1")
    stranger = Api(make_key(other, roles=("lead", "shop"))[1])
    assert stranger.get(f"/refunds/{refund.number}/").status_code == 404
    assert stranger.get("/refunds/").data["results"] == []
