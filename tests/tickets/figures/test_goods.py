"""Goods, money and clocks, counted by hand."""

from datetime import date, timedelta

from flows import engine
from flows.table import Who
from orders.models import Refund
from returns.starting import begin
from tests.returns.test_paying import here, refunds, succeed


def refunded(shop, number="R1", order="A1"):
    ret = shop.take(here(shop, shop.request(number, order)), "refund", "agent")
    refund = refunds(ret.order)[ret.money]
    succeed(shop, refund)
    return Refund.objects.get(pk=refund.pk)


def test_one_of_three_pieces_that_were_sent_came_back(shop):
    shop.signed()
    refunded(shop)
    shop.count()
    assert shop.ask("return_rate") == 1 / 3
    assert shop.ask("return_rate", "product") == {("S-1",): 1, ("S-2",): 0}
    assert shop.ask("return_rate", "reason") == {("no_reason",): 1 / 3}  # of all that were sent
    assert shop.ask("pieces_back") == 1


def test_a_return_that_was_withdrawn_is_no_return(shop):
    shop.signed()
    shop.request()
    shop.count()
    assert shop.ask("return_rate") == 1 / 3
    shop.take(shop.ret(), "withdraw", "customer")
    shop.count()
    assert shop.ask("return_rate") == 0
    assert shop.ask("returns") == 1  # it was asked for all the same


def test_a_return_counts_on_the_day_on_which_its_order_was_sent(shop):
    shop.signed()
    shop.count()
    later = shop.t0 + timedelta(days=3)
    ret, inputs = begin(
        shop.order(), opened_by="desk", kind="return_refund", reason="quality", lines=[{"line": "2", "quantity": 2}]
    )  # fmt: skip
    engine.start(ret, who=Who.AGENT, by="agent", at=later, inputs=inputs)
    shop.count(later + timedelta(minutes=1))
    assert shop.ask("return_rate", "day") == {(shop.t0.date(),): 2 / 3}
    assert shop.ask("returns", "day") == {(later.date(),): 1}


def test_the_stages_of_a_refund(shop):
    shop.signed()
    shop.signed("A2")
    refunded(shop)
    shop.request("R2", "A2")
    shop.count()
    stages = {key[0]: n for key, n in shop.ask("refund_stages", "stage").items()}
    assert stages == {"1_asked": 2, "2_agreed": 1, "3_sent": 1, "4_received": 1, "5_refunded": 1}


def test_money_counts_on_the_day_of_its_arrival_and_no_more_once_it_was_missed(shop):
    shop.signed()
    refund = refunded(shop)
    shop.count()
    assert shop.ask("refunded") == 18900
    assert shop.ask("refunded", "payer") == {("shop",): 18900}
    assert shop.ask("refunded", "reason") == {("no_reason",): 18900}
    assert shop.ask("refunds") == 1
    shop.take(refund, "miss", "customer", why="没有收到")
    shop.count()
    assert not shop.ask("refunded")


def test_an_offer_that_was_taken_has_kept_the_goods(shop):
    shop.rules(evidence_reasons=[])
    for n, step in enumerate(["accept_offer", "decline_offer"]):
        shop.signed(f"A{n}")
        ret = shop.request(f"R{n}", f"A{n}")
        ret = shop.take(ret, "offer", "agent", plans=[{"kind": "cash", "amount": 2000, "words": "补偿"}])
        shop.take(ret, step, "customer", **({"plan": 1} if n == 0 else {"words": "还是想退"}))
    shop.count()
    assert shop.ask("kept") == 1 / 2
    assert shop.ask("kept", "agent") == {("agent",): 1 / 2}
    assert shop.ask("saved") == 18900 - 2000


def test_a_stock_out_names_its_product(shop):
    shop.picking()
    shop.take(shop.order(), "report_stock_out", "warehouse", lines=[{"line": "2", "quantity": 2}])
    shop.count()
    assert shop.ask("stock_outs", "product") == {("S-2",): 1}
    assert shop.ask("stock_out_pieces") == 2


def test_a_stock_out_counts_on_the_shops_own_day_however_often_it_is_counted(shop):
    shop.picking()
    shop.take(shop.order(), "report_stock_out", "warehouse", lines=[{"line": "2", "quantity": 2}])
    shop.count()
    shop.count()
    shop.picking("A2")
    shop.take(shop.order("A2"), "report_stock_out", "warehouse", lines=[{"line": "2", "quantity": 1}])
    shop.count()
    assert shop.ask("stock_outs", "day") == {(date(2026, 11, 18),): 2}


def test_a_parcel_is_late_once_its_day_of_delivery_has_passed(shop):
    shop.shipped()
    shop.count()
    assert shop.ask("late_deliveries") is None
    shop.count(shop.t0 + timedelta(days=9))
    assert shop.ask("late_deliveries", "carrier") == {("顺丰",): 1}
    assert shop.ask("deliveries_due") == 1


def test_of_the_clocks_that_came_due_those_kept_were_kept(hands):
    hands.person()
    quick = hands.says()
    hands.does(quick, "reply", at=0.1, words="您好")  # greeted within 15 seconds
    hands.says(at=1, conversation="c-2", buyer="b-2")
    slow = hands.says(at=1, conversation="c-3", buyer="b-3")
    hands.does(slow, "reply", at=2, words="您好")
    hands.count()
    assert hands.ask("clocks_kept", "clock")["ticket.greet",] == 1 / 3


def test_the_clock_of_a_merged_ticket_goes_on_in_the_other_one(hands):
    hands.person()
    first, second = hands.says(), hands.says(at=0.05, conversation="c-2")
    hands.does(second, "merge", at=0.1, into=first.pk)
    hands.does(first, "reply", at=0.2, words="您好")
    hands.count()
    assert hands.ask("clocks_due", "clock")["ticket.greet",] == 1
    assert hands.ask("clocks_kept", "clock")["ticket.greet",] == 1


def test_the_agents_of_a_reopened_ticket_meet_its_clocks_anew(hands):
    hands.person()
    ticket = hands.solved()
    hands.hears(ticket, at=10)
    hands.does(ticket, "reply", at=12, words="您好")
    hands.count()
    assert hands.ask("clocks_kept", "clock")["ticket.reply",] == 0
    assert hands.ask("clocks_kept", "clock")["ticket.greet",] == 1
