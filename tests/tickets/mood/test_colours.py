"""A ticket's colour follows what the customer says, until a person sets it; its clock follows the colour."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deadlines.models import Deadline
from flows.effects import Refused
from flows.engine import Want, take_many
from flows.sweep import sweep
from flows.table import Who
from outbox.models import Event
from shops.models import Policy
from tickets.models import Customer
from tickets.tables import TICKET


def resolve_clock(ticket):
    return Deadline.objects.get(flow="ticket", subject=ticket.pk, clock="resolve")


def test_angry_words_turn_a_ticket_red_and_say_why(hands):
    ticket = hands.says("你们就是骗子，我要去12315投诉")
    assert ticket.colour == "red"
    assert {name for name, _words in ticket.colour_why} >= {"insult", "threat"}
    assert Event.objects.filter(topic="ticket.red", subject=ticket.pk).count() == 1


def test_a_red_ticket_has_less_time_and_the_clock_says_so(hands):
    ticket = hands.says("这件有货吗")
    calm = resolve_clock(ticket)
    hands.hears(ticket, "骗子！我要投诉！", at=1)
    red = resolve_clock(ticket)
    assert (calm.after, red.after) == (9 * 3600, 4 * 3600)
    assert red.due_at < calm.due_at
    assert "严重" in red.changes.get().why


def test_a_red_ticket_is_green_when_the_customer_says_that_it_is_solved_and_neutral_words_leave_it(hands):
    ticket = hands.says("骗子，垃圾店，投诉了")
    ticket = hands.does(ticket, "reply", at=1, words="非常抱歉，已为您退款")
    ticket = hands.hears(ticket, "哦，知道了", at=2)
    assert ticket.colour == "red"
    ticket = hands.does(ticket, "reply", at=3, words="请查收")
    ticket = hands.hears(ticket, "退款收到了，谢谢", at=4)
    assert ticket.colour == "green"


def test_thanks_alone_make_a_red_ticket_yellow_and_no_more_however_often(hands):
    ticket = hands.says("骗子，垃圾店，投诉了")
    for at, words in enumerate(("谢谢", "都几天了", "好的，谢谢，不用了"), 1):
        ticket = hands.does(ticket, "reply", at=2 * at, words="非常抱歉")
        ticket = hands.hears(ticket, words, at=2 * at + 1)
        assert ticket.colour == "yellow"
    assert "此前为严重" in str(ticket.colour_why)
    ticket = hands.does(ticket, "reply", at=10, words="已为您退款")
    assert hands.hears(ticket, "解决了，谢谢", at=11).colour == "green"


def test_who_declines_politely_and_goes_to_the_platform_stays_red(hands):
    ticket = hands.says("我要投诉你们，骗子！！！")
    ticket = hands.does(ticket, "reply", at=1, words="您好，非常抱歉")
    ticket = hands.hears(ticket, "谢谢，不用了，我走平台", at=2)
    assert ticket.colour == "red"


def test_thanks_turn_a_ticket_green_that_never_was_red(hands):
    ticket = hands.says("怎么还没发货")
    ticket = hands.does(ticket, "reply", at=1, words="非常抱歉，今天发出")
    assert ticket.colour == "yellow"
    assert hands.hears(ticket, "好的谢谢", at=2).colour == "green"


def test_what_a_person_has_set_stands(hands):
    ticket = hands.does(hands.says("在吗"), "paint", colour="yellow", why="老客户")
    ticket = hands.hears(ticket, "骗子，我要投诉", at=2)
    assert (ticket.colour, ticket.colour_why) == ("yellow", [["by_hand", "老客户"]])
    with pytest.raises(Refused):
        hands.does(ticket, "paint", who="system", at=3, colour="red", why="系统")
    assert hands.fresh(ticket).colour == "yellow"


def test_the_same_question_again_without_an_answer_rises(hands):
    ticket = hands.says("我的快递到哪里了？")
    ticket = hands.hears(ticket, "我的快递到哪里了", at=1)
    assert ticket.colour == "yellow"
    assert "问了 2 遍" in str(ticket.colour_why)


def test_an_earlier_complaint_weighs_only_where_something_is_wrong_now(hands):
    hands.says("骗子，投诉了", conversation="c-0")
    assert hands.says("有货吗", conversation="c-1").colour == ""
    assert hands.says("怎么还没发货", conversation="c-2").colour_why[-1][0] == "earlier"


def test_a_bad_account_weighs(hands):
    customer = hands.customer()
    Customer.objects.filter(pk=customer.pk).update(score=-3)
    assert "account" in [name for name, _words in hands.says("怎么还没发货").colour_why]


def test_a_ticket_beyond_its_limit_goes_one_step_up(hands):
    ticket = hands.says("有货吗")
    assert ticket.colour == ""
    sweep(at=hands.at() + timedelta(days=9))
    assert hands.fresh(ticket).colour == "yellow"
    assert Policy.objects.filter(shop=hands.shop).exists()


def test_many_customers_cost_as_many_statements_as_few(hands):
    costs = []
    for batch in (2, 6):
        tickets = [hands.says(conversation=f"{batch}-{n}", buyer=f"{batch}-{n}") for n in range(batch)]
        wants = [Want(t.pk, {"words": "还没发货？怎么还没"}) for t in tickets]
        with CaptureQueriesContext(connection) as caught:
            taken = take_many(TICKET, "hear", wants, who=Who.SHOP, by="hook:t", at=hands.at(5))
        assert all(t.moved for t in taken)
        costs.append(len(caught))
    assert costs[0] == costs[1]
