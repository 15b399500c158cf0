"""A stock-out, from the warehouse's word to what the customer wants: wait, swap, money back. Procedures 2."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deadlines.models import Deadline
from flows.effects import Refused
from flows.models import Move
from flows.sweep import sweep
from orders.models import Contact, Order, Product, StockOut
from outbox.models import Event
from tests.orders.hands import parcel
from tests.orders.test_cancelling import held, refused

WORDS = {"channel": "phone", "words": "非常抱歉，这款缺货", "none_why": "没有同类商品"}


def missing(hands, *lines, number="A1", **changes):
    """An order that is being picked, of which these lines are missing -> its stock-out."""
    order = hands.picking(number, **changes)
    hands.take(order, "report_stock_out", "warehouse", lines=[{"line": k, "quantity": q} for k, q in lines])
    return hands.stock_out(f"{number}-Q1")


def spoken(hands, *lines, **changes):
    return hands.take(missing(hands, *lines, **changes), "contact", "agent", **WORDS)


def clock(flow, subject, name):
    return Deadline.objects.get(flow=flow, subject=subject.pk, clock=name, ended_at=None)


# ---- speaking with the customer
def test_the_first_contact_offers_something_or_says_why_not(hands):
    Product.objects.create(shop=hands.shop, sku="S-8", title="另一款")
    out = missing(hands, ("1", 1))
    assert refused(hands, out, "contact", "agent", channel="im", words="缺货") == "input"
    assert refused(hands, out, "contact", "agent", channel="im", words="缺货", none_why="  ") == "input"
    assert refused(hands, out, "contact", "agent", channel="im", words="缺货", offered=["S-0"]) == "input"
    assert not Contact.objects.exists()
    out = hands.take(out, "contact", "agent", channel="im", words="缺货", offered=["S-8"])
    assert (out.state, out.contacts_made, Contact.objects.get().offered) == ("contacting", 1, ["S-8"])
    hands.take(out, "contact", "agent", channel="phone", words="再次联系")
    assert Contact.objects.count() == 2


def test_a_product_of_another_shop_cannot_be_offered(hands):
    from tests.factories import make_shop

    Product.objects.create(shop=make_shop(), sku="S-8", title="别家的")
    out = missing(hands, ("1", 1))
    assert refused(hands, out, "contact", "agent", channel="im", words="缺货", offered=["S-8"]) == "input"


def test_a_second_report_adds_its_lines_to_the_open_stock_out(hands):
    order = hands.picking()
    hands.take(order, "pack", "warehouse")
    hands.take(hands.order(), "report_stock_out", "warehouse", lines=[{"line": "1"}])
    order = hands.take(hands.order(), "restock", "warehouse")
    assert hands.stock_out().state == "resolved"
    hands.take(order, "ship_part", "warehouse", parcels=[parcel("SF1", ("2", 1))])
    hands.tell("order.out_of_stock", 50, number="A1", lines=[{"line": "1"}])
    hands.tell("order.out_of_stock", 51, number="A1", lines=[{"line": "2", "quantity": 1}])
    assert hands.order().state == "partly_shipped"
    assert hands.stock_out("A1-Q2").lines == [{"line": "1", "quantity": 1}, {"line": "2", "quantity": 1}]
    assert StockOut.objects.count() == 2


def test_what_is_in_a_parcel_already_is_not_missing(hands):
    order = hands.picking()
    order = hands.take(order, "ship_part", "warehouse", parcels=[parcel("SF1", ("1", 1))])
    assert refused(hands, order, "report_stock_out", "warehouse", lines=[{"line": "1", "quantity": 1}]) == "input"
    assert not StockOut.objects.exists()


# ---- waiting
def test_a_promised_date_moves_the_orders_clock_and_a_missed_one_is_late(hands):
    out = spoken(hands, ("1", 1))
    promised = timezone.now() + timedelta(days=9)
    out = hands.take(out, "agree_wait", "agent", promised_for=promised)
    assert clock("order", hands.order(), "ship").due_at == promised
    assert clock("stock_out", out, "restock").due_at == promised
    assert refused(hands, out, "agree_wait", "agent", promised_for=timezone.now() - timedelta(hours=1)) == "input"
    sweep(at=promised + timedelta(minutes=1))
    assert hands.stock_out().state == "waiting_stock"
    assert clock("stock_out", out, "restock").breached_at is not None
    out = hands.take(out, "contact", "agent", channel="phone", words="还没到货，抱歉")
    assert out.state == "contacting"


def test_the_platforms_own_date_wins_over_a_promise(hands):
    out = spoken(hands, ("1", 1))
    named = (timezone.now() + timedelta(days=2)).replace(microsecond=0)
    hands.tell("deadline.changed", 30, flow="order", number="A1", clock="ship", due_at=named.isoformat())
    hands.take(out, "agree_wait", "agent", promised_for=timezone.now() + timedelta(days=9))
    assert clock("order", hands.order(), "ship").due_at == named


# ---- silence
def test_silence_gives_back_cash_on_delivery_only(hands):
    online, cod = spoken(hands, ("1", 1)), spoken(hands, ("1", 1), number="A2", payment="cod")
    sweep(at=timezone.now() + timedelta(hours=25))
    online.refresh_from_db()
    cod.refresh_from_db()
    assert (online.state, hands.order("A1").state) == ("contacting", "out_of_stock")
    assert clock("stock_out", online, "answer").breached_at is not None
    assert (cod.state, hands.order("A2").state) == ("resolved", "closed")
    assert Move.objects.get(flow="stock_out", subject=cod.pk, step="presume_refund").who == "clock"


def test_a_lead_may_presume_what_the_silent_customer_wants(hands):
    out = hands.take(spoken(hands, ("1", 1)), "presume_refund", "lead")
    assert (out.state, hands.order().state) == ("refunding", "closed")
    assert hands.order().refunds.get().amount == 25900


# ---- money back
def test_only_the_missing_lines_go_back_and_the_last_piece_takes_the_rest(hands):
    line = {"line": "2", "sku": "S", "title": "袜子", "quantity": 3, "unit_price": "3.34", "paid": "10.00"}
    other = {"line": "1", "sku": "S1", "title": "鞋", "quantity": 1, "unit_price": "1.00", "paid": "1.00"}
    changes = {"lines": [other, line], "total": "11.00", "freight": "0.00"}
    amounts = []
    order = hands.picking(**changes)
    for n in range(3):
        hands.take(hands.order(), "report_stock_out", "warehouse", lines=[{"line": "2", "quantity": 1}])
        out = hands.take(hands.stock_out(f"A1-Q{n + 1}"), "contact", "agent", **WORDS)
        out = hands.take(out, "agree_refund", "customer", refund_of="lines")
        refund = order.refunds.get(cause=f"stock_out:{out.pk}")
        amounts.append(refund.amount)
        hands.tell("refund.succeeded", 90, key=refund.key, amount=f"{refund.amount / 100:.2f}")
    assert amounts == [333, 333, 334]
    assert (held(hands.order()), hands.order().total, hands.order().state) == (100, 100, "picking")
    assert not StockOut.objects.exclude(state="resolved").exists()


def test_the_missing_rest_of_a_partly_shipped_order_goes_back_and_the_order_is_shipped(hands):
    order = hands.picking()
    hands.take(order, "ship_part", "warehouse", parcels=[parcel("SF1", ("1", 1))])
    hands.tell("order.out_of_stock", 50, number="A1", lines=[{"line": "2"}])
    out = hands.take(hands.stock_out(), "contact", "agent", **WORDS)
    assert refused(hands, out, "agree_refund", "agent", refund_of="order") == "refused"
    hands.take(out, "agree_refund", "agent")
    order = hands.order()
    assert (order.state, order.refunds.get().amount, order.total) == ("shipped", 6000, 19900)
    assert Deadline.objects.filter(subject=order.pk, flow="order", clock="sign", ended_at=None).count() == 1
    hands.tell("parcel.tracked", 90, carrier="顺丰", tracking_number="SF1", state="signed")
    assert hands.order().state == "signed"


def test_where_the_shipped_part_has_arrived_already_the_order_is_signed_when_the_rest_leaves_it(hands):
    order = hands.picking()
    hands.take(order, "ship_part", "warehouse", parcels=[parcel("SF1", ("1", 1))])
    hands.tell("parcel.tracked", 60, carrier="顺丰", tracking_number="SF1", state="signed")
    assert hands.order().state == "partly_shipped"
    hands.tell("order.out_of_stock", 61, number="A1", lines=[{"line": "2"}])
    out = hands.take(hands.stock_out(), "contact", "agent", **WORDS)
    hands.take(out, "agree_refund", "agent")
    assert hands.order().state == "signed"


def test_the_goods_leave_after_all_and_the_unsent_refund_of_the_whole_order_is_pulled_back(hands):
    hands.picking()
    hands.tell("order.out_of_stock", 10, number="A1", lines=[{"line": "1"}, {"line": "2"}])
    out = hands.take(hands.stock_out(), "contact", "agent", **WORDS)
    hands.take(out, "agree_refund", "customer")
    assert (hands.order().state, hands.stock_out().state) == ("closed", "refunding")
    hands.tell("refund.failed", 125, key=hands.order().refunds.get().key)
    hands.tell("order.shipped", 130, number="A1", parcels=[parcel()])
    assert hands.order().state == "shipped"
    assert hands.order().refunds.get().state == "cancelled"
    assert hands.stock_out().state == "resolved"


@pytest.mark.parametrize("step", ["pack", "ship"])
def test_the_goods_turn_up_in_a_parcel_and_the_stock_out_is_dropped(hands, step):
    spoken(hands, ("1", 1))
    data = {"parcels": [parcel()]} if step == "ship" else {}
    hands.tell({"pack": "order.packed", "ship": "order.shipped"}[step], 60, number="A1", **data)
    assert hands.stock_out().state == "resolved"
    assert Move.objects.filter(flow="stock_out", step="drop").count() == 1


def test_found_goods_bring_the_order_back_to_picking_and_restocking_resolves_the_stock_out(hands):
    out = missing(hands, ("1", 1))
    hands.take(out, "found", "warehouse")
    assert (hands.order().state, hands.stock_out().state) == ("picking", "resolved")
    hands.take(hands.order(), "report_stock_out", "warehouse", lines=[{"line": "2"}])
    hands.take(hands.order(), "restock", "warehouse")
    assert (hands.order().state, hands.stock_out("A1-Q2").state) == ("picking", "resolved")
    assert not Deadline.objects.filter(flow="stock_out", ended_at=None).exists()


def test_a_cancelled_order_drops_its_stock_out(hands):
    spoken(hands, ("1", 1))
    hands.take(hands.order(), "cancel", "agent", by="customer", reason="不等了")
    assert hands.stock_out().state == "resolved"


# ---- swapping
def swapped(hands, price, *lines, **inputs):
    out = spoken(hands, *lines)
    return hands.take(out, "agree_swap", "agent", sku="S-9", title="另一款", price=price, **inputs)


@pytest.mark.parametrize(("price", "carried", "back"), [(18900, 25900, 0), (10000, 17000, 8900)])
def test_a_swap_carries_the_money_over_and_only_a_lower_prices_difference_goes_back(hands, price, carried, back):
    out = hands.take(swapped(hands, price, ("1", 1)), "swap", "auditor")
    old, new = hands.order("A1"), hands.order("A1-H1")
    assert (out.state, old.state, old.close_reason) == ("resolved", "closed", "swapped")
    assert (new.state, new.paid, new.total, held(new)) == ("awaiting_audit", carried, carried, carried)
    assert [r.amount for r in old.refunds.all()] == ([back] if back else [])
    assert held(old) == back
    assert sorted(new.lines.values_list("sku", "quantity", "paid")) == [("S-2", 2, 6000), ("S-9", 1, price)]
    assert Order.objects.get(pk=new.pk).replaces_id == old.pk


def test_a_dearer_swap_is_collected_first(hands):
    out = swapped(hands, 20900, ("1", 1))
    assert refused(hands, out, "swap", "auditor") == "refused"
    hands.tell("order.paid", 30, number="A1", transaction="diff", amount="20.00")
    hands.take(out, "swap", "auditor")
    assert (hands.order("A1-H1").paid, hands.order("A1").paid) == (27900, 0)


def test_a_dearer_swap_on_delivery_is_collected_by_the_courier(hands):
    out = spoken(hands, ("1", 1), payment="cod")
    out = hands.take(out, "agree_swap", "customer", sku="S-9", title="另一款", price=30000)
    hands.take(out, "swap", "auditor")
    assert (hands.order("A1-H1").total, hands.order("A1-H1").paid) == (37000, 0)


@pytest.mark.parametrize(("price", "back"), [(6000, 0), (4000, 2000)])
def test_a_partly_shipped_order_keeps_what_left_and_only_the_rest_is_swapped(hands, price, back):
    order = hands.picking()
    hands.take(order, "ship_part", "warehouse", parcels=[parcel("SF1", ("1", 1))])
    hands.tell("order.out_of_stock", 50, number="A1", lines=[{"line": "2"}])
    out = hands.take(hands.stock_out(), "contact", "agent", **WORDS)
    out = hands.take(out, "agree_swap", "customer", sku="S-9", title="另一款", price=price)
    hands.take(out, "swap", "auditor")
    old, new = hands.order("A1"), hands.order("A1-H1")
    assert (old.state, old.total) == ("shipped", 19900)
    assert (new.paid, new.total, held(new)) == (price, price, price)
    assert held(old) == 19900 + back
    assert [r.amount for r in old.refunds.all()] == ([back] if back else [])


def test_replacements_are_numbered(hands):
    hands.take(swapped(hands, 18900, ("1", 1)), "swap", "auditor")
    new = hands.take(hands.order("A1-H1"), "audit", "auditor")
    hands.take(new, "report_stock_out", "warehouse", lines=[{"line": "1-H"}])
    out = hands.take(hands.stock_out("A1-H1-Q1"), "contact", "agent", **WORDS)
    out = hands.take(out, "agree_swap", "agent", sku="S-7", title="第三款", price=18900)
    hands.take(out, "swap", "auditor")
    numbers = set(Order.objects.values_list("number", flat=True))
    assert numbers == {"A1", "A1-H1", "A1-H1-H1"}
    assert sum(o.paid for o in Order.objects.all()) == 25900


def test_two_partial_swaps_of_one_order_are_numbered_one_and_two(hands):
    order = hands.picking()
    hands.take(order, "ship_part", "warehouse", parcels=[parcel("SF1", ("1", 1))])
    for n in (1, 2):
        hands.tell("order.out_of_stock", 50 + n, number="A1", lines=[{"line": "2", "quantity": 1}])
        out = hands.take(hands.stock_out(f"A1-Q{n}"), "contact", "agent", **WORDS)
        out = hands.take(out, "agree_swap", "customer", sku="S-9", title="另一款", price=3000)
        hands.take(out, "swap", "auditor")
    assert [hands.order(f"A1-H{n}").paid for n in (1, 2)] == [3000, 3000]
    assert held(hands.order("A1")) == 19900
    assert hands.order("A1").state == "shipped"


def test_money_that_comes_for_a_swapped_order_goes_back(hands):
    hands.take(swapped(hands, 18900, ("1", 1)), "swap", "auditor")
    hands.tell("order.paid", 90, number="A1", transaction="again", amount="10.00")
    old = hands.order("A1")
    assert (old.state, old.close_reason, held(old)) == ("closed", "swapped", 1000)
    assert [r.amount for r in old.refunds.all()] == [1000]


# ---- merging
def merged(hands, **changes):
    hands.picking("A1")
    hands.picking("A2", **changes)
    return hands.order("A1"), hands.order("A2")


def test_two_orders_of_one_buyer_to_one_address_become_one_with_all_lines_and_money(hands):
    one, other = merged(hands)
    one = hands.take(one, "merge", "agent", into=other.pk)
    other.refresh_from_db()
    assert (one.state, one.close_reason, one.merged_into_id, held(one)) == ("closed", "merged", other.pk, 0)
    assert (other.state, other.total, other.paid, held(other)) == ("awaiting_audit", 51800, 51800, 51800)
    assert not one.refunds.exists()
    assert set(other.lines.values_list("line", flat=True)) == {"1", "2", "A1/1", "A1/2"}
    other = hands.take(other, "audit", "auditor")
    assert hands.take(other, "ship", "warehouse", parcels=[parcel()]).state == "shipped"


@pytest.mark.parametrize(
    "changes",
    [
        {"payment": "cod"},
        {"buyer": {"id": "b-2", "name": "李四", "phone": "13900139000"}},
        {"address": {"province": "江苏省", "city": "南京市", "district": "", "detail": "中山路 2 号"}},
    ],
)
def test_orders_that_differ_are_not_merged(hands, changes):
    one, other = merged(hands, **changes)
    assert refused(hands, one, "merge", "agent", into=other.pk) == "refused"
    other.refresh_from_db()
    assert (hands.order("A1").state, other.state, held(other)) == ("picking", "picking", other.paid)


def test_an_order_is_not_merged_into_itself_nor_into_one_that_has_left(hands):
    one, other = merged(hands)
    assert refused(hands, one, "merge", "agent", into=one.pk) == "refused"
    hands.take(other, "ship", "warehouse", parcels=[parcel()])
    assert refused(hands, one, "merge", "agent", into=other.pk) == "state"
    assert held(hands.order("A1")) == 25900


def test_an_order_with_an_open_stock_out_leaves_none_behind_when_it_is_refunded(hands):
    spoken(hands, ("1", 1))
    hands.tell("order.closed", 60, number="A1", reason="refunded")
    assert (hands.order().state, hands.stock_out().state) == ("closed", "resolved")
    assert not Deadline.objects.filter(ended_at=None).exists()


def test_refused_codes_are_words_for_people(hands):
    out = spoken(hands, ("1", 1))
    with pytest.raises(Refused, match="不能换货重拍"):
        hands.take(out, "swap", "auditor")
    assert Event.objects.filter(topic="stock_out.swap").count() == 0


def test_the_longest_number_still_has_room_for_what_hangs_on_it(hands):
    number = "9" * 64
    out = missing(hands, ("1", 1), number=number)
    out = hands.take(out, "contact", "agent", **WORDS)
    out = hands.take(out, "agree_swap", "agent", sku="S-9", title="另一款", price=100)
    hands.take(out, "swap", "auditor")
    assert hands.order(f"{number}-H1").state == "awaiting_audit"
    assert hands.order(number).refunds.get().amount == 18800


def part_missing(hands, quantity=2):
    """The socks of an order are missing, its shoes are on their way -> the stock-out, spoken of."""
    hands.take(hands.picking(), "ship_part", "warehouse", parcels=[parcel("SF1", ("1", 1))])
    hands.take(hands.order(), "report_stock_out", "warehouse", lines=[{"line": "2", "quantity": quantity}])
    return hands.take(hands.stock_out(), "contact", "agent", **WORDS)


def test_of_what_was_missing_only_what_was_not_shipped_after_all_is_refunded(hands):
    out = part_missing(hands)
    hands.take(hands.order(), "ship_part", "warehouse", parcels=[parcel("SF2", ("2", 1))])
    hands.take(out, "agree_refund", "agent", refund_of="lines")
    assert (hands.order().state, hands.order().refunds.get().amount) == ("shipped", 3000)


def test_what_is_missing_while_money_goes_back_waits_and_is_not_swallowed(hands):
    out = hands.take(part_missing(hands, 1), "agree_refund", "agent", refund_of="lines")
    assert refused(hands, hands.order(), "report_stock_out", "warehouse", lines=[{"line": "2"}]) == "refused"
    assert hands.stock_out().lines == [{"line": "2", "quantity": 1}]
    refund = hands.order().refunds.get()
    hands.tell("refund.succeeded", 60, key=refund.key, order="A1", amount="30.00", voucher="v")
    assert hands.stock_out().state == "resolved", out.state
    hands.take(hands.order(), "report_stock_out", "warehouse", lines=[{"line": "2"}])
    assert hands.stock_out("A1-Q2").lines == [{"line": "2", "quantity": 1}]


def test_what_is_reported_after_a_swap_was_agreed_is_not_swapped_away_with_it(hands):
    order = hands.picking()
    hands.take(order, "ship_part", "warehouse", parcels=[parcel("SF1", ("2", 1))])
    hands.take(hands.order(), "report_stock_out", "warehouse", lines=[{"line": "1", "quantity": 1}])
    out = hands.take(hands.stock_out(), "contact", "agent", **WORDS)
    out = hands.take(out, "agree_swap", "agent", sku="S-9", title="另一款", price=100)
    hands.take(hands.order(), "report_stock_out", "warehouse", lines=[{"line": "2", "quantity": 1}])
    assert refused(hands, hands.stock_out(), "swap", "auditor") == "refused"
    assert not Order.objects.filter(number="A1-H1").exists()
    out = hands.take(hands.stock_out(), "agree_wait", "agent", promised_for=timezone.now() + timedelta(days=1))
    out = hands.take(out, "agree_swap", "agent", sku="S-9", title="另一款", price=100)
    hands.take(out, "swap", "auditor")
    assert hands.order("A1-H1").state == "awaiting_audit"


def test_a_replacement_goes_round_a_number_that_the_shop_has_taken(hands):
    out = spoken(hands, ("1", 1))
    hands.place("A1-H1")
    out = hands.take(out, "agree_swap", "agent", sku="S-9", title="另一款", price=100)
    hands.take(out, "swap", "auditor")
    assert hands.order("A1-H1").state == "awaiting_payment"
    assert (hands.order("A1-H2").state, hands.order("A1-H2").replaces) == ("awaiting_audit", hands.order("A1"))


def test_two_orders_of_nobody_known_are_not_merged(hands):
    nobody = {"buyer": {"name": "张三", "phone": ""}}
    for number in ("A1", "A2"):
        hands.place(number, **nobody)
        hands.tell("order.paid", 1, number=number)
    assert refused(hands, hands.order("A1"), "merge", "agent", into=hands.order("A2").pk) == "refused"
    assert hands.order("A1").state == "awaiting_confirmation"


def test_orders_with_the_longest_numbers_are_merged(hands):
    one, other = hands.picking("8" * 64), hands.picking("9" * 64)
    hands.take(one, "merge", "agent", into=other.pk)
    assert hands.order("9" * 64).lines.count() == 4
