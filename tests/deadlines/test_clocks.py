"""Which clocks run for a subject, since when, until when, and what holds them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deadlines.models import Change, Deadline
from flows import clocks
from flows.effects import Due, Unwind, Wind
from flows.table import Who
from shops import policy
from tests.errands.make import H, T, clock, everything, hear, make_call, make_claim, make_job, take
from tests.errands.models import Job
from tests.errands.tables import JOB

D = 24 * H


def running(subject):
    found = Deadline.objects.filter(flow=subject.flow.name, subject=subject.pk, ended_at=None)
    return set(found.values_list("clock", flat=True))


# --- starting and stopping
@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("waiting", {"pay"}), ("open", {"send"}), ("aside", {"send"}), ("packed", {"send"}), ("sent", {"sign"}),
        ("back", {"promise"}), ("signed", {"finish"}), ("done", set()),
    ],
)  # fmt: skip
def test_a_clock_runs_while_its_subject_is_in_its_states(shop, state, names):
    job = make_job(shop, state)
    assert running(job) == names
    ended = Deadline.objects.filter(subject=job.pk, flow="job").exclude(ended_at=None)
    assert set(ended.values_list("ended", "ended_at", "rings_at")) <= {("stopped", T, None)}


def test_a_row_remembers_the_limit_as_it_was(shop):
    row = clock(make_job(shop), "pay")
    assert (row.limit, row.policy, row.hours, row.after, row.warn) == ("unpaid_close", 1, "natural", 72 * 3600, 7200)
    assert (row.started_at, row.due_at, row.rings_at, row.tell) == (T, T + 72 * H, T + 70 * H, "lead")
    policy.edit(shop, {"limits": {"unpaid_close": "24h"}}, "lea", T)
    assert clock(make_job(shop), "pay").due_at == T + 24 * H
    row.refresh_from_db()
    assert row.due_at == T + 72 * H


def test_one_clock_runs_on_over_all_its_states(shop):
    job = make_job(shop, "open")
    first = clock(job, "send").pk
    take(job, "pack", Who.WAREHOUSE, at=T + H)
    take(job, "unpack", at=T + 2 * H)
    assert (clock(job, "send").pk, Deadline.objects.filter(clock="send").count()) == (first, 1)


def test_coming_back_starts_the_clock_again(shop):
    job = make_job(shop, "sent")
    take(job, "bounce", at=T + H)
    take(job, "resend", at=T + 2 * H)
    assert clock(job, "send").started_at == T + 2 * H
    assert Deadline.objects.filter(clock="send").count() == 2


def test_a_clock_may_count_from_a_moment_of_its_subject(shop):
    job = make_job(shop, "open")
    take(job, "send", Who.WAREHOUSE, at=T + H)
    assert clock(job, "sign").started_at == T + H
    late = make_job(shop)
    hear(late, "send", T - 3 * D, now=T)
    assert (clock(late, "sign").started_at, clock(late, "sign").due_at) == (T - 3 * D, T + 7 * D)


def test_a_clock_may_be_due_at_a_moment_that_was_promised(shop):
    job = make_job(shop, "sent", promised_for=T + 5 * D)
    take(job, "bounce")
    row = clock(job, "promise")
    assert (row.due_at, row.source) == (T + 5 * D, "promise")


# --- how long
@pytest.mark.parametrize(
    ("fields", "limit", "seconds"),
    [({"channel": "im"}, "greet", 15), ({"channel": "email"}, "first_answer", 1800)],
)
def test_another_limit_where_the_channel_has_none(shop, fields, limit, seconds):
    call = make_call(make_job(shop), **fields)
    row = clock(call, "greet")
    assert (row.limit, row.after) == (limit, seconds)


def test_a_clock_without_a_limit_for_the_channel_does_not_run(shop):
    call = take(make_call(make_job(shop), channel="email"), "ask")
    take(call, "answer", outcome="half")
    assert running(call) == {"resolve"}


@pytest.mark.parametrize(
    ("colours", "hours"), [([], 9), (["red"], 4), (["yellow"], 9), (["green"], 27), (["red", "green"], 27)]
)
def test_the_length_follows_from_the_case_and_of_several_parts_the_longest_counts(shop, colours, hours):
    assert clock(make_call(make_job(shop), colours=colours), "resolve").after == hours * 3600


# --- holding
def test_a_pause_keeps_what_is_left_and_gives_it_back(shop):
    job = make_job(shop, "open")
    take(job, "set_aside", at=T + 10 * H)
    row = clock(job, "send")
    assert (row.left, row.due_at, row.rings_at, row.held_at, row.ended_at) == (38 * 3600, None, None, T + 10 * H, None)
    take(job, "take_up", at=T + 30 * H)
    row = clock(job, "send")
    assert (row.left, row.held_at, row.held_for, row.due_at) == (None, None, 20 * 3600, T + 68 * H)
    assert (row.resumed_at, row.resumed_with) == (T + 30 * H, 38 * 3600)


def test_leaving_from_a_pause_stops_the_clock(shop):
    job = make_job(shop, "aside")
    take(job, "drop")
    assert (clock(job, "send").ended, running(job)) == ("stopped", set())


def test_an_open_subject_of_the_case_holds_a_clock_and_two_reasons_need_both_to_end(shop):
    job = make_job(shop, "sent")
    one, two = make_claim(job, at=T + H), make_claim(job, at=T + 2 * H)
    assert (clock(job, "sign").left, clock(job, "sign").held_at) == (10 * 86400 - 3600, T + H)
    take(one, "void", at=T + 3 * H)
    assert clock(job, "sign").held_at == T + H
    take(two, "void", at=T + 5 * H)
    assert clock(job, "sign").due_at == T + 10 * D + 4 * H


def test_a_subject_holds_in_the_named_state_only(shop):
    job = make_job(shop, "sent")
    call = make_call(job)
    assert clock(job, "sign").left is None
    take(call, "ask", at=T + H)
    assert clock(job, "sign").left == 10 * 86400 - 3600
    take(call, "answer", at=T + 2 * H, outcome="no")
    assert clock(job, "sign").due_at == T + 10 * D + H


def test_a_clock_that_starts_while_it_is_held_waits_from_then_on(shop):
    job = make_job(shop, "open")
    claim = make_claim(job)
    hear(job, "send", T + H, now=T + 3 * H)
    row = clock(job, "sign")
    assert (row.started_at, row.left, row.due_at, row.held_at) == (T + H, 10 * 86400, None, T + H)
    take(claim, "void", at=T + 7 * H)
    assert clock(job, "sign").due_at == T + 7 * H + 10 * D


def test_another_case_holds_nothing(shop):
    job = make_job(shop, "sent")
    make_claim(make_job(shop))
    assert clock(job, "sign").left is None


def test_a_promised_clock_of_working_hours_is_held_in_working_hours(shop):
    call = make_call(make_job(shop))  # 9 working hours from Monday 9:00
    take(call, "ask", at=T + 2 * H)
    left = clock(call, "resolve").left
    take(call, "answer", at=T + 2 * H + 30 * D, outcome="no")
    rules = policy.of(shop.pk)
    row = clock(call, "resolve")
    assert left == 9 * 3600 - rules.calendar.between(T, T + 2 * H, "working")
    assert rules.calendar.between(T + 2 * H + 30 * D, row.due_at, "working") == left


# --- parts
def test_each_part_has_a_clock_of_its_own(shop):
    job = make_job(shop, "open")
    hear(job, "send", T + H, parts=["a", "b"])
    hear(job, "send", T + 2 * H, parts=["b", "c"])
    rows = Deadline.objects.filter(clock="track").order_by("part").values_list("part", "started_at")
    assert list(rows) == [("a", T + H), ("b", T + H), ("c", T + 2 * H)]
    hear(job, "scan", T + 3 * H, part="a")
    assert dict(Deadline.objects.filter(clock="track").values_list("part", "ended")) == {
        "a": "stopped",
        "b": "",
        "c": "",
    }
    take(job, "bounce", at=T + 4 * H)
    assert not Deadline.objects.filter(clock="track", ended_at=None).exists()


def test_a_parts_clock_that_runs_already_stays_and_one_that_ended_starts_again(shop):
    job = make_job(shop, "sent")
    take(job, "poke", asked=[Wind("track", "a", T)])
    take(job, "poke", asked=[Wind("track", "a", T + H)])
    assert Deadline.objects.get(clock="track").started_at == T
    take(job, "poke", asked=[Unwind("track", "a")])
    take(job, "poke", at=T + 2 * H, asked=[Wind("track", "a", T + 2 * H)])
    assert clock(job, "track", "a").started_at == T + 2 * H


def test_a_parts_clock_does_not_start_where_its_subject_is_elsewhere(shop):
    take(make_job(shop, "open"), "poke", asked=[Wind("track", "a", T)])
    assert not Deadline.objects.filter(clock="track").exists()


def test_a_parts_clock_is_not_looked_for_where_its_subject_has_left_it(shop, django_assert_num_queries):
    job = make_job(shop, "open")
    with CaptureQueriesContext(connection) as plain:
        take(job, "poke")
    with django_assert_num_queries(len(plain)):
        take(job, "poke", asked=[Unwind("track", "a")])


def test_a_parts_clock_ends_also_while_its_subject_pauses_it(shop, monkeypatch):
    job = make_job(shop, "sent")
    take(job, "poke", asked=[Wind("track", "a", T)])
    monkeypatch.setitem(JOB.clock, "track", replace(JOB.clock["track"], during=(), pauses=("sent",)))
    take(job, "poke", at=T + H, asked=[Unwind("track", "a")])
    assert Deadline.objects.get(clock="track").ended_at == T + H


def test_a_parts_clock_begins_anew_in_its_own_row_and_forgets_its_warning(shop):
    job = make_job(shop, "sent")
    take(job, "poke", asked=[Wind("track", "a", T), Wind("track", "b", T)])
    Deadline.objects.filter(clock="track", part="a").update(warned_at=T + H)
    take(job, "poke", at=T + 3 * H, asked=[Wind("track", "a", T + 2 * H, again=True)])
    row = clock(job, "track", "a")
    assert (row.started_at, row.due_at, row.warned_at) == (T + 2 * H, T + 26 * H, None)
    assert clock(job, "track", "b").due_at == T + 24 * H
    assert Deadline.objects.filter(clock="track").count() == 2


def test_a_parts_clock_that_was_late_keeps_that_and_another_begins(shop):
    job = make_job(shop, "sent")
    take(job, "poke", asked=[Wind("track", "a", T)])
    Deadline.objects.filter(clock="track").update(breached_at=T + 24 * H, rings_at=None)
    take(job, "poke", at=T + 30 * H, asked=[Wind("track", "a", T + 29 * H, again=True)])
    late, anew = Deadline.objects.filter(clock="track").order_by("pk")
    assert (late.breached_at, late.ended, late.ended_at) == (T + 24 * H, "stopped", T + 30 * H)
    assert (anew.started_at, anew.due_at, anew.breached_at) == (T + 29 * H, T + 53 * H, None)


def test_what_the_platform_named_for_a_part_does_not_begin_anew(shop):
    job = make_job(shop, "sent")
    take(job, "poke", asked=[Wind("track", "a", T)])
    Deadline.objects.filter(clock="track").update(source="platform", due_at=T + 9 * H)
    take(job, "poke", at=T + 3 * H, asked=[Wind("track", "a", T + 2 * H, again=True)])
    assert (clock(job, "track", "a").started_at, clock(job, "track", "a").due_at) == (T, T + 9 * H)


def test_a_clock_runs_only_where_there_is_something_to_run_for(shop):
    job, cell = make_job(shop, "open"), replace(JOB.clock["promise"], when="promised_for")
    assert clocks.begin(JOB, cell, job, T) is None
    job.promised_for = T + 3 * H
    assert clocks.begin(JOB, cell, job, T).due == T + 3 * H


# --- moved
def test_a_promise_moves_a_running_clock_and_is_logged(shop):
    job = make_job(shop, "open")
    take(job, "poke", asked=[Due("job", job.pk, "send", T + 9 * D, "promise", why="到货日")], by="amy")
    row = clock(job, "send")
    assert (row.due_at, row.source) == (T + 9 * D, "promise")
    change = Change.objects.get()
    assert (change.was, change.now, change.why, change.by, change.at) == (T + 2 * D, T + 9 * D, "到货日", "amy", T)


# --- named by the platform
def test_what_the_platform_names_wins_and_is_never_held(shop):
    job = make_job(shop, "sent")
    taken = hear(job, "deadline", T + H, who=Who.PLATFORM, clock="sign", due=T + 3 * D)
    assert (taken.moved, taken.recorded, taken.code) == (False, True, "")
    row = clock(job, "sign")
    assert (row.due_at, row.source, row.fixed) == (T + 3 * D, "platform", True)
    change = Change.objects.get()
    assert (change.was, change.now, change.by) == (T + 10 * D, T + 3 * D, "hook")
    make_claim(job)
    assert clock(job, "sign").due_at == T + 3 * D
    take(job, "poke", asked=[Due("job", job.pk, "sign", T + 9 * D, "promise")])
    assert clock(job, "sign").due_at == T + 3 * D


def test_it_is_kept_if_it_comes_before_its_clock_runs(shop):
    job = make_job(shop, "open")
    hear(job, "deadline", T, clock="sign", due=T + 3 * D)
    assert not Change.objects.exists()
    make_claim(job)
    take(job, "send", Who.WAREHOUSE, at=T + H)
    row = clock(job, "sign")
    assert (row.due_at, row.source, row.left) == (T + 3 * D, "platform", None)


def test_the_newest_word_wins_in_any_order(shop):
    one, two = make_job(shop, "sent"), make_job(shop, "sent")
    for job, order in ((one, (1, 2)), (two, (2, 1))):
        for said in order:
            hear(job, "deadline", T + said * H, now=T + 5 * H, clock="sign", due=T + said * D)
    assert clock(one, "sign").due_at == clock(two, "sign").due_at == T + 2 * D
    assert Job.objects.get(pk=one.pk).dues == Job.objects.get(pk=two.pk).dues


def test_an_older_or_repeated_word_changes_nothing(shop):
    job = make_job(shop, "sent")
    hear(job, "deadline", T + 2 * H, clock="sign", due=T + 2 * D)
    before = everything()
    assert hear(job, "deadline", T + H, clock="sign", due=T + D).code == "outranked"
    assert hear(job, "deadline", T + 2 * H, clock="sign", due=T + 2 * D).code == "outranked"
    assert everything() == before


def test_a_word_for_one_part_stands_against_an_older_one_for_all(shop):
    job = make_job(shop, "open")
    hear(job, "send", T, parts=["a", "b"])
    hear(job, "deadline", T + 2 * H, clock="track", part="a", due=T + 20 * H)
    hear(job, "deadline", T + H, clock="track", due=T + 10 * H)
    due = dict(Deadline.objects.filter(clock="track").values_list("part", "due_at"))
    assert due == {"a": T + 20 * H, "b": T + 10 * H}
    hear(job, "send", T + 3 * H, parts=["c"])
    assert clock(job, "track", "c").due_at == T + 10 * H


def test_a_moment_that_was_named_for_an_earlier_run_is_spent(shop):
    job = make_job(shop, "open")
    hear(job, "deadline", T, clock="send", due=T + H)
    assert clock(job, "send").source == "platform"
    take(job, "send", Who.WAREHOUSE, at=T + H / 2)
    take(job, "bounce", at=T + 2 * H)
    take(job, "resend", at=T + 3 * H)
    assert (clock(job, "send").source, clock(job, "send").started_at) == ("policy", T + 3 * H)


@pytest.mark.parametrize(("name", "part"), [("nothing", ""), ("sign", "p1")])
def test_a_clock_that_is_not_there_is_refused(shop, name, part):
    job = make_job(shop, "sent")
    before = everything()
    assert hear(job, "deadline", T, clock=name, part=part, due=T + timedelta(days=1)).code == "input"
    assert everything() == before
