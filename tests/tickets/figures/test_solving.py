"""What becomes of tickets, counted by hand: reopened, transferred, merged, come back to."""

import pytest

from flows import engine
from flows.table import Who
from orders.models import Order
from tests.factories import placed
from tests.tickets.figures.hands import DAY
from tests.tickets.figures.test_answering import talk


def test_solved_by_one_person_for_good_is_solved_at_once(hands):
    hands.solved()
    assert hands.told("solved_at_once", 0) == 1
    assert hands.told("solved_at_once", 9) == 1


def test_of_six_tickets_two_were_solved_at_once(hands):
    hands.person("amy"), hands.person("bob")
    hands.solved(conversation="good", buyer="b-1")
    again = hands.solved(conversation="reopened", buyer="b-2")
    hands.hears(again, at=8)
    hands.does(again, "resolve", "amy", 9)
    two = hands.says(conversation="two spoke", buyer="b-3")
    hands.does(two, "reply", "amy", 1, words="您好")
    hands.does(two, "transfer", "amy", 2, to="bob", why="他更熟")
    hands.does(two, "reply", "bob", 3, words="我来处理")
    hands.does(two, "resolve", "bob", 4)
    moved = hands.says(conversation="moved before a word", buyer="b-4")
    hands.does(moved, "assign", "system", 1, "system", to="amy")
    hands.does(moved, "transfer", "amy", 2, to="bob", why="他更熟")
    hands.does(moved, "reply", "bob", 3, words="您好")
    hands.does(moved, "resolve", "bob", 4)
    no = hands.says(conversation="declined", buyer="b-5")
    hands.does(no, "reply", "amy", 1, words="办不到")
    hands.does(no, "resolve", "amy", 2, result="declined")
    hands.opens(at=0)  # in which no customer has spoken, and which is not resolved
    hands.solved(conversation="came back", buyer="b-6")
    hands.says(at=DAY, conversation="again", buyer="b-6")
    assert hands.told("solved_at_once", 2) == 2 / 6
    assert hands.ask("solved_at_once", "agent") == {("amy",): 1 / 4, ("bob",): 1 / 2}


@pytest.mark.parametrize(("days", "share"), [(6.9, 0), (7.1, 1)])
def test_a_customer_who_comes_back_within_seven_days_was_not_helped(hands, days, share):
    hands.solved()
    hands.says(at=days * DAY, conversation="c-2")
    assert hands.told("solved_at_once", 9) == share


def test_coming_back_about_another_order_is_another_matter(hands):
    hands.person()
    orders = [hands.place("A1"), hands.place("A2")]
    for n, order in enumerate(orders):
        ticket = hands.says(at=1 + n * 60, conversation=f"c-{n}")
        hands.does(ticket, "link", at=2 + n * 60, order=order.pk)
        hands.does(ticket, "reply", at=3 + n * 60, words="您好")
        hands.does(ticket, "resolve", at=4 + n * 60)
    assert hands.told("solved_at_once", 0) == 1
    third = hands.says(at=DAY, conversation="c-3")
    assert hands.told("solved_at_once", 2) == 1  # about no order
    hands.does(third, "link", at=DAY + 1, order=orders[0].pk)
    assert hands.told("solved_at_once", 3) == 1 / 2


def test_a_merged_ticket_is_no_contact_of_its_own_until_it_is_split_off(hands):
    hands.person()
    first, second = hands.says(), hands.says(at=1, conversation="c-2")
    hands.does(second, "reply", at=2, words="您好")
    hands.does(second, "merge", at=3, into=first.pk)
    hands.does(first, "reply", at=4, words="您好")
    hands.does(first, "resolve", at=5)
    assert hands.told("tickets", 0) == 1
    assert hands.ask("solved") == 1
    assert hands.ask("solved_at_once") == 1  # what was merged into it is not its customer's coming back
    assert hands.ask("first_answer_within_15") == 0  # one first answer, that of the ticket that stayed, after 4 minutes
    hands.does(second, "split", at=10, why="两件事")
    assert hands.told("tickets", 1) == 2
    assert hands.ask("solved") == 1


