"""What the clock does with what rings: warn, take the step, declare late; and what stands in its way."""

import logging

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deadlines.models import Deadline
from flows import sweep as sweeping
from flows.models import Move, Reported
from flows.sweep import sweep
from flows.table import Who
from outbox.models import Event
from rows import claim as queue
from shops import policy
from tests.errands.make import H, T, clock, everything, make_call, make_job, make_jobs, take
from tests.errands.models import Call, Job
from tests.errands.tables import JOB

D = 24 * H


def topics():
    found = Event.objects.filter(topic__startswith="deadline.").order_by("pk")
    return [(e.topic.removeprefix("deadline."), e.data["clock"]) for e in found]


def test_a_clock_warns_then_takes_its_step_and_has_fired(shop):
    job = make_job(shop)
    assert sweep(at=T + 70 * H - H / 60) == 0
    assert sweep(at=T + 70 * H) == 1
    row = clock(job, "pay")
    assert (row.warned_at, row.rings_at, row.attempts, row.token) == (T + 70 * H, T + 72 * H, 0, None)
    assert topics() == [("warned", "pay")]
    assert Job.objects.get().state == "waiting"
    assert sweep(at=T + 71 * H) == 0
    assert sweep(at=T + 72 * H) == 1
    row.refresh_from_db()
    assert (row.ended, row.ended_at, row.rings_at) == ("fired", T + 72 * H, None)
    move = Move.objects.get(step="lapse")
    assert (move.who, move.by, move.at, move.trigger) == ("clock", "clock", T + 72 * H, f"deadline:{row.pk}")
    assert Job.objects.values_list("state", "gone_why", "fact").get() == ("gone", "lapsed", "")
    assert not Reported.objects.exists()  # a clock's step is no fact
    assert sweep(at=T + 99 * D) == 0


def test_after_a_long_sleep_it_does_what_is_due_and_warns_no_more(shop):
    make_job(shop)
    sweep(at=T + 9 * D)
    assert (topics(), Job.objects.get().state) == ([], "gone")


def test_a_step_that_came_first_leaves_nothing_to_fire(shop):
    job = make_job(shop)
    take(job, "pay", Who.SHOP, at=T + 71 * H)
    sweep(at=T + 72 * H)
    assert (Job.objects.get().state, clock(job, "pay").ended) == ("open", "stopped")


def test_a_held_clock_does_not_ring(shop):
    make_job(shop, "aside")
    assert sweep(at=T + 99 * D) == 0


def test_a_clock_that_can_only_be_late_is_announced_once_with_how_late(shop):
    job = make_job(shop, "open")
    before = Job.objects.values().get()
    assert sweep(at=T + 50 * H) == 1
    row = clock(job, "send")
    assert (row.breached_at, row.rings_at, row.ended_at) == (T + 50 * H, None, None)
    event = Event.objects.get(topic="deadline.breached")
    assert (event.data["late_seconds"], event.data["tell"], event.data["number"]) == (7200, ["lead"], job.number)
    assert Job.objects.values().get() == before
    assert sweep(at=T + 99 * D) == 0
    take(job, "pack", Who.WAREHOUSE, at=T + 60 * H)
    assert sweep(at=T + 99 * D) == 0
    take(job, "send", Who.WAREHOUSE, at=T + 61 * H)
    assert clock(job, "send").ended == "stopped"


@pytest.mark.parametrize(("payment", "state", "late"), [("cod", "shut", False), ("online", "asked", True)])
def test_where_the_limit_does_not_act_on_the_case_the_clock_is_late(shop, payment, state, late):
    call = take(make_call(make_job(shop), payment=payment), "ask")
    sweep(at=T + D)
    call = Call.objects.get()
    assert call.state == state
    assert (clock(call, "answer").breached_at is not None) == late
    events = Event.objects.filter(topic="deadline.breached", data__clock="answer")
    assert [e.data["tell"] for e in events] == ([["lead"]] if late else [])  # nobody named: the lead hears of it


def test_a_shop_may_take_the_step_from_the_clock(shop):
    make_job(shop)
    policy.edit(shop, {"limits": {"unpaid_close": {"acts": False}}}, "lea", T)
    sweep(at=T + 72 * H)
    assert Job.objects.get().state == "waiting"
    assert topics() == [("breached", "pay")]


def test_a_breach_of_each_part_sets_off_what_the_flow_has_registered(shop):
    job = make_job(shop, "open")
    take(job, "send", Who.WAREHOUSE, parts=["a", "b"])
    sweep(at=T + D)
    assert sorted(Call.objects.values_list("number", flat=True)) == [f"{job.number}-a", f"{job.number}-b"]
    assert set(Move.objects.filter(flow="call").values_list("who", "by")) == {("system", "job")}
    assert [e.data["part"] for e in Event.objects.filter(topic="deadline.breached").order_by("pk")] == ["a", "b"]


