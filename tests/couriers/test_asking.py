"""Wanting to know where a parcel is: who may ask, when, and how it stands meanwhile."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from flows.effects import Add
from flows.writing import insert_all
from orders.couriers import asking, contracts
from orders.models import Lookup, Parcel
from tests.couriers.conftest import NUMBER
from tests.factories import make_shop
from tests.orders.hands import parcel

MINUTE = timedelta(minutes=1)


@pytest.fixture
def now():
    return timezone.now()


def add(followups):
    insert_all([f.row for f in followups])


def test_without_a_contract_nobody_asks_and_the_couriers_own_page_is_shown(desk, now):
    one = desk.shipped("SF1000000001234", "顺丰")
    assert asking.wanted(one, at=now) == []
    assert asking.watched(one, at=now) == []
    standing = asking.standing(one, now=now)
    assert (standing.service, standing.open, standing.next_at) == ("", False, None)
    assert standing.link.startswith("https://www.sf-express.com/")
    assert "官网" in standing.outcome


def test_with_a_contract_it_is_asked_at_once_and_once(desk, now):
    desk.contract()
    one = desk.shipped()
    [asked] = asking.wanted(one, at=now, by="user:3")
    assert isinstance(asked, Add)
    row = asked.row
    assert (row.shop_id, row.service, row.kind, row.tracking_number) == (desk.shop.pk, "kuaidi100", "query", NUMBER)
    assert (row.rings_at, row.by) == (now, "user:3")
    add([asked])
    assert asking.wanted(one, at=now) == []
    assert asking.standing(one, now=now).open
    assert "排队" in asking.standing(one, now=now).outcome


def test_after_an_answer_it_is_asked_again_when_half_an_hour_is_over(desk, now):
    desk.contract()
    one = desk.shipped()
    desk.happened(15, "picked_up", "已揽收")
    add(asking.wanted(one, at=now))
    desk.work(now)
    later = now + 29 * MINUTE
    assert asking.wanted(one, at=later) == []
    standing = asking.standing(one, now=later)
    assert (standing.open, standing.asked_at, standing.next_at) == (False, now, now + 30 * MINUTE)
    assert (standing.service, standing.code, standing.outcome) == ("快递100", "tracked", "已查到轨迹")
    assert len(asking.wanted(one, at=now + 30 * MINUTE)) == 1
    assert asking.standing(one, now=now + 30 * MINUTE).next_at is None


def test_what_was_refused_before_it_was_sent_may_be_asked_again_at_once(desk, now):
    desk.contract()
    one = desk.shipped(NUMBER, "小黄蜂")
    add(asking.wanted(one, at=now))
    desk.work(now)
    assert asking.standing(one, now=now).code == "unserved"
    assert len(asking.wanted(one, at=now + MINUTE)) == 1


def test_the_pause_is_the_contracts_own_where_it_is_longer(desk, now):
    desk.contract(every=7200)
    one = desk.shipped()
    add(asking.wanted(one, at=now))
    desk.work(now)
    assert asking.wanted(one, at=now + 119 * MINUTE) == []
    assert len(asking.wanted(one, at=now + 120 * MINUTE)) == 1


def test_of_two_contracts_the_first_that_knows_the_courier_is_asked(desk, now, monkeypatch):
    desk.contract("kdniao")
    desk.contract("kuaidi100")
    one = desk.shipped()
    assert asking.wanted(one, at=now)[0].row.service == "kdniao"
    bird = contracts.COURIERS["kdniao"]
    monkeypatch.setitem(bird.codes, "圆通", "YTO")
    monkeypatch.delitem(bird.codes, "圆通")
    assert asking.wanted(one, at=now)[0].row.service == "kuaidi100"


def test_two_who_want_to_know_at_once_ask_once(desk, now):
    desk.contract()
    one = desk.shipped()
    twice = [asking.wanted(one, at=now)[0], asking.wanted(one, at=now)[0]]
    add(twice)
    add(twice[:1])
    assert Lookup.objects.count() == 1


def test_nobody_sees_how_asking_stands_in_another_shop(desk, now):
    other = make_shop()
    desk.contract()
    desk.contract(shop=other)
    one = desk.shipped()
    add(asking.wanted(one, at=now))
    theirs = Parcel(shop_id=other.pk, carrier="圆通", tracking_number=NUMBER)
    assert asking.standing(theirs, now=now).open is False
    assert len(asking.wanted(theirs, at=now)) == 1


@pytest.mark.parametrize("by", ["hand", "hook", "part"])
def test_shipping_subscribes_to_each_parcel_where_the_contract_says_so(desk, by):
    desk.contract(subscribe=True)
    order = desk.picking()
    parcels = [parcel("YT1234567890001", ("1", 1), carrier="圆通"), parcel("YT1234567890002", ("2", 2), carrier="圆通")]
    if by == "hook":
        desk.tell("order.shipped", 10, number="A1", parcels=parcels)
        desk.tell("order.shipped", 10, number="A1", parcels=parcels)
    elif by == "hand":
        desk.take(order, "ship", "warehouse", parcels=parcels)
    else:
        order = desk.take(order, "ship_part", "warehouse", parcels=parcels[:1])
        desk.take(order, "ship", "warehouse", parcels=parcels[1:])
    rows = Lookup.objects.order_by("tracking_number")
    assert [(r.kind, r.tracking_number) for r in rows] == [
        ("subscribe", "YT1234567890001"), ("subscribe", "YT1234567890002"),
    ]  # fmt: skip


@pytest.mark.parametrize("why", ["no contract", "not wanted", "off", "unknown courier"])
def test_shipping_subscribes_to_nothing_otherwise(desk, why):
    if why != "no contract":
        desk.contract(subscribe=why != "not wanted", active=why != "off")
    desk.shipped(carrier="小黄蜂" if why == "unknown courier" else "圆通")
    assert desk.order().state == "shipped"
    assert not Lookup.objects.exists()


def test_a_refused_shipment_subscribes_to_nothing(desk):
    from flows.effects import Refused

    desk.contract(subscribe=True)
    order = desk.picking()
    with pytest.raises(Refused):
        desk.take(order, "ship", "warehouse", parcels=[parcel(NUMBER, ("9", 1), carrier="圆通")])
    assert not Lookup.objects.exists()


def test_statements_of_standing_and_of_subscribing(desk, now):
    desk.contract(subscribe=True)
    contracts.of(desk.shop.pk)
    many = [Parcel(shop_id=desk.shop.pk, carrier="圆通", tracking_number=f"YT{n:013d}") for n in range(50)]
    with CaptureQueriesContext(connection) as seen:
        assert len(asking.standings(many, now=now)) == 50
    assert len(seen.captured_queries) == 1
    with CaptureQueriesContext(connection) as seen:
        assert [len(asking.watched(p, at=now)) for p in many] == [1] * 50
    assert len(seen.captured_queries) == 0
