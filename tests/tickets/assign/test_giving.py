"""Tickets are given to people, each with its reason; nobody gets more than there is room for."""

from datetime import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from flows.models import Move
from tests.factories import make_shop
from tests.returns.written import written
from tickets.assign import bring
from tickets.models import Customer, Ticket

pytestmark = pytest.mark.django_db


def test_without_any_setup_whoever_is_online_is_given_what_waits(desk):
    ticket = desk.says()
    assert desk.gives() == 0  # nobody is there
    desk.sits("amy")
    assert desk.gives(1) == 1
    ticket = desk.fresh(ticket)
    assert (ticket.agent, ticket.assigned_at, ticket.assigned_why) == ("amy", desk.at(1), "只有他能接；当前 0/8")
    move = Move.objects.get(flow="ticket", subject=ticket.pk, step="assign")
    assert (move.who, move.by, move.why) == ("system", "system", ticket.assigned_why)
    assert desk.gives(2) == 0


@pytest.mark.parametrize("status", ["away", "off"])
def test_who_is_away_or_off_is_given_nothing(desk, status):
    ticket = desk.says()
    desk.sits("amy", status=status)
    before = written()
    assert desk.gives() == 0
    assert desk.of(ticket) == ""
    assert written() == before


def test_who_is_carrying_least_is_next(desk):
    desk.sits("amy")
    desk.sits("bob")
    tickets = [desk.says(conversation=f"c-{n}", buyer=f"b-{n}", at=n) for n in range(5)]
    assert desk.gives(6) == 5
    assert [desk.of(t) for t in tickets] == ["amy", "bob", "amy", "bob", "amy"]
    assert desk.why(tickets[4]) == "最空闲；当前 2/8"


def test_a_smaller_seat_is_full_sooner(desk):
    desk.sits("amy", capacity=6)
    desk.sits("bob", capacity=2)
    tickets = [desk.says(conversation=f"c-{n}", buyer=f"b-{n}", at=n) for n in range(10)]
    assert desk.gives(11) == 8
    held = [desk.of(t) for t in tickets]
    assert (held.count("amy"), held.count("bob"), held[8:]) == (6, 2, ["", ""])


def test_the_longest_waiting_is_first_but_red_goes_before(desk):
    old, young = desk.says(at=0), desk.says(conversation="c-2", buyer="b-2", at=1)
    red = desk.says(conversation="c-3", buyer="b-3", at=2)
    desk.does(red, "paint", "lee", 3, "lead", colour="red", why="要投诉")
    for name, ticket in (("amy", red), ("bob", old), ("cat", young)):
        desk.sits(name, capacity=1)
        desk.gives(5)
        assert desk.of(ticket) == name


def test_a_customer_who_waits_goes_before_what_alarms_have_opened_earlier(desk):
    """A courier's bad day opens a hundred tickets at once, in which nobody waits for the next word."""
    alarm = desk.opens(at=0, kind="logistics", words="包裹 48 小时没有更新")
    asks = desk.says(conversation="c-2", buyer="b-2", at=9)
    for name, ticket in (("amy", asks), ("bob", alarm)):
        desk.sits(name, capacity=1)
        desk.gives(10)
        assert desk.of(ticket) == name


def test_red_goes_to_a_lead_first(desk):
    desk.sits("amy")
    desk.sits("lee", "lead")
    red, plain = desk.says(at=0), desk.says(conversation="c-2", buyer="b-2", at=1)
    desk.does(red, "paint", "x", 2, "lead", colour="red", why="要投诉")
    desk.gives(3)
    assert (desk.of(red), desk.of(plain)) == ("lee", "amy")
    assert desk.why(red) == "红色先给主管；只有他能接；当前 0/8"


def test_a_lead_is_given_what_no_agent_can_take(desk):
    desk.sits("amy", capacity=1)
    desk.sits("lee", "lead")
    first, second = desk.says(at=0), desk.says(conversation="c-2", buyer="b-2", at=1)
    desk.gives(2)
    assert (desk.of(first), desk.of(second)) == ("amy", "lee")
    assert desk.why(second) == "没有客服能接，由主管接；只有他能接；当前 0/8"


