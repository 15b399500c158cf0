"""Two tickets of one customer become one, and are taken apart again: nothing that is owed is lost on the way."""

import pytest

from deadlines.models import Deadline
from flows import engine
from flows.effects import Refused
from flows.engine import Want
from flows.models import Move
from flows.table import Who
from outbox.models import Event
from tests.tickets.house import said, staffed
from tickets.conversations import hearing
from tickets.models import Message
from tickets.tables import TICKET


@pytest.fixture
def hands(db):
    return staffed()


def running(ticket):
    """{clock: (when it began, when it is due)}"""
    rows = Deadline.objects.filter(flow="ticket", subject=ticket.pk, ended_at=None, due_at__isnull=False)
    return {d.clock: (d.started_at, d.due_at) for d in rows}


def seconds(ticket, clock):
    return (Deadline.objects.get(flow="ticket", subject=ticket.pk, clock=clock, ended_at=None)).after


def replied(hands, ticket, at):
    hands.does(ticket, "reply", at=at, words="您好")
    told = Event.objects.filter(topic="ticket.reply", subject=ticket.pk).latest("pk").data
    return told["channel"], told["conversation"]


def test_a_merge_closes_the_one_and_the_other_owes_what_it_owed(hands):
    one = hands.says("鞋子的事", 1)
    other = hands.does(hands.says("袜子的事", 2, conversation="c-2"), "reply", at=3, words="您好")
    one = hands.does(one, "merge", at=4, into=other.pk)
    other = hands.fresh(other)
    assert (one.state, one.merged_into, one.waiting_since) == ("closed", other, None)
    assert (other.state, other.waiting_since) == ("awaiting_reply", hands.at(1))
    assert said(one) == [("customer", "鞋子的事")]  # what was said stays where it was said
    assert said(other)[-1] == ("system", f"工单 {one.number} 已并入")


def test_a_merge_of_what_owes_nothing_leaves_the_other_as_it_was(hands):
    one = hands.does(hands.says("鞋子的事", 1), "reply", at=2, words="好了")
    other = hands.does(hands.says("袜子的事", 2, conversation="c-2"), "reply", at=3, words="您好")
    hands.does(one, "merge", at=4, into=other.pk)
    assert (hands.fresh(other).state, hands.fresh(other).waiting_since) == ("awaiting_customer", None)


def test_a_merge_into_a_resolved_one_reopens_it_where_something_is_owed(hands):
    other = hands.does(hands.says("袜子的事", 0, conversation="c-2"), "resolve", at=1)
    hands.does(hands.says("鞋子的事", 2), "merge", at=3, into=other.pk)
    assert (hands.fresh(other).state, hands.fresh(other).reopened) == ("awaiting_reply", 1)


@pytest.mark.parametrize("which", ["itself", "another customer's", "a closed one"])
def test_what_does_not_belong_together_is_not_merged(hands, which):
    one = hands.says("鞋子的事")
    other = {
        "itself": lambda: one,
        "another customer's": lambda: hands.says(conversation="c-2", buyer="b-2"),
        "a closed one": lambda: hands.does(hands.does(hands.says(conversation="c-2"), "resolve"), "close"),
    }[which]()
    before = Message.objects.count()
    with pytest.raises(Refused):
        hands.does(one, "merge", at=1, into=other.pk)
    assert (hands.fresh(one).version, Message.objects.count()) == (1, before)


def test_taken_apart_again_it_is_a_ticket_of_its_own_and_hears_no_more_than_its_own(hands):
    one, other = hands.says("鞋子的事", 1), hands.says("袜子的事", 2, conversation="c-2")
    hands.does(one, "merge", at=3, into=other.pk)
    one = hands.does(one, "split", at=5, why="是两件事")
    assert (one.state, one.merged_into, one.conversation) == ("new", None, "c-1")
    assert one.waiting_since == hands.at(1)
    hands.does(one, "merge", at=6, into=other.pk)
    new = hands.does(hands.does(hands.fresh(other), "resolve", at=7), "close", at=8)
    assert new.state == "closed"
    again = hands.says("又来了", 9)  # the conversation has a ticket of its own by now
    one = hands.does(one, "split", at=10, why="是两件事")
    assert (one.conversation, hands.fresh(again).conversation) == ("", "c-1")


