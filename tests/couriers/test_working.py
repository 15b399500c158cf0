"""Questions put to the services to practise with: what is asked, what is refused before, and how each one ends."""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from flows.models import Move
from kefu.demo.carriers import FAULTS
from orders.couriers import asking, working
from orders.models import LastAsked, Lookup, Order, Parcel
from tests.couriers.conftest import NUMBER
from tests.returns.hands import Hands as ReturnHands

MINUTE = timedelta(minutes=1)
BOTH = pytest.mark.parametrize(("service", "company"), [("kuaidi100", "yuantong"), ("kdniao", "YTO")])


@pytest.fixture
def now():
    return timezone.now()


def ended():
    row = Lookup.objects.order_by("-pk").first()
    return row.outcome, row.ended_at is not None


@BOTH
def test_an_answer_is_told_to_the_order_as_the_hook_would(desk, now, service, company):
    desk.contract(service)
    desk.shipped()
    desk.happened(15, "picked_up", "已揽收", company=company)
    desk.happened(60, "signed", "已签收，签收人：本人", company=company)
    desk.ask(now, service=service)
    assert desk.work(now) == 1
    order, row = desk.order(), Lookup.objects.get()
    assert (order.state, order.signed_at) == ("signed", desk.t0 + 60 * MINUTE)
    assert [text for _at, text in order.parcels.get().track] == ["已揽收", "已签收，签收人：本人"]
    assert (row.outcome, row.state, row.asked_at, row.ended_at) == ("tracked", "signed", now, now)
    move = Move.objects.get(flow="order", step="sign")
    assert (move.who, move.by) == ("platform", f"courier:{service}")
    assert desk.work(now + timedelta(days=1)) == 0


@BOTH
def test_asked_again_an_hour_later_it_says_the_same_and_nothing_changes(desk, now, service, company):
    desk.contract(service)
    desk.shipped()
    desk.happened(15, "in_transit", "已离开", company=company)
    desk.ask(now, service=service)
    desk.work(now)
    before = (desk.order().version, Parcel.objects.values().get())
    desk.ask(now + 60 * MINUTE, service=service)
    desk.carriers._last.clear()  # an hour is over at the service as well
    desk.work(now + 60 * MINUTE)
    assert ended() == ("tracked", True)
    assert (desk.order().version, Parcel.objects.values().get()) == before


@BOTH
def test_a_parcel_that_travels_back_tells_its_return(desk, now, service, company):
    hands = ReturnHands()
    desk.contract(service, shop=hands.shop)
    hands.signed()
    hands.request()
    hands.go(hands.ret(), ("approve", "agent"), ("send_back", "customer", {"tracking_number": NUMBER}))
    desk.happened(90, "out_for_delivery", "派送中", company=company)
    desk.ask(now, service=service, shop=hands.shop)
    desk.work(now)
    assert ended() == ("tracked", True)
    back = hands.ret().parcels.get()
    assert (back.status, back.track[0][1], back.carrier) == ("out_for_delivery", "派送中", "圆通")


def test_a_returns_parcel_is_subscribed_to_when_its_number_is_told(desk):
    hands = ReturnHands()
    desk.contract(shop=hands.shop, subscribe=True)
    hands.signed()
    Lookup.objects.all().delete()
    hands.request()
    hands.go(hands.ret(), ("approve", "agent"), ("send_back", "customer", {"tracking_number": NUMBER}))
    [row] = Lookup.objects.all()
    assert (row.kind, row.tracking_number, row.carrier) == ("subscribe", NUMBER, "圆通")


def test_of_a_courier_that_wants_a_phone_the_orders_last_four_digits_are_told(desk, now):
    desk.contract()
    desk.shipped("SF1000000001234", "顺丰")
    desk.carriers.waybill("SF1000000001234", "shunfeng", "8000")
    desk.happened(15, "picked_up", "已揽收", "SF1000000001234")
    desk.ask(now, "SF1000000001234", "顺丰")
    desk.work(now)
    assert ended() == ("tracked", True)
    assert desk.carriers.asked[0].phone == "8000"


@pytest.mark.parametrize(
    ("service", "carrier", "number", "asked"),
    [("kuaidi100", "顺丰", "SF1000000001234", 0), ("kdniao", "顺丰", "SF1000000001234", 0),
     ("kuaidi100", "中通", "75123456789012", 0), ("kdniao", "中通", "75123456789012", 1)],
)  # fmt: skip
def test_without_a_phone_nothing_is_asked_that_would_be_refused(desk, now, service, carrier, number, asked):
    desk.contract(service)
    desk.shipped(number, carrier)
    Order.objects.update(buyer_phone="")
    desk.ask(now, number, carrier, service)
    desk.work(now)
    assert len(desk.carriers.asked) == asked
    if not asked:
        row = Lookup.objects.get()
        assert (row.outcome, row.asked_at) == ("no_phone", None)
        assert "手机号" in asking.said(row)
        assert not LastAsked.objects.exists()


