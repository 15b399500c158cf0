"""The clocks of a logistics query: started, warned, late, fired, and what of the order waits for it."""

from datetime import timedelta

import pytest

from deadlines.models import Deadline
from flows.models import Move
from orders.models import Order
from outbox.models import Event
from shops import policy
from tests.factories import make_shop
from tests.orders.queried import (
    SOON,
    D,
    H,
    T,
    asked,
    clock,
    fresh,
    hear,
    in_state,
    ring,
    running,
    take,
    track,
    under_way,
)

SECOND = timedelta(seconds=1)


@pytest.fixture
def shop(db):
    shop = make_shop()
    policy.edit(
        shop, {"limits": {"auto_sign": "30d", "deliver": "20d", "parcel_still": "40d", "first_track": "40d"}}, "lea", T
    )
    policy.forget()
    return shop


@pytest.fixture
def order(shop):
    return under_way(shop)[0]


def told(topic):
    return Event.objects.filter(topic=topic, flow="logistics_query")


@pytest.mark.parametrize(
    ("state", "clocks"),
    [
        ("asked", {"answer"}), ("checking", {"answer"}), ("tracing", {"trace"}), ("answered", {"promise"}),
        ("lost", {"make_good"}), ("closed", set()),
    ],
)  # fmt: skip
def test_a_clock_runs_in_its_states(order, state, clocks):
    assert running(in_state(order, state)) == clocks


def test_looking_up_does_not_stop_the_clock_of_the_answer(order):
    query = asked(order)
    due = clock(query, "answer").due_at
    assert due == policy.of(order.shop_id).calendar.due(T, 2 * 3600, "working")
    take(query, "look_up", at=T + H)
    assert clock(query, "answer").due_at == due


@pytest.mark.parametrize(
    ("state", "name", "tell"),
    [("asked", "answer", "lead"), ("tracing", "trace", "agent"), ("lost", "make_good", "lead")],
)
def test_a_person_who_is_late_is_told_of_and_nothing_moves(order, state, name, tell):
    query = in_state(order, state)
    due = clock(query, name).due_at
    ring(due - SECOND)
    assert not told("deadline.breached").exists()
    ring(due + SECOND)
    row = clock(query, name)
    assert (row.breached_at, row.tell, fresh(query).state) == (due + SECOND, tell, state)
    [event] = told("deadline.breached")
    assert (event.data["clock"], event.data["number"]) == (name, query.number)


def test_the_answer_warns_half_an_hour_before(order):
    query = asked(order)
    row = clock(query, "answer")
    ring(row.due_at - timedelta(minutes=29))
    assert clock(query, "answer").warned_at is not None
    assert told("deadline.warned").count() == 1
    assert not told("deadline.breached").exists()


# --- the promise
def test_the_promised_time_comes_and_the_parcel_has_not_so_the_agent_is_asked_again(order):
    query = in_state(order, "answered")
    row = clock(query, "promise")
    assert (row.due_at, row.source) == (SOON, "promise")
    ring(SOON - SECOND)
    assert fresh(query).state == "answered"
    ring(SOON)
    assert fresh(query).state == "asked"
    move = Move.objects.get(flow="logistics_query", subject=query.pk, step="ask_again")
    assert (move.who, move.by) == ("clock", "clock")
    assert running(fresh(query)) == {"answer"}
    assert fresh(query).late is True


def test_another_answer_has_another_promise(order):
    query = in_state(order, "answered")
    query = take(take(query, "look_up", at=T + D), "answer", at=T + D, words="改到下周", expected_at=SOON + 4 * D)
    assert clock(query, "promise").due_at == SOON + 4 * D
    assert Deadline.objects.filter(flow="logistics_query", clock="promise").count() == 2


def test_a_signature_before_the_promised_time_closes_and_nobody_is_asked_again(order):
    query = in_state(order, "answered")
    track(order, "signed", T + D)
    ring(SOON + D)
    assert fresh(query).state == "closed"
    assert not Move.objects.filter(flow="logistics_query", step="ask_again").exists()


# --- closing
def test_asked_after_the_signature_it_closes_three_days_after_the_answer_and_promises_nothing(order):
    """The customer says that nothing came: the answer is about a parcel whose way is at its end."""
    track(order, "signed", T)
    query = in_state(fresh(order), "answered", at=T + D)
    assert running(query) == {"close"}
    assert clock(query, "close").due_at == T + D + 72 * H
    ring(T + D + 72 * H)
    assert (fresh(query).state, Move.objects.get(flow="logistics_query", step="close").who) == ("closed", "clock")


def test_of_an_arrived_parcel_the_time_told_may_have_passed(order):
    track(order, "signed", T)
    query = take(asked(fresh(order), at=T + D), "look_up", at=T + D)
    take(query, "answer", at=T + D, words="昨天已签收，签收人门卫", expected_at=T)
    assert running(fresh(query)) == {"close"}


def test_an_order_that_has_ended_otherwise_lets_its_query_close(order):
    track(order, "refused", T + H)
    assert Order.objects.get(pk=order.pk).state == "closed"
    query = fresh(order).logistics_queries.get()
    query = take(take(query, "look_up", at=T + 2 * H), "answer", at=T + 2 * H, words="您拒收了", expected_at=SOON)
    assert running(query) == {"close"}
    assert clock(query, "close").due_at == T + 2 * H + 72 * H


# --- what waits for it
@pytest.mark.parametrize(
    ("state", "held"),
    [("asked", False), ("checking", False), ("tracing", True), ("answered", False), ("lost", True), ("closed", False)],
)
def test_the_orders_own_signature_waits_while_a_parcel_is_traced_or_lost(order, state, held):
    row = Deadline.objects.get(flow="order", subject=order.pk, clock="sign")
    due = row.due_at
    in_state(order, state, at=T)
    row.refresh_from_db()
    assert (row.due_at is None, row.held_at) == ((True, T) if held else (False, None))
    assert held or row.due_at == due


def test_the_signature_that_waited_has_the_time_left_that_it_had(order):
    due = Deadline.objects.get(flow="order", subject=order.pk, clock="sign").due_at
    query = in_state(order, "tracing", at=T)
    take(query, "answer", at=T + 2 * D)
    row = Deadline.objects.get(flow="order", subject=order.pk, clock="sign")
    assert (row.due_at, row.held_for) == (due + 2 * D, 2 * 86400)


def test_the_platforms_own_deadline_of_the_signature_does_not_wait(order):
    named = T + 10 * D
    hear([order], "deadline", T, clock="sign", due=named)
    in_state(order, "lost", at=T + H)
    row = Deadline.objects.get(flow="order", subject=order.pk, clock="sign")
    assert (row.due_at, row.held_at) == (named, None)
