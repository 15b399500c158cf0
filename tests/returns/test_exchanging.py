"""Exchanges, reships, repairs: the replacement order, and its money to the fen in the ledgers of both orders."""

import pytest

from flows.effects import Refused
from orders.models import Entry, Order, Refund
from returns.models import Return
from tests.orders.hands import parcel
from tests.returns.hands import ADDRESS
from tests.returns.tracks import clocks, inbox, line, told

SF = "SF1000000000002"
NOT_LEFT = ("awaiting_audit", "picking", "packed")


def inspected(hands, **asked):
    """A return of line 1 (189.00), whose goods are here and judged."""
    hands.rules(return_address=ADDRESS)
    if not Order.objects.filter(shop=hands.shop, number="A1").exists():
        hands.signed()
    return hands.go(
        hands.ask(**{"kind": "exchange", "reason": "quality", **asked}), ("approve", "agent"),
        ("send_back", "customer", {"tracking_number": SF}), ("receive", "warehouse", {"tracking_number": SF}),
        ("inspect", "warehouse"),
    )  # fmt: skip


@pytest.fixture
def ret(hands):
    return inspected(hands)


def new(hands, number="A1-H1"):
    return hands.order(number)


def ledger(order):
    """The balance that is shown is the sum of its lines."""
    total = sum(Entry.objects.filter(order=order.pk).values_list("amount", flat=True))
    assert total == order.paid - order.refunded
    return order.paid, order.refunded


def books(hands):
    """Of both orders together nothing is lost and nothing comes from nowhere."""
    orders = list(Order.objects.filter(shop=hands.shop))
    for order in orders:
        ledger(order)
    return sum(o.paid for o in orders)


def on(hands, state, number="A1-H1"):
    """The replacement, moved on to this state."""
    order = hands.order(number)
    steps = [("audit", "auditor", {}), ("pack", "warehouse", {}),
             ("ship", "warehouse", {"parcels": [parcel(f"ZT{number}")]}), ("sign", "customer", {})]  # fmt: skip
    ends = {"awaiting_audit": 0, "picking": 1, "packed": 2, "shipped": 3, "signed": 4}
    return hands.go(order, *steps[: ends[state]])


# ---- opened
def test_the_same_goods_go_out_again_and_their_money_goes_with_them(hands, ret):
    ret = hands.take(ret, "exchange", "agent")
    order = new(hands)
    assert (ret.state, ret.replacement_id, clocks(ret)) == ("exchanging", order.pk, ["dispatch"])
    assert (order.state, order.total, order.replaces.number, order.origin.number) == (
        "awaiting_audit", 18900, "A1", "A1")  # fmt: skip
    assert [(x.sku, x.quantity, x.paid) for x in order.lines.all()] == [("S-1", 1, 18900)]
    assert (ledger(order), ledger(hands.order())) == ((18900, 0), (7000, 0))
    assert not Refund.objects.exists()


def test_a_cheaper_choice_gives_the_difference_back_beside(hands, ret):
    ret = hands.take(ret, "exchange", "agent", sku="S-9", title="跑步鞋青春版", price=15000)
    assert (ledger(new(hands)), ledger(hands.order())) == ((15000, 0), (25900 - 15000, 0))
    refund = Refund.objects.get()
    assert (refund.cause, refund.goods, refund.about) == (f"exchange:{ret.pk}", 3900, ret.number)
    hands.tell("refund.succeeded", 60, key=refund.key, amount="39.00")
    assert (hands.ret(ret.number).state, ledger(hands.order())) == ("exchanging", (25900 - 15000, 3900))
    assert books(hands) == 25900


def test_a_dearer_choice_is_collected_first(hands, ret):
    with pytest.raises(Refused, match=r"30\.00 元未收到"):
        hands.take(ret, "exchange", "agent", sku="S-9", title="跑步鞋专业版", price=21900)
    assert (hands.ret(ret.number).state, Order.objects.count(), hands.order().paid) == ("inspected", 1, 25900)
    hands.tell("order.paid", 60, number="A1", amount="30.00", transaction="T-2")
    ret = hands.take(hands.ret(ret.number), "exchange", "agent", sku="S-9", title="跑步鞋专业版", price=21900)
    assert (ledger(new(hands)), ledger(hands.order())) == ((21900, 0), (7000, 0))
    assert books(hands) == 25900 + 3000


