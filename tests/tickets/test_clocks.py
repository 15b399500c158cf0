"""The clocks of a conversation: to the second, in working hours, held and resumed as a plain account says."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deadlines.models import Deadline
from flows.queues import QUEUES
from flows.sweep import sweep
from flows.table import Who
from shops import policy
from shops.models import CalendarDay
from tests.errands.make import clock
from tests.tickets.hands import Hands
from tests.tickets.house import House
from tickets.models import Ticket

SECOND = 1 / 60  # of the minutes that hands count in
HOUR, DAY = 3600, 24 * 60  # in seconds, in minutes


@pytest.fixture
def hands(db):
    return House()


def working(hands, since, seconds):
    return policy.of(hands.shop.pk).calendar.add(since, seconds, "working")


def natural(since, seconds):
    return since + timedelta(seconds=seconds)


def live(ticket):
    """{clock: due} of those that run or are held."""
    rows = Deadline.objects.filter(flow="ticket", subject=ticket.pk, ended_at=None)
    return {d.clock: d.due_at for d in rows}


# ---- the greeting and the answers
LINES = [("im", 15), ("phone", 15), ("web", 1800), ("email", 1800), ("shop", 1800)]


@pytest.mark.parametrize(("channel", "seconds"), LINES)
def test_the_greeting_is_quick_where_somebody_waits_on_the_line(hands, channel, seconds):
    ticket = hands.says(channel=channel)
    row = clock(ticket, "greet")
    assert (row.due_at, row.after) == (working(hands, hands.t0, seconds), seconds)
    assert row.limit == ("greet" if seconds == 15 else "first_answer")


@pytest.mark.parametrize("channel", ["im", "phone", "internal"])
def test_a_ticket_in_which_nobody_has_spoken_has_the_longer_first_answer(hands, channel):
    ticket = hands.opens(channel=channel)
    assert clock(ticket, "greet").due_at == working(hands, hands.t0, 1800)


def test_every_further_answer_is_due_20_seconds_after_the_oldest_unanswered_word(hands):
    ticket = hands.does(hands.says(), "reply", at=10 * SECOND, words="您好")
    assert "reply" not in live(ticket)
    hands.hears(ticket, "有货吗", at=1)
    due = working(hands, hands.at(1), 20)
    assert clock(ticket, "reply").due_at == due
    hands.hears(ticket, "在吗", at=1 + 5 * SECOND)
    assert clock(ticket, "reply").due_at == due
    assert Deadline.objects.filter(subject=ticket.pk, clock="reply").count() == 1


def test_an_answer_in_parts_stops_the_clock_with_its_first_part(hands):
    ticket = hands.does(hands.says(), "reply", at=10 * SECOND, words="您好，")
    ticket = hands.does(ticket, "reply", at=14 * SECOND, words="有货的。")
    first, second = ticket.messages.filter(side="agent").order_by("seq")
    assert (first.waited, first.first, second.waited, second.first) == (10, True, None, False)
    assert live(ticket).keys() == {"resolve", "silence"}


def test_a_machines_words_end_the_greeting_and_the_answer_is_still_owed(hands):
    ticket = hands.does(hands.says(), "reply", "kefu", at=3 * SECOND, who="system", words="您好，马上为您查询")
    assert (ticket.state, ticket.waiting_since, ticket.first_answered_at) == ("awaiting_reply", hands.t0, None)
    assert clock(ticket, "greet").ended_at is not None
    assert clock(ticket, "reply").due_at == working(hands, hands.t0, 20)
    ticket = hands.does(ticket, "reply", at=18 * SECOND, words="有货")
    assert ticket.messages.get(side="agent").waited == 18
    assert ticket.messages.get(side="auto").waited is None


def test_the_first_word_of_a_customer_to_whom_we_spoke_first_is_owed_an_answer(hands):
    ticket = hands.hears(hands.opens(channel="im"), at=5)
    assert (ticket.state, clock(ticket, "reply").due_at) == ("awaiting_reply", working(hands, hands.at(5), 20))


def test_a_greeting_that_is_missed_is_late_and_nothing_moves(hands):
    ticket = hands.says()
    due = clock(ticket, "greet").due_at
    sweep(at=due - timedelta(seconds=1))
    assert clock(ticket, "greet").breached_at is None
    sweep(at=due)
    row = clock(ticket, "greet")
    assert (row.breached_at is not None, row.tell, hands.fresh(ticket).state) == (True, "agent", "new")


def test_the_clock_rests_while_the_shop_is_closed(hands):
    hands.t0 = datetime(2026, 11, 20, 18, tzinfo=UTC)  # two in the morning in Shanghai
    opens = policy.of(hands.shop.pk).calendar.add(hands.t0, 0, "working")
    row = clock(hands.says(), "greet")
    assert row.due_at == working(hands, hands.t0, 15)
    assert row.due_at - hands.t0 > timedelta(hours=3)
    assert row.due_at >= opens


# ---- within the house
def test_colleagues_have_their_own_clock_and_the_answer_is_owed_again_after_it(hands):
    ticket = hands.does(hands.says(), "reply", at=1, words="我查一下")
    ticket = hands.does(ticket, "ask_internal", at=2, team="warehouse", words="查库存")
    assert live(ticket).keys() == {"internal", "resolve"}
    assert clock(ticket, "internal").due_at == working(hands, hands.at(2), 4 * HOUR)
    ticket = hands.does(ticket, "resume", at=30, words="有 3 件")
    assert live(ticket).keys() == {"reply", "resolve"}
    assert (ticket.waiting_since, clock(ticket, "reply").due_at) == (hands.at(30), working(hands, hands.at(30), 20))


def test_whom_we_left_unanswered_while_we_asked_is_owed_from_then(hands):
    ticket = hands.does(hands.says(), "ask_internal", at=2, team="warehouse", words="查库存")
    ticket = hands.does(ticket, "resume", at=30)
    assert ticket.waiting_since == hands.t0


def test_who_was_asked_goes_on_in_the_own_time_once_the_customer_is_answered(hands):
    """A thank-you of the customer's takes nothing away from the warehouse."""
    ticket = hands.does(hands.says(), "ask_internal", at=2, team="warehouse", words="查库存")
    due = clock(ticket, "internal").due_at
    ticket = hands.hears(ticket, "好的谢谢", at=4)
    assert (ticket.state, live(ticket).keys()) == ("awaiting_reply", {"reply", "resolve"})
    ticket = hands.does(ticket, "reply", at=5, words="不客气，查到告诉您")
    assert (ticket.state, ticket.team, ticket.waiting_since) == ("awaiting_internal", "warehouse", None)
    assert live(ticket).keys() == {"internal", "resolve"}
    assert live(ticket)["internal"] == due
    assert ticket in QUEUES["asked_warehouse"].rows([hands.shop.pk])