def test_taken_apart_from_a_conversation_that_another_hears_it_answers_there_all_the_same(hands):
    """Else the shop's channel knows the buyer only, and not where to say it."""
    one, other = hands.says("鞋子的事", 1), hands.says("袜子的事", 2, conversation="c-2")
    hands.does(one, "merge", at=3, into=other.pk)
    hands.does(hands.does(other, "resolve", at=4), "close", at=5)
    again = hands.says("又来了", 6)
    hands.does(one, "split", at=7, why="是两件事")
    assert (replied(hands, one, 8), replied(hands, again, 9)) == (("im", "c-1"), ("im", "c-1"))
    assert hearing([(hands.shop.pk, "c-1")]) == {(hands.shop.pk, "c-1"): again.pk}
    hands.does(one, "merge", at=10, into=again.pk)
    hands.does(one, "split", at=11, why="还是两件事")
    assert replied(hands, one, 12) == ("im", "c-1")
    hands.does(one, "merge", at=13, into=again.pk)
    hands.does(hands.does(again, "resolve", at=14), "close", at=15)
    one = hands.does(one, "split", at=16, why="那张已经关了")
    assert (one.conversation, replied(hands, one, 17)) == ("c-1", ("im", "c-1"))  # nobody else hears it now
    assert hearing([(hands.shop.pk, "c-1")]) == {(hands.shop.pk, "c-1"): one.pk}


# ---- where the customer is answered
def test_a_conversation_merged_into_a_ticket_without_one_is_answered_where_the_customer_spoke(hands):
    """The desk offers what a flow has opened beside the conversation: it is internal and knows no conversation."""
    one, other = hands.says("我的货呢", 1), hands.opens(customer=hands.customer(), words="包裹超时")
    assert seconds(other, "greet") == 1800
    hands.does(one, "merge", at=2, into=other.pk)
    other = hands.fresh(other)
    assert (other.talk, other.channel, other.waiting_since) == ("c-1", "im", hands.at(1))
    assert seconds(other, "greet") == 15
    assert replied(hands, other, 3) == ("im", "c-1")


def test_of_two_conversations_the_one_is_answered_in_which_the_customer_spoke_last(hands):
    mail = hands.says("邮件问一下", 1, conversation="m-1", channel="email")
    hands.does(hands.says("在吗", 2), "merge", at=3, into=mail.pk)
    assert replied(hands, mail, 4) == ("im", "c-1")
    hands.hears(mail, "看邮件", 5, conversation="m-1", channel="email")
    assert seconds(mail, "reply") == 1800
    hands.hears(mail, "在吗", 6, conversation="c-1", channel="im")
    assert seconds(mail, "reply") == 20
    assert replied(hands, mail, 7) == ("im", "c-1")


def test_a_ticket_without_a_conversation_leaves_the_other_where_it_is_answered(hands):
    one, other = hands.opens(at=2, customer=hands.customer(), words="包裹超时"), hands.says("我的货呢", 1)
    hands.does(one, "merge", at=3, into=other.pk)
    assert replied(hands, other, 4) == ("im", "c-1")


