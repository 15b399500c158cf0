"""One subject, one step: what moves, what is written, and what a refusal leaves untouched."""

from itertools import pairwise

import pytest
from django.db import IntegrityError
from django_fsm import TransitionNotAllowed, can_proceed

from flows import engine
from flows.effects import Refused, Start, Take
from flows.models import Move, OneDoor, Reported
from flows.table import Who
from flows.wants import Want
from outbox.models import Event
from tests.errands.make import WAYS, H, T, clock, everything, make_call, make_claim, make_job, make_jobs, take
from tests.errands.models import Call, Claim, Job, Note
from tests.errands.tables import CALL, CLAIM, JOB, J

ROLES = list(Who)


def moves(subject):
    found = Move.objects.filter(flow=subject.flow.name, subject=subject.pk).order_by("seq")
    return [(m.seq, m.step, m.source, m.target) for m in found]


# --- moving
def test_a_step_moves_and_leaves_its_move_its_event_and_its_note(shop):
    job = make_job(shop, "open")
    after = engine.take(
        job,
        "note",
        who=Who.AGENT,
        by="amy",
        at=T + H,
        why="客户要求",
        inputs={"words": "hurry", "phone": "13800138000"},
    )
    assert (after.state, after.version, after.words) == ("open", 3, "hurry")
    assert Job.objects.values_list("state", "version", "words").get() == ("open", 3, "hurry")
    move = Move.objects.get(seq=3)
    assert (move.step, move.source, move.target, move.who, move.by) == ("note", "open", "open", "agent", "amy")
    assert (move.why, move.at, move.noted_at, move.shop_id) == ("客户要求", T + H, T + H, shop.pk)
    assert move.inputs == {"words": "hurry"}  # the phone is personal: no log holds it
    event = Event.objects.get(topic="job.note")
    assert (event.seq, event.subject, event.flow, event.rings_at) == (3, job.pk, "job", T + H)
    assert event.data["from"] == "open"
    assert event.data["number"] == job.number
    assert "phone" not in str(event.data)
    assert Note.objects.get().text == "hurry"


def test_the_start_is_move_one(shop):
    job = engine.start(
        Job(shop=shop, number="1", state="waiting"), who=Who.SHOP, by="hook", at=T, inputs={"words": "hello"}
    )
    assert moves(job) == [(1, "start", "", "waiting")]
    assert (job.version, job.created_at, Job.objects.get().words) == (1, T, "hello")
    assert Event.objects.get().topic == "job.start"
    assert Note.objects.get().job_id == job.pk
    assert clock(job, "pay").due_at == T + 72 * H


def test_a_subject_starts_only_in_a_start_state(shop):
    with pytest.raises(LookupError):
        engine.start(Job(shop=shop, number="1", state="sent"), who=Who.SHOP, by="hook", at=T)
    assert not Job.objects.exists()
    assert not Move.objects.exists()


def test_a_second_start_under_the_same_number_leaves_nothing(shop):
    make_job(shop)
    before = everything()
    with pytest.raises(IntegrityError):
        engine.start(Job(shop=shop, number=Job.objects.get().number, state="open"), who=Who.SHOP, by="hook", at=T)
    assert everything() == before


def test_a_start_that_its_effect_refuses_leaves_nothing_and_no_key(shop):
    before, job = everything(), Job(shop=shop, number="J1", state="open")
    with pytest.raises(Refused) as refused:
        engine.start(job, who=Who.SHOP, by="hook", at=T, inputs={"words": "nobody"})
    assert (refused.value.code, job.pk) == ("input", None)
    assert everything() == before


def test_of_several_starts_only_the_one_that_is_refused_is_left_out(shop):
    begun = [(Job(shop=shop, number=f"J{n}", state="open"), Want(0, {"words": words}))
             for n, words in enumerate(["go", "nobody", "go on"])]  # fmt: skip
    taken = engine.start_many(JOB, begun, who=Who.SHOP, by="hook", at=T)
    assert [(t.moved, t.code) for t in taken] == [(True, ""), (False, "input"), (True, "")]
    assert list(Job.objects.order_by("pk").values_list("number", flat=True)) == ["J0", "J2"]


