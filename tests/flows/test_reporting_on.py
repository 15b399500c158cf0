"""An effect that has learned of another subject from outside: recorded there, weighed there, in one transaction."""

import pytest

from flows.effects import Report
from flows.models import Move, Reported
from flows.table import Who
from tests.errands.make import H, T, everything, hear, make_claim, make_job, take
from tests.errands.models import Claim, Job


def state(job):
    return Job.objects.values_list("state", flat=True).get(pk=job.pk)


def test_what_is_reported_on_moves_the_other_from_wherever_it_stands(shop):
    job = make_job(shop, "aside")
    take(make_claim(job), "poke", at=T + H, asked=[Report("job", job.pk, "sign")])
    assert state(job) == "signed"
    fact, move = Reported.objects.get(step="sign"), Move.objects.get(flow="job", step="sign")
    assert (fact.who, fact.by, fact.at) == ("platform", "claim.poke", T + H)
    assert (move.who, move.by, move.at, move.passed) == ("platform", "claim.poke", T + H, ["take_up", "send"])


def test_it_may_be_dated_and_be_anothers_word(shop):
    job = make_job(shop, "open")
    take(make_claim(job), "poke", at=T + 3 * H, asked=[Report("job", job.pk, "send", who=Who.SHOP, at=T + H)])
    assert Move.objects.values_list("who", "at").get(flow="job", step="send") == ("shop", T + H)


def test_where_another_is_stronger_it_is_recorded_and_moves_nothing(shop):
    job = make_job(shop, "open")
    hear(job, "sign", T + 2 * H)
    take(make_claim(job), "poke", asked=[Report("job", job.pk, "pack")])
    assert state(job) == "signed"
    assert Reported.objects.filter(step="pack").count() == 1


def test_a_fault_in_hearing_it_spoils_the_step_that_asked_for_it(shop):
    job = make_job(shop, "open")
    claim = make_claim(job)
    before = everything()
    with pytest.raises(ValueError, match="boom"):
        take(claim, "poke", asked=[Report("job", job.pk, "note", {"words": "", "boom": True})])
    assert everything() == before
    assert Claim.objects.get(pk=claim.pk).version == 1


def test_many_are_reported_together_and_those_of_one_in_their_order(shop, django_assert_max_num_queries):
    jobs = [make_job(shop, "open") for _n in range(5)]
    claim = make_claim(jobs[0])
    asked = [Report("job", job.pk, "send") for job in jobs]
    asked += [Report("job", jobs[0].pk, "sign"), Report("job", jobs[0].pk, "finish")]
    with django_assert_max_num_queries(60):
        take(claim, "poke", at=T + H, asked=asked)
    assert [state(job) for job in jobs] == ["done", *["sent"] * 4]
    steps = Move.objects.filter(flow="job", subject=jobs[0].pk, by="claim.poke").order_by("seq")
    assert list(steps.values_list("step", flat=True)) == ["send", "sign", "finish"]
