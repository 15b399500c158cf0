"""Tickets that other flows open, and those that wait for them."""

import ast
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from flows.effects import Refused
from flows.registry import FLOWS
from flows.sweep import sweep
from orders.models import Refund
from outbox import listening
from outbox.fanout import fan_out
from outbox.models import Event, Notice
from tests.orders.hands import parcel
from tests.tickets.house import House, said
from tickets import listens
from tickets.alarms import ALARMS, BREACHED, NOTHING, OURS
from tickets.conversation import line
from tickets.listens import alarmed
from tickets.models import Message, Ticket
from tickets.states import Kind

ROOT = Path(__file__).parents[2]


@pytest.fixture
def hands(db):
    return House()


# ---- every topic is decided
def told():
    """The topics that the floors below tell beside their steps, as they stand in the code."""
    found = set()
    for floor in ("orders", "returns", "flows", "tickets"):
        for file in (ROOT / floor).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Tell", "_event") and node.args:
                    first = node.args[0]
                    if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value:
                        found.add(first.value)
    return found


def test_every_topic_that_the_house_tells_has_been_decided():
    beside = {topic for topic in told() if not topic.startswith(OURS)}
    steps = {f"{flow.name}.{step}" for flow in FLOWS.values() for step in (*flow.rows, "start")}
    assert beside - ALARMS.keys() - NOTHING.keys() - {BREACHED} == set()
    assert not ALARMS.keys() & NOTHING.keys()
    assert ALARMS.keys() - beside - steps == set(), "an alarm that nobody rings"
    assert NOTHING.keys() - beside == set()


def test_every_alarm_says_what_to_do_in_few_words():
    for topic, alarm in ALARMS.items():
        assert alarm.kind in Kind.values, topic
        assert 6 <= len(str(alarm.title)) <= 40, topic


# ---- alarms
def out_of_stock(hands):
    hands.picking()
    hands.tell("order.out_of_stock", 10, number="A1", lines=[{"line": "1", "quantity": 1}])


def test_what_the_desk_says_keeps_the_numbers_of_orders_and_loses_those_of_people(hands):
    """A number of Taobao's has nineteen digits, and nobody can look up a masked one."""
    long = "4012345678901234567"
    hands.shipped(long, payment="cod")
    hands.tell("order.cancel_requested", 30, number=long, by="customer", reason="买错了，打我电话 13900001111")
    hands.listens()
    message = Message.objects.get()
    assert (long in message.words, "13900001111" in message.words) == (True, False)
    assert long in line(message)
    message.side, message.words = "customer", f"{long} 13900001111"
    assert line(message) == "客户：****"


def test_a_stock_out_opens_one_ticket_for_the_buyer(hands):
    out_of_stock(hands)
    hands.listens()
    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.order.number, ticket.customer.buyer_id) == ("stock_out", "A1", "b-1")
    assert (ticket.opened_by, ticket.channel, ticket.spoken) == ("stock_out.start", "internal", False)
    assert ticket.title == "联系客户：缺货，给出可换的商品、等货或退款"
    assert ticket.messages.get().words == "联系客户：缺货，给出可换的商品、等货或退款（缺货处理 A1-Q1）"
    listening.Notice.objects.update(rings_at=timezone.now(), heard_at=None)
    hands.listens()
    assert Ticket.objects.count() == 1


def test_what_is_over_before_it_is_heard_opens_nothing(hands):
    out_of_stock(hands)
    hands.take(hands.order(), "restock", "warehouse")
    hands.listens()
    assert not Ticket.objects.exists()


def test_it_is_answered_in_the_conversation_that_the_customer_had(hands):
    ticket = hands.says("有货吗", conversation="c-9")
    for step in ("resolve", "close"):
        hands.does(ticket, step)
    out_of_stock(hands)
    hands.listens()
    ticket = Ticket.objects.get(kind="stock_out")
    assert (ticket.channel, ticket.conversation) == ("im", "c-9")


def test_a_wish_to_cancel_is_red_and_the_next_alarm_of_its_kind_is_noted_there(hands):
    hands.shipped(payment="cod")
    hands.tell("order.cancel_requested", 30, number="A1", by="customer", reason="买错了")
    assert hands.tickets() == [
        ("order_change", "red", ["处理取消要求：能拦则拦，不能则说明办法（订单 A1）：原因 买错了"])
    ]
    hands.tell("order.amended", 40, number="A1", address={"detail": "文三路 9 号"}, version=3)
    [(kind, _colour, words)] = hands.tickets()
    assert (kind, len(words)) == ("order_change", 2)
    assert words[1].startswith("打包后客户改了订单")
    assert Ticket.objects.get().colour_why == [["system", "客户等着取消"]]


