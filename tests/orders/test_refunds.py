"""A refund, from its promise to the customer's account: who may, once, under one key, and what is heard of it."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from deadlines.models import Deadline
from flows import engine
from flows.effects import Refused
from flows.models import Move
from flows.sweep import sweep
from flows.table import Who
from hooks.models import Inbox
from orders.models import Entry, Order, Refund
from orders.money.authority import asked_today
from orders.money.window import send_due
from outbox.models import Event
from shops import policy
from tests.factories import make_shop
from tests.orders.hands import Hands, parcel
from tests.orders.test_cancelling import held, refused

WORDS = {"channel": "phone", "words": "非常抱歉，这款缺货", "none_why": "没有同类商品"}


def refund_of(hands, number="A1"):
    return hands.order(number).refunds.get()


def cancelled(hands):
    """A paid order that the agent has cancelled: its refund is on its way."""
    hands.take(hands.picking(), "cancel", "agent", by="customer", reason="不想要了")
    return refund_of(hands)


def cheaper(hands, paid, number="A1", who="agent"):
    """The price of the shoes lowered by hand: what is left of 189.00 goes back."""
    return hands.take(hands.order(number), "amend", who, lines=[{"line": "1", "paid": paid}])


def out_of_stock(hands, number="A1"):
    """A stock-out of the shoes of which the agent has promised the money."""
    hands.take(hands.picking(number), "report_stock_out", "warehouse", lines=[{"line": "1"}])
    out = hands.take(hands.stock_out(f"{number}-Q1"), "contact", "agent", **WORDS)
    return hands.take(out, "agree_refund", "agent", refund_of="lines")


def authority(hands, **may):
    policy.edit(hands.shop, {"authority": may}, "test", timezone.now())


def instructions():
    return [e.data for e in Event.objects.filter(topic="refund.send").order_by("pk")]


# ---- promised, approved, sent
def test_an_agents_refund_within_the_authority_is_instructed_at_once_under_one_key(hands):
    refund = cancelled(hands)
    assert (refund.state, refund.number, refund.key, refund.attempts) == ("sent", "A1-F1", "A1:cancel", 1)
    assert (refund.goods, refund.freight, refund.compensation) == (24900, 1000, 0)
    [told] = instructions()
    assert {k: told[k] for k in ("key", "amount", "cause", "order", "return", "attempt", "number", "to")} == {
        "key": "A1:cancel", "amount": "259.00", "cause": "cancel", "order": "A1", "return": None, "attempt": 1,
        "number": "A1-F1", "to": "sent",
    }  # fmt: skip
    assert told["parts"] == {"goods": "249.00", "freight": "10.00", "compensation": "0.00"}
    assert Deadline.objects.filter(flow="refund", subject=refund.pk, clock="answer", ended_at=None).count() == 1


def test_above_the_authority_of_a_case_a_lead_approves_and_another_person_than_who_asked(hands):
    authority(hands, agent={"refund_case": 10_000})
    hands.picking()
    cheaper(hands, 5000)
    refund = refund_of(hands)
    assert (refund.state, refund.asked_by, refund.asked_as, refund.amount) == ("drafted", "agent", "agent", 13900)
    assert not instructions()
    assert refused(hands, refund, "approve", "agent") == "role"
    Refund.objects.filter(pk=refund.pk).update(asked_by="lead")
    assert refused(hands, refund, "approve", "lead") == "refused"
    Refund.objects.filter(pk=refund.pk).update(asked_by="agent")
    refund = hands.take(refund, "approve", "lead")
    refund = refund_of(hands)
    assert (refund.state, refund.approved_by) == ("sent", "lead")
    assert len(instructions()) == 1


def test_a_long_login_has_a_day_and_no_second_pair_of_eyes(hands):
    """A refund keeps the first eighty letters of who asked."""
    long = "l" * 100
    authority(hands, agent={"refund_case": 10_000})
    hands.picking()
    cheaper(hands, 5000)
    refund = refund_of(hands)
    Refund.objects.filter(pk=refund.pk).update(asked_by=long[:80])
    with pytest.raises(Refused):
        engine.take(refund, "approve", who=Who.LEAD, by=long, at=timezone.now(), inputs={})
    assert refund_of(hands).state == "drafted" and not instructions()
    with transaction.atomic():
        assert asked_today({}, hands.shop.pk, long, timezone.now())["refund"] == 13900


def test_what_people_below_lead_have_asked_for_in_a_case_adds_up(hands):
    authority(hands, agent={"refund_case": 10_000})
    hands.picking()
    cheaper(hands, 12900)
    hands.take(hands.order(), "audit", "auditor")
    cheaper(hands, 8800)
    assert sorted(hands.order().refunds.values_list("amount", "state")) == [(4100, "drafted"), (6000, "sent")]


def test_what_a_person_has_asked_for_today_adds_up_over_orders_and_not_over_days(hands):
    authority(hands, agent={"refund_day": 10_000})
    for number in ("A1", "A2", "A3"):
        hands.picking(number)
    cheaper(hands, 12900, "A1")
    Refund.objects.update(created_at=timezone.now() - timedelta(days=2))
    cheaper(hands, 12900, "A2")
    cheaper(hands, 12900, "A3")
    assert [refund_of(hands, n).state for n in ("A1", "A2", "A3")] == ["sent", "sent", "drafted"]


def test_the_day_is_counted_within_one_batch_too(hands):
    from flows.engine import Want, take_many
    from flows.table import Who
    from orders.tables import ORDER

    authority(hands, agent={"refund_day": 10_000})
    orders = [hands.picking(f"A{n}") for n in range(3)]
    wants = [Want(o.pk, {"lines": [{"line": "1", "paid": 14900}]}) for o in orders]
    take_many(ORDER, "amend", wants, who=Who.AGENT, by="agent", at=timezone.now())
    assert sorted(Refund.objects.values_list("state", flat=True)) == ["drafted", "sent", "sent"]


def test_the_money_of_a_cancelled_order_needs_nobodys_authority_and_nobody_may_keep_it(hands):
    authority(hands, agent={"refund_case": 0, "refund_day": 0})
    refund = cancelled(hands)
    assert refund.state == "sent"
    hands.tell("refund.failed", 30, key=refund.key, reason="账户异常")
    assert refused(hands, refund, "cancel", "lead", why="不退了") == "refused"
    assert refund_of(hands).state == "failed"


def test_a_refund_that_a_clock_has_caused_waits_for_a_lead(hands):
    hands.take(hands.picking(), "report_stock_out", "warehouse", lines=[{"line": "1"}])
    hands.take(hands.stock_out(), "contact", "agent", **WORDS)
    policy.edit(hands.shop, {"limits": {"stock_out_answer": {"acts": True}}}, "test", timezone.now())
    sweep(at=timezone.now() + timedelta(hours=25))
    refund = refund_of(hands)
    assert (refund.state, refund.asked_as) == ("drafted", "clock")
    assert refused(hands, refund, "reject", "lead", why="不退了") == "refused"  # the order is cancelled
    hands.take(refund, "approve", "lead")
    assert refund_of(hands).state == "sent"


def test_a_role_without_authority_asks_a_lead(hands):
    hands.take(hands.picking(), "report_stock_out", "warehouse", lines=[{"line": "1"}])
    out = hands.take(hands.stock_out(), "contact", "agent", **WORDS)
    out = hands.take(out, "agree_swap", "agent", sku="S-9", title="另一款", price=18000)
    hands.take(out, "swap", "auditor")
    refund = refund_of(hands)
    assert (refund.state, refund.amount, refund.asked_as) == ("drafted", 900, "auditor")


# ---- the window
def test_a_hooks_refund_waits_its_window_and_is_then_sent_once(hands):
    hands.picking()
    hands.tell("order.cancel_requested", 20, number="A1")
    refund = refund_of(hands)
    assert refund.state == "approved"
    assert send_due(at=timezone.now()) == 0
    assert refund_of(hands).state == "approved"
    later = refund.send_at + timedelta(seconds=1)
    assert [send_due(at=later), send_due(at=later)] == [1, 0]
    assert (refund_of(hands).state, len(instructions())) == ("sent", 1)


def test_one_that_cannot_be_sent_backs_off_and_holds_nobody_up(hands, monkeypatch):
    for number in ("A1", "A2"):
        hands.picking(number)
        hands.tell("order.cancel_requested", 20, number=number)
    stuck = refund_of(hands, "A1")
    from orders.tables import REFUND

    def no(refund):
        return "等一等" if refund.pk == stuck.pk else ""

    monkeypatch.setitem(REFUND.further_needs, "send", [no])
    later = stuck.send_at + timedelta(minutes=1)
    assert [send_due(at=later, limit=1), send_due(at=later, limit=1), send_due(at=later)] == [1, 1, 0]
    assert [refund_of(hands, n).state for n in ("A1", "A2")] == ["approved", "sent"]
    assert refund_of(hands, "A1").send_at > later


# ---- what becomes of it
def test_silence_makes_it_unknown_and_its_money_still_counts(hands):
    refund = cancelled(hands)
    sweep(at=timezone.now() + timedelta(hours=2))
    refund = refund_of(hands)
    assert refund.state == "unknown"
    assert held(hands.order()) == 25900
    assert refused(hands, refund, "send", "lead") == "state"


def test_an_unknown_one_is_reconciled_by_a_lead_with_a_voucher(hands):
    refund = cancelled(hands)
    sweep(at=timezone.now() + timedelta(hours=2))
    refund = hands.take(refund, "reconcile", "lead", result="succeeded", voucher="V9")
    assert (refund.state, refund.voucher, held(hands.order())) == ("succeeded", "V9", 0)
    hands.tell("refund.succeeded", 40, key=refund.key, amount="259.00", voucher="V9")
    assert Entry.objects.filter(kind="refunded").count() == 1


def test_a_failed_one_is_sent_again_under_its_key_and_an_old_failure_changes_nothing(hands):
    refund = cancelled(hands)
    hands.tell("refund.failed", 30, key=refund.key, reason="账户异常")
    assert (refund_of(hands).state, refund_of(hands).why) == ("failed", "账户异常")
    assert Event.objects.get(topic="refund.fail").data["reason"] == "账户异常"
    hands.take(refund, "send", "lead")
    late = hands.tell("refund.failed", 31, key=refund.key, reason="账户异常")
    assert (refund_of(hands).state, Inbox.objects.get(pk=late).outcome) == ("sent", "no_op")
    assert [(i["key"], i["attempt"]) for i in instructions()] == [(refund.key, 1), (refund.key, 2)]
    hands.tell("refund.succeeded", 29, key=refund.key, amount="259.00")  # the first attempt came after all
    assert (refund_of(hands).state, held(hands.order())) == ("succeeded", 0)


def test_a_failed_one_whose_money_has_gone_another_way_is_not_sent_again(hands):
    refund = cancelled(hands)
    hands.tell("refund.failed", 30, key=refund.key)
    hands.tell("refund.succeeded", 31, key="TB-1", order="A1", amount="200.00")
    assert refused(hands, refund, "send", "lead") == "refused"
    assert len(instructions()) == 1


@pytest.mark.parametrize("arrival", list(permutations([("200.00", 30), ("259.00", 31), ("259.00", 29)])))
def test_the_right_amount_is_a_success_before_or_after_a_wrong_one(hands, arrival):
    refund = cancelled(hands)
    for amount, at in arrival:
        hands.tell("refund.succeeded", at, key=refund.key, amount=amount)
    refund = refund_of(hands)
    assert (refund.state, hands.order().state, held(hands.order()), len(refund.heard)) == ("succeeded", "closed", 0, 3)
    assert Entry.objects.filter(kind="refunded").count() == 1
    assert Event.objects.filter(topic="refund.wrong_amount").count() == 1


def test_a_second_success_with_another_voucher_is_an_alarm_and_no_second_entry(hands):
    refund = cancelled(hands)
    hands.tell("refund.succeeded", 30, key=refund.key, amount="259.00", voucher="V1")
    hands.tell("refund.succeeded", 31, key=refund.key, amount="259.00", voucher="V2")
    assert Event.objects.get(topic="refund.twice").data["vouchers"] == ["V1", "V2"]
    assert Entry.objects.filter(kind="refunded").count() == 1


def test_who_confirms_the_money_has_it_whatever_else_was_heard(hands):
    refund = cancelled(hands)
    hands.tell("refund.confirmed", 40, key=refund.key)
    late = hands.tell("refund.succeeded", 30, key=refund.key, amount="259.00")
    assert (refund_of(hands).state, held(hands.order())) == ("confirmed", 0)
    assert Inbox.objects.get(pk=late).outcome in ("applied", "no_op")
    assert Entry.objects.filter(kind="refunded").count() == 1


def test_it_is_presumed_received_after_a_week(hands):
    refund = cancelled(hands)
    hands.tell("refund.succeeded", 30, key=refund.key, amount="259.00")
    sweep(at=timezone.now() + timedelta(days=8))
    assert refund_of(hands).state == "confirmed"


def test_a_refund_that_the_customer_misses_is_looked_for_and_booked_anew(hands):
    refund = cancelled(hands)
    hands.tell("refund.succeeded", 30, key=refund.key, amount="259.00")
    refund = hands.take(refund, "miss", "agent", why="客户说没有到账")
    order = hands.order()
    assert (refund.state, order.refunded, held(order)) == ("unknown", 0, 25900)
    assert (order.state, order.close_reason) == ("closed", "refunded")
    hands.tell("order.paid", 1, number="A1")
    assert hands.order().state == "closed"
    late = hands.tell("refund.succeeded", 30, key=refund.key, amount="259.00")
    assert (refund_of(hands).state, Inbox.objects.get(pk=late).outcome) == ("unknown", "no_op")
    hands.take(refund, "reconcile", "lead", result="succeeded", voucher="V2")
    assert held(hands.order()) == 0
    kinds = list(Entry.objects.filter(order=order).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["paid", "refunded", "missed", "refunded"]


# ---- whose it is
def test_a_key_that_belongs_to_another_order_than_the_one_named_is_rejected_with_why(hands):
    refund = cancelled(hands)
    hands.picking("A2")
    event = hands.tell("refund.succeeded", 30, key=refund.key, order="A2", amount="259.00")
    row = Inbox.objects.get(pk=event)
    assert row.outcome == "rejected"
    assert "A2" in row.why
    assert (refund_of(hands).state, hands.order("A2").refunded) == ("sent", 0)


def test_a_key_of_another_shop_is_never_found(hands):
    refund = cancelled(hands)
    other = Hands()
    event = other.tell("refund.succeeded", 30, key=refund.key, amount="259.00")
    assert Inbox.objects.get(pk=event).outcome == "parked"
    assert refund_of(hands).state == "sent"


def test_a_failure_under_an_unknown_key_waits_and_a_confirmation_is_heard_once_its_success_is(hands):
    hands.picking()
    failed = hands.tell("refund.failed", 30, key="TB-1", order="A1")
    confirmed = hands.tell("refund.confirmed", 40, key="TB-2", order="A1")
    assert {Inbox.objects.get(pk=pk).outcome for pk in (failed, confirmed)} == {"parked"}
    hands.tell("refund.succeeded", 30, key="TB-2", order="A1", amount="59.00")
    hands.apply()
    assert Inbox.objects.get(pk=confirmed).outcome == "applied"
    refund = refund_of(hands)
    assert (refund.cause, refund.key, refund.state, held(hands.order())) == ("outside:TB-2", "TB-2", "confirmed", 20000)


def test_the_longest_number_and_cause_fit(hands):
    number = "N" * 64
    hands.take(hands.picking(number), "cancel", "agent", by="customer", reason="不想要了")
    hands.tell("refund.succeeded", 30, key=f"{number}:cancel", amount="259.00")
    key = "K" * 160
    hands.picking("A2")
    hands.tell("refund.succeeded", 30, key=key, order="A2", amount="1.00")
    assert (hands.order(number).refunded, refund_of(hands, "A2").key) == (25900, key)


# ---- stock-outs
def test_a_stock_out_is_settled_by_its_own_refund_alone(hands):
    out = out_of_stock(hands)
    assert (out.state, refund_of(hands).cause) == ("refunding", f"stock_out:{out.pk}")
    hands.tell("refund.succeeded", 30, key="TB-1", order="A1", amount="10.00")
    assert hands.stock_out().state == "refunding"
    hands.tell("refund.succeeded", 30, key=f"A1:stock_out:{out.pk}", amount="189.00")
    assert hands.stock_out().state == "resolved"


def test_a_refund_that_is_not_approved_goes_back_to_the_agent_who_asks_again(hands):
    authority(hands, agent={"refund_case": 0})
    out = out_of_stock(hands)
    refund = hands.take(refund_of(hands), "reject", "lead", why="先与客户确认")
    assert (refund.state, refund.why, hands.stock_out().state) == ("cancelled", "先与客户确认", "contacting")
    out = hands.stock_out()
    assert refused(hands, out, "agree_wait", "agent", promised_for=timezone.now() + timedelta(days=3)) == "refused"
    hands.take(out, "agree_refund", "agent", refund_of="lines")
    again = hands.order().refunds.exclude(state="cancelled").get()
    assert (again.state, again.amount, again.cause, again.key) == ("drafted", 18900, refund.cause, f"{refund.key}:2")
    assert hands.order().total == 7000


# ---- cash on delivery
def test_what_the_courier_collects_is_presumed_until_a_payment_is_told(hands):
    hands.picking(payment="cod")
    hands.tell("order.shipped", 10, number="A1", parcels=[parcel()])
    hands.tell("order.signed", 20, number="A1")
    assert (hands.order().paid, held(hands.order())) == (25900, 25900)
    hands.tell("order.paid", 30, number="A1", transaction="C1", amount="250.00")
    assert (hands.order().paid, held(hands.order())) == (25000, 25000)


@pytest.mark.parametrize(
    ("facts", "paid"),
    [
        (["shipped", "signed"], 25900),
        (["shipped", "signed", "paid"], 25000),
        (["shipped", "signed", "rejected"], 0),
        (["shipped", "completed"], 25900),
        (["shipped", "signed", "rejected", "paid"], 25000),
    ],
)
def test_cash_on_delivery_comes_to_the_same_sums_in_every_order_of_arrival(hands, facts, paid):
    told = {
        "shipped": ("order.shipped", 10, {"parcels": [parcel()]}), "signed": ("order.signed", 20, {}),
        "rejected": ("order.parcel_rejected", 25, {}), "completed": ("order.completed", 40, {}),
        "paid": ("order.paid", 30, {"transaction": "C1", "amount": "250.00"}),
    }  # fmt: skip
    for n, arrival in enumerate(permutations(facts)):
        hands.place(f"D{n}", payment="cod")
        for name in (*arrival, arrival[0]):
            kind, at, data = told[name]
            hands.tell(kind, at, number=f"D{n}", **data)
    assert set(Order.objects.values_list("paid", flat=True)) == {paid}
    for order in Order.objects.all():
        assert held(order) == paid


# ---- the books
def test_books_and_log_agree_and_two_shops_may_use_one_key(hands):
    refund = cancelled(hands)
    other = Hands()
    other.take(other.picking(), "cancel", "agent", by="customer", reason="不想要了")
    assert Refund.objects.filter(key=refund.key).count() == 2
    for row in Refund.objects.all():
        moves = list(Move.objects.filter(flow="refund", subject=row.pk).order_by("seq"))
        assert [m.seq for m in moves] == list(range(1, row.version + 1))
        assert moves[-1].target == row.state
    assert Entry.objects.aggregate(n=Sum("amount"))["n"] == 2 * 25900


@pytest.mark.postgres
def test_the_database_refuses_a_state_that_no_move_explains(hands):
    refund = cancelled(hands)
    with pytest.raises(Exception, match="move"), connection.cursor() as cursor:
        cursor.execute("UPDATE orders_refund SET state = 'succeeded' WHERE id = %s", [refund.pk])


def test_another_shop_starts_with_the_presets_authority(db):
    rules = policy.of(make_shop().pk)
    assert rules.authority["agent"]["refund_case"] == 50_000
    assert rules.authority["lead"]["refund_day"] is None
