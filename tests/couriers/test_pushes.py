"""A courier service pushes: proved first, kept as it came, told as `parcel.tracked`, answered in its own words."""

import json
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hooks.models import Inbox
from kefu.demo import carrier_tongues as tongues
from orders.models import Lookup, Parcel
from orders.states import P
from tests.couriers.conftest import CUSTOMER, KEY, NUMBER
from tests.factories import make_shop
from tests.orders.hands import parcel

BOTH = pytest.mark.parametrize(("service", "company"), [("kuaidi100", "yuantong"), ("kdniao", "YTO")])
COMPANY = {"kuaidi100": "yuantong", "kdniao": "YTO"}


@pytest.fixture
def pushed(desk):
    """pushed(service): what the service pushes now of the parcel on its way."""

    def body(service="kuaidi100", status="", number=NUMBER):
        return desk.carriers.worded(desk.watched(service, number, COMPANY[service]), status)

    return body


@BOTH
def test_a_push_moves_the_order_and_is_answered_in_the_services_own_words(desk, pushed, service, company):
    desk.contract(service)
    desk.shipped()
    desk.happened(15, "picked_up", "已揽收")
    desk.happened(90, "signed", "已签收，签收人：本人")
    response = desk.push(pushed(service), service)
    assert response.status_code == 200
    said = response.json()
    if service == "kuaidi100":
        assert said == {"result": True, "returnCode": "200", "message": "成功"}
    else:
        assert said.pop("UpdateTime").startswith(str(timezone.localdate().year))
        assert said == {"EBusinessID": CUSTOMER, "Success": True, "Reason": ""}
    order = desk.order()
    assert (order.state, order.signed_at) == ("signed", desk.t0 + timedelta(minutes=90))
    assert [text for _at, text in order.parcels.get().track] == ["已揽收", "已签收，签收人：本人"]
    row = Inbox.objects.get(source=service)
    assert (row.outcome, row.type, row.number, row.flow) == ("applied", "parcel.tracked", NUMBER, "order")


@BOTH
def test_what_is_kept_are_the_bytes_as_they_came(desk, pushed, service, company):
    desk.contract(service)
    desk.shipped()
    desk.happened(15, "in_transit", "已离开合肥分拨中心")
    body = pushed(service)
    desk.push(body, service)
    row = Inbox.objects.get(source=service)
    assert bytes(row.body) == body


@BOTH
@pytest.mark.parametrize("spoil", ["byte", "salt", "none", "other shop"])
def test_a_push_that_is_not_proved_stores_nothing(desk, pushed, service, company, spoil):
    contract = desk.contract(service)
    desk.shipped()
    desk.happened(15, "signed", "已签收")
    body, shop = pushed(service), desk.shop
    if spoil == "byte":
        body = body.replace(b"YT123", b"YT124")
    elif spoil == "salt":
        contract.keep("another-key", "another-salt")
        contract.save()
    elif spoil == "none":
        body = urlencode({k: v for k, v in parse_qsl(body.decode()) if k not in ("sign", "DataSign")}).encode()
    else:
        shop = make_shop(secret=True)
    response = desk.push(body, service, shop=shop)
    assert response.status_code == 401
    assert response.json().get("result", response.json().get("Success")) is False
    assert not Inbox.objects.exclude(source="native").exists()
    assert desk.order().state == "shipped"


@BOTH
def test_without_a_contract_and_with_one_that_is_off_nobody_is_heard(desk, pushed, service, company):
    contract = desk.contract(service)
    desk.happened(15, "signed", "已签收")
    body = pushed(service)
    contract.active = False
    contract.save()
    assert desk.push(body, service).status_code == 401
    contract.delete()
    assert desk.push(body, service).status_code == 401
    assert not Inbox.objects.exclude(source="native").exists()


def test_an_empty_salt_proves_nothing(desk, pushed):
    """Else everybody could sign: MD5 over the text alone."""
    contract = desk.contract()
    contract.keep(KEY, "x")
    from shops import sealing

    contract.sealed = sealing.seal({"key": KEY, "salt": ""}, b"kefu courier", f"courier:{desk.shop.pk}:kuaidi100")
    contract.save()
    desk.happened(15, "signed", "已签收")
    param = dict(parse_qsl(pushed().decode()))["param"]
    body = urlencode({"param": param, "sign": tongues.md5(param).upper()}).encode()
    assert desk.push(body).status_code == 401
    assert not Inbox.objects.exclude(source="native").exists()