def test_a_merged_tickets_first_answer_counts_as_a_further_one(hands):
    talk(hands, [10])
    second = talk(hands, [12], conversation="c-2", start=5)
    hands.does(second, "merge", at=6, into=talk(hands, [9], conversation="c-3", start=7).pk)
    hands.count()
    assert hands.ask("first_answer") == (10 + 9) / 2
    assert hands.ask("answer_within_20") == 1
    assert hands.ask("answer") == (10 + 12 + 9) / 3


def test_a_transferred_tickets_answers_are_those_of_who_wrote_them(hands):
    ticket = talk(hands, [10])
    hands.person("bob")
    hands.does(ticket, "transfer", at=1, to="bob", why="他更熟")
    hands.hears(ticket, at=2)
    hands.does(ticket, "reply", "bob", 2.5, words="我来")
    hands.count()
    assert hands.ask("answer", "agent") == {("amy",): 10, ("bob",): 30}
    assert hands.ask("load", "agent") == {("amy",): 1, ("bob",): 1}


def test_machines_and_notes_answer_nobody(hands):
    hands.person()
    ticket = hands.says()
    hands.does(ticket, "reply", "system", 0.1, "system", words="亲，客服马上到")
    hands.does(ticket, "note", at=0.2, words="老客户")
    hands.does(ticket, "reply", at=0.5, words="您好")
    hands.does(ticket, "reply", at=0.6, words="请稍等")  # nobody waited for this one
    hands.count()
    assert hands.ask("first_answer") == 30
    assert hands.ask("answer") == 30
    assert (hands.ask("load"), hands.ask("messages")) == (1, 2)


def test_a_reopened_ticket_is_solved_on_the_day_of_its_last_end(hands):
    ticket = hands.solved()
    hands.does(ticket, "reopen", at=DAY, why="漏了一件")
    assert not hands.told("solved", 2)
    hands.does(ticket, "resolve", at=2 * DAY)
    hands.count(hands.at(3 * DAY))
    assert list(hands.ask("solved", "day")) == [(hands.at(2 * DAY).date(),)]
    assert hands.ask("solving_time") == 2 * 86400


def test_a_complaint_is_turned_around_by_its_outcome(hands):
    hands.person()
    for n, outcome in enumerate(["settled", "upheld", "withdrawn", ""]):
        ticket = hands.opens("complaint", customer=hands.customer(f"b-{n}"))
        hands.does(ticket, "resolve", at=5)
        if outcome:
            hands.does(ticket, "conclude", at=6, outcome=outcome)
    assert hands.told("recovered", 0) == 2 / 3


def test_satisfied_is_a_four_or_a_five_for_who_solved_it(hands):
    for n, rating in enumerate([5, 4, 3]):
        ticket = hands.solved("amy" if n else "bob", conversation=f"c-{n}", buyer=f"b-{n}")
        hands.does(ticket, "rate", "customer", 30, "customer", rating=rating)
    hands.count()
    assert hands.ask("satisfied") == 2 / 3
    assert hands.ask("rating", "agent") == {("amy",): 3.5, ("bob",): 5}
    ticket = hands.solved(conversation="c-9", buyer="b-9", at=60)
    hands.does(ticket, "rate", "customer", 70, "customer", rating=1)
    hands.does(ticket, "rate", "customer", 60 * 26, "customer", rating=5)
    assert hands.told("rating", 3) == (5 + 4 + 3 + 5) / 4  # the newest word of each


@pytest.mark.parametrize(("days", "buyer", "share"), [(29, "b-1", 1), (31, "b-1", 0), (10, "b-2", 0)])
def test_who_orders_again_within_thirty_days_has_bought_again(hands, days, buyer, share):
    hands.solved()
    assert hands.told("bought_again", 1) == 0
    at = hands.at(days * DAY)
    order = Order(
        shop_id=hands.shop.pk, number="O1", payment="online", total=25900, freight=1000, placed_at=at,
        buyer_id=buyer, state="awaiting_payment",
    )  # fmt: skip
    lines = [{**line, "unit_price": 0, "paid": 100} for line in placed()["lines"]]
    engine.start(order, who=Who.SHOP, by="test", at=at, inputs={"lines": lines})
    assert hands.told("bought_again", 40) == share


def test_an_empty_ratio_is_none_and_not_zero(hands):
    hands.says()
    hands.count()
    assert hands.ask("solved_at_once") is None
    assert hands.ask("tickets") == 1
