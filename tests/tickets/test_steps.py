"""What the steps of a ticket do beside moving; and two who act at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from flows.effects import Refused
from outbox.models import Event
from tests.tickets.house import House, said, staffed
from tickets.models import Ticket


@pytest.fixture
def hands(db):
    return staffed()


# ---- who works it
def test_a_transfer_says_why_and_counts(hands):
    ticket = hands.does(hands.says(), "claim", at=1)
    ticket = hands.does(ticket, "transfer", at=2, to="bob", why="懂尺码")
    assert (ticket.agent, ticket.assigned_why, ticket.transferred) == ("bob", "懂尺码", 1)
    ticket = hands.does(ticket, "claim", "amy", at=3)
    assert (ticket.agent, ticket.transferred) == ("amy", 2)
    ticket = hands.does(ticket, "release", at=4, why="下班了")
    assert (ticket.agent, ticket.assigned_at, ticket.assigned_why) == ("", None, "下班了")
    with pytest.raises(Refused):
        hands.does(ticket, "release", at=5, why="下班了")


def test_a_machine_takes_no_ticket_and_solves_none(hands):
    ticket = hands.says()
    with pytest.raises(Refused, match="接口密钥不能接单"):
        hands.does(ticket, "claim", "kf_abcdefgh", at=1)
    assert (hands.fresh(ticket).agent, hands.fresh(ticket).version) == ("", 1)
    ticket = hands.does(ticket, "resolve", "kf_abcdefgh", at=2)
    assert (ticket.solved_by, ticket.customer.agent) == ("", "")


def test_who_answers_a_ticket_of_nobodys_has_it(hands):
    assert hands.does(hands.says(), "reply", "bob", at=1, words="您好").agent == "bob"


def test_who_answered_is_known_as_who_solved_it_and_to_the_customer(hands):
    ticket = hands.does(hands.does(hands.says(), "reply", at=1, words="您好"), "resolve", "bob", at=2, words="已补寄")
    assert (ticket.solved_by, ticket.customer.agent, said(ticket)[-1]) == ("amy", "amy", ("note", "已补寄"))


def test_it_is_the_merit_of_who_answered_and_resolved_it_whoever_has_it(hands):
    ticket = hands.does(hands.says(), "claim", at=1)
    ticket = hands.does(hands.does(ticket, "reply", "bob", at=2, words="您好"), "resolve", "bob", at=3)
    assert (ticket.agent, ticket.solved_by, ticket.customer.agent) == ("amy", "bob", "bob")


def test_answers_in_a_ticket_that_was_merged_count(hands):
    one = hands.does(hands.says("鞋", 1), "reply", at=2, words="您好")
    other = hands.does(hands.says("袜", 1, conversation="c-2"), "claim", "bob", at=2)
    hands.does(one, "merge", at=3, into=other.pk)
    assert hands.does(other, "resolve", at=4).solved_by == "amy"


def test_the_last_to_answer_has_the_merit_where_others_close_it(hands):
    ticket = hands.does(hands.does(hands.says(), "reply", "bob", at=1, words="您好"), "reply", at=2, words="好了")
    assert hands.does(ticket, "resolve", "clock", at=3, who="clock").solved_by == "amy"


def test_where_nobody_had_to_answer_it_is_who_has_it_else_who_resolved_it(hands):
    mine = hands.does(hands.opens(), "claim", at=1)
    assert hands.does(mine, "resolve", "bob", at=2).solved_by == "amy"
    assert hands.does(hands.opens(), "resolve", "bob", at=2).solved_by == "bob"
    assert hands.does(hands.opens(), "resolve", "clock", at=2, who="clock").solved_by == ""


# ---- what is said
def test_a_note_stays_in_the_house_and_calls_whom_it_mentions(hands):
    ticket = hands.does(hands.says(), "note", at=1, words="客户很急", mentions=["bob"])
    assert (ticket.state, ticket.waiting_since) == ("new", hands.t0)
    assert Event.objects.get(topic="ticket.mentioned").data["people"] == ["bob"]
    assert "客户很急" not in str(list(Event.objects.values_list("data", flat=True)))


def test_a_reply_goes_out_once_with_whom_it_is_for_and_nothing_of_the_customers(hands):
    hands.does(hands.says(conversation="c-1"), "reply", at=1, words="您好", files=[{"url": "https://img.example/1"}])
    data = Event.objects.get(topic="ticket.reply").data
    assert {k: data[k] for k in ("conversation", "channel", "buyer", "words", "files")} == {
        "conversation": "c-1", "channel": "im", "buyer": "b-1", "words": "您好",
        "files": [{"url": "https://img.example/1"}],
    }  # fmt: skip
    assert "张三" not in str(data)


def test_a_message_reopens_what_was_thought_done(hands):
    ticket = hands.hears(hands.does(hands.says(), "resolve", at=1, result="explained"), "还是不行", at=5)
    assert (ticket.state, ticket.result, ticket.resolved_at, ticket.reopened) == ("awaiting_reply", "", None, 1)
    assert ticket.waiting_since == hands.at(5)


def test_a_link_takes_the_orders_buyer_where_nobody_was_known(hands):
    order = hands.place()
    ticket = hands.does(hands.opens(), "link", at=1, order=order.pk)
    assert (ticket.order, ticket.customer.buyer_id) == (order, "b-1")
    with pytest.raises(Refused):
        hands.does(ticket, "link", at=2, order=order.pk)


# ---- at once
def at_once(*acts):
    """-> what became of each: the state, or why it was refused."""
    gate = Barrier(len(acts))

    def run(act):
        gate.wait()
        try:
            return str(act().state)
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [f.result(timeout=60) for f in [pool.submit(run, act) for act in acts]]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_agents_who_answer_at_once_both_speak_and_one_has_the_ticket():
    hands = House()
    for n in range(6):
        ticket = hands.says(conversation=f"c-{n}")
        ends = at_once(
            lambda t=ticket: hands.does(t, "reply", "amy", at=1, words="您好"),
            lambda t=ticket: hands.does(t, "reply", "bob", at=1, words="您好呀"),
        )
        ticket = hands.fresh(ticket)
        assert ends == ["awaiting_customer"] * 2
        assert ticket.agent in ("amy", "bob")
        answers = ticket.messages.filter(side="agent").order_by("seq")
        assert [(m.first, m.waited is not None) for m in answers] == [(True, True), (False, False)]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_step_of_a_version_that_was_overtaken_is_refused():
    hands = House()
    from flows import engine
    from flows.table import Who

    def replies(ticket, by):
        return engine.take(ticket, "reply", who=Who.AGENT, by=by, at=hands.at(1), version=1, inputs={"words": "您好"})

    for n in range(6):
        ticket = hands.says(conversation=f"c-{n}")
        ends = at_once(*(lambda t=ticket, by=by: replies(hands.fresh(t), by) for by in ("amy", "bob")))
        assert sorted(ends) == ["awaiting_customer", "moved"]
        assert ticket.messages.filter(side="agent").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_tickets_merged_into_each_other_at_once_leave_one_open():
    hands = House()
    for n in range(6):
        one, two = hands.says(conversation=f"a-{n}"), hands.says(conversation=f"b-{n}")
        ends = at_once(
            lambda a=one, b=two: hands.does(a, "merge", "amy", at=1, into=b.pk),
            lambda a=one, b=two: hands.does(b, "merge", "bob", at=1, into=a.pk),
        )
        states = [hands.fresh(t).state for t in (one, two)]
        assert "closed" in ends
        assert sorted(states) == ["closed", "new"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_link_while_the_order_moves_does_not_lock_in_a_ring():
    hands = House()
    for n in range(6):
        hands.signed(f"A{n}")
        order, ticket = hands.order(f"A{n}"), hands.says(conversation=f"c-{n}")
        ticket = hands.does(ticket, "reply", at=1, words="您好")
        ends = at_once(
            lambda t=ticket, o=order: hands.does(t, "link", "amy", at=2, order=o.pk),
            lambda o=order: hands.ask(o),
        )
        assert ends == ["awaiting_customer", "requested"]
        from tests.errands.make import clock

        assert clock(Ticket.objects.get(pk=ticket.pk), "silence").due_at is None