@BOTH
def test_a_push_that_is_said_again_changes_nothing(desk, pushed, service, company):
    desk.contract(service)
    desk.shipped()
    desk.happened(15, "in_transit", "已离开合肥分拨中心")
    body = pushed(service)
    assert desk.push(body, service).status_code == 200
    before = (desk.order().version, Parcel.objects.values().get(), Inbox.objects.count())
    assert desk.push(body, service).status_code == 200
    assert (desk.order().version, Parcel.objects.values().get(), Inbox.objects.count()) == before


def test_kdniao_says_the_same_news_again_at_another_time_and_it_is_one_row(desk, carriers, pushed):
    desk.contract("kdniao")
    desk.shipped()
    desk.happened(15, "in_transit", "已离开合肥分拨中心")
    first = pushed("kdniao")
    carriers.now = lambda: timezone.now() + timedelta(minutes=5)
    again = pushed("kdniao")
    assert first != again
    for body in (first, again):
        assert desk.push(body, "kdniao").json()["Success"] is True
    assert len(desk.outcomes()) == 1


@BOTH
def test_a_push_before_its_parcel_is_known_waits_for_it(desk, pushed, service, company):
    desk.contract(service)
    desk.picking()
    desk.happened(15, "signed", "已签收")
    desk.push(pushed(service), service)
    assert desk.outcomes() == [("parked", NUMBER)]
    desk.tell("order.shipped", 10, number="A1", parcels=[parcel(NUMBER, carrier="圆通")])
    desk.apply()
    assert desk.outcomes() == [("applied", NUMBER)]
    assert desk.order().state == "signed"


def test_one_push_of_three_numbers_is_three_rows_and_each_waits_for_its_own(desk, carriers):
    desk.contract("kdniao")
    numbers = [f"YT12345678901{n}" for n in (11, 22, 33)]
    desk.shipped(numbers[0], order="A1")
    desk.picking("A2")
    parts = []
    for number in numbers:
        desk.happened(15, "signed", "已签收", number, "YTO")
        parts.append(tongues.bird_track(CUSTOMER, number, "YTO", carriers.waybill(number).way))
    body = tongues.bird_push(CUSTOMER, parts, KEY, timezone.now())
    assert desk.push(body, "kdniao").json()["Success"] is True
    assert desk.outcomes() == [("applied", numbers[0]), ("parked", numbers[1]), ("parked", numbers[2])]
    desk.tell("order.shipped", 10, number="A2", parcels=[parcel(numbers[1], carrier="圆通")])
    desk.apply()
    assert [outcome for outcome, _number in desk.outcomes()] == ["applied", "applied", "parked"]
    assert (desk.order("A1").state, desk.order("A2").state) == ("signed", "signed")


def test_more_numbers_in_one_push_than_we_take_are_kept_as_rejected(desk):
    desk.contract("kdniao")
    part = tongues.bird_track(CUSTOMER, NUMBER, "YTO", [tongues.Happened(desk.t0, "signed", "已签收")])
    response = desk.push(tongues.bird_push(CUSTOMER, [part] * 101, KEY, timezone.now()), "kdniao")
    assert (response.status_code, response.json()["Success"]) == (422, False)
    assert [outcome for outcome, _number in desk.outcomes()] == ["rejected"]


@BOTH
def test_a_parcel_that_nobody_has_collected_yet_is_no_news(desk, pushed, service, company):
    desk.contract(service)
    desk.shipped()
    if service == "kuaidi100":
        body = tongues.hundred_push(NUMBER, company, [], desk.watched().question.salt, "polling")
    else:
        part = tongues.bird_track(CUSTOMER, NUMBER, company, [])
        body = tongues.bird_push(CUSTOMER, [part], KEY, timezone.now())
    assert desk.push(body, service).status_code == 200
    assert desk.outcomes() == [("ignored", NUMBER)]
    assert Parcel.objects.get().first_track_at is None


