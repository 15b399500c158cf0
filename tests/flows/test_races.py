"""What happens at the same moment, on a real server: each subject moves once, nobody waits for ever."""

import os
import subprocess
import sys
import threading
import time
from contextlib import closing
from itertools import pairwise

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

import rows
from deadlines.models import Deadline
from flows import engine
from flows.effects import Refused, Take
from flows.models import Move
from flows.sweep import sweep
from flows.table import Who
from tests.errands.make import H, T, clock, make_call, make_claim, make_job, make_jobs, take
from tests.errands.models import Call, Claim, Job
from tests.errands.tables import CLAIM, JOB
from tests.factories import make_shop

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
D = 24 * H


@pytest.fixture
def shop():
    return make_shop(at=T)


def at_once(*works):
    """Run all together, each with a connection of its own. -> results; an exception is a result, too."""
    gate, results = threading.Barrier(len(works)), [None] * len(works)

    def run(i, work):
        with closing(connection):
            try:
                gate.wait(10)
                results[i] = work()
            except Exception as error:
                results[i] = error

    threads = [threading.Thread(target=run, args=(i, work)) for i, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return results


def gapless():
    """Every subject's moves are 1..version, each begins where the last one ended."""
    for model in (Job, Call, Claim):
        for subject in model.objects.all():
            found = list(Move.objects.filter(flow=subject.flow.name, subject=subject.pk).order_by("seq"))
            assert [m.seq for m in found] == list(range(1, subject.version + 1))
            assert all(b.source == a.target for a, b in pairwise(found))
            assert found[-1].target == subject.state


def test_those_that_join_one_after_the_other_in_one_transaction_are_locked_in_one_order(shop):
    """Around a request with a key stands one transaction, which keeps the locks of the first to join: the second, an
    older one than what they join, would be locked after that, and meet whoever goes from old to new."""
    first, second, third = make_jobs(shop, 3, "open")
    held = threading.Event()

    def old_to_new():
        with transaction.atomic():
            rows.lock(Job, [first.pk])
            held.set()
            time.sleep(0.5)
            rows.lock(Job, [second.pk])

    def bulk():
        held.wait(5)
        wants = [engine.Want(pk, {"into": second.pk}) for pk in (third.pk, first.pk)]
        with transaction.atomic():
            return [t.moved for t in engine.take_many(JOB, "join", wants, who=Who.AGENT, by="amy", at=T)]

    assert at_once(old_to_new, bulk) == [None, [True, True]]
    gapless()


def test_of_two_agents_on_two_buttons_one_wins_and_the_other_is_told(shop):
    for job in make_jobs(shop, 15, "aside"):
        results = at_once(lambda j=job: take(j, "take_up", by="amy"), lambda j=job: take(j, "drop", by="bob"))
        refused = [r for r in results if isinstance(r, Refused)]
        state = Job.objects.values_list("state", flat=True).get(pk=job.pk)
        assert (state, len(refused)) in {("open", 1), ("gone", 1), ("gone", 0)}  # amy first, then bob: both are right
        assert [r.code for r in refused] in (["state"], [])
    gapless()


def test_of_two_who_saw_the_same_version_one_wins(shop):
    def note(job, by):
        return lambda: engine.take(job, "note", who=Who.AGENT, by=by, at=T, version=job.version, inputs={"words": by})

    for job in make_jobs(shop, 10, "open"):
        results = at_once(note(job, "amy"), note(job, "bob"))
        assert sorted(getattr(r, "code", "won") for r in results) == ["moved", "won"]
        assert Job.objects.get(pk=job.pk).version == 3
    gapless()


def test_agent_against_clock_the_step_that_came_first_stands(shop):
    for _ in range(10):
        call = take(make_call(make_job(shop)), "ask")
        late = T + D
        result, _swept = at_once(
            lambda c=call, t=late: take(c, "answer", at=t, outcome="half"), lambda t=late: sweep(at=t)
        )
        call = Call.objects.get(pk=call.pk)
        row = clock(call, "answer")
        assert (call.state, row.ended, call.version) in {("half", "stopped", 3), ("shut", "fired", 3)}
        assert isinstance(result, Refused) == (call.state == "shut")
        assert not isinstance(_swept, Exception)
    gapless()


def test_two_sweepers_share_the_work_and_each_clock_fires_once(shop):
    make_jobs(shop, 60)

    def work():
        total = 0
        while claimed := sweep(at=T + 72 * H, limit=7):
            total += claimed
        return total

    results = at_once(work, work)
    assert sum(results) == 60
    assert Job.objects.filter(state="gone", version=2).count() == 60
    assert Move.objects.filter(step="lapse").count() == 60
    gapless()


KILLED = """
import os, sys
import django
django.setup()
from django.db import connection
from datetime import datetime
from flows import sweep
where = sys.argv[2]
if where == "claimed":
    sweep.ring = lambda *a, **k: os._exit(9)
else:
    close = sweep.Door.close
    sweep.Door.close = lambda door: (close(door), os._exit(9))
sweep.sweep(at=datetime.fromisoformat(sys.argv[1]), limit=5)
"""


@pytest.mark.parametrize("where", ["claimed", "written"])
def test_what_a_killed_sweeper_had_claimed_is_done_once_by_another(shop, where):
    """Killed after its claim, and after all was written but nothing committed."""
    make_jobs(shop, 12)
    url = dict(connection.settings_dict)
    address = f"postgres://{url['USER']}@{url['HOST']}:{url['PORT']}/{url['NAME']}"
    environment = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
    at = T + 72 * H
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, at.isoformat(), where], env=environment, cwd=settings.BASE_DIR, check=False
    )
    assert ended.returncode == 9
    assert Deadline.objects.exclude(token=None).count() == 5
    assert not Move.objects.filter(step="lapse").exists()
    at_once(lambda: sweep(at=at), lambda: sweep(at=at))
    assert Job.objects.filter(state="gone").count() == 7  # the others are its until its lease runs out
    Deadline.objects.exclude(token=None).update(leased_until=timezone.now())
    at_once(lambda: sweep(at=at), lambda: sweep(at=at))
    assert Job.objects.filter(state="gone", version=2).count() == 12
    assert Move.objects.filter(step="lapse").count() == 12