def test_the_one_who_knows_the_customer_is_preferred(desk):
    desk.sits("amy")
    desk.sits("bob")
    Customer.objects.filter(pk=desk.customer("b-9").pk).update(agent="bob")
    other, known = desk.says(at=0), desk.says(conversation="c-9", buyer="b-9", at=1)
    desk.gives(2)
    assert (desk.of(other), desk.of(known)) == ("amy", "bob")
    third = desk.says(conversation="c-10", buyer="b-9", at=3)
    desk.gives(4)
    assert (desk.of(third), desk.why(third)) == ("bob", "熟悉的客服；当前 1/8")


def test_who_has_answered_in_it_goes_on_with_it(desk):
    desk.sits("amy")
    desk.sits("bob")
    ticket = desk.says()
    desk.does(ticket, "reply", "bob", 1, words="您好")
    desk.does(ticket, "release", "lee", 2, "lead", why="换班")
    desk.hears(ticket, at=3)
    desk.gives(4)
    assert (desk.of(ticket), desk.why(ticket)) == ("bob", "一直由他跟进；当前 0/8")


def test_a_ticket_waits_for_the_one_who_knows_the_customer_as_long_as_the_rule_says(desk):
    desk.rule(hold_for=60)
    desk.sits("amy")
    desk.sits("bob", status="away")
    Customer.objects.filter(pk=desk.customer("b-9").pk).update(agent="bob")
    ticket = desk.says(conversation="c-9", buyer="b-9")
    assert desk.gives(0.9) == 0
    assert desk.gives(1) == 1
    assert desk.of(ticket) == "amy"


def test_skills_and_queues_bound_who_is_given_what(desk):
    desk.sits("amy")
    desk.sits("bob")
    desk.can("amy", "return", "complaint")
    desk.can("bob", desks=["presale"])
    back, ask = desk.opens("return"), desk.opens("presale")
    track = desk.opens("logistics", at=1)
    assert desk.gives(2) == 2
    assert (desk.of(back), desk.of(ask), desk.of(track)) == ("amy", "bob", "")
    assert desk.why(back) == "技能：退换货；只有他能接；当前 0/8"


def test_after_the_longest_wait_skills_count_no_more(desk):
    desk.sits("amy")
    desk.can("amy", "return")
    ticket = desk.opens("logistics")
    assert desk.gives(4.9) == 0
    assert desk.gives(6) == 1
    assert desk.why(ticket) == "已等 6 分钟，不再限技能；只有他能接；当前 0/8"


def test_named_people_are_asked_alone(desk):
    desk.rule(named=["bob"])
    desk.sits("amy")
    ticket = desk.opens()
    assert desk.gives(1) == 0
    desk.sits("bob")
    assert desk.gives(1) == 1
    assert desk.of(ticket) == "bob"


def test_a_kinds_own_rule_goes_before_its_queues(desk):
    desk.rule(on=False)
    desk.rule(kind="complaint", on=True)
    desk.sits("amy")
    plain, complaint = desk.opens(), desk.opens("complaint")
    desk.gives(1)
    assert (desk.of(plain), desk.of(complaint)) == ("", "amy")


def test_where_it_is_switched_off_people_take_what_they_like(desk):
    desk.rule(on=False)
    desk.sits("amy")
    ticket = desk.opens()
    assert desk.gives(9) == 0
    desk.does(ticket, "claim", "amy", 10)
    assert desk.of(ticket) == "amy"


def test_a_complaint_takes_twice_the_room_and_a_shop_says_otherwise(desk):
    desk.sits("amy", capacity=3)
    for n in range(2):
        desk.opens("complaint", at=n)
    assert desk.gives(3) == 1
    desk.rule(weights={"complaint": 1})
    assert desk.gives(4) == 1


def test_what_weighs_more_than_everybody_s_room_stays_in_the_queue(desk):
    desk.sits("amy", capacity=1)
    desk.opens("complaint")
    assert desk.gives(30) == 0


def test_who_put_it_back_is_not_given_it_again(desk):
    desk.sits("amy")
    ticket = desk.says()
    desk.gives(1)
    desk.does(ticket, "release", "amy", 2, why="这个我不会")
    assert desk.gives(3) == 0
    desk.sits("bob")
    desk.gives(4)
    assert desk.of(ticket) == "bob"