def test_a_number_that_is_given_up_is_subscribed_to_again_after_half_an_hour(desk, pushed):
    desk.contract(subscribe=True)
    desk.shipped()
    Lookup.objects.all().delete()
    now = timezone.now()
    assert desk.push(pushed(status="abort")).json()["result"] is True
    assert desk.outcomes() == [("applied", NUMBER)]
    again = Lookup.objects.get()
    assert (again.kind, again.ended_at) == ("subscribe", None)
    assert timedelta(minutes=29) < again.rings_at - now < timedelta(minutes=33)
    assert desk.work(now + timedelta(minutes=5)) == 0
    assert desk.work(now + timedelta(minutes=35)) == 1
    assert desk.carriers.asked[-1].kind == "subscribe"
    desk.push(pushed(status="abort"))  # said again: nothing more
    assert Lookup.objects.count() == 1


def test_a_number_that_has_arrived_is_not_subscribed_to_again(desk, pushed):
    desk.contract(subscribe=True)
    desk.shipped()
    Lookup.objects.all().delete()
    desk.tell("parcel.tracked", 40, carrier="圆通", tracking_number=NUMBER, state="signed")
    desk.push(pushed(status="abort"))
    assert not Lookup.objects.exists()


def test_an_unknown_code_keeps_its_value_and_the_parcel_stays_on_its_way(desk):
    desk.contract()
    desk.shipped()
    track = tongues.hundred_track(NUMBER, "yuantong", [tongues.Happened(desk.t0, "in_transit", "已离开")])
    track |= {"state": "77777", "data": [{**track["data"][0], "statusCode": "88888"}]}
    param = json.dumps({"status": "polling", "message": "", "lastResult": track}, ensure_ascii=False)
    salt = desk.watched().question.salt
    body = urlencode({"param": param, "sign": tongues.md5(param + salt).upper()}).encode()
    desk.push(body)
    row = Inbox.objects.get(source="kuaidi100")
    assert (row.outcome, row.flag) == ("applied", "77777")
    assert Parcel.objects.get().status == P.IN_TRANSIT


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 415), (b"param=%ff%fe", None, 400), (b"param=1&param=2", None, 400),
        (b"&".join(b"f%d=1" % n for n in range(30)), None, 400), (b"", None, 401), (b"x" * 300_000, None, 413),
    ],
)  # fmt: skip
def test_a_body_that_is_no_form_of_the_services_leaves_nothing(desk, body, kind, status):
    desk.contract()
    response = desk.push(body, **({"kind": kind} if kind else {}))
    assert (response.status_code, response.json()["result"]) == (status, False)
    assert not Inbox.objects.exists()


@pytest.mark.parametrize("param", ["", "[]", "{}", '{"lastResult": 5}', '{"lastResult": {"data": []}}', "no json"])
def test_a_signed_push_that_cannot_be_read_is_kept_as_rejected_and_again_the_same(desk, param):
    desk.contract()
    body = urlencode({"param": param, "sign": tongues.md5(param + desk.watched().question.salt).upper()}).encode()
    for _ in range(2):
        assert desk.push(body).status_code == 422
    assert [outcome for outcome, _number in desk.outcomes()] == ["rejected"]


def test_only_post_and_only_services_that_we_know(desk):
    address = f"/hooks/{desk.shop.code}"
    assert desk.client.get(f"{address}/kuaidi100/").status_code == 405
    assert desk.client.post(f"{address}/nobody/", b"", "application/json").status_code == 404
    assert desk.push(b"", slash="").status_code == 401
    assert not Inbox.objects.exists()


def test_a_push_takes_few_statements(desk, pushed):
    desk.contract()
    desk.shipped()
    desk.happened(15, "in_transit", "已离开")
    desk.push(pushed())  # who may push is remembered
    desk.happened(20, "out_for_delivery", "派送中")
    body = pushed()
    with CaptureQueriesContext(connection) as seen:
        desk.push(body, apply=False)
    assert len(seen.captured_queries) == 1
    assert "INSERT" in seen.captured_queries[0]["sql"]