def test_a_time_that_had_run_out_is_not_late_a_second_time(hands):
    ticket = hands.does(hands.says(), "ask_internal", at=2, team="warehouse", words="查库存")
    due = clock(ticket, "internal").due_at
    sweep(at=due)
    late = (due - hands.t0).total_seconds() / 60
    hands.hears(ticket, "查到了吗", at=late + 5)
    hands.does(ticket, "reply", at=late + 6, words="还在查")
    assert clock(ticket, "internal").started_at == hands.at(late + 6)


# ---- solving
def test_waiting_for_the_customer_holds_the_solving_and_waiting_for_us_does_not(hands):
    ticket = hands.says()
    calendar = policy.of(hands.shop.pk).calendar
    due = working(hands, hands.t0, 9 * HOUR)
    assert clock(ticket, "resolve").due_at == due
    ticket = hands.does(ticket, "reply", at=30, words="您好")
    row = clock(ticket, "resolve")
    assert (row.due_at, row.left) == (None, calendar.between(hands.at(30), due, "working"))
    ticket = hands.hears(ticket, at=300)
    assert clock(ticket, "resolve").due_at == calendar.resume(hands.at(300), row.left, "working")


@pytest.mark.parametrize(("colour", "hours"), [("red", 4), ("yellow", 9), ("green", 27)])
def test_how_long_solving_may_take_follows_the_colour(hands, colour, hours):
    ticket = hands.does(hands.says(), "paint", at=1, colour=colour, why="听出来的")
    row = clock(ticket, "resolve")
    assert (row.due_at, row.after) == (working(hands, hands.t0, hours * HOUR), hours * HOUR)