def test_what_the_customer_has_the_last_word_in_waits_for_that_word(desk):
    ticket = desk.says()
    desk.does(ticket, "reply", "amy", 1, words="您好")
    desk.does(ticket, "release", "amy", 2, why="换班")
    desk.sits("bob")
    assert desk.gives(3) == 0
    desk.hears(ticket, at=4)
    assert desk.gives(5) == 1


def test_another_shops_people_are_never_chosen(desk):
    other = make_shop()
    desk.sits("eve", shop=other)
    ticket = desk.says()
    assert desk.gives(30) == 0
    assert desk.of(ticket) == ""


def test_who_works_for_two_shops_has_one_capacity(desk):
    desk.sits("amy", capacity=3)
    other = make_shop()
    desk.joins("amy", other)
    for n in range(2):
        desk.opens(at=n)
        desk.opens(at=n, shop_id=other.pk)
    assert desk.gives(3) == 3
    assert Ticket.objects.filter(agent="amy").values("shop").distinct().count() == 2


def test_an_auditor_and_the_warehouse_answer_nobody(desk):
    desk.sits("amy")
    desk.people["amy"].roles = ["auditor", "warehouse"]
    desk.people["amy"].save()
    desk.says()
    assert desk.gives(9) == 0


def test_who_is_off_shift_is_given_nothing_new(desk):
    desk.sits("amy")
    desk.works("amy", weekday=desk.noon().weekday(), hours=[("11:00", "13:00")])
    ticket = desk.says()
    from tickets.assign import giving

    late = desk.noon().replace(hour=13)
    desk.seat("amy")
    assert giving.assign_due(at=late, now=desk.t0) == 0
    assert giving.assign_due(at=desk.noon().replace(hour=12), now=desk.t0) == 1
    assert desk.of(ticket) == "amy"


def test_a_single_day_goes_before_the_weekly_plan(desk):
    from tickets.assign.shifts import plan_of

    day = desk.noon().date()
    desk.sits("amy")
    weekly = desk.works("amy", weekday=day.weekday(), hours=[("09:00", "12:00"), ("13:00", "24:00")])
    plan = plan_of([weekly])
    assert plan.on(desk.noon().replace(hour=11))
    assert not plan.on(desk.noon())
    assert plan.on(desk.noon().replace(hour=23, minute=59))
    assert not plan.on(desk.noon(1).replace(hour=11))  # a day that the plan leaves out
    off = plan_of([weekly, desk.works("amy", date=day)])
    assert not off.on(desk.noon().replace(hour=11))
    only_day = plan_of([desk.works("amy", date=desk.noon(1).date(), hours=[("08:00", "09:00")])])
    assert only_day.on(desk.noon()) and not only_day.on(desk.noon(1))
    assert time(0) is not None


def test_tickets_behind_many_that_nobody_can_take_are_found(desk, monkeypatch):
    from tickets.assign import bring

    monkeypatch.setattr(bring, "PAGE", 3)
    desk.sits("amy")
    desk.can("amy", "return")
    for n in range(7):
        desk.opens("logistics", at=n / 100)
    last = desk.opens("return", at=1)
    assert desk.gives(2) == 1
    assert desk.of(last) == "amy"


def test_one_that_was_claimed_since_it_was_read_stays_where_it_is(desk, monkeypatch):
    from tickets.assign import giving

    desk.sits("amy")
    ticket = desk.says()
    give = giving._give

    def claimed_first(chosen, at):
        desk.does(ticket, "claim", "bob", 1)
        return give(chosen, at)

    monkeypatch.setattr(giving, "_give", claimed_first)
    assert desk.gives(2) == 0
    assert desk.of(ticket) == "bob"


def test_a_queue_that_is_not_given_out_is_not_read_every_second(desk, monkeypatch):
    monkeypatch.setattr(bring, "PAGE", 5)
    desk.rule(on=False)
    desk.rule(kind="return")
    desk.sits("amy")
    for n in range(12):
        desk.says(kind="logistics", conversation=f"c-{n}", buyer=f"b-{n}")
    last = desk.says(kind="return", conversation="c-r", buyer="b-r")
    with CaptureQueriesContext(connection) as asked:
        assert desk.gives(1) == 1
    assert desk.of(last) == "amy"
    assert sum("answered_by" in q["sql"] for q in asked.captured_queries) == 1
