"""The documented ways of an order, each as one story."""

from deadlines.models import Deadline
from flows.models import Move, Reported
from hooks.models import Inbox
from orders.models import Entry, Order
from outbox.models import Event
from tests.orders.hands import parcel


def steps(order):
    return list(Move.objects.filter(flow="order", subject=order.pk).order_by("seq").values_list("step", flat=True))


def test_an_order_is_placed_paid_confirmed_audited_packed_shipped_and_signed(hands):
    order = hands.picking()
    assert order.state == "picking"
    hands.take(order, "pack", "warehouse")
    hands.take(order, "ship", "warehouse", parcels=[parcel()])
    hands.tell("parcel.tracked", 90, carrier="顺丰", tracking_number="SF1000000001", state="signed")
    order = hands.order()
    assert order.state == "signed"
    assert steps(order) == ["start", "pay", "confirm", "audit", "pack", "ship", "sign"]
    assert order.version == 7
    assert order.paid == order.total == 25900
    assert sum(e.amount for e in Entry.objects.filter(order=order)) == 25900
    assert set(Deadline.objects.filter(subject=order.pk, ended_at=None).values_list("clock", flat=True)) == {
        "after_sale"
    }
    assert [e.topic for e in Event.objects.order_by("id")][:3] == ["order.start", "order.pay", "order.confirm"]
    assert set(Inbox.objects.values_list("outcome", flat=True)) == {"applied"}
    assert list(Reported.objects.values_list("step", flat=True)) == ["pay", "pack"]  # what parcels say is read off them


def test_a_signature_that_comes_before_everything_else_is_applied_when_its_order_appears(hands):
    early = hands.tell("order.signed", 60, number="A1")
    assert Inbox.objects.get(pk=early).outcome == "parked"
    hands.place()
    assert Inbox.objects.get(pk=early).outcome == "applied"
    order = hands.order()
    assert order.state == "signed"
    move = Move.objects.get(subject=order.pk, step="sign")
    assert move.passed == ["pay", "confirm", "audit", "ship"]
    hands.tell("order.paid", 1, number="A1")
    assert hands.order().state == "signed" and hands.order().paid == 25900


def test_a_cancelled_order_whose_goods_had_left_before_is_shipped_and_its_refund_pulled_back(hands):
    hands.place()
    hands.tell("order.paid", 1, number="A1")
    hands.tell("order.cancel_requested", 10, number="A1")
    order = hands.order()
    assert order.state == "closed" and order.refunds.get().state == "approved"
    hands.tell("order.shipped", 5, number="A1", parcels=[parcel()])
    order = hands.order()
    assert order.state == "shipped"
    assert order.refunds.get().state == "cancelled"
    assert not Event.objects.filter(topic="refund.send").exists()


def test_a_payment_that_is_recorded_after_the_cancellation_goes_back_once(hands):
    hands.place()
    hands.tell("order.cancel_requested", 10, number="A1")
    assert hands.order().state == "closed" and not hands.order().refunds.exists()
    hands.tell("order.paid", 1, number="A1")
    hands.tell("order.paid", 1, number="A1")
    order = hands.order()
    assert order.state == "closed"
    assert [r.amount for r in order.refunds.all()] == [25900]
    hands.tell("refund.succeeded", 20, key=order.refunds.get().key, amount="259.00")
    order = hands.order()
    assert order.refunded == 25900 and order.refunds.get().state == "succeeded"
    assert sum(e.amount for e in Entry.objects.filter(order=order)) == 0


def test_a_stock_out_is_settled_by_a_dearer_swap_that_is_collected_shipped_and_balanced(hands):
    order = hands.picking()
    hands.take(order, "report_stock_out", "warehouse", lines=[{"line": "1", "quantity": 1}])
    out = hands.stock_out()
    assert hands.order().state == "out_of_stock" and out.state == "reported"
    hands.take(out, "contact", "agent", channel="phone", words="缺货，推荐另一款", none_why="没有关联商品")
    hands.take(out, "agree_swap", "agent", sku="S-9", title="跑步鞋二代", price=20900)
    out.refresh_from_db()
    assert out.difference == 2000
    hands.tell("order.paid", 30, number="A1", transaction="diff", amount="20.00")
    hands.take(out, "swap", "auditor")
    old, new = hands.order(), hands.order("A1-H1")
    assert (old.state, old.close_reason, old.paid) == ("closed", "swapped", 0)
    assert (new.state, new.total, new.paid) == ("awaiting_audit", 27900, 27900)
    assert hands.stock_out().state == "resolved"
    hands.take(new, "audit", "auditor")
    hands.tell("order.shipped", 50, number="A1-H1", parcels=[parcel("SF1", ("2", 2))])
    assert hands.order("A1-H1").state == "partly_shipped"
    hands.tell("order.shipped", 51, number="A1-H1", parcels=[parcel("SF2")])
    assert hands.order("A1-H1").state == "shipped"
    hands.tell("parcel.tracked", 70, carrier="顺丰", tracking_number="SF2", state="signed")
    assert hands.order("A1-H1").state == "shipped"
    hands.tell("parcel.tracked", 71, carrier="顺丰", tracking_number="SF1", state="signed")
    assert hands.order("A1-H1").state == "signed"
    assert not Order.objects.get(number="A1").refunds.exists()


def test_missing_lines_are_refunded_and_the_rest_goes_on(hands):
    order = hands.picking()
    hands.take(order, "report_stock_out", "warehouse", lines=[{"line": "2", "quantity": 1}])
    out = hands.stock_out()
    hands.take(out, "contact", "agent", channel="phone", words="缺一双", none_why="无")
    hands.take(out, "agree_refund", "agent", refund_of="lines")
    order = hands.order()
    assert (order.state, order.total) == ("picking", 22900)
    assert [(r.cause, r.amount) for r in order.refunds.all()] == [(f"stock_out:{out.pk}", 3000)]
    hands.take(order, "pack", "warehouse")
    assert hands.stock_out().state == "refunding"
    hands.tell("refund.succeeded", 100, key=order.refunds.get().key, amount="30.00")
    assert hands.stock_out().state == "resolved"


def test_the_whole_order_is_refunded_where_everything_is_missing(hands):
    order = hands.picking()
    hands.take(order, "report_stock_out", "warehouse", lines=[{"line": "1"}, {"line": "2"}])
    out = hands.stock_out()
    hands.take(out, "contact", "agent", channel="im", words="都没有", none_why="无")
    hands.take(out, "agree_refund", "customer")
    assert hands.order().state == "closed" and hands.stock_out().state == "refunding"
    [refund] = hands.order().refunds.all()
    assert refund.amount == 25900
    hands.tell("refund.succeeded", 100, key=refund.key, amount="259.00")
    assert hands.stock_out().state == "resolved"
    assert hands.order().close_reason == "refunded"


def test_cash_on_delivery_settles_a_stock_out_at_once(hands):
    order = hands.picking(payment="cod")
    hands.take(order, "report_stock_out", "warehouse", lines=[{"line": "1"}, {"line": "2"}])
    out = hands.stock_out()
    hands.take(out, "contact", "agent", channel="im", words="都没有", none_why="无")
    hands.take(out, "agree_refund", "agent")
    assert hands.order().state == "closed" and hands.stock_out().state == "resolved"
    assert not hands.order().refunds.exists()
