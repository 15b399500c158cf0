"""Parcels: several of them, in any order, their ends, and what came back."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from deadlines.models import Deadline
from flows.effects import Refused
from flows.models import Move
from flows.sweep import sweep
from hooks.models import Inbox
from orders.models import Parcel
from outbox.models import Event
from tests.orders.hands import parcel

THREE = [parcel("SF1", ("1", 1)), parcel("SF2", ("2", 1)), parcel("SF3", ("2", 1))]


def clocks(order):
    return sorted(Deadline.objects.filter(flow="order", subject=order.pk, ended_at=None).values_list("clock", "part"))


def outcome(event):
    row = Inbox.objects.get(pk=event)
    return row.outcome, row.why


@pytest.mark.parametrize("order_of_three", list(permutations(range(3))))
def test_three_parcels_make_a_shipped_order_whichever_goes_first(hands, order_of_three):
    order = hands.picking()
    for n, i in enumerate(order_of_three):
        step = "ship" if n == 2 else "ship_part"
        order = hands.take(order, step, "warehouse", parcels=[THREE[i]])
        assert order.state == ("shipped" if n == 2 else "partly_shipped")
    assert len(clocks(order)) == 7  # each parcel's deliver and collect, and the order's sign
    for n, i in enumerate(reversed(order_of_three)):
        hands.tell("parcel.tracked", 60 + n, carrier="顺丰", tracking_number=f"SF{i + 1}", state="signed")
        assert hands.order().state == ("signed" if n == 2 else "shipped")
    assert clocks(order) == [("after_sale", "")]


def test_the_warehouse_is_told_when_its_parcel_is_the_last_or_not(hands):
    order = hands.picking()
    with pytest.raises(Refused, match="部分发货"):
        hands.take(order, "ship", "warehouse", parcels=[THREE[0]])
    with pytest.raises(Refused, match="发货"):
        hands.take(order, "ship_part", "warehouse", parcels=[parcel("SF1")])
    assert hands.order().state == "picking"
    assert not Parcel.objects.exists()


@pytest.mark.parametrize("lines", [[("9", 1)], [("1", 2)], [("2", 2), ("2", 1)]])
def test_lines_that_are_not_owed_are_refused(hands, lines):
    order = hands.picking()
    with pytest.raises(Refused) as refused:
        hands.take(order, "ship", "warehouse", parcels=[parcel("SF1", *lines)])
    assert refused.value.code == "input"
    event = hands.tell("order.shipped", 20, number="A1", parcels=[parcel("SF1", *lines)])
    assert outcome(event)[0] == "rejected"
    assert hands.order().version == order.version
    assert not Parcel.objects.exists()


def test_one_parcel_refused_and_one_signed_is_a_signed_order(hands):
    hands.picking()
    hands.tell("order.shipped", 10, number="A1", parcels=[parcel("SF1", ("1", 1)), parcel("SF2", ("2", 2))])
    hands.tell("order.parcel_rejected", 20, number="A1", parcels=[parcel("SF1")])
    assert hands.order().state == "shipped"
    hands.tell("order.signed", 21, number="A1", parcels=[parcel("SF2")])
    assert hands.order().state == "signed"


def test_all_parcels_refused_closes_the_order_as_rejected(hands):
    hands.picking(payment="cod")
    hands.tell("order.shipped", 10, number="A1", parcels=[parcel("SF1", ("1", 1)), parcel("SF2", ("2", 2))])
    for n, number in enumerate(("SF1", "SF2")):
        hands.tell("parcel.tracked", 20 + n, carrier="顺丰", tracking_number=number, state="refused")
    assert (hands.order().state, hands.order().close_reason) == ("closed", "rejected")


def test_a_parcel_brought_back_bounces_the_order(hands):
    hands.picking()
    hands.tell("order.shipped", 10, number="A1", parcels=[parcel()])
    hands.tell("parcel.tracked", 20, carrier="顺丰", tracking_number="SF1000000001", state="returning")
    assert hands.order().state == "shipped"
    hands.tell("parcel.tracked", 30, carrier="顺丰", tracking_number="SF1000000001", state="returned")
    assert hands.order().state == "bounced"
    assert clocks(hands.order()) == [("bounced", "")]


def test_a_locker_is_no_signature(hands):
    hands.picking()
    hands.tell("order.shipped", 10, number="A1", parcels=[parcel()])
    hands.tell("parcel.tracked", 20, carrier="顺丰", tracking_number="SF1000000001", state="locker")
    assert hands.order().state == "shipped"
    assert ("deliver", "SF1000000001") in clocks(hands.order())
    assert Parcel.objects.get().status == "locker"


@pytest.mark.parametrize("state", ["problem", "lost"])
def test_a_parcel_in_trouble_is_told_once(hands, state):
    hands.picking()
    hands.tell("order.shipped", 10, number="A1", parcels=[parcel()])
    for _ in range(2):
        hands.tell("parcel.tracked", 20, carrier="顺丰", tracking_number="SF1000000001", state=state)
    assert Event.objects.filter(topic="parcel.in_trouble").count() == 1
    assert hands.order().state == "shipped"


def test_a_first_scan_stops_the_clock_that_waits_for_it(hands):
    hands.picking()
    hands.tell("order.shipped", 10, number="A1", parcels=[parcel()])
    assert ("collect", "SF1000000001") in clocks(hands.order())
    hands.tell("parcel.tracked", 20, carrier="顺丰", tracking_number="SF1000000001", state="picked_up")
    assert ("collect", "SF1000000001") not in clocks(hands.order())


def test_a_recalled_order_stays_recalled_when_its_packing_is_told_again(hands):
    hands.picking()
    hands.tell("order.packed", 10, number="A1", parcels=[parcel()])
    order = hands.take(hands.order(), "recall", "agent", why="客户改地址")
    assert (order.state, Parcel.objects.get().void) == ("awaiting_audit", True)
    event = hands.tell("order.packed", 10, number="A1", parcels=[parcel()])
    assert (hands.order().state, Parcel.objects.get().void) == ("awaiting_audit", True)
    assert outcome(event)[0] == "no_op"
    event = hands.tell("order.packed", 11, number="A1")  # heard only now, but before the recall
    assert hands.order().state == "awaiting_audit"
    assert outcome(event)[0] == "no_op"


def test_what_came_back_is_sent_again_and_the_first_journey_counts_no_more(hands):
    hands.picking()
    hands.tell("order.shipped", 10, number="A1", parcels=[parcel("SF1")])
    hands.tell("order.bounced", 20, number="A1")
    order = hands.take(hands.order(), "resend", "agent", confirmed=True)
    assert order.state == "awaiting_audit"
    for type_, data in [
        ("order.shipped", {"parcels": [parcel("SF1")]}), ("order.bounced", {}), ("order.paid", {}),
    ]:  # fmt: skip
        hands.tell(type_, 10 if type_ == "order.shipped" else 20, number="A1", **data)
        assert hands.order().state == "awaiting_audit"
    hands.tell("parcel.tracked", 25, carrier="顺丰", tracking_number="SF1", state="signed")
    assert hands.order().state == "awaiting_audit"
    order = hands.take(hands.order(), "audit", "auditor")
    order = hands.take(order, "ship", "warehouse", parcels=[parcel("SF2")])
    assert clocks(order) == [("collect", "SF2"), ("deliver", "SF2"), ("sign", "")]
    hands.tell("parcel.tracked", 200, carrier="顺丰", tracking_number="SF2", state="signed")
    assert hands.order().state == "signed"


def test_a_signature_before_the_goods_are_known_to_have_left_passes_over_the_steps(hands):
    hands.picking()
    hands.tell("order.signed", 30, number="A1")
    order = hands.order()
    assert order.state == "signed"
    assert Move.objects.get(step="sign").passed == ["ship"]
    event = hands.tell("order.shipped", 20, number="A1", parcels=[parcel()])
    assert outcome(event)[0] == "no_op"
    assert Parcel.objects.get().status == "signed"
    assert clocks(order) == [("after_sale", "")]


def test_a_parcel_is_looked_for_by_its_number_in_any_case(hands):
    hands.picking()
    hands.tell("order.shipped", 10, number="A1", parcels=[parcel("sf1x")])
    hands.tell("parcel.tracked", 20, carrier="顺丰", tracking_number="SF1X", state="signed")
    assert hands.order().state == "signed"


def test_a_track_before_its_parcel_waits_for_it(hands):
    hands.picking()
    event = hands.tell("parcel.tracked", 20, carrier="顺丰", tracking_number="SF1000000001", state="signed")
    assert outcome(event)[0] == "parked"
    hands.take(hands.order(), "ship", "warehouse", parcels=[parcel()])
    hands.apply()
    assert hands.order().state == "signed"
    assert outcome(event)[0] == "applied"


def test_what_came_back_may_be_sent_again_under_its_old_number(hands):
    order = hands.picking()
    hands.take(order, "ship", "warehouse", parcels=[parcel("SF1000000001")])
    hands.tell("parcel.tracked", 30, carrier="顺丰", tracking_number="SF1000000001", state="picked_up")
    hands.take(hands.order(), "bounce", "agent")
    order = hands.take(hands.order(), "resend", "agent", confirmed=True)
    hands.take(order, "audit", "auditor")
    order = hands.take(hands.order(), "ship", "warehouse", parcels=[parcel("SF1000000001")])
    assert order.state == "shipped"
    again = order.parcels.get()
    assert (again.status, again.first_track_at) == ("announced", None)
    clocks = Deadline.objects.filter(subject=order.pk, ended_at=None, part="SF1000000001")
    assert set(clocks.values_list("clock", flat=True)) == {"deliver", "collect"}


def test_goods_of_a_swapped_order_that_leave_all_the_same_are_told(hands):
    order = hands.picking()
    hands.take(order, "report_stock_out", "warehouse", lines=[{"line": "1", "quantity": 1}])
    out = hands.stock_out()
    hands.take(out, "contact", "agent", channel="im", words="缺", none_why="无")
    hands.take(out, "agree_swap", "agent", sku="S-9", title="跑步鞋二代", price=18900)
    hands.take(out, "swap", "auditor")
    hands.tell("order.shipped", 100, number="A1", parcels=[parcel("SF9000000009")])
    assert hands.order().state == "shipped"
    assert Event.objects.filter(topic="order.goods_out_twice", subject=order.pk).count() == 1


@pytest.mark.parametrize("heard", ["order.signed", "parcel.tracked"])
def test_a_signature_that_is_told_after_the_clock_has_presumed_it_sets_the_day_right(hands, heard):
    """The buyer's seven days count from the day on which it was signed."""
    hands.picking()
    hands.tell("order.shipped", 60, number="A1", parcels=[parcel("SF1")])
    sweep(at=timezone.now() + timedelta(days=16))
    assert (hands.order().state, hands.order().signed_at > hands.t0 + timedelta(days=9)) == ("signed", True)
    track = {"carrier": "顺丰", "tracking_number": "SF1", "state": "signed"}
    told = {"number": "A1"} if heard == "order.signed" else track
    hands.tell(heard, 120, **told)
    assert hands.order().signed_at == hands.t0 + timedelta(minutes=120)
    assert hands.order().state == "signed"
