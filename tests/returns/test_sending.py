"""The goods on their way to us: numbers, second parcels, false numbers, tracks."""

from itertools import permutations

import pytest

from flows.effects import Refused
from outbox.models import Event
from returns.models import BackParcel
from tests.returns.hands import ADDRESS
from tests.returns.tracks import inbox, live

SF = "SF1000000000002"


@pytest.fixture
def ret(hands):
    """A1 is signed, its whole content asked back, approved: the customer is to send it."""
    hands.rules(return_address=ADDRESS)
    hands.signed()
    ret = hands.ask(lines=[{"line": "1", "quantity": 1}, {"line": "2", "quantity": 2}])
    return hands.take(ret, "approve", "agent")


def test_a_number_alone_is_enough_the_courier_is_guessed(hands, ret):
    ret = hands.take(ret, "send_back", "customer", tracking_number="sf 1000000000002")
    parcel = BackParcel.objects.get(of=ret)
    assert (ret.state, ret.sent_at is not None) == ("returning", True)
    assert (parcel.tracking_number, parcel.carrier, parcel.status) == (SF, "顺丰", "announced")


def test_a_number_that_looks_like_another_couriers_is_taken_all_the_same(hands, ret):
    ret = hands.take(ret, "send_back", "agent", tracking_number="JT1234567890123", carrier="顺丰速运")
    assert (ret.state, live(ret)[0].carrier) == ("returning", "顺丰")


def test_a_second_parcel_joins_the_first(hands, ret):
    ret = hands.take(ret, "send_back", "customer", tracking_number=SF, lines=[{"line": "1", "quantity": 1}])
    ret = hands.take(ret, "send_back", "customer", tracking_number="ZT2", lines=[{"line": "2", "quantity": 2}])
    assert ret.state == "returning"
    assert [(p.tracking_number, p.contents) for p in live(ret)] == [(SF, {"1": 1}), ("ZT2", {"2": 2})]


def test_a_corrected_number_takes_the_place_of_the_false_one(hands, ret):
    ret = hands.take(ret, "send_back", "customer", tracking_number="SF9")
    ret = hands.take(ret, "send_back", "customer", tracking_number=SF, instead_of="sf9")
    assert (ret.state, [p.tracking_number for p in live(ret)]) == ("returning", [SF])
    assert BackParcel.objects.get(tracking_number="SF9").bounced_at is not None


def test_lines_that_are_not_in_the_return_are_refused_and_nothing_is_kept(hands, ret):
    with pytest.raises(Refused) as refused:
        hands.take(ret, "send_back", "customer", tracking_number=SF, lines=[{"line": "1", "quantity": 2}])
    assert refused.value.code == "input"
    assert (hands.ret(ret.number).state, BackParcel.objects.count()) == ("awaiting_return", 0)


def test_a_parcel_of_a_kind_whose_goods_do_not_come_back_is_only_recorded(hands):
    hands.signed()
    hands.request(kind="refund_only", reason="quality")
    event = hands.tell("return.sent_back", 30, number="R1", tracking_number=SF)
    assert (hands.ret().state, inbox(event)[0]) == ("requested", "applied")
    assert BackParcel.objects.get().tracking_number == SF


# ---- false numbers, parcels that go back
def test_a_false_number_is_taken_off_and_the_customer_is_asked_again(hands, ret):
    ret = hands.take(ret, "send_back", "customer", tracking_number="SF9")
    ret = hands.take(ret, "bounce", "agent", why="单号查不到")
    assert (ret.state, ret.sent_at, live(ret)) == ("awaiting_return", None, [])
    ret = hands.take(ret, "send_back", "customer", tracking_number=SF)
    assert (ret.state, [p.tracking_number for p in live(ret)]) == ("returning", [SF])