def test_the_conversation_about_it_is_where_it_is_noted(hands):
    hands.shipped(payment="cod")
    ticket = hands.says("我要取消", kind="order_change")
    hands.does(ticket, "link", order=hands.order().pk)
    hands.does(ticket, "assign", "system", who="system", to=hands.person("amy"))
    hands.tell("order.cancel_requested", 30, number="A1", by="customer")
    assert len(hands.tickets()) == 1
    assert Message.objects.get(side="system").mentions == ["amy"]
    assert hands.fresh(ticket).colour == "red"


def test_a_colour_that_a_person_has_set_stands(hands):
    hands.shipped(payment="cod")
    ticket = hands.opens("order_change", order=hands.order())
    hands.does(ticket, "paint", colour="yellow", why="客户只是问问")
    hands.tell("order.cancel_requested", 30, number="A1", by="customer")
    hands.listens()
    assert (hands.fresh(ticket).colour, Ticket.objects.count()) == ("yellow", 1)


def test_after_the_first_was_resolved_a_second_alarm_opens_another(hands):
    hands.shipped(payment="cod")
    hands.tell("order.cancel_requested", 30, number="A1", by="customer")
    hands.listens()
    first = hands.does(Ticket.objects.get(), "resolve")
    hands.tell("order.amended", 40, number="A1", address={"detail": "文三路 9 号"}, version=3)
    hands.listens()
    assert Ticket.objects.count() == 2
    first = hands.does(first, "reopen", why="客户又来电")  # both of one cause: the older one gives it up
    assert (first.state, first.cause) == ("awaiting_reply", "")


def test_a_failed_refund_a_dispute_and_a_bad_verdict(hands):
    hands.signed()
    ret = hands.go(hands.request(), ("approve", "agent"))
    ret = hands.take(ret, "send_back", "customer", carrier="顺丰", tracking_number="SF9000000001")
    ret = hands.take(ret, "receive", "warehouse", tracking_number="SF9000000001")
    hands.take(ret, "inspect", "warehouse", lines=[{"line": "1", "quantity": 1, "condition": "defective"}])
    hands.tell("dispute.opened", 60, **{"return": "R1", "reason": "卖家不退款"})
    found = {kind: (colour, words) for kind, colour, words in hands.tickets()}
    assert set(found) == {"return", "dispute"}
    assert (found["return"][0], found["dispute"][0]) == ("", "red")
    assert found["return"][1] == ["验货不通过：和客户协商（售后单 R1）"]


def test_a_good_verdict_calls_nobody(hands):
    hands.signed()
    ret = hands.go(hands.request(), ("approve", "agent"))
    ret = hands.take(ret, "send_back", "customer", carrier="顺丰", tracking_number="SF9000000001")
    ret = hands.take(ret, "receive", "warehouse", tracking_number="SF9000000001")
    hands.take(ret, "inspect", "warehouse")
    assert hands.tickets() == []


def test_a_parcel_in_trouble_is_one_hard_case(hands):
    hands.picking()
    hands.take(hands.order(), "ship", "warehouse", parcels=[parcel("SF1000000001")])
    hands.tell("parcel.tracked", 60, carrier="顺丰", tracking_number="SF1000000001", state="problem",
               points=[{"at": hands.at(60).isoformat(), "text": "电话无人接听"}])  # fmt: skip
    [(kind, _colour, words)] = hands.tickets()
    assert (kind, len(words)) == ("hard_case", 2)
    assert any("SF1000000001" in w for w in words)


def test_a_breach_is_noted_in_the_orders_ticket_and_leads_are_called(hands):
    hands.person("li", "lead")
    hands.picking()
    ticket = hands.opens("presale", order=hands.order())
    sweep(at=timezone.now() + timedelta(days=30))
    hands.listens(days=30)
    assert Ticket.objects.filter(kind="logistics").count() == 0
    note = ticket.messages.latest("seq")
    assert (note.words, note.mentions) == ("已超时：订单的“发货”（订单 A1）", ["li"])