def test_another_phone_than_the_parcels_is_said_so(desk, now):
    desk.contract()
    desk.shipped("SF1000000001234", "顺丰")
    desk.carriers.waybill("SF1000000001234", "shunfeng", "9999")
    desk.happened(15, "picked_up", "已揽收", "SF1000000001234")
    desk.ask(now, "SF1000000001234", "顺丰")
    desk.work(now)
    assert ended() == ("bad_phone", True)


@BOTH
def test_within_half_an_hour_a_number_is_not_asked_for_again(desk, now, service, company):
    desk.contract(service)
    parcel = desk.shipped()
    desk.happened(15, "picked_up", "已揽收", company=company)
    desk.ask(now, service=service)
    desk.work(now)
    desk.ask(now + 10 * MINUTE, service=service)  # by whatever way it came into the queue
    desk.work(now + 10 * MINUTE)
    assert (len(desk.carriers.asked), desk.carriers.locked) == (1, set())
    row = Lookup.objects.get(ended_at=None)
    assert (row.rings_at, row.attempts, row.asked_at) == (now + 30 * MINUTE, 0, None)
    assert asking.standing(parcel, now=now + 10 * MINUTE).open
    desk.carriers._last.clear()
    desk.work(now + 30 * MINUTE)
    assert len(desk.carriers.asked) == 2
    assert ended() == ("tracked", True)


def test_two_shops_with_one_account_do_not_lock_each_others_number(desk, now):
    from tests.factories import make_shop

    other = make_shop()
    desk.contract()
    desk.contract(shop=other)
    desk.shipped()
    desk.happened(15, "picked_up", "已揽收")
    desk.ask(now)
    Lookup.objects.create(shop=other, service="kuaidi100", carrier="圆通", tracking_number=NUMBER, created_at=now,
                          rings_at=now)  # fmt: skip
    desk.work(now)
    assert (len(desk.carriers.asked), desk.carriers.locked) == (1, set())
    assert Lookup.objects.filter(ended_at=None).count() == 1


@BOTH
def test_a_wrong_key_ends_the_question_and_is_not_tried_again(desk, now, service, company):
    desk.contract(service, key="right")
    desk.carriers.accounts[service]["CUST"] = "another"
    desk.shipped()
    desk.ask(now, service=service)
    desk.work(now)
    assert ended() == ("bad_key", True)
    assert "店长" in asking.said(Lookup.objects.get())
    assert desk.work(now + timedelta(days=2)) == 0


@BOTH
def test_what_the_service_knows_nothing_of_ends_as_that(desk, now, service, company):
    desk.contract(service)
    desk.shipped()
    desk.ask(now, service=service)
    desk.work(now)
    assert ended() == ("no_record", True)
    assert Parcel.objects.get().first_track_at is None


@BOTH
@pytest.mark.parametrize(
    ("fault", "outcome"), [("garbage", "malformed"), ("huge", "malformed"), ("quota", "quota")]
)  # fmt: skip
def test_an_answer_that_is_none_ends_the_question(desk, now, service, company, fault, outcome):
    desk.contract(service)
    desk.shipped()
    desk.carriers.waybill(NUMBER, company).fault = fault
    desk.ask(now, service=service)
    desk.work(now)
    assert ended() == (outcome, True)
    assert desk.work(now + timedelta(days=2)) == 0


@BOTH
@pytest.mark.parametrize("fault", ["busy", "away", "cut"])
def test_a_service_that_is_away_is_asked_again_but_never_within_half_an_hour(desk, now, service, company, fault):
    assert fault in FAULTS
    desk.contract(service)
    parcel = desk.shipped()
    bill = desk.carriers.waybill(NUMBER, company)
    bill.fault = fault
    desk.ask(now, service=service)
    desk.work(now)
    row = Lookup.objects.get()
    assert (row.ended_at, row.attempts) == (None, 1)
    assert row.rings_at >= now + 30 * MINUTE  # it may have counted the question
    assert "自动重试" in asking.standing(parcel, now=now).outcome
    bill.fault = "well"
    desk.happened(15, "picked_up", "已揽收", company=company)
    desk.work(row.rings_at)
    assert ended() == ("tracked", True)


def test_nobody_at_the_address_is_asked_again_soon_since_nothing_was_sent(desk, now):
    contract = desk.contract()
    desk.shipped()
    desk.happened(15, "picked_up", "已揽收")
    contract.base = "http://127.0.0.1:9"
    contract.save()
    desk.ask(now)
    desk.work(now)
    row = Lookup.objects.get()
    assert now + MINUTE <= row.rings_at <= now + 2 * MINUTE
    assert LastAsked.objects.get().at is None
    contract.base = desk.carriers.base
    contract.save()
    desk.work(row.rings_at)
    assert ended() == ("tracked", True)


def test_after_five_attempts_it_ends_as_away(desk, now):
    contract = desk.contract()
    desk.shipped()
    contract.base = "http://127.0.0.1:9"
    contract.save()
    desk.ask(now)
    for days in range(5):
        assert desk.work(now + timedelta(days=days)) == 1
    assert ended() == ("away", True)
    assert desk.work(now + timedelta(days=9)) == 0
    desk.ask(now + timedelta(days=9))  # the next question is free to come
    assert Lookup.objects.filter(ended_at=None).count() == 1


