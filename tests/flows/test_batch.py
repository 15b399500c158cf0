"""Many subjects at once: who may, moves; who may not, says why; who is faulty, spoils only its own."""

import logging

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from flows import engine
from flows.effects import Start, Take, Tell
from flows.engine import Want
from flows.models import Move
from flows.table import Who
from tests.errands.make import H, T, everything, make_call, make_claim, make_job, make_jobs, take
from tests.errands.models import Call, Claim, Job, Note
from tests.errands.tables import CALL, CLAIM, JOB


@pytest.fixture(autouse=True)
def _quiet():
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


def note_all(jobs, **special):
    wants = [Want(j.pk, {"words": "a", **special.get(f"_{i}", {})}) for i, j in enumerate(jobs)]
    return engine.take_many(JOB, "note", wants, who=Who.AGENT, by="amy", at=T + H)


def test_those_that_may_move_together_and_the_others_say_why(shop):
    jobs = [*make_jobs(shop, 2, "open"), make_job(shop, "sent"), make_job(shop, "waiting")]
    taken = note_all(jobs)
    assert [(t.subject.pk, t.moved, t.code) for t in taken] == [
        (jobs[0].pk, True, ""),
        (jobs[1].pk, True, ""),
        (jobs[2].pk, False, "state"),
        (jobs[3].pk, True, ""),
    ]
    assert Note.objects.count() == 3
    assert Move.objects.filter(step="note").count() == 3
    assert Job.objects.get(pk=jobs[2].pk).version == jobs[2].version


def test_each_has_its_own_inputs_versions_triggers_and_times(shop):
    one, two, three = make_jobs(shop, 3, "open")
    wants = [
        Want(one.pk, {"words": "one"}, at=T - H, trigger="t:1", why="because"),
        Want(two.pk, {"words": "two"}, version=one.version),
        Want(three.pk, {"words": "three"}, version=1),
    ]
    taken = engine.take_many(JOB, "note", wants, who=Who.AGENT, by="amy", at=T + H)
    assert [t.code for t in taken] == ["", "", "moved"]
    assert list(Job.objects.order_by("pk").values_list("words", flat=True)) == ["one", "two", ""]
    found = Move.objects.filter(step="note").order_by("pk").values_list("at", "noted_at", "trigger", "why")
    assert list(found) == [(T - H, T + H, "t:1", "because"), (T + H, T + H, "", "")]


def test_a_faulty_effect_spoils_only_its_own(shop):
    jobs = make_jobs(shop, 5, "open")
    taken = note_all(jobs, _2={"boom": True})
    assert [(t.moved, t.code) for t in taken] == [(True, ""), (True, ""), (False, "error"), (True, ""), (True, "")]
    assert str(taken[2].error) == "boom"
    assert [j.version for j in Job.objects.order_by("pk")] == [3, 3, 2, 3, 3]


def test_what_the_database_refuses_of_one_stands_alone(shop):
    jobs = make_jobs(shop, 7, "open")
    taken = note_all(jobs, _4={"words": "unspeakable"})
    assert [t.moved for t in taken] == [True] * 4 + [False] + [True] * 2
    assert (taken[4].code, taken[4].subject.version) == ("error", 2)
    assert Move.objects.filter(step="note").count() == 6
    assert sorted(Job.objects.values_list("version", flat=True)) == [2] + [3] * 6


def test_a_follow_up_that_is_refused_refuses_the_step_that_asked_for_it_and_no_other(shop):
    one, two = make_job(shop, "open"), make_job(shop, "open")
    mine, other = make_claim(one), make_claim(two)
    gone = take(make_claim(make_job(shop)), "void")
    wants = [
        Want(mine.pk, {"asked": [Take("claim", gone.pk, "pay"), Tell("claim.wish", {})]}),
        Want(other.pk, {"asked": [Take("job", two.pk, "set_aside")]}),
    ]
    taken = engine.take_many(CLAIM, "poke", wants, who=Who.AGENT, by="amy", at=T)
    assert [(t.moved, t.code) for t in taken] == [(False, "state"), (True, "")]
    assert taken[0].subject.pk == mine.pk
    assert not Move.objects.filter(subject=mine.pk, flow="claim", step="poke").exists()
    assert Job.objects.get(pk=two.pk).state == "aside"


def poke_both(job, *asked):
    claims = [make_claim(job) for _ in asked]
    wants = [Want(claim.pk, {"asked": some}) for claim, some in zip(claims, asked, strict=True)]
    return engine.take_many(CLAIM, "poke", wants, who=Who.AGENT, by="amy", at=T)


def test_what_two_effects_of_a_batch_ask_of_one_subject_is_done_twice_in_their_order(shop):
    job = make_job(shop, "open")
    taken = poke_both(job, *([Take("job", job.pk, "note", {"words": w}, who=Who.AGENT)] for w in ("one", "two")))
    assert [t.moved for t in taken] == [True, True]
    assert (Job.objects.get().words, Job.objects.get().version) == ("two", job.version + 2)
    inputs = Move.objects.filter(flow="job", step="note").order_by("seq").values_list("inputs__words", flat=True)
    assert list(inputs) == ["one", "two"]


