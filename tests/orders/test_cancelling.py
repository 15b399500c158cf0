"""Who may cancel, what becomes of the money, and what is known only later."""

from datetime import timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone

from flows.effects import Refused
from flows.models import Move
from hooks.models import Inbox
from orders.models import Entry, Refund
from outbox.models import Event
from tests.orders.hands import parcel


def held(order):
    """What the ledger says that the shop holds; and that the order says the same."""
    total = Entry.objects.filter(order=order).aggregate(total=Sum("amount"))["total"] or 0
    assert total == order.paid - order.refunded
    assert sum(r.amount for r in order.refunds.filter(state__in=("succeeded", "confirmed"))) == order.refunded
    waiting = sum(r.amount for r in order.refunds.filter(state__in=("drafted", "approved", "sent", "unknown")))
    assert waiting <= max(0, total)
    return total


def refused(hands, subject, step, who, **inputs):
    before = Move.objects.count(), Event.objects.count(), Refund.objects.count()
    with pytest.raises(Refused) as why:
        hands.take(subject, step, who, **inputs)
    assert (Move.objects.count(), Event.objects.count(), Refund.objects.count()) == before
    return why.value.code


def test_a_paid_order_is_cancelled_by_the_customers_request_and_refunded_at_once(hands):
    order = hands.picking()
    order = hands.take(order, "cancel", "agent", by="customer", reason="不想要了")
    assert (order.state, order.close_reason) == ("closed", "cancelled")
    refund = order.refunds.get()
    assert (refund.amount, refund.state, held(order)) == (25900, "sent", 25900)
    event = Event.objects.get(topic="refund.send")
    assert event.rings_at <= timezone.now()
    assert event.data["amount"] == "259.00"


def test_the_merchant_may_not_cancel_a_paid_order(hands):
    assert refused(hands, hands.picking(), "cancel", "agent", by="merchant", reason="缺货") == "refused"
    assert hands.order().state == "picking"


def test_the_merchant_may_cancel_cash_on_delivery_and_the_customer_may_not(hands):
    order = hands.picking(payment="cod")
    assert refused(hands, order, "cancel", "agent", by="customer", reason="不想要了") == "refused"
    order = hands.take(order, "cancel", "agent", by="merchant", reason="超区")
    assert order.state == "closed"
    assert not order.refunds.exists()


def test_once_it_is_packed_nobody_here_cancels(hands):
    order = hands.take(hands.picking(), "pack", "warehouse")
    assert refused(hands, order, "cancel", "agent", by="customer", reason="不想要了") == "state"
    assert hands.order().state == "packed"


@pytest.mark.parametrize(("payment", "by"), [("online", "merchant"), ("cod", "customer")])
def test_a_wish_of_the_wrong_side_is_recorded_and_told_and_moves_nothing(hands, payment, by):
    order = hands.picking(payment=payment)
    event = hands.tell("order.cancel_requested", 20, number="A1", by=by, reason="改主意了")
    again = hands.order()
    assert (again.state, again.version, again.wish, again.wished_by) == ("picking", order.version, "cancel", by)
    assert Event.objects.filter(topic="order.cancel_asked").count() == 1
    assert Inbox.objects.get(pk=event).outcome == "applied"


@pytest.mark.parametrize(("payment", "by", "back"), [("online", "customer", 25900), ("cod", "merchant", 0)])
def test_a_wish_of_the_right_side_cancels(hands, payment, by, back):
    hands.picking(payment=payment)
    hands.tell("order.cancel_requested", 20, number="A1", by=by)
    assert hands.order().state == "closed"
    assert sum(r.amount for r in hands.order().refunds.all()) == back


def test_a_wish_after_the_goods_left_only_tells_people(hands):
    hands.picking()
    hands.tell("order.shipped", 10, number="A1", parcels=[parcel()])
    event = hands.tell("order.cancel_requested", 20, number="A1")
    order = hands.order()
    assert (order.state, order.wish, order.refunds.count()) == ("shipped", "cancel", 0)
    assert Event.objects.filter(topic="order.cancel_asked").count() == 1
    assert Inbox.objects.get(pk=event).outcome == "no_op"


def test_a_cancellation_of_a_packed_order_stops_its_parcel(hands):
    order = hands.take(hands.picking(), "pack", "warehouse", parcels=[parcel()])
    hands.tell("order.closed", 20, number="A1", reason="cancelled")
    assert hands.order().state == "closed"
    told = Event.objects.get(topic="order.stop_parcel")
    assert told.data["parcels"][0]["tracking_number"] == "SF1000000001"
    assert order.refunds.get().amount == 25900


def test_a_refund_whose_only_cause_is_a_hook_waits_for_what_may_still_outrank_it(hands):
    hands.picking()
    hands.tell("order.cancel_requested", 20, number="A1")
    refund = hands.order().refunds.get()
    assert refund.state == "approved"
    assert refund.send_at - timezone.now() > timedelta(minutes=9)
    hands.tell("order.shipped", 15, number="A1", parcels=[parcel()])
    order = hands.order()
    assert order.state == "shipped"
    assert order.refunds.get().state == "cancelled"
    assert not Event.objects.filter(topic="refund.send").exists()
    assert held(order) == 25900


def test_a_refund_that_was_sent_is_not_pulled_back_but_people_are_told(hands):
    hands.picking()
    hands.tell("order.cancel_requested", 20, number="A1")
    hands.take(hands.order().refunds.get(), "send", "system")
    hands.tell("order.shipped", 15, number="A1", parcels=[parcel()])
    assert hands.order().refunds.get().state == "sent"
    assert Event.objects.filter(topic="refund.too_late").exists()