def test_a_private_address_is_not_called_unless_the_deployment_allows_it(desk, now, settings):
    settings.KEFU_ALLOW_PRIVATE_WEBHOOKS = False
    desk.contract()
    desk.shipped()
    desk.ask(now)
    desk.work(now)
    assert desk.carriers.asked == []
    assert "公网" in Lookup.objects.get().failure


@pytest.mark.parametrize("number", ["YT12", "YT" + "1" * 40, "单号一二三四五六"])
def test_a_number_that_no_service_takes_is_not_sent(desk, now, number):
    desk.contract()
    desk.shipped(number)
    desk.ask(now, number)
    desk.work(now)
    assert ended() == ("bad_number", True)
    assert desk.carriers.asked == []


def test_a_courier_that_the_service_does_not_know_is_not_asked_for(desk, now):
    desk.contract()
    desk.shipped(NUMBER, "小黄蜂")
    desk.ask(now, NUMBER, "小黄蜂")
    desk.work(now)
    assert ended() == ("unserved", True)
    assert desk.carriers.asked == []


def test_a_contract_that_is_gone_or_off_ends_the_question(desk, now):
    contract = desk.contract()
    desk.shipped()
    desk.ask(now)
    contract.active = False
    contract.save()
    desk.work(now)
    assert ended() == ("no_contract", True)
    assert desk.carriers.asked == []


def test_the_track_of_a_number_that_is_nobodys_moves_nobody(desk, now):
    desk.contract()
    desk.shipped("YT9999999999999")
    desk.happened(15, "signed", "已签收")
    desk.ask(now)
    desk.work(now)
    assert ended() == ("unknown_parcel", True)
    assert desk.order().state == "shipped"


@pytest.mark.django_db(transaction=True)
def test_a_subscription_brings_pushes_with_every_point(desk, now):
    """By the service's own hand: over HTTP to it, by its pushes back to us."""
    desk.contract(subscribe=True)
    desk.carriers.post = lambda address, body: (
        desk.push(body).status_code if address.endswith(f"/hooks/{desk.shop.code}/kuaidi100/") else 404, b"",
    )  # fmt: skip
    said = threading.Event()
    post = desk.carriers.post
    desk.carriers.post = lambda address, body: (post(address, body), said.set())[0]
    desk.shipped()
    [row] = Lookup.objects.all()
    assert (row.kind, row.by) == ("subscribe", "hook:native")
    desk.work(now + 3 * MINUTE)
    assert ended() == ("subscribed", True)
    assert desk.carriers.report(NUMBER, "signed", "已签收", desk.t0 + 50 * MINUTE)
    assert said.wait(10)
    until = timezone.now() + timedelta(seconds=10)
    while desk.order().state != "signed" and timezone.now() < until:
        desk.apply()
    assert desk.order().state == "signed"
    assert desk.carriers.refused == []


@BOTH
def test_subscribed_twice_is_subscribed(desk, now, service, company):
    desk.contract(service)
    desk.shipped()
    for minutes in (0, 1):
        desk.ask(now + minutes * MINUTE, service=service, kind="subscribe")
        desk.work(now + minutes * MINUTE)
        assert ended() == ("subscribed", True)
    assert [asked.kind for asked in desk.carriers.asked] == ["subscribe", "subscribe"]


def test_a_number_that_was_given_up_again_and_again_is_let_go(desk, now):
    desk.contract()
    desk.shipped()
    for n in range(4):
        desk.ask(now + n * MINUTE, kind="subscribe")
        desk.work(now + n * MINUTE)
    desk.ask(now + 9 * MINUTE, kind="subscribe")
    desk.work(now + 9 * MINUTE)
    assert ended() == ("given_up", True)
    assert len(desk.carriers.asked) == 4


def test_a_fault_in_telling_leaves_nothing_of_it_and_ends_the_question(desk, now, monkeypatch, caplog):
    desk.contract()
    desk.shipped()
    desk.happened(15, "signed", "已签收")
    desk.ask(now)
    monkeypatch.setattr("orders.parcels.know_when_signed", lambda order: 1 / 0)
    desk.work(now)
    assert ended() == ("failed", True)
    assert (desk.order().state, Parcel.objects.get().track) == ("shipped", [])


def test_no_log_names_a_number_a_phone_or_a_key(desk, now, caplog):
    caplog.set_level("DEBUG")
    desk.contract()
    desk.shipped("SF1000000001234", "顺丰")
    for fault in FAULTS:
        if fault != "hangs":
            desk.carriers.waybill("SF1000000001234", "shunfeng").fault = fault
            Lookup.objects.all().delete()
            LastAsked.objects.all().delete()
            desk.ask(now, "SF1000000001234", "顺丰")
            working.run(at=now)
    said = "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith("django.db"))
    for secret in ("SF1000000001234", "8000", "KEY-of-the-shop"):
        assert secret not in said