# ---- what goes along
def test_the_graver_colour_the_kind_the_order_the_date_and_who_has_it_go_along(hands):
    hands.place("A1")
    order = hands.order("A1")
    one = hands.does(hands.says("骗子！我要去12315举报", 1, order=order, kind="return"), "claim", at=2)
    inputs = {"at": hands.at(600), "words": "回电"}
    one = engine.take(one, "follow_up", who=Who.AGENT, by="amy", at=hands.at(3), inputs=inputs)
    other = hands.says("再问一下", 4, conversation="c-2")
    assert (one.colour, other.colour) == ("red", "")
    hands.does(one, "merge", at=5, into=other.pk)
    other = hands.fresh(other)
    assert (other.colour, other.colour_why) == ("red", one.colour_why)
    assert (other.kind, other.order_id, other.agent) == ("return", order.pk, "amy")
    assert "骗子" not in str(list(Move.objects.filter(subject=other.pk).values_list("inputs", flat=True)))
    assert other.follow_up_at == hands.at(600)
    assert running(other)["follow_up"][1] == hands.at(600)
    assert "follow_up" not in running(one)


def test_what_the_other_has_stays_its_own(hands):
    hands.place("A1"), hands.place("A2")
    one = hands.does(hands.says("鞋", 1, order=hands.order("A1"), kind="return"), "claim", at=2)
    other = hands.says("尺码", 3, conversation="c-2", order=hands.order("A2"), kind="logistics")
    other = hands.does(hands.does(other, "claim", "bob", at=3), "paint", at=3, colour="green", why="老客户")
    hands.does(hands.does(one, "paint", at=4, colour="red", why="急"), "merge", at=5, into=other.pk)
    other = hands.fresh(other)
    assert (other.kind, other.order.number, other.agent, other.colour) == ("logistics", "A2", "bob", "green")


def test_what_a_colleague_still_owes_is_waited_for_in_the_other(hands):
    one = hands.does(hands.says("鞋", 1), "ask_internal", at=2, team="warehouse", words="查一下")
    other = hands.does(hands.says("袜", 1, conversation="c-2"), "reply", at=2, words="您好")
    hands.does(one, "merge", at=3, into=other.pk)
    assert (hands.fresh(other).state, hands.fresh(other).team) == ("awaiting_internal", "warehouse")


def test_what_a_colleague_owes_is_waited_for_once_the_customer_has_an_answer(hands):
    one = hands.does(hands.says("鞋", 1), "ask_internal", at=2, team="warehouse", words="查一下")
    other = hands.says("袜", 1, conversation="c-2")
    hands.does(one, "merge", at=3, into=other.pk)
    assert (hands.fresh(other).state, hands.fresh(other).team) == ("new", "warehouse")
    assert hands.does(other, "reply", at=4, words="您好").state == "awaiting_internal"


def test_what_a_colleague_owes_is_not_lost_where_the_customer_spoke_meanwhile(hands):
    one = hands.does(hands.says("鞋", 1), "ask_internal", at=2, team="warehouse", words="查一下")
    one = hands.hears(one, "好的", at=3)
    other = hands.does(hands.says("袜", 1, conversation="c-2"), "reply", at=2, words="您好")
    hands.does(one, "merge", at=4, into=other.pk)
    assert (hands.fresh(other).state, hands.fresh(other).team) == ("awaiting_reply", "warehouse")
    hands.does(other, "reply", at=5, words="您好")
    one = hands.does(one, "split", at=6, why="是两件事")
    assert (one.state, one.team) == ("awaiting_internal", "warehouse")


def test_what_a_colleague_owes_is_named_where_another_is_asked_already(hands):
    one = hands.does(hands.says("鞋", 1), "ask_internal", at=2, team="warehouse", words="查一下")
    other = hands.says("袜", 1, conversation="c-2")
    other = hands.does(other, "ask_internal", at=2, team="finance", words="查款")
    hands.does(one, "merge", at=3, into=other.pk)
    other = hands.fresh(other)
    assert (other.state, other.team) == ("awaiting_internal", "finance")
    assert said(other)[-1] == ("system", f"工单 {one.number} 已并入；它还在等仓库：需要时请再转一次")


