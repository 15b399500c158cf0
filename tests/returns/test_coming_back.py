"""The order's own parcels come back: called back for money that was asked for, refused at the door."""

import pytest

from flows.effects import Refused
from orders.models import Refund
from returns.models import BackParcel, Return
from tests.orders.hands import parcel
from tests.returns.tracks import clocks, inbox, line, live, told

SF = "SF1000000000001"


def sent(hands, **changes):
    hands.picking(**changes)
    return hands.take(hands.order(), "ship", "warehouse", parcels=[parcel(SF)])


@pytest.fixture
def ret(hands):
    """Money is asked for goods that are on their way, and the courier is told to stop them."""
    sent(hands)
    hands.request(kind="refund_only", reason="not_received", lines=None)
    return hands.take(hands.ret(), "intercept", "agent", why="客户要求退款")


def track(hands, state, at):
    return hands.tell("parcel.tracked", at, carrier="顺丰", tracking_number=SF, state=state)


# ---- called back
def test_the_courier_is_told_and_somebody_watches(hands, ret):
    assert (ret.state, clocks(ret), live(ret)[0].tracking_number) == ("intercepting", ["intercept"], SF)
    assert told("order.stop_parcel")[0]["parcels"][0]["tracking_number"] == SF


@pytest.mark.parametrize("state", ["returning", "returned", "refused"])
def test_a_parcel_that_turns_round_confirms_it(hands, ret, state):
    track(hands, state, 40)
    ret = hands.ret()
    assert (ret.state, live(ret)[0].sent_at is not None) == ("returning", True)
    assert Return.objects.count() == 1  # the refused parcel starts no return of its own
    ret = hands.go(ret, ("receive", "warehouse", {"tracking_number": SF}), ("inspect", "warehouse"))
    assert (ret.state, line(ret).sellable, line(ret, "2").sellable) == ("inspected", 1, 2)
    ret = hands.take(ret, "refund", "agent")
    assert (ret.state, Refund.objects.get().amount) == ("refunding", 25900)


@pytest.mark.parametrize("step", ["bounce", "reject_parcel"])
def test_what_staff_registers_of_the_order_confirms_it(hands, ret, step):
    hands.take(hands.order(), step, "agent")
    assert (hands.ret().state, Return.objects.count()) == ("returning", 1)


def test_a_signature_says_that_it_failed(hands, ret):
    track(hands, "signed", 40)
    ret = hands.ret()
    assert (hands.order().state, ret.state, live(ret)) == ("signed", "requested", [])


def test_a_signature_by_hand_says_so_too(hands, ret):
    hands.take(hands.order(), "sign", "customer")
    assert hands.ret().state == "requested"


def test_the_money_need_not_wait_for_the_parcel(hands, ret):
    ret = hands.take(ret, "intercepted", "agent", refund_now=True)
    assert (ret.state, Refund.objects.get().amount) == ("refunding", 25900)
    track(hands, "returned", 60)
    assert hands.ret().state == "refunding"
    ret = hands.take(hands.ret(), "arrive_late", "warehouse", tracking_number=SF)
    assert (ret.state, line(ret).received, len(told("return.arrived_late"))) == ("refunding", 1, 1)


@pytest.mark.parametrize(("result", "state"), [("succeeded", "returning"), ("failed", "requested")])
def test_the_shop_reports_what_became_of_it(hands, ret, result, state):
    event = hands.tell("return.intercepted", 50, number="R1", result=result)
    assert (hands.ret().state, inbox(event)[0]) == (state, "applied")


def test_what_has_turned_round_already_is_intercepted_at_once(hands):
    sent(hands)
    hands.request(kind="refund_only", reason="not_received", lines=None)
    track(hands, "returned", 40)
    assert hands.order().state == "bounced"
    ret = hands.take(hands.ret(), "intercept", "agent", why="客户要求退款")
    assert hands.ret(ret.number).state == "returning"


def test_what_is_not_on_its_way_is_not_called_back(hands):
    hands.signed()
    ret = hands.ask(kind="refund_only", reason="quality")
    with pytest.raises(Refused, match="不在运输途中"):
        hands.take(ret, "intercept", "agent", why="客户要求退款")
    assert (hands.ret(ret.number).state, BackParcel.objects.count()) == ("requested", 0)