def test_one_difference_is_not_taken_twice(hands):
    ret = inspected(hands)
    hands.tell("order.paid", 60, number="A1", amount="30.00", transaction="T-2")
    other = inspected(hands, lines=[{"line": "2", "quantity": 2}])
    hands.take(ret, "exchange", "agent", sku="S-9", title="跑步鞋专业版", price=21900)
    with pytest.raises(Refused, match=r"10\.00 元未收到"):
        hands.take(other, "exchange", "agent", sku="S-8", title="厚袜子", price=7000)
    assert hands.ret(other.number).state == "inspected"


def test_an_unknown_article_needs_a_name(hands, ret):
    with pytest.raises(Refused, match="请填写商品名称"):
        hands.take(ret, "exchange", "agent", sku="S-9")
    assert (hands.ret(ret.number).state, Order.objects.count()) == ("inspected", 1)


def test_pieces_that_are_not_ours_are_not_exchanged(hands):
    hands.signed()
    ret = hands.go(
        hands.ask(kind="exchange", reason="quality", lines=[{"line": "2", "quantity": 2}]), ("approve", "agent"),
        ("receive", "warehouse"),
        ("inspect", "warehouse", {"lines": [
            {"line": "2", "quantity": 1, "condition": "defective"},
            {"line": "2", "quantity": 1, "condition": "not_ours"}]}),
        ("exchange", "agent"),
    )  # fmt: skip
    assert ret.state == "exchanging"
    assert [(x.quantity, x.paid) for x in new(hands).lines.all()] == [(1, 3000)]


def test_the_freight_that_the_customer_laid_out_goes_back_beside(hands, ret):
    ret = hands.take(ret, "exchange", "agent", freight_back=1200)
    refund = Refund.objects.get()
    assert (refund.cause, refund.freight, refund.goods) == (f"freight:{ret.pk}", 1200, 0)
    assert ret.money == ""


# ---- the freight of an exchange without fault of the seller
def test_the_customer_pays_the_freight_then_it_goes_on(hands):
    ret = inspected(hands, reason="no_reason")
    ret = hands.take(ret, "ask_freight", "agent", amount=1200, words="换货来回运费")
    assert (ret.state, Order.objects.count(), clocks(ret)) == ("awaiting_freight", 1, ["freight"])
    hands.tell("return.freight_paid", 60, number=ret.number, amount="5.00", transaction="F1")
    assert hands.ret(ret.number).state == "awaiting_freight"
    for _ in range(2):
        hands.tell("return.freight_paid", 61, number=ret.number, amount="7.00", transaction="F2")
    ret = hands.ret(ret.number)
    assert (ret.state, ret.freight_paid, ret.replacement_id) == ("exchanging", 1200, new(hands).pk)


def test_freight_that_was_paid_before_it_was_asked_for_counts(hands):
    ret = inspected(hands, reason="no_reason")
    hands.tell("return.freight_paid", 50, number=ret.number)
    assert hands.ret(ret.number).state == "inspected"
    ret = hands.take(hands.ret(ret.number), "ask_freight", "agent", amount=1200)
    assert (ret.state, new(hands).state) == ("exchanging", "awaiting_audit")


def test_less_than_was_asked_for_is_not_paid(hands):
    ret = hands.take(inspected(hands, reason="no_reason"), "ask_freight", "agent", amount=1200)
    with pytest.raises(Refused, match=r"2\.00"):
        hands.take(ret, "pay_freight", "agent", amount=1000)
    assert (hands.ret(ret.number).state, Order.objects.count()) == ("awaiting_freight", 1)
    ret = hands.take(hands.ret(ret.number), "pay_freight", "agent", transaction="现金")
    assert (ret.state, ret.freight_paid) == ("exchanging", 1200)