def test_the_very_same_that_two_effects_of_a_batch_ask_is_done_once(shop):
    job = make_job(shop, "open")
    taken = poke_both(job, *([Take("job", job.pk, "set_aside")] for _ in "12"))
    assert [t.moved for t in taken] == [True, True]
    assert Move.objects.filter(flow="job", step="set_aside").count() == 1


def test_of_two_that_ask_one_subject_the_refused_one_spoils_only_its_own(shop):
    job = make_job(shop, "open")
    told = ({"words": "a", **more} for more in ({}, {"boom": True}))
    taken = poke_both(job, *([Take("job", job.pk, "note", inputs, who=Who.AGENT)] for inputs in told))
    assert [(t.moved, t.code) for t in taken] == [(True, ""), (False, "error")]
    assert (Note.objects.count(), Move.objects.filter(flow="claim", step="poke").count()) == (1, 1)


def test_a_subject_that_is_named_twice_is_the_callers_mistake(shop):
    job = make_job(shop, "open")
    with pytest.raises(ValueError, match="twice"):
        engine.take_many(JOB, "note", [job.pk, job.pk], who=Who.AGENT, by="amy", at=T)
    assert not Move.objects.filter(step="note").exists()


def test_a_follow_up_that_need_not_be_is_left_out_where_it_is_not_open(shop):
    job = make_job(shop, "open")
    claim, gone = make_claim(job), take(make_claim(job), "void")
    assert take(claim, "poke", asked=[Take("claim", gone.pk, "pay", must=False)]).version == 2
    assert Claim.objects.get(pk=gone.pk).version == 2


def test_an_effect_starts_a_subject_of_another_flow(shop):
    job = make_job(shop, "open")
    claim = make_claim(job)
    call = Call(shop=shop, number="C-x", job=job, state="open")
    take(claim, "poke", at=T + H, asked=[Start(call)])
    started = Call.objects.get()
    move = Move.objects.get(flow="call")
    assert (started.version, move.step, move.who, move.by, move.at) == (1, "start", "system", "claim.poke", T + H)


def test_a_chain_of_causes_is_one_transaction(shop):
    """The claim's payment drops the job, which shuts its calls; the last link fails, and so does all."""
    job, other = make_jobs(shop, 2, "open")
    call, claim = make_call(job), make_claim(job)
    take(call, "ask")
    before = everything()
    bad = Take("job", other.pk, "note", {"words": "", "boom": True}, who=Who.PLATFORM)
    with pytest.raises(ValueError, match="boom"):
        take(claim, "poke", asked=[Take("job", job.pk, "drop"), bad])
    assert everything() == before
    take(claim, "pay")
    assert (Job.objects.get(pk=job.pk).state, Call.objects.get().state) == ("gone", "shut")


def test_a_batch_starts_together_and_one_that_is_there_already_refuses_all(shop):
    begun = [(Job(shop=shop, number=f"n{i}", state="open"), Want(0, trigger=f"t{i}")) for i in range(3)]
    taken = engine.start_many(JOB, begun, who=Who.SHOP, by="hook", at=T)
    assert [t.subject.pk for t in taken] == sorted(Job.objects.values_list("pk", flat=True))
    assert all(t.moved for t in taken)
    assert engine.start_many(JOB, [], who=Who.SHOP, by="hook", at=T) == []


def test_nobody_is_asked_and_nothing_happens(shop):
    with CaptureQueriesContext(connection) as queries:
        assert engine.take_many(JOB, "pay", [], who=Who.SHOP, by="hook", at=T) == []
    assert len(queries) == 0


# --- what it costs
def test_a_batch_costs_as_many_statements_for_a_hundred_as_for_ten(shop):
    def cost(n):
        jobs = make_jobs(shop, n)
        with CaptureQueriesContext(connection) as queries:
            taken = engine.take_many(JOB, "pay", [j.pk for j in jobs], who=Who.SHOP, by="hook", at=T)
        assert sum(t.moved for t in taken) == n
        return len(queries)

    assert cost(10) == cost(100) <= 10


def test_one_step_costs_few_statements(shop):
    """Lock, known facts, Move, columns, clocks stopped and started, event, fact; around them the transaction's."""
    jobs, job = make_jobs(shop, 2), make_job(shop)
    take(jobs[0], "pay", Who.SHOP)  # the shop's rules are known from here on
    with CaptureQueriesContext(connection) as queries:
        take(job, "pay", Who.SHOP)
    said = [q["sql"].removeprefix("1 times: ").split()[0] for q in queries]
    said = [word for word in said if word not in ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")]
    assert said == ["SELECT", "SELECT", "INSERT", "UPDATE", "UPDATE", "INSERT", "INSERT", "INSERT"]


def test_a_step_of_a_child_locks_its_order_first(shop):
    call = make_call(make_job(shop))
    with CaptureQueriesContext(connection) as queries:
        take(call, "ask")
    tables = [q["sql"].split("FROM")[1].split()[0].strip('"') for q in queries if q["sql"].startswith("SELECT")]
    assert tables[:3] == ["errands_call", "errands_job", "errands_call"]
    assert CALL.head("ask").name == "ask"