def test_a_breach_without_a_ticket_opens_one_and_leads_are_called(hands):
    hands.person("li", "lead")
    hands.picking()
    sweep(at=timezone.now() + timedelta(days=30))
    hands.listens(days=30)
    [(kind, _colour, words)] = hands.tickets()
    assert (kind, words) == ("logistics", ["已超时：订单的“发货”（订单 A1）", "已通知主管"])
    assert Event.objects.get(topic="ticket.mentioned").data["people"] == ["li"]


def test_a_breach_of_a_ticket_opens_none(hands):
    hands.says()
    sweep(at=timezone.now() + timedelta(days=30))
    hands.listens(days=30)
    assert len(hands.tickets()) == 1


def test_a_failed_refund_is_red(hands):
    hands.picking()
    hands.take(hands.order(), "cancel", "agent", by="customer")
    refund = Refund.objects.get()
    if refund.state != "sent":
        refund = hands.take(refund, "send", "system")
    hands.tell("refund.failed", 30, key=refund.key, reason="账户已注销")
    [(kind, colour, words)] = hands.tickets()
    assert (kind, colour) == ("return", "red")
    assert "账户已注销" in words[0] or "退款失败" in words[0]


# ---- those that wait
def waits(hands, number):
    ticket = hands.says("退款呢？")
    hands.does(ticket, "link", order=hands.order().pk)
    from tickets.links import awaited

    return hands.does(
        ticket, "ask_internal", team="warehouse", words="等验货", waits_for=awaited(hands.fresh(ticket), number)
    )


def test_the_end_of_what_it_waits_for_resumes_it_with_the_outcome(hands):
    out_of_stock(hands)
    ticket = waits(hands, "A1-Q1")
    hands.listens()
    assert hands.fresh(ticket).state == "awaiting_internal"
    hands.take(hands.order(), "restock", "warehouse")
    hands.listens()
    ticket = hands.fresh(ticket)
    assert (ticket.state, ticket.awaits, ticket.team) == ("awaiting_reply", {}, "")
    last = ticket.messages.latest("seq")
    assert (last.side, last.words) == ("system", "缺货处理 A1-Q1 已结束：已解决")


def test_the_end_is_told_also_while_the_customer_waits_for_an_answer(hands):
    out_of_stock(hands)
    ticket = hands.hears(waits(hands, "A1-Q1"), "好的谢谢", at=4)
    hands.take(hands.order(), "restock", "warehouse")
    hands.listens()
    ticket = hands.fresh(ticket)
    assert (ticket.state, ticket.awaits, ticket.team) == ("awaiting_reply", {}, "")
    assert (ticket.waiting_since, said(ticket)[-1]) == (hands.t0, ("system", "缺货处理 A1-Q1 已结束：已解决"))
    hands.does(ticket, "reply", at=5, words="有货了")
    assert hands.fresh(ticket).state == "awaiting_customer"


def test_the_end_after_an_answer_resumes_it(hands):
    out_of_stock(hands)
    ticket = hands.hears(waits(hands, "A1-Q1"), "好的谢谢", at=4)
    hands.does(ticket, "reply", at=5, words="不客气，查到告诉您")
    hands.take(hands.order(), "restock", "warehouse")
    hands.listens()
    assert (hands.fresh(ticket).state, hands.fresh(ticket).awaits) == ("awaiting_reply", {})


def test_what_ended_while_it_was_merged_resumes_it_when_it_is_taken_apart(hands):
    out_of_stock(hands)
    ticket = waits(hands, "A1-Q1")
    into = hands.says("再一件事", conversation="c-3")
    hands.does(ticket, "merge", into=into.pk)
    hands.take(hands.order(), "restock", "warehouse")
    hands.listens()
    hands.does(ticket, "split", why="是两件事")
    hands.listens()
    assert (hands.fresh(ticket).state, hands.fresh(ticket).awaits) == ("awaiting_reply", {})


def test_what_ends_at_the_moment_of_a_merge_resumes_the_one_that_waits_for_it_now(hands, monkeypatch):
    out_of_stock(hands)
    ticket, into = waits(hands, "A1-Q1"), hands.says("再一件事", conversation="c-3")
    hands.does(into, "reply", at=1, words="您好")
    hands.listens()
    hands.take(hands.order(), "restock", "warehouse")
    found = listens._waiting

    def merged_meanwhile(event):
        pks = found(event)
        if event.flow == "stock_out" and hands.fresh(ticket).state != "closed":
            hands.does(ticket, "merge", at=2, into=into.pk)
        return pks

    monkeypatch.setattr(listens, "_waiting", merged_meanwhile)
    hands.listens()
    assert (hands.fresh(into).state, hands.fresh(into).awaits) == ("awaiting_reply", {})