def test_of_two_parcels_one_alone_does_not_bounce_the_return(hands, ret):
    ret = hands.take(ret, "send_back", "customer", tracking_number=SF)
    ret = hands.take(ret, "send_back", "customer", tracking_number="ZT2")
    with pytest.raises(Refused, match="在途"):
        hands.take(ret, "bounce", "agent", why="单号查不到", tracking_number="ZT2")
    with pytest.raises(Refused, match="没有单号"):
        hands.take(ret, "bounce", "agent", why="单号查不到", tracking_number="ZT3")
    assert len(live(ret)) == 2


def test_a_parcel_that_the_courier_takes_back_to_the_customer_bounces(hands, ret):
    hands.tell("return.sent_back", 30, number=ret.number, tracking_number=SF)
    hands.tell("parcel.tracked", 40, carrier="顺丰", tracking_number=SF, state="returning")
    assert hands.ret(ret.number).state == "returning"
    hands.tell("parcel.tracked", 50, carrier="顺丰", tracking_number=SF, state="returned")
    assert (hands.ret(ret.number).state, live(ret)) == ("awaiting_return", [])
    hands.tell("return.sent_back", 30, number=ret.number, tracking_number=SF)  # the same again
    assert hands.ret(ret.number).state == "awaiting_return"
    hands.tell("return.sent_back", 60, number=ret.number, tracking_number=SF)  # posted once more
    assert hands.ret(ret.number).state == "returning"


def test_of_two_parcels_the_one_that_goes_back_leaves_the_other_on_its_way(hands, ret):
    hands.tell("return.sent_back", 30, number=ret.number, tracking_number=SF)
    hands.tell("return.sent_back", 31, number=ret.number, tracking_number="ZT2")
    hands.tell("parcel.tracked", 50, carrier="顺丰", tracking_number=SF, state="returned")
    assert (hands.ret(ret.number).state, [p.tracking_number for p in live(ret)]) == ("returning", ["ZT2"])


# ---- tracks
def test_the_track_is_kept_in_any_order_of_arrival_and_twice(hands, ret):
    hands.take(ret, "send_back", "customer", tracking_number=SF)
    told = [("in_transit", 40), ("signed", 60), ("picked_up", 35)]
    for three in permutations(told):
        for state, at in (*three, *three):
            points = [{"at": (hands.t0.replace(second=0)).isoformat(), "text": state}]
            hands.tell("parcel.tracked", at, carrier="顺丰", tracking_number=SF, state=state, points=points)
    parcel = BackParcel.objects.get()
    assert (parcel.status, len(parcel.track)) == ("signed", 3)
    assert hands.ret(ret.number).state == "returning"  # the warehouse has not opened it
    assert Event.objects.filter(topic="return.parcel_signed").count() == 1


def test_a_track_before_its_parcel_waits_for_it(hands, ret):
    event = hands.tell("parcel.tracked", 40, carrier="顺丰", tracking_number=SF, state="signed")
    assert inbox(event)[0] == "parked"
    hands.take(ret, "send_back", "customer", tracking_number=SF)
    hands.apply()
    assert (inbox(event)[0], BackParcel.objects.get().status) == ("applied", "signed")


@pytest.mark.parametrize("state", ["problem", "lost"])
def test_a_parcel_in_trouble_is_told_once(hands, ret, state):
    hands.take(ret, "send_back", "customer", tracking_number=SF)
    for _ in range(2):
        hands.tell("parcel.tracked", 40, carrier="顺丰", tracking_number=SF, state=state)
    assert Event.objects.filter(topic="parcel.in_trouble").count() == 1


def test_one_number_may_be_an_orders_parcel_and_a_returns(hands, ret):
    number = ret.order.parcels.get().tracking_number
    hands.take(ret, "send_back", "customer", tracking_number=number)  # the same box, sent back under its old number
    hands.tell("parcel.tracked", 40, carrier="顺丰", tracking_number=number, state="signed")
    assert (BackParcel.objects.get().status, ret.order.parcels.get().status) == ("signed", "signed")
    assert (hands.order().state, hands.ret(ret.number).state) == ("signed", "returning")
