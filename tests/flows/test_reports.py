"""What the outside reports: kept whatever has happened here, weighed, and taken where it is the strongest."""

import logging

import pytest

from flows import engine
from flows.facts import Told
from flows.models import Move, Reported
from flows.reports import Heard, report_many
from flows.table import Who
from outbox.models import Event
from tests.errands.make import H, T, clock, everything, hear, make_call, make_job, make_jobs, take
from tests.errands.models import Call, Job, Note
from tests.errands.tables import JOB


def stands(job):
    return Job.objects.values_list("state", "fact", "version").get(pk=job.pk)


def test_a_fact_goes_over_what_people_have_not_done_and_says_so(shop):
    job = make_job(shop, at=T - H)
    taken = hear(job, "send", T, now=T + 5 * H, trigger="inbox:1")
    assert (taken.moved, taken.step, taken.recorded) == (True, "send", True)
    assert stands(job) == ("sent", "send", 2)
    move = Move.objects.get(seq=2)
    assert (move.at, move.noted_at, move.passed, move.trigger) == (T, T + 5 * H, ["pay"], "inbox:1")
    fact = Reported.objects.get()
    assert (fact.step, fact.at, fact.who, fact.by, fact.trigger) == ("send", T, "shop", "hook", "inbox:1")
    assert clock(job, "sign").started_at == T  # since the moment it was sent, not since we heard of it


def test_a_weaker_fact_is_only_recorded_and_says_which_is_stronger(shop):
    job = make_job(shop)
    hear(job, "sign", T + 2 * H)
    version = stands(job)[2]
    taken = hear(job, "pay", T + 3 * H)
    assert (taken.moved, taken.code) == (False, "outranked")
    assert "签收" in taken.why
    assert stands(job) == ("signed", "sign", version)
    assert Reported.objects.count() == 2


def test_the_same_fact_again_changes_nothing(shop):
    job = make_job(shop)
    hear(job, "pay", T)
    before = everything()
    taken = hear(job, "pay", T, now=T + H)
    assert (taken.moved, taken.code) == (False, "outranked")
    assert everything() == before


def test_people_may_have_moved_on_and_a_repeated_fact_does_not_pull_them_back(shop):
    job = make_job(shop, "open")
    take(job, "set_aside")
    hear(job, "pay", T + H)
    assert stands(job)[0] == "aside"


def test_a_wish_that_came_too_late_is_recorded_only(shop):
    job = make_job(shop)
    hear(job, "send", T + H)
    assert hear(job, "drop", T + 2 * H).code == "outranked"
    assert stands(job)[0] == "sent"
    assert hear(job, "drop", T).moved  # it had been there before the goods left
    assert stands(job)[0] == "gone"


def test_a_step_that_undoes_facts_strikes_them_for_good(shop):
    job = make_job(shop, "open")
    hear(job, "pack", T + H)
    take(job, "unpack", at=T + 2 * H)
    assert stands(job)[:2] == ("open", "")
    assert hear(job, "pack", T + H, now=T + 3 * H).code == "outranked"  # the old one again
    assert (
        hear(job, "pack", T + 90 * (H / 60), now=T + 3 * H).code == "outranked"
    )  # another, but older than the undoing
    assert stands(job)[0] == "open"
    assert hear(job, "pack", T + 3 * H).moved
    assert stands(job)[:2] == ("packed", "pack")


def test_what_was_told_anew_before_its_undoing_became_known_moves_on_from_there(shop):
    """Packed, reworked, packed again, and the rework is heard of last: the job stands packed, by two steps."""
    job = make_job(shop, "open")
    hear(job, "pack", T + H)
    hear(job, "pack", T + 3 * H)
    taken = hear(job, "rework", T + 2 * H, now=T + 4 * H, who=Who.WAREHOUSE, trigger="inbox:1")
    assert (taken.moved, taken.step) == (True, "pack")
    assert stands(job)[:2] == ("packed", "pack")
    moves = Move.objects.order_by("-seq")[:2]
    assert [(m.step, m.source, m.target, m.trigger) for m in moves] == [
        ("pack", "open", "packed", "inbox:1"),
        ("unpack", "packed", "open", "inbox:1:unpack"),
    ]
    assert moves[0].at == T + 3 * H