def test_a_date_to_come_back_opens_a_resolved_ticket_again(hands):
    other = hands.does(hands.says("袜", 0, conversation="c-2"), "resolve", at=1)
    one = hands.does(hands.says("鞋", 1), "reply", at=2, words="周五给您回电")
    one = engine.take(one, "follow_up", who=Who.AGENT, by="amy", at=hands.at(3), inputs={"at": hands.at(600)})
    hands.does(one, "merge", at=4, into=other.pk)
    other = hands.fresh(other)
    assert (other.state, other.follow_up_at, other.result) == ("awaiting_customer", hands.at(600), "")
    assert running(other)["follow_up"][1] == hands.at(600)


def test_an_order_that_is_not_here_yet_a_persons_colour_and_the_distributor_go_along(hands):
    one = hands.says("鞋", 1, order_named="A9", kind="distributor")
    other = hands.says("袜", 2, conversation="c-2")
    one = hands.does(one, "paint", at=3, colour="red", why="急")
    hands.does(one, "merge", at=4, into=other.pk)
    other = hands.fresh(other)
    assert (other.order_named, other.painted, other.distributor) == ("A9", True, True)


# ---- complaints
@pytest.mark.parametrize("kind", ["complaint", "appeal", "bad_review", "dispute"])
def test_what_has_an_end_of_its_own_takes_others_in_and_is_not_taken_in(hands, kind):
    one, other = hands.says("处理不公", 1, kind=kind), hands.says("再问一下", 2, conversation="c-2")
    with pytest.raises(Refused, match=other.number):
        hands.does(one, "merge", at=3, into=other.pk)
    assert (hands.fresh(one).state, hands.fresh(other).version) == ("new", 1)
    hands.does(other, "merge", at=4, into=one.pk)
    assert hands.fresh(one).kind == kind


def test_of_two_complaints_the_earlier_time_to_answer_stays(hands):
    one = hands.says("我要投诉", 0, kind="complaint")
    other = hands.says("我要投诉", 60, kind="complaint", conversation="c-2")
    due = running(one)["case"]
    hands.does(one, "merge", at=61, into=other.pk)
    assert running(hands.fresh(other))["case"] == due


def test_a_case_of_the_platforms_is_concluded_before_its_ticket_is_merged(hands):
    one, other = (hands.says("投诉", n, kind="complaint", conversation=f"c-{n}") for n in (1, 2))
    due = hands.does(
        hands.says("投诉", 3, "c-3", kind="complaint"), "record", at=3, due_at=hands.at(2000), demand="退一赔三"
    )
    with pytest.raises(Refused, match="平台要求答复的投诉"):
        hands.does(due, "merge", at=4, into=other.pk)
    one = hands.does(one, "record", at=3, case_number="TS-88", due_at=hands.at(2000))
    with pytest.raises(Refused, match="TS-88"):
        hands.does(one, "merge", at=4, into=other.pk)
    assert hands.fresh(one).state == "new"
    one = hands.does(one, "conclude", at=5, outcome="settled")
    assert hands.does(one, "merge", at=6, into=other.pk).state == "closed"


def test_what_was_concluded_leaves_no_clock_and_what_was_not_keeps_its_own(hands):
    old, new = (hands.says("投诉", n, kind="complaint", conversation=f"c-{n}") for n in (0, 60))
    hands.does(old, "conclude", at=61, outcome="settled")
    due = running(new)["case"]
    hands.does(new, "merge", at=62, into=old.pk)
    assert running(old)["case"] == due
    hands.does(old, "conclude", at=63, outcome="settled")
    third = hands.does(
        hands.says("投诉", 70, kind="complaint", conversation="c-70"), "conclude", at=71, outcome="settled"
    )
    hands.does(old, "merge", at=72, into=third.pk)
    assert "case" not in running(third)


def test_a_complaint_taken_apart_is_answered_in_its_own_time(hands):
    one, other = (hands.says("投诉", n, kind="complaint", conversation=f"c-{n}") for n in (60, 0))
    due = running(one)["case"]
    hands.does(one, "merge", at=61, into=other.pk)
    assert "case" not in running(one)
    hands.does(one, "split", at=62, why="是两件事")
    assert running(one)["case"] == due