def test_only_an_exchange_asks_for_freight_or_exchanges(hands):
    ret = inspected(hands, kind="return_refund", reason="no_reason")
    for step, inputs in (("ask_freight", {"amount": 1200}), ("exchange", {})):
        with pytest.raises(Refused, match="请先把售后类型改为换货"):
            hands.take(ret, step, "agent", **inputs)
    assert Order.objects.count() == 1


# ---- sent and signed
def test_the_replacement_leaves_and_arrives_and_the_return_goes_with_it(hands, ret):
    hands.take(ret, "exchange", "agent")
    on(hands, "shipped")
    ret = hands.ret(ret.number)
    assert (ret.state, ret.reshipped["tracking_number"], clocks(ret)) == ("reshipped", "ZTA1-H1", ["confirm"])
    hands.tell("parcel.tracked", 90, carrier="中通", tracking_number="ZTA1-H1", state="signed")
    ret = hands.ret(ret.number)
    assert (new(hands).state, ret.state, ret.ended_at is not None) == ("signed", "completed", True)
    assert books(hands) == 25900


def test_a_return_of_the_same_order_that_sends_nothing_is_left_alone(hands, ret):
    other = inspected(hands, lines=[{"line": "2", "quantity": 2}])
    hands.take(ret, "exchange", "agent")
    hands.take(other, "exchange", "agent")
    on(hands, "signed", "A1-H1")
    assert (hands.ret(ret.number).state, hands.ret(other.number).state) == ("completed", "exchanging")


def test_the_shop_reports_by_the_returns_number_and_its_order_goes_along(hands, ret):
    hands.take(ret, "exchange", "agent")
    hands.tell("return.replacement_sent", 60, number=ret.number, carrier="中通", tracking_number="ZT5")
    assert (hands.ret(ret.number).state, new(hands).state) == ("reshipped", "shipped")
    assert new(hands).parcels.get().tracking_number == "ZT5"
    hands.tell("return.replacement_signed", 70, number=ret.number)
    assert (hands.ret(ret.number).state, new(hands).state) == ("completed", "signed")


def test_the_warehouse_sends_only_what_was_audited(hands, ret):
    ret = hands.take(ret, "exchange", "agent")
    with pytest.raises(Refused):
        hands.take(ret, "dispatch", "warehouse", carrier="中通", tracking_number="ZT5")
    assert (hands.ret(ret.number).state, new(hands).state) == ("exchanging", "awaiting_audit")
    on(hands, "picking")
    ret = hands.take(ret, "dispatch", "warehouse", carrier="中通", tracking_number="ZT5")
    assert (ret.state, new(hands).state) == ("reshipped", "shipped")


def test_what_the_customer_confirms_is_signed(hands, ret):
    hands.take(ret, "exchange", "agent")
    on(hands, "shipped")
    hands.take(hands.ret(ret.number), "confirm", "customer")
    assert (hands.ret(ret.number).state, new(hands).state) == ("completed", "signed")


def test_a_later_return_of_the_replacement_refunds_from_there(hands, ret):
    hands.take(ret, "exchange", "agent")
    on(hands, "signed")
    again = hands.go(
        hands.ask(order="A1-H1", reason="quality"), ("approve", "agent"), ("receive", "warehouse"),
        ("inspect", "warehouse"), ("refund", "agent"),
    )  # fmt: skip
    refund = Refund.objects.get()
    assert (again.state, refund.order, refund.goods) == ("refunding", new(hands), 18900)


def test_what_was_sent_though_nobody_waited_for_it_is_told(hands, ret):
    event = hands.tell("return.replacement_sent", 60, number=ret.number, carrier="中通", tracking_number="ZT5")
    assert (hands.ret(ret.number).state, inbox(event)[0]) == ("reshipped", "applied")  # 先换后退
    other = hands.ask(lines=[{"line": "2", "quantity": 1}])
    hands.tell("return.replacement_sent", 61, number=other.number, carrier="中通", tracking_number="ZT6")
    assert (hands.ret(other.number).state, len(told("return.sent_unasked"))) == ("requested", 1)