# --- what stands in its way
def test_a_refused_step_backs_off_says_why_and_leaves_the_queues_head(shop):
    stuck, free = make_job(shop, locked=True), make_job(shop)
    assert sweep(at=T + 72 * H, limit=1) == 1  # the older row is first in the queue
    row = clock(stuck, "pay")
    assert (row.failure, row.attempts, row.token, row.ended_at) == ("锁着", 1, None, None)
    assert row.rings_at > T + 72 * H
    assert Job.objects.get(pk=stuck.pk).version == 1
    assert sweep(at=T + 72 * H, limit=1) == 1
    assert Job.objects.get(pk=free.pk).state == "gone"
    assert sweep(at=T + 72 * H, limit=1) == 0


def test_a_refused_step_is_asked_again_for_ever_and_at_last_taken(shop):
    job = make_job(shop, locked=True)
    at = T + 72 * H
    for _ in range(15):
        assert sweep(at=at) == 1
        row = clock(job, "pay")
        assert (row.dead_at, row.failure) == (None, "锁着")
        at = row.rings_at
    assert row.attempts == 15
    Job.objects.update(locked=False)
    sweep(at=at)
    assert Job.objects.get().state == "gone"


def test_a_faulty_step_stands_alone(shop, monkeypatch):
    logging.disable(logging.ERROR)
    jobs = make_jobs(shop, 9)

    def bad(job):
        if job.pk == jobs[3].pk:
            raise ValueError("boom")
        if job.pk == jobs[5].pk:
            job.words = "unspeakable"  # the database refuses it

    monkeypatch.setitem(JOB.effects, "lapse", bad)
    sweep(at=T + 72 * H)
    logging.disable(logging.NOTSET)
    states = [j.state for j in Job.objects.order_by("pk")]
    assert states == ["gone"] * 3 + ["waiting", "gone", "waiting"] + ["gone"] * 3
    assert clock(jobs[3], "pay").failure == "boom"
    assert "job_words" in clock(jobs[5], "pay").failure
    assert Move.objects.filter(step="lapse").count() == 7


def test_a_row_of_a_flow_that_is_no_more_backs_off(shop):
    job = make_job(shop)
    Deadline.objects.update(flow="forgotten")
    assert sweep(at=T + 72 * H) == 1
    assert Deadline.objects.get().failure == "no such clock"
    assert Job.objects.get(pk=job.pk).state == "waiting"


def test_a_stale_claim_does_nothing(shop):
    """A worker that slept: its lease ran out, another one has the row, or the subject has moved."""
    jobs = make_jobs(shop, 3)
    mine = queue.claim(Deadline, at=T + 72 * H, limit=10)
    take(jobs[0], "pay", Who.SHOP, at=T + 72 * H)  # the subject has moved: its clock is stopped
    Deadline.objects.filter(subject=jobs[1].pk).update(token=1)  # somebody else has claimed it
    before = Move.objects.count()
    assert sweeping.ring(JOB, "pay", mine, at=T + 72 * H) == []
    assert [j.state for j in Job.objects.order_by("pk")] == ["open", "waiting", "gone"]
    assert Move.objects.count() == before + 1


def test_what_is_leased_is_left_to_its_worker_until_the_lease_runs_out(shop):
    make_job(shop)
    queue.claim(Deadline, at=T + 72 * H, limit=1)
    before = everything()
    assert sweep(at=T + 999 * D) == 0  # the lease goes by the real clock, whatever time the sweep has
    assert everything() == before
    Deadline.objects.update(leased_until=T)
    assert sweep(at=T + 72 * H) == 1
    assert Job.objects.get().state == "gone"


def test_a_batch_costs_as_many_statements_for_a_hundred_as_for_ten(shop):
    def cost(n, at):
        make_jobs(shop, n, at=at)
        with CaptureQueriesContext(connection) as queries:
            assert sweep(at=at + 72 * H) == n
        return len(queries)

    cost(2, T)  # the shop's rules are known from here on
    assert cost(10, T + D) == cost(100, T + 9 * D) <= 14
    assert Job.objects.filter(state="gone").count() == 112


def test_warnings_and_breaches_cost_no_more_for_many(shop):
    def cost(n, at):
        make_jobs(shop, n, "open", at=at)
        costs = []
        for hours in (37, 49):
            with CaptureQueriesContext(connection) as queries:
                assert sweep(at=at + hours * H) == n
            costs.append(len(queries))
        return costs

    cost(1, T)
    first = cost(10, T + 7 * D)
    assert first == cost(100, T + 14 * D)
    assert max(first) <= 12


def test_the_bells_task_sweeps_until_nothing_is_due(shop, monkeypatch):
    from flows import tasks

    monkeypatch.setattr(tasks, "BATCH", 3)
    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)
    monkeypatch.setattr(tasks, "sweep", lambda at: sweep(at=at, limit=3))
    make_jobs(shop, 7)  # long ago
    assert tasks.sweep_task() == 7
    assert Job.objects.filter(state="gone").count() == 7