def test_a_colour_given_while_the_customer_is_awaited_counts_from_what_was_used(hands):
    ticket = hands.does(hands.says(), "reply", at=30, words="您好")
    used = 9 * HOUR - clock(ticket, "resolve").left
    ticket = hands.does(ticket, "paint", at=40, colour="red", why="要投诉")
    row = clock(ticket, "resolve")
    assert (row.due_at, row.left) == (None, 4 * HOUR - used)


def test_a_reopened_ticket_has_its_solving_anew(hands):
    ticket = hands.does(hands.says(), "resolve", at=5)
    assert live(ticket).keys() == {"close"}
    ticket = hands.does(ticket, "reopen", at=60, why="没好")
    assert clock(ticket, "resolve").due_at == working(hands, hands.at(60), 9 * HOUR)


# ---- silence and the end
def test_silence_of_72_hours_resolves_and_72_more_close(hands):
    ticket = hands.does(hands.says(), "reply", at=1, words="您好")
    due = natural(hands.at(1), 72 * HOUR)
    assert clock(ticket, "silence").due_at == due
    sweep(at=due)
    ticket = hands.fresh(ticket)
    assert (ticket.state, ticket.result, ticket.solved_by) == ("resolved", "silent", ticket.agent)
    sweep(at=natural(due, 72 * HOUR))
    assert (hands.fresh(ticket).state, hands.fresh(ticket).closed_at) == ("closed", natural(due, 72 * HOUR))


def test_silence_counts_from_our_last_words(hands):
    ticket = hands.does(hands.says(), "reply", at=1, words="您好，请发照片")
    hands.does(ticket, "reply", at=71 * 60, words="照片方便的时候发一下哦")
    assert clock(ticket, "silence").due_at == natural(hands.at(71 * 60), 72 * HOUR)
    assert Deadline.objects.filter(subject=ticket.pk, clock="silence").count() == 1


def test_further_words_do_not_let_go_what_an_open_return_holds(hands):
    hands.signed()
    ret = hands.request()
    ticket = hands.does(hands.says(order=hands.order()), "reply", at=60, words="您好")
    hands.does(ticket, "reply", at=90, words="收到货会通知您")
    row = clock(ticket, "silence")
    assert (row.due_at, row.left) == (None, 72 * HOUR)
    hands.take(ret, "withdraw", "customer", at=hands.at(100))
    assert clock(ticket, "silence").due_at == natural(hands.at(100), 72 * HOUR)


@pytest.mark.parametrize("first", ["reply", "follow_up"])
def test_silence_ends_nothing_while_a_call_back_is_agreed(hands, first):
    ticket = hands.says()
    ticket = hands.does(ticket, "reply", at=1, words="五天后到货我联系您") if first == "reply" else ticket
    ticket = comes_back(hands, ticket, 2, 5 * DAY)
    ticket = hands.does(ticket, "reply", at=3, words="好的") if first == "follow_up" else ticket
    assert (hands.fresh(ticket).state, live(ticket).keys()) == ("awaiting_customer", {"follow_up", "resolve"})
    sweep(at=hands.at(4 * DAY))
    assert hands.fresh(ticket).follow_up_at == hands.at(5 * DAY)
    hands.does(ticket, "reply", at=5 * DAY, words="货到了")
    assert clock(ticket, "silence").due_at == natural(hands.at(5 * DAY), 72 * HOUR)


def test_silence_ends_no_complaint_that_is_owed_an_answer(hands):
    ticket = hands.does(hands.says("我要投诉你们", kind="complaint"), "reply", at=1, words="请发照片")
    assert live(ticket).keys() == {"case", "resolve"}
    hands.does(ticket, "conclude", at=60, outcome="settled")
    assert live(ticket)["silence"] == natural(hands.at(60), 72 * HOUR)


def test_what_turns_into_a_complaint_or_gets_a_date_of_the_platforms_is_silenced_no_more(hands):
    one = hands.does(hands.says(), "reply", at=1, words="您好")
    hands.does(one, "classify", at=2, kind="complaint")
    assert "silence" not in live(one)
    hands.does(one, "classify", at=3, kind="logistics")
    assert live(one)["silence"] == natural(hands.at(3), 72 * HOUR)
    hands.does(one, "record", at=4, case_number="P1", due_at=hands.at(5 * DAY))
    assert "silence" not in live(one)