# ---- called off, at every stage of the replacement
@pytest.mark.parametrize("state", NOT_LEFT)
def test_an_exchange_that_becomes_a_refund_calls_its_replacement_off(hands, ret, state):
    hands.take(ret, "exchange", "agent")
    on(hands, state)
    ret = hands.take(hands.ret(ret.number), "switch_to_refund", "agent", why="客户不想等了")
    order = new(hands)
    assert (ret.state, order.state, order.close_reason) == ("refunding", "closed", "cancelled")
    assert (ledger(order), ledger(hands.order())) == ((0, 0), (25900, 0))
    refund = Refund.objects.get()
    assert (refund.order.number, refund.goods, refund.cause) == ("A1", 18900, f"return:{ret.pk}")
    assert len(told("order.stop_parcel")) == (state == "packed")
    hands.tell("refund.succeeded", 90, key=refund.key, amount="189.00")
    assert hands.ret(ret.number).state == "completed"


@pytest.mark.parametrize("price", [15000, 21900])
def test_called_off_another_price_comes_to_what_was_paid_for_the_goods(hands, ret, price):
    if price > 18900:
        hands.tell("order.paid", 50, number="A1", amount="30.00", transaction="T-2")
    hands.take(ret, "exchange", "agent", sku="S-9", title="跑步鞋二代", price=price)
    first = Refund.objects.filter(cause=f"exchange:{ret.pk}").first()
    ret = hands.take(hands.ret(ret.number), "switch_to_refund", "agent", why="客户不想等了")
    total = sum(r.goods for r in Refund.objects.exclude(state="cancelled"))
    assert (total, new(hands).paid, books(hands)) == (18900, 0, 25900 + max(0, price - 18900))
    assert first is None or first.state == "sent"


def test_what_has_left_cannot_be_switched_unless_it_is_lost_or_back(hands, ret):
    hands.take(ret, "exchange", "agent")
    on(hands, "shipped")
    with pytest.raises(Refused, match="丢件或退回"):
        hands.take(hands.ret(ret.number), "switch_to_refund", "agent", why="客户不想等了")
    assert (hands.ret(ret.number).state, Refund.objects.count()) == ("reshipped", 0)
    hands.tell("parcel.tracked", 90, carrier="中通", tracking_number="ZTA1-H1", state="lost")
    ret = hands.take(hands.ret(ret.number), "switch_to_refund", "agent", why="丢件")
    assert (ret.state, new(hands).state, Refund.objects.get().goods) == ("refunding", "closed", 18900)


def test_a_withdrawn_exchange_sends_the_goods_home_and_keeps_the_money(hands, ret):
    hands.take(ret, "exchange", "agent")
    hands.tell("return.withdrawn", 90, number=ret.number)
    assert (hands.ret(ret.number).state, new(hands).state) == ("handing_back", "closed")
    assert (ledger(new(hands)), ledger(hands.order()), Refund.objects.count()) == ((0, 0), (25900, 0), 0)


def test_a_replacement_that_leaves_though_it_was_called_off_is_told(hands, ret):
    hands.take(ret, "exchange", "agent")
    hands.take(hands.ret(ret.number), "switch_to_refund", "agent", why="客户不想等了")
    hands.tell("order.shipped", 90, number="A1-H1", parcels=[parcel("ZT9")])
    assert (new(hands).state, hands.ret(ret.number).state) == ("shipped", "refunding")
    assert told("return.replacement_out")[0]["order"] == "A1-H1"
    assert Refund.objects.get().goods == 18900


def test_an_agent_does_not_cancel_a_replacement_beside_its_return(hands, ret):
    hands.take(ret, "exchange", "agent")
    with pytest.raises(Refused, match="在它的售后单上"):
        hands.take(new(hands), "cancel", "agent", by="customer", reason="不要了")
    assert (new(hands).state, hands.ret(ret.number).state) == ("awaiting_audit", "exchanging")


