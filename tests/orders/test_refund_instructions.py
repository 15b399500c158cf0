"""The instruction that leaves this house: paid once however often it is sent, and not at all once it is called off."""

import threading
import time

import pytest
from django.db import connection
from django.utils import timezone

from flows.sweep import sweep
from hooks.models import Inbox
from hooks.process import run
from kefu.demo.bank import Manner
from kefu.demo.payments import MODES
from orders.models import Entry, Refund
from outbox import call
from outbox.models import Delivery, Event
from outbox.send import deliver
from outbox.service import replay
from tests.banking import Paid

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def paid(live_server, settings, monkeypatch):
    settings.KEFU_ALLOW_PRIVATE_WEBHOOKS = True
    monkeypatch.setattr(call, "LONGEST", 0.5)
    found = Paid(live_server.url)
    yield found
    found.end()


def states(paid):
    return {r.order.number: r.state for r in Refund.objects.filter(shop=paid.shop).select_related("order")}


# What each way of misbehaving comes to: before anybody looks, and after a lead has looked into the bank's account.
HEARD = {
    "usual": "succeeded", "at_once": "succeeded", "twice": "succeeded", "late": "succeeded", "silent": "unknown",
    "lost": "unknown", "fails": "failed", "fails_then_pays": "failed", "wrong_amount": "unknown",
    "wrong_then_right": "succeeded",
}  # fmt: skip
FOUND = {**HEARD, "silent": "succeeded", "wrong_amount": "succeeded", "lost": "failed"}
SENT_AGAIN = {**FOUND, "fails_then_pays": "succeeded"}


@pytest.mark.parametrize("fault", ["well", "busy", "breaks", "cut"])
def test_whatever_the_bank_does_the_two_ledgers_agree_once_a_lead_has_looked(paid, fault):
    orders = dict(zip(MODES, paid.orders(len(MODES)), strict=True))
    paid.manners = {o.number: Manner(mode, fault) for mode, o in orders.items()}
    refunds = {mode: paid.refund(o) for mode, o in orders.items()}
    paid.work()
    paid.work(paid.later(minutes=10))
    paid.work(paid.later(hours=2))

    def ends():
        return {mode: Refund.objects.get(pk=r.pk).state for mode, r in refunds.items()}

    assert ends() == HEARD
    paid.check()
    paid.reconcile()
    assert ends() == FOUND
    assert paid.differences() == []
    for refund in Refund.objects.filter(state="failed"):
        paid.step(refund, "send")
    paid.work()
    paid.work(paid.later(hours=2))
    assert ends() == {**SENT_AGAIN, "lost": "unknown"}
    paid.check()
    assert paid.differences() == []


def test_a_bank_that_answers_nothing_after_paying_pays_once(paid):
    [order] = paid.orders(1)
    paid.manners[order.number] = Manner("silent", "hangs", times=2)
    refund = paid.refund(order)
    for minutes in (0, 1, 5, 30):
        paid.work(paid.later(minutes=minutes))
    assert paid.bank.received == {refund.key: 3}
    assert paid.bank.ledger.paid() == {refund.key: 3000}
    paid.work(paid.later(hours=2))
    assert states(paid) == {order.number: "unknown"}
    paid.step(refund, "reconcile", result="succeeded", voucher="回单 1")
    paid.check()
    assert paid.differences() == []


def test_what_was_found_not_paid_and_called_off_is_not_paid_by_an_instruction_that_was_still_under_way(paid):
    """The bank is away for hours. Its account shows nothing, so the lead gives the money back another way."""
    [order] = paid.orders(1)
    paid.manners[order.number] = Manner("usual", "busy", times=5)
    refund = paid.refund(order, amount=25900)
    paid.work(paid.later(hours=2))
    assert states(paid) == {order.number: "unknown"}
    paid.step(refund, "reconcile", result="failed")
    paid.step(refund, "cancel", why="改由另一账户退")
    second = paid.refund(order, amount=25900, cause="amend:2")
    paid.manners.clear()
    paid.work(paid.later(days=3))
    assert paid.bank.ledger.paid() == {second.key: 25900}
    paid.check()
    assert paid.differences() == []
    assert Event.objects.filter(subject=refund.pk, topic="refund.send", withdrawn_at=None).count() == 0


def test_what_the_bank_refused_is_not_paid_by_a_repetition_of_the_instruction(paid):
    """It refuses, says so, and breaks off before it answers: the repetition would be paid."""
    [order] = paid.orders(1)
    paid.manners[order.number] = Manner("fails_then_pays", "breaks", times=9)
    refund = paid.refund(order)
    paid.work()
    assert states(paid) == {order.number: "failed"}
    paid.work(paid.later(days=3))
    assert (paid.bank.received, paid.bank.ledger.paid()) == ({refund.key: 1}, {})
    paid.step(refund, "send")
    paid.work()
    assert states(paid) == {order.number: "succeeded"}
    assert (paid.bank.received, paid.differences()) == ({refund.key: 2}, [])
    paid.check()