def test_an_undoing_after_which_nothing_counts_stays_where_it_leads(shop):
    job = make_job(shop, "open")
    hear(job, "pack", T + H)
    taken = hear(job, "rework", T + 2 * H, who=Who.WAREHOUSE)
    assert (taken.moved, taken.step) == (True, "unpack")
    assert stands(job)[:2] == ("open", "")


def test_the_first_departure_leaves_struck_ones_out(shop):
    job = make_job(shop, "open")
    hear(job, "send", T + H)
    take(job, "bounce", at=T + 2 * H)
    take(job, "resend", at=T + 3 * H)
    assert hear(job, "drop", T + 4 * H).moved
    assert stands(job)[0] == "gone"


def test_a_fact_that_is_not_open_here_is_recorded_and_refused(shop):
    """The job was dropped by an agent; a payment reopens only what lapsed."""
    job = make_job(shop, "waiting")
    Job.objects.filter(pk=job.pk).update(gone_why="x")
    take(job, "pay", Who.SHOP)
    take(job, "drop")
    taken = hear(job, "pay", T + H)
    assert not taken.moved
    assert Reported.objects.filter(step="pay").count() == 2


def test_the_later_of_two_in_a_bracket_wins_whoever_comes_first(shop):
    one, two = make_jobs(shop, 2, "sent")
    hear(one, "sign", T + H)
    hear(one, "reject", T + 2 * H)
    hear(two, "reject", T + 2 * H)
    hear(two, "sign", T + H)
    assert stands(one)[:2] == stands(two)[:2] == ("gone", "reject")


def test_a_report_tells_its_data_even_where_nothing_moves(shop):
    job = make_job(shop)
    hear(job, "sign", T + 5 * H)
    taken = hear(job, "send", T + H, parts=["p1"], words="fragile")
    assert (taken.moved, taken.code, taken.recorded) == (False, "outranked", True)
    job = Job.objects.get()
    assert (list(job.tally), job.sent_at, job.state) == (["p1"], T + H, "signed")
    assert Note.objects.get().text == "fragile"
    assert clock(job, "track", "p1") is None  # the parcel's clock does not run where the job now is


def test_a_report_may_amount_to_another_fact(shop):
    job = make_job(shop)
    hear(job, "send", T, words="signed")
    assert stands(job)[:2] == ("signed", "sign")
    assert Reported.objects.get().step == "sign"


def test_a_report_that_is_no_fact_takes_an_ordinary_step_where_that_is_open(shop):
    job = make_job(shop, "open")
    taken = hear(job, "words", T + H, words="new", trigger="inbox:7")
    assert (taken.moved, taken.step, stands(job)[0]) == (True, "note", "open")
    assert Move.objects.get(step="note").trigger == "inbox:7"
    assert not Reported.objects.filter(step="note").exists()
    sent = make_job(shop, "sent")
    taken = hear(sent, "words", T + H, words="new")
    assert (taken.moved, taken.code, taken.recorded) == (False, "state", True)
    assert Job.objects.get(pk=sent.pk).words_at == T + H


def test_a_register_keeps_the_newest(shop):
    job = make_job(shop, "open")
    hear(job, "words", T + 2 * H, words="new")
    before = everything()
    taken = hear(job, "words", T + H, words="old")
    assert (taken.moved, taken.code, taken.why) == (False, "outranked", "已有更新的")
    assert everything() == before