# ---- refused at the door
def test_refused_goods_travel_home_in_a_return_of_their_own(hands):
    sent(hands)
    hands.tell("order.parcel_rejected", 30, number="A1")
    ret = Return.objects.get()
    assert (hands.order().state, hands.order().close_reason) == ("closed", "rejected")
    assert (ret.state, ret.reason, ret.opened_by, ret.number) == ("returning", "rejected", "parcel", "A1-R1")
    assert [(p.tracking_number, p.carrier) for p in live(ret)] == [(SF, "顺丰")]
    track(hands, "returned", 40)
    ret = hands.go(hands.ret("A1-R1"), ("receive", "warehouse", {"tracking_number": SF}), ("inspect", "warehouse"))
    assert (ret.state, line(ret, "2").sellable, Refund.objects.count()) == ("inspected", 2, 0)
    ret = hands.take(ret, "refund", "agent")
    assert (ret.state, Refund.objects.get().goods) == ("refunding", 24900)


def test_refused_on_delivery_ends_with_the_goods_in_the_house(hands):
    sent(hands, payment="cod")
    hands.take(hands.order(), "reject_parcel", "agent")
    ret = Return.objects.get()
    ret = hands.go(ret, ("receive", "warehouse", {"tracking_number": SF}), ("inspect", "warehouse"))
    ret = hands.ret(ret.number)
    assert (ret.state, Refund.objects.count(), len(told("stock.returned"))) == ("completed", 0, 1)


def test_damaged_goods_that_were_refused_on_delivery_wait_for_a_person(hands):
    sent(hands, payment="cod")
    hands.take(hands.order(), "reject_parcel", "agent")
    ret = hands.take(Return.objects.get(), "receive", "warehouse", tracking_number=SF)
    worn = [{"line": n, "quantity": q, "condition": "defective"} for n, q in (("1", 1), ("2", 2))]
    ret = hands.take(ret, "inspect", "warehouse", lines=worn)
    assert hands.ret(ret.number).state == "inspected"
    assert hands.take(hands.ret(ret.number), "book_in", "agent").state == "completed"


def test_what_was_paid_online_is_not_booked_in_without_its_money(hands):
    sent(hands)
    hands.tell("order.parcel_rejected", 30, number="A1")
    ret = hands.go(Return.objects.get(), ("receive", "warehouse", {"tracking_number": SF}), ("inspect", "warehouse"))
    with pytest.raises(Refused, match="还有款项"):
        hands.take(ret, "book_in", "agent")
    assert hands.ret(ret.number).state == "inspected"


def test_it_is_one_return_however_often_the_refusal_is_told(hands):
    sent(hands)
    for at in (30, 31, 32):
        hands.tell("order.parcel_rejected", at, number="A1")
        track(hands, "refused", at)
    assert Return.objects.count() == 1


def test_a_signature_after_all_ends_it(hands):
    sent(hands)
    hands.tell("order.parcel_rejected", 30, number="A1")
    hands.tell("order.signed", 40, number="A1")
    assert (hands.order().state, Return.objects.get().state) == ("signed", "closed")


def test_goods_that_are_in_another_return_already_are_not_in_this_one(hands):
    sent(hands)
    hands.request(kind="refund_only", reason="not_received", lines=[{"line": "1", "quantity": 1}])
    hands.tell("order.parcel_rejected", 30, number="A1")
    ret = Return.objects.get(opened_by="parcel")
    assert [(x.line.line, x.quantity) for x in ret.lines.all()] == [("2", 2)]


def test_a_brought_back_order_that_the_customer_gives_up_is_one_as_well(hands):
    sent(hands)
    hands.tell("order.bounced", 30, number="A1")
    assert Return.objects.count() == 0  # it may be sent again
    hands.take(hands.order(), "reject_parcel", "agent")
    assert (Return.objects.get().state, live(Return.objects.get())[0].tracking_number) == ("returning", SF)