def test_a_replacement_that_the_shop_cancels_switches_its_return(hands, ret):
    hands.take(ret, "exchange", "agent")
    hands.tell("order.closed", 90, number="A1-H1", reason="cancelled", by="customer")
    assert (new(hands).state, hands.ret(ret.number).state) == ("closed", "refunding")
    assert [(r.order.number, r.goods) for r in Refund.objects.exclude(state="cancelled")] == [("A1", 18900)]
    assert books(hands) == 25900


def test_a_replacement_out_of_stock_may_become_the_refund_of_its_return(hands, ret):
    hands.take(ret, "exchange", "agent")
    order = on(hands, "picking")
    hands.take(order, "report_stock_out", "warehouse", lines=[{"line": "1", "quantity": 1}])
    out = hands.stock_out("A1-H1-Q1")
    hands.take(out, "contact", "agent", channel="im", words="缺货", none_why="没有")
    hands.take(hands.stock_out("A1-H1-Q1"), "agree_refund", "agent", refund_of="order")
    assert (hands.stock_out("A1-H1-Q1").state, new(hands).state) == ("resolved", "closed")
    assert hands.ret(ret.number).state == "refunding"
    assert [(r.order.number, r.goods) for r in Refund.objects.exclude(state="cancelled")] == [("A1", 18900)]


def test_a_replacement_out_of_stock_may_be_ordered_anew(hands, ret):
    hands.take(ret, "exchange", "agent")
    order = on(hands, "picking")
    hands.take(order, "report_stock_out", "warehouse", lines=[{"line": "1", "quantity": 1}])
    out = hands.stock_out("A1-H1-Q1")
    hands.take(out, "contact", "agent", channel="im", words="缺货", none_why="没有")
    hands.take(hands.stock_out("A1-H1-Q1"), "agree_swap", "agent", sku="S-9", title="跑步鞋二代", price=18900)
    hands.take(hands.stock_out("A1-H1-Q1"), "swap", "auditor")
    second = hands.order("A1-H1-H1")
    assert (hands.ret(ret.number).replacement_id, second.origin.number, second.after_sale) == (second.pk, "A1", True)
    on(hands, "signed", "A1-H1-H1")
    assert (hands.ret(ret.number).state, books(hands)) == ("completed", 25900)


# ---- lost, rejected, brought back
def test_a_lost_replacement_is_sent_again_with_the_same_money(hands, ret):
    hands.take(ret, "exchange", "agent")
    on(hands, "shipped")
    ret = hands.take(hands.ret(ret.number), "replacement_failed", "agent", why="丢件")
    assert (ret.state, new(hands).state, hands.order("A1-H2").state) == ("exchanging", "closed", "awaiting_audit")
    assert (ledger(new(hands)), ledger(hands.order("A1-H2")), ledger(hands.order())) == ((0, 0), (18900, 0), (7000, 0))
    on(hands, "signed", "A1-H2")
    assert hands.ret(ret.number).state == "completed"


def test_a_rejected_replacement_is_sent_again_and_starts_no_return(hands, ret):
    hands.take(ret, "exchange", "agent")
    on(hands, "shipped")
    hands.tell("order.parcel_rejected", 90, number="A1-H1")
    assert (hands.ret(ret.number).state, hands.order("A1-H2").state, Return.objects.count()) == (
        "exchanging", "awaiting_audit", 1)  # fmt: skip
    assert books(hands) == 25900


def test_a_replacement_that_is_brought_back_is_sent_again_by_its_own_order(hands, ret):
    hands.take(ret, "exchange", "agent")
    on(hands, "shipped")
    hands.tell("order.bounced", 90, number="A1-H1")
    assert (hands.ret(ret.number).state, new(hands).state, Order.objects.count()) == ("exchanging", "bounced", 2)
    hands.take(new(hands), "resend", "agent", confirmed=True)
    hands.take(new(hands), "audit", "auditor")
    hands.take(new(hands), "ship", "warehouse", parcels=[parcel("ZT2")])
    assert (hands.ret(ret.number).state, hands.ret(ret.number).reshipped["tracking_number"]) == ("reshipped", "ZT2")