def test_a_call_back_that_is_handed_over_in_a_merge_ends_the_others_silence(hands):
    one = hands.does(hands.says(), "reply", at=1, words="周五给您回电")
    one = comes_back(hands, one, 2, 5 * DAY)
    other = hands.does(hands.says(conversation="c-2"), "reply", at=2, words="您好")
    hands.does(one, "merge", at=3, into=other.pk)
    assert live(other).keys() == {"follow_up", "resolve"}


def test_an_open_return_of_the_order_holds_the_silence_also_where_it_is_linked_later(hands):
    hands.signed()
    ret = hands.request()
    ticket = hands.does(hands.says(), "reply", at=60, words="您好")
    assert clock(ticket, "silence").due_at is not None
    ticket = hands.does(ticket, "link", at=70, order=hands.order().pk)
    row = clock(ticket, "silence")
    assert (row.due_at, row.left, row.case) == (None, 72 * HOUR - 600, hands.order().pk)
    hands.take(ret, "withdraw", "customer", at=hands.at(100))
    assert clock(ticket, "silence").due_at == natural(hands.at(100), 72 * HOUR - 600)


def test_a_ticket_linked_to_another_order_is_held_by_that_ones_alone(hands):
    hands.signed()
    hands.request()
    hands.place("A2")
    ticket = hands.does(hands.says(order=hands.order()), "reply", at=60, words="您好")
    assert clock(ticket, "silence").due_at is None
    ticket = hands.does(ticket, "link", at=70, order=hands.order("A2").pk)
    row = clock(ticket, "silence")
    assert (row.due_at, row.case) == (natural(hands.at(70), 72 * HOUR), hands.order("A2").pk)


def test_a_return_that_begins_holds_and_its_end_lets_go(hands):
    hands.signed()
    ticket = hands.does(hands.says(order=hands.order()), "reply", at=10, words="您好")
    ret = hands.ask(at=hands.at(20))
    row = clock(ticket, "silence")
    assert (row.due_at, row.left) == (None, 72 * HOUR - 600)
    hands.take(ret, "withdraw", "customer", at=hands.at(50))
    assert clock(ticket, "silence").due_at is not None


# ---- coming back
def test_a_promise_to_come_back_is_due_then_and_a_later_one_takes_its_place(hands):
    ticket = comes_back(hands, hands.says(), 1, 600)
    assert clock(ticket, "follow_up", "follow_up").due_at == hands.at(600)
    ticket = comes_back(hands, ticket, 2, 900)
    [row] = Deadline.objects.filter(subject=ticket.pk, clock="follow_up", ended_at=None)
    assert row.due_at == hands.at(900)
    hands.does(ticket, "resolve", at=5)
    assert not Deadline.objects.filter(subject=ticket.pk, clock="follow_up", ended_at=None).exists()


@pytest.mark.parametrize("at", [591, 599, 640])
def test_a_call_back_is_kept_by_an_answer_shortly_before_it_and_after(hands, at):
    ticket = comes_back(hands, hands.does(hands.says(), "reply", at=1, words="您好"), 2, 600)
    sweep(at=hands.at(min(at, 601)))
    ticket = hands.does(ticket, "reply", at=at, words="货到了")
    row = clock(ticket, "follow_up", "follow_up")
    assert (ticket.follow_up_at, row.ended_at, row.breached_at is None) == (None, hands.at(at), at < 600)


def test_an_answer_long_before_a_call_back_or_a_machines_does_not_keep_it(hands):
    ticket = comes_back(hands, hands.does(hands.says(), "reply", at=1, words="您好"), 2, 600)
    hands.does(ticket, "reply", at=300, words="在查了")
    hands.does(ticket, "reply", "kefu", at=590, who="system", words="自动回复")
    assert hands.fresh(ticket).follow_up_at == live(ticket)["follow_up"] == hands.at(600)


def comes_back(hands, ticket, at, then):
    from flows import engine

    return engine.take(
        hands.fresh(ticket), "follow_up", who=Who.AGENT, by="amy", at=hands.at(at), inputs={"at": hands.at(then)}
    )