# ---- apart again
def test_taken_apart_it_stands_where_it_stood(hands):
    other = hands.says("袜", 0, conversation="c-2")
    answered = hands.does(hands.says("鞋", 1), "reply", at=2, words="您好")
    asked = hands.says("帽", 1, conversation="c-3")
    asked = hands.does(asked, "ask_internal", at=2, team="warehouse", words="查一下")
    solved = hands.does(hands.says("包", 1, conversation="c-4"), "resolve", at=2)
    for ticket, state in ((answered, "awaiting_customer"), (asked, "awaiting_internal"), (solved, "resolved")):
        before = (ticket.waiting_since, ticket.team, ticket.result, ticket.resolved_at, ticket.reopened)
        hands.does(ticket, "merge", at=3, into=other.pk)
        apart = hands.does(ticket, "split", at=4, why="是两件事")
        after = (apart.waiting_since, apart.team, apart.result, apart.resolved_at, apart.reopened)
        assert (apart.state, after) == (state, before)


def test_what_was_answered_in_the_other_is_owed_no_more(hands):
    one, other = hands.says("鞋", 1), hands.says("袜", 1, conversation="c-2")
    hands.does(one, "merge", at=2, into=other.pk)
    hands.does(other, "reply", at=3, words="鞋和袜都发了")
    one = hands.does(one, "split", at=4, why="是两件事")
    assert (one.state, one.waiting_since) == ("awaiting_customer", None)


def test_what_was_answered_where_that_one_was_merged_into_is_owed_no_more_either(hands):
    one, two, three = (hands.says("鞋", 1, conversation=f"c-{n}") for n in (1, 2, 3))
    hands.does(one, "merge", at=2, into=two.pk)
    hands.does(two, "merge", at=3, into=three.pk)
    hands.does(three, "reply", at=4, words="都发了")
    assert hands.does(one, "split", at=5, why="是两件事").state == "awaiting_customer"


def test_what_was_opened_again_by_hand_waits_from_the_merge_on(hands):
    one = hands.does(hands.does(hands.says("鞋", 1), "reply", at=2, words="您好"), "resolve", at=3)
    one = hands.does(one, "reopen", at=4, why="还没完")
    other = hands.says("袜", 1, conversation="c-2")
    hands.does(one, "merge", at=5, into=other.pk)
    one = hands.does(one, "split", at=6, why="是两件事")
    assert (one.state, one.waiting_since) == ("awaiting_reply", hands.at(5))


def test_each_has_its_own_conversation_again_and_answers_there(hands):
    mail = hands.says("邮件问一下", 1, conversation="m-1", channel="email")
    chat = hands.says("在吗", 2)
    hands.does(chat, "merge", at=3, into=mail.pk)
    chat = hands.does(chat, "split", at=4, why="是两件事")
    assert said(hands.fresh(mail))[-1] == ("system", f"工单 {chat.number} 已拆分出去")
    assert (hands.fresh(mail).channel, hands.fresh(mail).waiting_since) == ("email", hands.at(1))
    assert (replied(hands, mail, 5), replied(hands, chat, 6)) == (("email", "m-1"), ("im", "c-1"))


def test_taken_apart_from_a_third_a_ticket_takes_no_conversation_of_one_within_it(hands):
    one, two, three = (hands.says("鞋", n, conversation=f"c-{n}") for n in (1, 2, 3))
    hands.does(two, "merge", at=4, into=one.pk)
    hands.does(one, "merge", at=5, into=three.pk)
    one = hands.does(one, "split", at=6, why="是两件事")
    two = hands.does(two, "split", at=7, why="是两件事")
    assert (hands.fresh(one).conversation, two.conversation) == ("c-1", "c-2")
    heard = hearing((hands.shop.pk, f"c-{n}") for n in (1, 2, 3))
    assert heard == {(hands.shop.pk, f"c-{n}"): t.pk for n, t in ((1, one), (2, two), (3, three))}