def test_a_report_that_implies_two_steps_takes_both_with_a_trigger_each(shop):
    job = make_job(shop, "open")
    hear(job, "words", T + H, words="x", then="pack", trigger="inbox:9")
    assert stands(job) == ("packed", "pack", 4)
    found = Move.objects.filter(seq__gt=2).order_by("seq").values_list("seq", "step", "source", "target", "trigger")
    assert list(found) == [(3, "note", "open", "open", "inbox:9:note"), (4, "pack", "open", "packed", "inbox:9")]
    assert list(Event.objects.filter(seq__gt=2).order_by("seq").values_list("topic", flat=True)) == [
        "job.note",
        "job.pack",
    ]
    assert clock(job, "send").ended_at is None


def test_a_report_that_does_not_fit_is_refused_and_leaves_nothing(shop):
    job = make_job(shop, "open")
    before = everything()
    taken = hear(job, "send", T, words="nothing")
    assert (taken.moved, taken.code, taken.why, taken.recorded) == (False, "input", "没有包裹", False)
    assert everything() == before


def test_a_fact_from_outside_takes_the_cases_others_along(shop):
    job = make_job(shop)
    make_call(job)
    hear(job, "send", T + H)
    assert Call.objects.get().state == "shut"


def test_many_hear_at_once_and_a_faulty_report_stands_alone(shop, caplog):
    caplog.set_level(logging.CRITICAL)
    jobs = make_jobs(shop, 6)
    heard = [Heard(j.pk, "send", T + H, Who.SHOP, "hook", {"parts": ["p"]}, trigger=f"inbox:{j.pk}") for j in jobs]
    heard[1].inputs = {"parts": None}  # the teller trips over it
    heard[2].inputs = {"words": "x" * 10_000, "parts": ["p" * 500]}  # PostgreSQL refuses it
    heard[3].kind, heard[3].inputs = "pay", {}
    taken = report_many(JOB, heard, at=T + 2 * H)
    assert [t.subject.pk for t in taken] == [j.pk for j in jobs]
    assert [t.moved for i, t in enumerate(taken) if i != 2] == [True, False, True, True, True]
    assert (taken[1].code, type(taken[1].error)) == ("error", TypeError)
    assert stands(jobs[1]) == ("waiting", "", 1)
    assert stands(jobs[3])[0] == "open"


def test_a_subject_hears_one_report_at_a_time(shop):
    job = make_job(shop)
    with pytest.raises(ValueError, match="one report"):
        report_many(JOB, [Heard(job.pk, "pay", T, Who.SHOP, "hook")] * 2, at=T)
    assert report_many(JOB, [Heard(10**9, "pay", T, Who.SHOP, "hook")], at=T) == []
    assert report_many(JOB, [], at=T) == []


def test_what_follows_from_the_rows_beside_is_weighed_and_never_recorded(shop, monkeypatch):
    """The job is signed once its part "last" was sent; what is learned later may take that back."""
    monkeypatch.setattr(JOB, "inferring", lambda job: [Told("sign", T + H, "shop", "x")] if "last" in job.tally else [])
    job = make_job(shop)
    hear(job, "send", T, parts=["first"])
    assert stands(job)[0] == "sent"
    assert hear(job, "send", T, parts=["last"]).moved
    assert stands(job)[:2] == ("signed", "sign")
    assert set(Reported.objects.values_list("step", flat=True)) == {"send"}
    before = stands(job)
    hear(job, "send", T, parts=["last"])
    assert stands(job) == before


def test_a_fact_that_the_shop_reports_as_a_step_is_weighed_like_a_hooks(shop):
    """drop counts only before the goods left: asked for afterwards it is recorded, and nothing moves."""
    job = make_job(shop, "sent")
    hear(job, "send", T)
    after = engine.take(job, "drop", who=Who.SHOP, by="kf_1", at=T + 9 * H)
    assert after.state == "sent" == Job.objects.get(pk=job.pk).state
    assert Reported.objects.filter(subject=job.pk, step="drop").exists()