def test_what_ended_before_it_began_to_wait_is_not_missed(hands):
    out_of_stock(hands)
    ticket = hands.says("有货了吗？")
    hands.does(ticket, "link", order=hands.order().pk)
    from tickets.links import awaited

    found = awaited(hands.fresh(ticket), "A1-Q1")
    hands.take(hands.order(), "restock", "warehouse")
    hands.listens()
    hands.does(ticket, "ask_internal", team="warehouse", words="等货", waits_for=found)
    hands.listens()
    assert hands.fresh(ticket).state == "awaiting_reply"


def test_one_that_others_keep_moving_is_tried_again_later(hands, monkeypatch):
    """Someone types and paints at each look: the row remembers that it still has to go on."""
    out_of_stock(hands)
    ticket = waits(hands, "A1-Q1")
    hands.listens()
    hands.take(hands.order(), "restock", "warehouse")
    tries = []

    def moved(subject, step, **_how):
        tries.append(step)
        raise Refused("早已变动", "moved", subject)

    with monkeypatch.context() as busy:
        busy.setattr("tickets.listens.take", moved)
        at = timezone.now()
        while fan_out(at=at) or listening.listen(at=at):
            pass
    assert tries == ["resume"] * 5
    left = Notice.objects.get(listener="tickets.resumes", heard_at=None)
    assert left.rings_at > at and left.dead_at is None and ticket.number in left.failure
    assert hands.fresh(ticket).state == "awaiting_internal"
    while listening.listen(at=at + timedelta(hours=1)):
        pass
    assert hands.fresh(ticket).state == "awaiting_reply"
    assert not Notice.objects.filter(heard_at=None).exists()


def test_a_ticket_that_waits_for_another_thing_waits_on(hands):
    out_of_stock(hands)
    ticket = hands.does(hands.says(), "ask_internal", team="finance", words="查款")
    hands.take(hands.order(), "restock", "warehouse")
    hands.listens()
    assert hands.fresh(ticket).state == "awaiting_internal"


def test_an_end_is_heard_once(hands):
    out_of_stock(hands)
    ticket = waits(hands, "A1-Q1")
    hands.take(hands.order(), "restock", "warehouse")
    hands.listens()
    version = hands.fresh(ticket).version
    Notice.objects.update(rings_at=timezone.now(), heard_at=None)
    hands.listens()
    assert hands.fresh(ticket).version == version


# ---- at once
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_alarms_of_one_order_heard_at_once_open_one_ticket():
    hands = House()
    for n in range(6):
        number = f"A{n}"
        hands.shipped(number, payment="cod")
        hands.tell("order.cancel_requested", 30, number=number, by="customer")
        hands.tell("order.amended", 40, number=number, address={"detail": "文三路 9 号"}, version=3)
        while fan_out(at=timezone.now() + timedelta(hours=1)):
            pass
        gate = Barrier(2)
        notices = Notice.objects.filter(heard_at=None, listener="tickets.alarms").order_by("pk")
        events = [
            notice.event for notice in notices if notice.event.topic in ("order.cancel_asked", "order.amended_late")
        ]
        assert len(events) == 2

        def hear(event, gate=gate):
            gate.wait()
            try:
                listening.LISTENERS["tickets.alarms"].listen(event, timezone.now())
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(hear, events))
        ticket = Ticket.objects.get(order__number=number, kind="order_change")
        assert ticket.messages.count() == 2
        Notice.objects.update(heard_at=timezone.now(), rings_at=None)


def test_a_lead_who_was_called_and_has_not_looked_is_not_called_again(hands):
    hands.person("li", "lead")
    hands.picking()
    ticket = hands.opens("presale", order=hands.order())
    sweep(at=timezone.now() + timedelta(days=30))
    hands.listens(days=30)
    late = Event.objects.filter(topic="deadline.breached", flow="order").latest("pk")
    alarmed(late, timezone.now() + timedelta(days=31))
    notes = ticket.messages.filter(side="system", words__startswith="已超时").order_by("seq")
    assert [m.mentions for m in notes] == [["li"], []]