# ---- random histories
T = datetime(2026, 4, 27, 3, tzinfo=UTC)  # the week before Labour Day
EVENTS = ["hear", "hear", "reply", "reply", "ask", "resume", "resolve", "reopen"]
NEXT = {  # (event, state) -> state
    ("hear", "new"): "new",
    **{("hear", s): "awaiting_reply" for s in ("awaiting_reply", "awaiting_customer", "awaiting_internal", "resolved")},
    ("ask", "new"): "awaiting_internal", ("ask", "awaiting_reply"): "awaiting_internal",
    ("ask", "awaiting_customer"): "awaiting_internal", ("resume", "awaiting_internal"): "awaiting_reply",
    ("reopen", "resolved"): "awaiting_reply",
    **{("reply", s): "awaiting_customer" for s in ("new", "awaiting_reply", "awaiting_customer", "awaiting_internal")},
    **{("resolve", s): "resolved" for s in ("new", "awaiting_reply", "awaiting_customer", "awaiting_internal")},
}  # fmt: skip
RUNS = ("new", "awaiting_reply", "awaiting_internal")
histories = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(1, 20_000)), min_size=1, max_size=9)


def oldest(event, waiting, at):
    """The oldest word that nobody has answered after this event."""
    if event in ("hear", "resume", "reopen"):
        return waiting or at
    return None if event in ("reply", "resolve") else waiting


def account(history, limit, hours, calendar):
    """-> where the ticket stands; what its solving shows: None, ("running", due), ("held", left), or "rang"; the oldest
    word that nobody has answered. While colleagues are asked an answer leads back to them."""
    state, due, left, waiting, asked = "new", calendar.add(T, limit, hours), None, T, False
    for event, at in history:
        if due is not None and due <= at:
            return state, "rang", waiting
        if (event, state) not in NEXT:
            continue
        old, state = state, NEXT[event, state]
        asked = event == "ask" or (asked and event not in ("resume", "resolve"))
        if state == "awaiting_customer" and asked:
            state = "awaiting_internal"
            due = due and calendar.resume(at, calendar.between(at, due, hours), hours)
        if state == "resolved":
            due = left = None
        elif old == "resolved":
            due, left = calendar.add(at, limit, hours), None
        elif state == "awaiting_customer" and due is not None:
            due, left = None, calendar.between(at, due, hours)
        elif state in RUNS and left is not None:
            due, left = calendar.resume(at, left, hours), None
        waiting = oldest(event, waiting, at)
    return state, None if state == "resolved" else ("held", left) if due is None else ("running", due), waiting


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories, st.integers(600, 90_000), st.sampled_from(["natural", "working", "workdays"]))
def test_holding_and_resuming_equals_a_plain_account_in_any_history(db, drawn, limit, hours):
    hands, at, history = Hands(), T, []
    for day in (1, 4, 5):
        CalendarDay.objects.create(date=date(2026, 5, day), kind="off", shop=hands.shop)
    changes = {"after": limit, "hours": hours, "warn": 0, "by_colour": {}}  # repeated words may colour it
    policy.edit(hands.shop, {"limits": {"resolve": changes}}, "lea", T)
    for event, gap in drawn:
        at += timedelta(seconds=gap)
        history.append((event, at))
    state, expected, waiting = account(history, limit, hours, policy.of(hands.shop.pk).calendar)
    if expected == "rang":
        return
    hands.t0 = T
    ticket = hands.says()
    for event, moment in history:
        happen(hands, ticket, event, (moment - T).total_seconds() / 60)
    ticket, row = hands.fresh(ticket), clock(ticket, "resolve")
    assert (ticket.state, ticket.waiting_since) == (state, waiting)
    if expected is None:
        assert row.ended_at is not None
    else:
        assert (row.left, row.due_at) == ((expected[1], None) if expected[0] == "held" else (None, expected[1]))


def happen(hands, ticket, event, minutes):
    now = Ticket.objects.values_list("state", flat=True).get(pk=ticket.pk)
    if (event, now) not in NEXT:
        return
    given = {
        "hear": {"words": "在吗", "who": "shop"}, "reply": {"words": "您好"}, "resume": {}, "resolve": {},
        "ask": {"team": "warehouse", "words": "查"}, "reopen": {"why": "没好"},
    }[event]  # fmt: skip
    step = {"ask": "ask_internal"}.get(event, event)
    hands.does(ticket, step, at=minutes, **given)