def test_steps_of_one_case_from_below_and_from_above_do_not_deadlock(shop):
    """A claim's payment drops its job, whose drop voids the other claims: both ways at once, in batches."""
    jobs = make_jobs(shop, 12, "open")
    claims = [[make_claim(job), make_claim(job)] for job in jobs]
    calls = [make_call(job) for job in jobs]
    first, second = [c[0].pk for c in claims], [c[1].pk for c in reversed(claims)]
    results = at_once(
        lambda: engine.take_many(CLAIM, "pay", first, who=Who.AGENT, by="amy", at=T),
        lambda: engine.take_many(CLAIM, "pay", second, who=Who.AGENT, by="bob", at=T),
        lambda: [
            take(job, "poke", asked=[Take("call", call.pk, "ask", must=False)])
            for job, call in zip(jobs, calls, strict=True)
        ],
    )
    assert not [r for r in results if isinstance(r, Exception)]
    assert not any(t.error for r in results[:2] for t in r)
    paid = Claim.objects.filter(state="paid").values("job").annotate(n=Count("pk"))
    assert {p["n"] for p in paid} == {1}
    assert Job.objects.filter(state="gone").count() == 12
    gapless()


@pytest.mark.parametrize("first", ["clock", "claim"])
def test_what_holds_a_clock_and_the_clock_may_start_at_the_same_moment(shop, first):
    """Each waits for the other at the order: a claim that was filed while the goods left holds the signature."""
    job = make_job(shop, "open")
    began = threading.Event()

    def slowly(work):
        with transaction.atomic():
            work()
            began.set()
            import time

            time.sleep(0.3)

    def then(work):
        began.wait(5)
        work()

    send, claim = lambda: take(job, "send", Who.WAREHOUSE), lambda: make_claim(job)
    one, two = (send, claim) if first == "clock" else (claim, send)
    assert at_once(lambda: slowly(one), lambda: then(two)) == [None, None]
    row = clock(job, "sign")
    assert row.left is not None
    assert row.due_at is None


def test_many_start_at_once_under_numbers_of_their_own(shop):
    def begin(prefix):
        return lambda: [
            engine.start(Job(shop=shop, number=f"{prefix}{i}", state="open"), who=Who.SHOP, by="x", at=T)
            for i in range(10)
        ]

    at_once(begin("a"), begin("b"), begin("c"))
    assert Job.objects.count() == 30
    gapless()
