"""Nobody sees or touches a shop that is not theirs, by any address (promise I-42); and what each role may."""

import pytest
from django.utils import timezone

from deadlines.models import Deadline
from flows.models import Move
from hooks.models import Inbox
from outbox import fanout, service
from outbox.models import Delivery, Subscriber
from shops.models import Policy
from tests.api.callers import Api, is_problem, missing, start_order
from tests.factories import make_key

ALL = ("agent", "auditor", "warehouse", "lead", "shop")


@pytest.fixture
def theirs(other):
    """One row of everything, in the other shop. -> the addresses of each"""
    missing(other, "B1")
    row = Inbox.objects.create(
        shop=other, source="native", key="m1", type="order.paid", body=b"{}", body_hash="x", signed_with=1,
        received_at=timezone.now(), number="B1", outcome="parked",
    )  # fmt: skip
    delivery = a_delivery(other)
    clock = Deadline.objects.filter(shop=other, ended_at=None)[0]
    return {
        "orders": ["/orders/B1/", "/orders/B1/history/"],
        "stock-outs": ["/stock-outs/B1-Q1/", "/stock-outs/B1-Q1/history/"],
        "deadlines": [f"/deadlines/{clock.pk}/"],
        "shops": ["/shops/theirs/"],
        "policies": ["/policies/theirs/", "/policies/theirs/versions/", "/policies/theirs/versions/1/"],
        "inbox": [f"/inbox/{row.pk}/"],
        "deliveries": [f"/deliveries/{delivery.pk}/"],
    }


def a_delivery(shop):
    Subscriber.objects.create(shop=shop, url="https://example.com/hook", patterns=["*"])
    service.write([service.Written(shop.pk, "order.pack", "order", 1, 9, {}, timezone.now(), timezone.now())])
    fanout.fan_out(at=timezone.now())
    return Delivery.objects.filter(subscriber__shop=shop).order_by("-pk")[0]


RESOURCES = ["orders", "stock-outs", "deadlines", "shops", "policies", "inbox", "deliveries"]


@pytest.mark.parametrize("resource", RESOURCES)
def test_another_shops_rows_are_not_there(api, theirs, resource):
    assert "theirs" not in api.get(f"/{resource}/").content.decode()
    for address in theirs[resource]:
        told, nowhere = api.get(address), api.get(address.replace("B1", "X1").replace("theirs", "nobodys"))
        is_problem(told, 404, "not-found")
        if nowhere.status_code == 404:
            assert told.data["detail"] == nowhere.data["detail"]
        if resource in ("orders", "stock-outs"):
            is_problem(api.get(address, {"shop": "theirs"}), 404, "not-found")


@pytest.mark.parametrize("resource", ["orders", "stock-outs", "deadlines", "inbox", "deliveries"])
def test_asking_for_another_shop_finds_nothing(api, theirs, resource):
    assert api.get(f"/{resource}/", {"shop": "theirs"}).data["results"] == []
    assert api.get(f"/{resource}/", {"shop": "nobodys"}).data["results"] == []


@pytest.mark.parametrize("resource", RESOURCES)
def test_the_other_shops_own_key_sees_them(theirs, other, resource):
    api = Api(make_key(other, roles=("agent",))[1])
    assert "theirs" in api.get(f"/{resource}/").content.decode()
    for address in theirs[resource]:
        assert api.get(address).status_code == 200, address


@pytest.mark.parametrize("q", ["B1", "13800138000", "b-1", "B1-Q1"])
def test_a_search_finds_nothing_of_another_shop(api, theirs, q):
    for resource in ("orders", "stock-outs"):
        assert api.get(f"/{resource}/", {"q": q}).data["results"] == []


def test_nothing_of_another_shop_is_touched(api, theirs):
    before = Move.objects.count(), Policy.objects.count()
    inbox, delivery = theirs["inbox"][0], theirs["deliveries"][0]
    for method, path, body in [
        ("POST", "/orders/B1/steps/restock/", {}),
        ("POST", "/orders/B1/steps/restock/?shop=theirs", {}),
        ("POST", "/stock-outs/B1-Q1/steps/found/", {}),
        ("POST", "/orders/?shop=theirs", {}),
        ("POST", f"{inbox}replay/", {}),
        ("POST", f"{delivery}replay/", {}),
        ("PATCH", "/policies/theirs/", {"auto_audit": True}),
        ("PUT", "/policies/theirs/", {"auto_audit": True}),
        ("POST", "/policies/theirs/rearm/", {}),
    ]:
        is_problem(api.send(method, path, body), 404, "not-found")
    told = api.post("/orders/steps/restock/", {"items": [{"number": "B1"}, {"number": "B1", "shop": "theirs"}]})
    assert [r["status"] for r in told.data["results"]] == [404, 404]
    assert (Move.objects.count(), Policy.objects.count()) == before
    assert Inbox.objects.get().outcome == "parked"


def test_merging_into_another_shops_order_is_no_way_in(api, shop, other):
    start_order(shop, "A1", payment="cod"), start_order(other, "B1", payment="cod")
    problem = is_problem(api.post("/orders/A1/steps/merge/", {"into": "B1"}), 400, "validation")
    assert problem["errors"][0]["pointer"] == "/into"


def test_a_closed_shops_key_sees_nothing(shop):
    api = Api(make_key(shop, roles=ALL)[1])
    start_order(shop, "A1")
    shop.active = False
    shop.save()
    assert api.get("/orders/").data["results"] == []