def test_a_refused_start_refuses_the_step_that_asked_for_it(shop):
    job = make_job(shop, "open")
    before = everything()
    asked = [Start(Job(shop_id=shop.pk, number="J9", state="open"), {"words": "nobody"})]
    with pytest.raises(Refused):
        take(job, "poke", asked=asked)
    assert everything() == before


@pytest.mark.parametrize("state", WAYS)
def test_the_history_is_gapless_and_each_move_begins_where_the_last_ended(shop, state):
    job = make_job(shop, state)
    found = moves(job)
    assert [m[0] for m in found] == list(range(1, job.version + 1))
    assert all(before[3] == after[2] for before, after in pairwise(found))
    assert found[-1][3] == state
    seqs = (
        Event.objects.filter(flow="job", subject=job.pk).exclude(topic="job.heard_above").values_list("seq", flat=True)
    )
    assert sorted(seqs) == list(range(1, job.version + 1))


def test_a_step_may_leave_its_subject_where_it_is_or_depend_on_where_it_was(shop):
    assert take(make_job(shop, "waiting"), "note", words="a").state == "waiting"
    assert take(make_job(shop, "packed"), "note", words="a").state == "open"


@pytest.mark.parametrize(("outcome", "state"), [("yes", "shut"), ("half", "half"), ("no", "open")])
def test_a_target_may_follow_from_what_the_effect_has_set(shop, outcome, state):
    call = take(make_call(make_job(shop)), "ask")
    assert take(call, "answer", outcome=outcome).state == state
    heard = Event.objects.get(topic="call.heard")
    assert (heard.data["outcome"], heard.seq) == (outcome, 3)


def test_children_are_loaded_for_the_step_and_saved_beside_it(shop):
    job = make_job(shop, "open")
    take(job, "note", words="a")
    take(job, "note", words="b")
    take(job, "pack", Who.WAREHOUSE)
    take(job, "unpack")
    assert list(Note.objects.values_list("text", "read")) == [("a", True), ("b", True)]


def test_an_upper_floor_reacts_in_the_same_transaction(shop):
    take(make_job(shop, "sent"), "bounce")
    assert Event.objects.get(topic="job.heard_above").data["state"] == "back"


def test_a_reopening_leaves_a_final_state(shop):
    assert {str(s) for s in JOB.final} == {"done", "gone"}
    assert take(make_job(shop, "done"), "reopen", Who.LEAD).state == "signed"


# --- refusals: table-driven, for every step, state and role of the toy flows
def allowed(flow, step, state, who):
    row = flow.row(step, state)
    return row is not None and bool(row.who & who)


@pytest.mark.parametrize("step", list(JOB.rows))
def test_whoever_may_not_take_a_step_is_refused_and_nothing_is_written(shop, step):
    """Every state in which the step is not open to a role: the same words, and nothing anywhere."""
    jobs = {state: make_job(shop, state) for state in WAYS}
    before = everything()
    for state, job in jobs.items():
        for who in ROLES:
            if allowed(JOB, step, state, who):
                continue
            with pytest.raises(Refused) as refused:
                engine.take(job, step, who=who, by="x", at=T)
            row = JOB.row(step, state)
            assert refused.value.code == ("role" if row and not row.fact else "state"), (state, who)
            assert refused.value.why
            assert (refused.value.subject.pk, refused.value.subject.state) == (job.pk, state)
    assert everything() == before