def test_a_replacement_that_was_given_up_and_arrives_is_the_one(hands, ret):
    hands.take(ret, "exchange", "agent")
    on(hands, "shipped")
    hands.take(hands.ret(ret.number), "replacement_failed", "agent", why="丢件")
    hands.tell("order.signed", 200, number="A1-H1")
    ret = hands.ret(ret.number)
    assert (ret.state, ret.replacement.number, hands.order("A1-H2").state) == ("completed", "A1-H1", "closed")
    assert (ledger(new(hands)), ledger(hands.order("A1-H2"))) == ((18900, 0), (0, 0))


def test_the_clock_confirms_what_nobody_disputes(hands, ret):
    from datetime import timedelta

    from django.utils import timezone

    from flows.sweep import sweep

    hands.take(ret, "exchange", "agent")
    on(hands, "shipped")
    sweep(at=timezone.now() + timedelta(days=40))
    assert (hands.ret(ret.number).state, new(hands).state) == ("completed", "signed")


# ---- reships, gifts, repairs
def test_a_reship_sends_what_is_missing_and_carries_nothing(hands):
    hands.signed()
    ret = hands.ask(kind="reship", reason="missing", lines=[{"line": "2", "quantity": 1}])
    ret = hands.take(ret, "approve", "agent")
    assert ret.state == "exchanging"
    assert [(x.sku, x.quantity, x.paid) for x in new(hands).lines.all()] == [("S-2", 1, 0)]
    assert (ledger(new(hands)), ledger(hands.order())) == ((0, 0), (25900, 0))
    on(hands, "signed")
    assert hands.ret(ret.number).state == "completed"


def test_a_reship_that_cannot_be_sent_is_refunded(hands):
    hands.signed()
    ret = hands.ask(kind="reship", reason="missing", lines=[{"line": "2", "quantity": 1}])
    hands.take(ret, "approve", "agent")
    ret = hands.take(hands.ret(ret.number), "switch_to_refund", "agent", why="没货了")
    assert (ret.state, Refund.objects.get().goods, new(hands).state) == ("refunding", 3000, "closed")


def test_a_reship_that_is_decided_already_starts_on_its_way(hands):
    hands.signed()
    ret = hands.ask(kind="reship", reason="missing", state="exchanging", lines=[{"line": "2", "quantity": 1}])
    assert (ret.state, ret.replacement.number, new(hands).state) == ("exchanging", "A1-H1", "awaiting_audit")


def test_what_was_repaired_goes_home(hands):
    ret = hands.take(inspected(hands, kind="repair"), "repair", "agent", why="换拉链")
    assert (ret.state, clocks(ret), line(ret).stocked) == ("repairing", ["repair"], 0)
    ret = hands.take(ret, "repaired", "warehouse", result="repaired")
    assert (ret.state, [(x.sku, x.paid) for x in new(hands).lines.all()]) == ("exchanging", [("S-1", 0)])
    on(hands, "signed")
    assert (hands.ret(ret.number).state, hands.order().paid) == ("completed", 25900)


def test_what_cannot_be_repaired_is_decided_anew(hands):
    ret = hands.go(
        inspected(hands, kind="repair"), ("repair", "agent", {"why": "换拉链"}),
        ("repaired", "warehouse", {"result": "beyond_repair"}),
    )  # fmt: skip
    assert (ret.state, ret.replacement_id, Order.objects.count()) == ("inspected", None, 1)
    with pytest.raises(Refused, match="维修"):
        hands.take(inspected(hands, lines=[{"line": "2", "quantity": 1}]), "repair", "agent", why="换鞋带")


def test_replacements_are_not_merged(hands, ret):
    hands.take(ret, "exchange", "agent")
    other = hands.picking("A2")
    with pytest.raises(Refused, match="不能合并"):
        hands.take(new(hands), "merge", "agent", into=other.pk)
    assert new(hands).state == "awaiting_audit"