def test_a_late_payment_reopens_what_was_closed_unpaid_and_nothing_else(hands):
    hands.place("A1")
    hands.tell("order.closed", 5, number="A1", reason="unpaid")
    assert hands.order().close_reason == "unpaid"
    hands.tell("order.paid", 4, number="A1")
    assert (hands.order().state, hands.order().close_reason) == ("awaiting_confirmation", "")
    hands.place("A2")
    hands.tell("order.closed", 5, number="A2", reason="cancelled")
    hands.tell("order.paid", 6, number="A2")
    order = hands.order("A2")
    assert (order.state, order.refunds.get().amount) == ("closed", 25900)


def test_another_amount_than_ours_is_an_alarm_and_never_a_success(hands):
    hands.take(hands.picking(), "cancel", "agent", by="customer", reason="不想要了")
    key = hands.order().refunds.get().key
    hands.tell("refund.succeeded", 30, key=key, amount="200.00")
    order = hands.order()
    assert (order.refunds.get().state, order.refunded) == ("unknown", 0)
    assert Event.objects.filter(topic="refund.wrong_amount").count() == 1
    assert held(order) == 25900
    hands.tell("refund.succeeded", 31, key=key, amount="259.00")
    assert (hands.order().refunded, held(hands.order())) == (25900, 0)


def test_a_success_that_is_told_three_times_is_booked_once(hands):
    hands.take(hands.picking(), "cancel", "agent", by="customer", reason="不想要了")
    key = hands.order().refunds.get().key
    for at in (30, 30, 31):
        hands.tell("refund.succeeded", at, key=key, amount="259.00")
    order = hands.order()
    assert (order.refunded, held(order), order.close_reason) == (25900, 0, "refunded")
    assert Entry.objects.filter(order=order, kind="refunded").count() == 1


def test_a_refund_of_somebody_elses_is_booked_and_closes_the_order_when_all_is_back(hands):
    hands.picking()
    hands.tell("refund.succeeded", 30, key="TB-1", order="A1", amount="59.00")
    assert (hands.order().state, held(hands.order())) == ("picking", 20000)
    hands.tell("refund.succeeded", 31, key="TB-2", order="A1", amount="200.00")
    assert (hands.order().state, hands.order().close_reason, held(hands.order())) == ("closed", "refunded", 0)


def test_what_was_paid_back_elsewhere_is_not_paid_again(hands):
    hands.picking()
    hands.tell("order.cancel_requested", 20, number="A1")
    hands.tell("refund.succeeded", 30, key="TB-1", order="A1", amount="100.00")
    order = hands.order()
    assert held(order) == 15900
    assert [r.amount for r in order.refunds.filter(state="approved")] == [15900]


def test_a_refund_that_came_though_it_was_pulled_back_is_booked(hands):
    hands.picking()
    hands.tell("order.cancel_requested", 20, number="A1")
    key = hands.order().refunds.get().key
    hands.tell("order.shipped", 15, number="A1", parcels=[parcel()])
    hands.tell("refund.succeeded", 30, key=key, amount="259.00")
    order = hands.order()
    assert (order.refunds.get().state, order.refunded, held(order)) == ("succeeded", 25900, 0)
    assert order.state == "closed"


def test_a_pulled_back_refund_that_came_beside_its_successor_is_not_paid_twice(hands):
    hands.place()
    hands.tell("order.paid", 1, number="A1", amount="200.00", transaction="a")
    hands.tell("order.cancel_requested", 20, number="A1")
    first = hands.order().refunds.get()
    hands.tell("order.paid", 2, number="A1", amount="59.00", transaction="b")
    assert sorted(hands.order().refunds.values_list("amount", "state")) == [(20000, "cancelled"), (25900, "approved")]
    hands.tell("refund.succeeded", 30, key=first.key, amount="200.00")
    order = hands.order()
    assert (order.refunded, held(order)) == (20000, 5900)
    assert [r.amount for r in order.refunds.filter(state="approved")] == [5900]


def test_a_failed_refund_frees_its_amount_and_is_told(hands):
    hands.take(hands.picking(), "cancel", "agent", by="customer", reason="不想要了")
    key = hands.order().refunds.get().key
    hands.tell("refund.failed", 30, key=key, reason="账户异常")
    assert hands.order().refunds.get().state == "failed"
    assert Event.objects.filter(topic="refund.fail").count() == 1
    assert held(hands.order()) == 25900


def test_a_payment_corrected_twice_at_one_moment_is_booked(hands):
    hands.place()
    for amount in ("100.00", "200.00", "259.00"):
        hands.tell("order.paid", 1, number="A1", amount=amount)
    assert (hands.order().paid, held(hands.order())) == (25900, 25900)
    assert not Inbox.objects.exclude(outcome="applied").exists()


def test_goods_that_leave_after_the_cancellation_are_to_be_stopped(hands):
    hands.picking()
    hands.tell("order.cancel_requested", 20, number="A1")
    for _ in range(2):
        event = hands.tell("order.shipped", 30, number="A1", parcels=[parcel()])
    order = hands.order()
    assert (order.state, order.refunds.get().state) == ("closed", "approved")
    assert Inbox.objects.get(pk=event).outcome == "no_op"
    told = Event.objects.get(topic="order.stop_parcel")
    assert told.data["parcels"][0]["tracking_number"] == "SF1000000001"


def test_goods_that_had_left_before_the_cancellation_are_not_stopped(hands):
    hands.picking()
    hands.tell("order.cancel_requested", 20, number="A1")
    hands.tell("order.shipped", 10, number="A1", parcels=[parcel()])
    assert hands.order().state == "shipped"
    assert not Event.objects.filter(topic="order.stop_parcel").exists()