def test_an_instruction_that_is_being_said_cannot_be_called_off_until_it_is_answered(paid, monkeypatch):
    monkeypatch.setattr(call, "LONGEST", 5)
    [order] = paid.orders(1)
    paid.manners[order.number] = Manner("fails", "hangs")
    refund = paid.refund(order)
    delivering = threading.Thread(target=in_a_thread, args=(deliver,))
    delivering.start()
    assert soon(lambda: paid.bank.received)
    assert soon(lambda: Inbox.objects.exists() or paid.bank.hasten())
    run(at=timezone.now())
    before = Refund.objects.get(pk=refund.pk)
    assert before.state == "failed"
    said = paid.step(refund, "cancel", status=409, why="不退了")
    assert (said["code"], "正在发出" in said["detail"]) == ("refused", True)
    assert Refund.objects.get(pk=refund.pk).version == before.version
    paid.bank.released.set()
    delivering.join()
    paid.step(refund, "cancel", why="不退了")
    paid.work(paid.later(days=3))
    assert paid.bank.received == {refund.key: 1}


def test_what_was_called_off_is_not_said_again_by_hand_either(paid):
    [order] = paid.orders(1)
    paid.manners[order.number] = Manner("usual", "busy", times=99)
    refund = paid.refund(order)
    paid.work(paid.later(hours=2))
    paid.step(refund, "reconcile", result="failed")
    paid.manners.clear()
    paid.work(paid.later(days=3))
    delivery = Delivery.objects.get()
    assert (delivery.failure, delivery.rings_at, delivery.delivered_at) == ("withdrawn", None, None)
    assert replay([delivery.pk], at=timezone.now()) == 0
    answer = paid.lead.post(f"/deliveries/{delivery.pk}/replay/")
    assert (answer.status_code, "撤回" in answer.data["detail"]) == (409, True)
    paid.step(refund, "send")  # the next of its lane is not barred
    paid.work()
    assert paid.bank.ledger.paid() == {refund.key: 3000}
    paid.check()


def test_an_instruction_that_nobody_has_looked_at_yet_is_taken_back_too(paid):
    [order] = paid.orders(1)
    refund = paid.refund(order)
    assert Event.objects.filter(topic="refund.send", rings_at__isnull=False).count() == 1
    sweep(at=paid.later(hours=2))
    paid.step(refund, "reconcile", result="succeeded", voucher="手工转账 1")
    paid.work()
    assert (paid.bank.received, paid.bank.ledger.paid()) == ({}, {})
    assert Event.objects.get(topic="refund.send").withdrawn_at is not None
    paid.check()


def test_a_second_success_after_reconciling_is_an_alarm_and_no_second_entry(paid):
    [order] = paid.orders(1)
    paid.manners[order.number] = Manner("late")
    refund = paid.refund(order)
    deliver()
    sweep(at=paid.later(hours=2))
    paid.step(refund, "reconcile", status=400, result="succeeded")
    paid.step(refund, "reconcile", result="succeeded", voucher="回单 1")
    assert paid.bank.ledger.paid() == {refund.key: 3000}
    paid.work()
    assert Event.objects.filter(topic="refund.twice").count() == 1
    assert list(Entry.objects.filter(kind="refunded").values_list("amount", flat=True)) == [-3000]
    assert states(paid) == {order.number: "succeeded"}
    paid.check()
    assert paid.differences() == []


def test_money_that_is_missed_counts_as_pending_until_a_lead_has_found_it(paid):
    [order] = paid.orders(1)
    refund = paid.refund(order)
    paid.work()
    paid.step(refund, "miss", lead=paid.agent, why="客户说未到账")
    order.refresh_from_db()
    assert (states(paid), order.refunded) == ({order.number: "unknown"}, 0)
    paid.check()
    paid.work(paid.later(hours=2))
    paid.step(refund, "reconcile", result="succeeded", voucher=paid.bank.ledger.paid() and "回单 2")
    paid.check()
    paid.step(refund, "miss", lead=paid.agent, why="仍未到账")
    paid.step(refund, "reconcile", result="failed")
    paid.step(refund, "send")  # the bank knows the key, and says once more that it has paid
    paid.work()
    paid.work(paid.later(hours=2))
    paid.reconcile()
    kinds = list(Entry.objects.filter(order=order).order_by("pk").values_list("kind", "amount"))
    assert kinds == [("paid", 25900), *[("refunded", -3000), ("missed", 3000)] * 2, ("refunded", -3000)]
    assert paid.bank.ledger.paid() == {refund.key: 3000}
    paid.check()
    assert paid.differences() == []


def soon(what, seconds=10):
    until = time.monotonic() + seconds
    while not what() and time.monotonic() < until:
        time.sleep(0.02)
    return bool(what())


def in_a_thread(work):
    try:
        work()
    finally:
        connection.close()