REFUSALS = [
    # code, state, step, who, further arguments, fields
    ("moved", "open", "note", Who.AGENT, {"version": 1, "inputs": {"words": "a"}}, {}),
    ("refused", "open", "pack", Who.WAREHOUSE, {}, {"goods": False}),
    ("refused", "open", "drop", Who.AGENT, {}, {"locked": True}),
    ("refused", "open", "drop", Who.SYSTEM, {}, {"locked": True}),
    ("refused", "waiting", "lapse", Who.CLOCK, {}, {"locked": True}),
    ("refused", "open", "pack", Who.WAREHOUSE, {}, {"words": "claimed"}),  # an upper floor's need
]


@pytest.mark.parametrize(("code", "state", "step", "who", "more", "fields"), REFUSALS)
def test_a_refusal_has_its_code_and_leaves_no_trace(shop, code, state, step, who, more, fields):
    job = make_job(shop, state, **fields)
    before = everything()
    with pytest.raises(Refused) as refused:
        engine.take(job, step, who=who, by="x", at=T + H, **more)
    assert refused.value.code == code
    assert everything() == before


def test_what_happened_outside_is_not_barred_by_a_need(shop):
    job = make_job(shop, "open", goods=False, words="claimed")
    assert take(job, "pack", Who.PLATFORM).state == "packed"


def test_a_need_of_a_facts_row_is_asked_of_everybody(shop):
    lapsed, dropped = make_job(shop), make_job(shop, "open")
    take(lapsed, "lapse", Who.PLATFORM)
    take(dropped, "drop")
    assert take(lapsed, "pay", Who.SHOP).state == "open"
    before = everything()
    with pytest.raises(Refused, match="不是超时关闭的"):
        take(dropped, "pay", Who.SHOP)
    assert everything() == before


def test_who_is_gone_is_said_to_be_gone(shop):
    job = make_job(shop)
    job.pk = 10**9
    with pytest.raises(Refused) as refused:
        take(job, "pay", Who.SHOP)
    assert refused.value.code == "gone"


def test_an_unknown_step_is_the_programmers_fault(shop):
    with pytest.raises(LookupError):
        take(make_job(shop), "fly")


def test_a_faulty_effect_is_raised_and_leaves_no_trace(shop):
    job = make_job(shop, "open")
    before = everything()
    with pytest.raises(ValueError, match="boom"):
        take(job, "note", words="a", boom=True)
    assert everything() == before


def test_the_same_trigger_moves_a_subject_once(shop):
    job = make_job(shop, "open")
    engine.take(job, "note", who=Who.AGENT, by="amy", at=T, trigger="request:1", inputs={"words": "a"})
    before = everything()
    with pytest.raises(IntegrityError):
        engine.take(job, "note", who=Who.AGENT, by="amy", at=T, trigger="request:1", inputs={"words": "b"})
    assert everything() == before


def test_a_version_that_still_holds_lets_the_step_pass(shop):
    job = make_job(shop, "open")
    assert engine.take(job, "pack", who=Who.WAREHOUSE, by="w", at=T, version=2).version == 3


# --- a fact by hand
def test_a_facts_step_by_hand_is_recorded_a_clocks_is_not(shop):
    job = take(make_job(shop, "sent"), "sign", Who.CUSTOMER, by="c-1")
    fact = Reported.objects.get(step="sign")
    assert (fact.who, fact.by, fact.at, Job.objects.get().fact) == ("customer", "c-1", T, "sign")
    other = take(make_job(shop, "sent"), "sign", Who.CLOCK)
    assert not Reported.objects.filter(subject=other.pk, step="sign").exists()
    assert Job.objects.get(pk=job.pk).fact == "sign"


def test_what_a_step_by_hand_tells_is_kept_with_it(shop):
    job = engine.take(
        make_job(shop, "open"), "send", who=Who.WAREHOUSE, by="w", at=T, inputs={"parts": ["p1"], "words": "fragile"}
    )
    assert (job.state, list(job.tally), job.sent_at) == ("sent", ["p1"], T)
    assert Note.objects.get().text == "fragile"
    assert clock(job, "track", "p1").due_at == T + 24 * H