def test_two_merged_into_one_in_one_batch_both_hand_over_what_they_owe(hands):
    into = hands.does(hands.says(conversation="c-3"), "reply", at=1, words="好")
    owed = hands.says("我的货呢", 2)
    quiet = hands.does(hands.says("另外问一下", 3, conversation="c-2"), "reply", at=4, words="好")
    wants = [Want(t.pk, {"into": into.pk}) for t in (owed, quiet)]
    taken = engine.take_many(TICKET, "merge", wants, who=Who.AGENT, by="amy", at=hands.at(5))
    assert [t.moved for t in taken] == [True, True]
    into = hands.fresh(into)
    assert (into.state, into.waiting_since) == ("awaiting_reply", hands.at(2))
    assert [words for side, words in said(into) if side == "system"] == [
        f"工单 {t.number} 已并入" for t in (owed, quiet)
    ]


def test_of_two_merged_into_one_in_one_batch_each_sees_what_the_other_has_handed_over(hands):
    """The customer is answered where they spoke last, by whom it was given first."""
    into = hands.opens(customer=hands.customer(), words="包裹超时")
    late = hands.does(hands.says("在吗", 4, conversation="c-2"), "claim", "bob", at=5)
    early = hands.does(hands.says("我的货呢", 2), "claim", at=3)
    wants = [Want(t.pk, {"into": into.pk}) for t in (late, early)]
    engine.take_many(TICKET, "merge", wants, who=Who.AGENT, by="amy", at=hands.at(6))
    into = hands.fresh(into)
    assert (into.agent, into.waiting_since, into.talk) == ("bob", hands.at(2), "c-2")


def test_one_merged_into_another_that_is_merged_in_the_same_batch_is_heard_where_that_one_went(hands):
    one, two, three = (hands.says("鞋", n, conversation=f"c-{n}") for n in (1, 2, 3))
    wants = [Want(one.pk, {"into": two.pk}), Want(two.pk, {"into": three.pk})]
    taken = engine.take_many(TICKET, "merge", wants, who=Who.AGENT, by="amy", at=hands.at(4))
    assert [t.moved for t in taken] == [True, True]
    heard = hearing((hands.shop.pk, f"c-{n}") for n in (1, 2, 3))
    assert set(heard.values()) == {three.pk}
    assert hands.fresh(three).waiting_since == hands.at(1)


def test_taken_apart_from_within_another_the_outermost_gives_its_conversation_back(hands):
    chat = hands.says("在吗", 3)
    mail, note = (hands.says("问一下", n, conversation=f"m-{n}", channel="email") for n in (2, 1))
    hands.does(chat, "merge", at=4, into=mail.pk)
    hands.does(mail, "merge", at=5, into=note.pk)
    assert (hands.fresh(note).talk, hands.fresh(note).channel) == ("c-1", "im")
    chat = hands.does(chat, "split", at=6, why="是两件事")
    assert said(hands.fresh(note))[-1] == ("system", f"工单 {chat.number} 已拆分出去")
    assert (replied(hands, note, 7), replied(hands, chat, 8)) == (("email", "m-1"), ("im", "c-1"))
    mail = hands.does(mail, "split", at=9, why="也是另一件事")
    assert replied(hands, mail, 10) == ("email", "m-2")


def test_a_ticket_without_a_conversation_goes_on_answering_the_one_that_left_it(hands):
    one, other = hands.says("我的货呢", 1), hands.opens(customer=hands.customer(), words="包裹超时")
    hands.does(one, "merge", at=2, into=other.pk)
    one = hands.does(one, "split", at=3, why="是两件事")
    assert hearing([(hands.shop.pk, "c-1")]) == {(hands.shop.pk, "c-1"): one.pk}
    assert (replied(hands, other, 4), replied(hands, one, 5)) == (("im", "c-1"), ("im", "c-1"))
