"""The courier services to practise with are as strict as the real ones; two sample shops have their parcels watched."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from kefu.demo import carrier_tongues as tongues
from kefu.demo import tracking
from kefu.demo.carriers import Carriers
from kefu.demo.messages import Message
from kefu.demo.queue import Item
from orders.couriers.contract import Account, Wanted
from orders.couriers.services import COURIERS
from orders.models import CourierContract
from tests.factories import make_shop

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
HUNDRED, BIRD = COURIERS["kuaidi100"], COURIERS["kdniao"]
ACCOUNT = Account("CUST", "KEY", "SALT")
CODES = {"kuaidi100": ("shunfeng", "yuantong"), "kdniao": ("SF", "YTO")}
BOTH = pytest.mark.parametrize("name", ["kuaidi100", "kdniao"])


@pytest.fixture
def carriers():
    made = Carriers(now=lambda: NOON)
    made.accounts = {"kuaidi100": {"CUST": "KEY"}, "kdniao": {"CUST": "KEY"}}
    yield made
    made.stop()


def asked(carriers, name, number="YT123456", company="", phone="", account=ACCOUNT, subscribe=False):
    courier, wanted = COURIERS[name], Wanted(company or CODES[name][1], number, phone)
    request = courier.subscribe(account, wanted, "http://here/") if subscribe else courier.query(account, wanted)
    status, body = carriers.take(request.url.partition(".com")[2], request.body)
    assert status == 200
    return courier.subscribed(body) if subscribe else courier.answered(body)


@BOTH
def test_a_wrong_key_is_refused_for_questions_and_for_subscriptions(carriers, name):
    for subscribe in (False, True):
        wrong = ACCOUNT._replace(key="another")
        assert asked(carriers, name, account=wrong, subscribe=subscribe).outcome == "bad_key"
    assert carriers.asked == []
    assert carriers.subscriptions == {}


@BOTH
def test_a_number_that_is_asked_for_again_within_half_an_hour_is_locked(carriers, name):
    carriers.report("YT123456", "picked_up", "已揽收", NOON)
    assert asked(carriers, name).outcome == "tracked"
    carriers.now = lambda: NOON + timedelta(minutes=29)
    assert asked(carriers, name).outcome == "too_often"
    carriers.now = lambda: NOON + timedelta(hours=9)
    assert asked(carriers, name).outcome == "too_often"  # locked is locked
    assert carriers.locked == {"YT123456"}


@BOTH
def test_half_an_hour_later_it_answers_again(carriers, name):
    carriers.report("YT123456", "picked_up", "已揽收", NOON)
    for minutes in (0, 30, 60):
        carriers.now = lambda minutes=minutes: NOON + timedelta(minutes=minutes)
        assert asked(carriers, name).outcome == "tracked"


@BOTH
def test_of_some_couriers_it_wants_the_last_four_digits_and_the_right_ones(carriers, name):
    for n, (phone, outcome) in enumerate((("", "bad_phone"), ("9999", "bad_phone"), ("8000", "tracked"))):
        number = f"SF100000000000{n}"
        carriers.waybill(number, "SF", "8000")
        carriers.report(number, "picked_up", "已揽收", NOON)
        assert asked(carriers, name, number, CODES[name][0], phone).outcome == outcome


@BOTH
def test_every_state_comes_through_both_ways(carriers, name):
    for n, state in enumerate(tongues.CODES):
        number = f"YT12345{n}"
        carriers.report(number, state, state, NOON)
        expected = "problem" if state == "lost" else state  # neither service knows a lost parcel from one in trouble
        assert asked(carriers, name, number).track.state == expected


@BOTH
def test_a_subscription_pushes_every_point_from_then_on_signed(carriers, name):
    pushed = []
    carriers.post = lambda address, body: (pushed.append((address, body)), (200, b""))[1]
    carriers.addresses["CUST"] = "http://here/"
    assert not carriers.report("YT123456", "picked_up", "已揽收", NOON)
    assert asked(carriers, name, subscribe=True).outcome == "subscribed"
    assert carriers.report("YT123456", "signed", "已签收", NOON + timedelta(hours=1))
    while not carriers._pushes.empty():
        carriers._say(*carriers._pushes.get()[:3])
    assert [address for address, _body in pushed] == ["http://here/"] * 2
    from hooks.bodies import read_form

    forms = [read_form(body) for _address, body in pushed]
    assert all(COURIERS[name].proves(form, ACCOUNT) for form in forms)
    assert not any(COURIERS[name].proves(form, ACCOUNT._replace(key="x", salt="x")) for form in forms)
    # each tells the whole way as it stands when it is said
    assert [COURIERS[name].pushed(form)[0].track.state for form in forms][-1] == "signed"


def test_what_is_no_question_is_no_answer(carriers):
    assert carriers.take("/elsewhere", b"")[0] == 404
    for body in (b"", b"param=x", urlencode({"param": "{}"}).encode()):
        _status, said = carriers.take("/poll/query.do", body)
        assert json.loads(said)["result"] is False


@pytest.mark.django_db
def test_the_sample_shops_keep_their_contracts_and_follow_the_services_to_their_port(carriers):
    for code in ("muli", "shanyehuo", "zhoumo"):
        make_shop(code)
    tracking.make(carriers, "http://kefu", 1)
    before = {c.shop.code: c.account() for c in CourierContract.objects.select_related("shop")}
    assert set(before) == {"muli", "shanyehuo"}
    CourierContract.objects.filter(shop__code="muli").update(subscribe=False)
    other = Carriers()
    tracking.make(other, "http://kefu", 1)
    other.stop()
    after = {c.shop.code: c for c in CourierContract.objects.select_related("shop")}
    assert {code: c.account()._replace(base="") for code, c in after.items()} == {
        code: account._replace(base="") for code, account in before.items()
    }
    assert after["muli"].base == other.base
    assert after["muli"].subscribe is False  # what a visitor has changed stays
    assert other.accounts["kdniao"] == {"1688001": tracking.KEY % "shanyehuo"}
    assert other.addresses["1688001"] == "http://kefu/hooks/shanyehuo/kdniao/"


def test_a_scan_is_pushed_where_the_number_is_watched_else_the_shop_tells_it(carriers):
    data = {"carrier": "YTO", "tracking_number": "YT123456", "state": "picked_up", "points": [{"text": "已揽收"}]}
    item = Item(0.0, 1, Message(0, "muli", "A1", "m", "parcel.tracked", data, 0), NOON.timestamp())
    paid = Item(0.0, 1, Message(0, "muli", "A1", "m", "order.paid", {}, 0), NOON.timestamp())
    assert tracking.seen(carriers, item) is False
    assert carriers.waybills["YT123456"].way[0].at == NOON
    asked(carriers, "kuaidi100", subscribe=True)
    assert tracking.seen(carriers, item) is True
    assert tracking.seen(carriers, paid) is False