def test_data_that_says_another_step_is_refused(shop):
    job = make_job(shop, "open")
    before = everything()
    for words in ("signed", "nothing"):
        with pytest.raises(Refused) as refused:
            take(job, "send", Who.WAREHOUSE, words=words)
        assert refused.value.code == "input"
    assert everything() == before


# --- the door is the only way
def test_nothing_else_saves_or_deletes_a_subject_or_a_log(shop):
    job = make_job(shop)
    for wrong in (job.save, job.delete, Move.objects.get().save, Move.objects.get().delete):
        with pytest.raises(OneDoor):
            wrong()
    with pytest.raises(AttributeError):
        job.state = J.DONE  # the field is protected


def test_fsm_itself_refuses_a_fact_where_nobody_is_at_the_door(shop):
    job = make_job(shop)
    with pytest.raises(TransitionNotAllowed):
        job.send()
    assert {t.name for t in job.get_available_state_transitions()} == {"pay", "lapse", "note", "poke"}
    job.caller = Who.PLATFORM
    assert can_proceed(job.send)


def test_the_database_knows_the_states(shop):
    make_job(shop)
    with pytest.raises(IntegrityError):
        Job.objects.update(state="banana")


def test_refreshing_keeps_the_state_protected(shop):
    job = make_job(shop)
    take(Job.objects.get(), "pay", Who.SHOP)
    job.refresh_from_db()
    assert job.state == "open"
    with pytest.raises(AttributeError):
        job.state = "done"
    job.pk = 10**9
    with pytest.raises(Job.DoesNotExist):
        job.refresh_from_db()
    assert job.state == "open"


# --- causes
def test_also_takes_a_step_of_the_cases_other_subjects_where_it_is_open(shop):
    job, other = make_job(shop, "open"), make_job(shop, "open")
    mine, shut, theirs = make_call(job), make_call(job), make_call(other)
    take(shut, "shut")
    take(job, "send", Who.WAREHOUSE)
    states = {c.pk: (c.state, c.version) for c in Call.objects.all()}
    assert states == {mine.pk: ("shut", 2), shut.pk: ("shut", 2), theirs.pk: ("open", 1)}
    move = Move.objects.get(flow="call", subject=mine.pk, seq=2)
    assert (move.who, move.by) == ("system", "job.send")


def test_a_step_is_not_taken_again_on_the_subject_that_caused_it(shop):
    """claim.pay drops its job, and job.drop voids the job's claims: all but the one that was paid."""
    job = make_job(shop, "open")
    paid, open_ = make_claim(job), make_claim(job)
    take(paid, "pay")
    assert dict(Claim.objects.values_list("pk", "state")) == {paid.pk: "paid", open_.pk: "void"}
    assert Job.objects.get().state == "gone"


def test_an_also_that_is_refused_by_a_need_leaves_the_other_where_it_is(shop):
    job = make_job(shop, "open", locked=True)
    take(make_claim(job), "pay")
    assert (Job.objects.get().state, Claim.objects.get().state) == ("open", "paid")


def test_a_step_that_leads_to_another_of_its_own_gives_back_where_that_led(shop):
    job = make_job(shop, "open")
    job = take(job, "poke", asked=[Take("job", job.pk, "set_aside", {"why": "缺料"})])
    assert (job.state, job.version) == tuple(Job.objects.values_list("state", "version").get(pk=job.pk))
    assert job.state == "aside"


def test_companions_are_moved_by_the_step_that_touches_them(shop):
    one, two = make_jobs(shop, 2, "open")
    take(two, "note", words="two")
    take(one, "note", words="one")
    take(two, "join", into=one.pk)
    assert list(Job.objects.order_by("pk").values_list("state", "words")) == [("open", "one+two"), ("gone", "two")]
    assert CALL.beside("ask", [{}]) == set()
    assert CLAIM.beside("pay", [{}]) == set()
