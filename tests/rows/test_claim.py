"""How a row queue is claimed: leases, fences, back-off, dead letters."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from outbox.models import Event
from rows.claim import _claiming, back_off, claim, delay, done, replay, still_mine
from shops.models import Shop

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop():
    return Shop.objects.create(code="s1", name="一店")


def queue(shop, count=1, rings_at=NOON):
    return [
        Event.objects.create(
            shop=shop, topic="order.audit", flow="order", subject=n, seq=1, data={"n": n}, at=NOON, rings_at=rings_at
        )
        for n in range(1, count + 1)
    ]


def test_a_claimed_row_carries_its_token_its_lease_and_its_values(shop):
    queue(shop)
    [row] = claim(Event, at=NOON, limit=5, lease=MINUTE, real_now=NOON)
    kept = Event.objects.get()
    assert row.data == {"n": 1}
    assert row.rings_at == NOON
    assert (row.token, row.attempts, row.leased_until) == (kept.token, 1, NOON + MINUTE)
    assert kept.leased_until == NOON + MINUTE


def test_what_rings_later_is_not_claimed_and_not_counted(shop):
    queue(shop, rings_at=NOON + MINUTE)
    assert claim(Event, at=NOON, limit=5) == []
    assert Event.objects.get().attempts == 0


def test_no_more_than_the_limit_and_the_oldest_first(shop):
    late, early, middle = queue(shop, 3)
    Event.objects.filter(pk=late.pk).update(rings_at=NOON + 2 * MINUTE)
    Event.objects.filter(pk=middle.pk).update(rings_at=NOON + MINUTE)
    assert [e.pk for e in claim(Event, at=NOON + 5 * MINUTE, limit=2)] == [early.pk, middle.pk]


def test_a_leased_row_is_not_claimed_again_until_the_lease_has_run_out(shop):
    queue(shop)
    [first] = claim(Event, at=NOON, limit=5, lease=MINUTE, real_now=NOON)
    assert claim(Event, at=NOON, limit=5, real_now=NOON + MINUTE) == []
    [second] = claim(Event, at=NOON, limit=5, real_now=NOON + MINUTE + timedelta(seconds=1))
    assert second.pk == first.pk
    assert second.token != first.token
    assert second.attempts == 2


def test_a_tick_in_the_future_does_not_take_what_others_hold(shop):
    queue(shop)
    claim(Event, at=timezone.now(), limit=5)
    assert claim(Event, at=timezone.now() + timedelta(days=9), limit=5) == []


def test_a_late_worker_cannot_write_what_another_has_taken(shop):
    queue(shop)
    late = claim(Event, at=NOON, limit=5, lease=MINUTE, real_now=NOON)
    claim(Event, at=NOON, limit=5, real_now=NOON + 2 * MINUTE)
    taken = Event.objects.values().get()
    with transaction.atomic():
        assert still_mine(Event, late) == set()
    assert done(Event, late) == set()
    assert back_off(Event, late, "late", at=NOON, dead_after=1) == set()
    assert Event.objects.values().get() == taken


def test_a_row_that_was_pulled_out_of_the_queue_is_no_longer_mine(shop):
    rows = queue(shop, 2)
    claimed = claim(Event, at=NOON, limit=5)
    Event.objects.filter(pk=rows[0].pk).update(rings_at=None, token=None)
    assert done(Event, claimed) == {rows[1].pk}


def test_done_leaves_the_queue_and_forgets_the_failures(shop):
    queue(shop)
    back_off(Event, claim(Event, at=NOON, limit=5), "once", at=NOON)
    rows = claim(Event, at=NOON + MINUTE, limit=5)
    assert rows[0].failure == "once"
    assert done(Event, rows, withdrawn_at=NOON) == {rows[0].pk}
    row = Event.objects.get()
    assert (row.rings_at, row.token, row.leased_until, row.attempts, row.failure) == (None, None, None, 0, "")
    assert row.withdrawn_at == NOON


def test_done_may_ring_again_later(shop):
    queue(shop)
    done(Event, claim(Event, at=NOON, limit=5), rings_at=NOON + MINUTE)
    assert claim(Event, at=NOON, limit=5) == []
    assert len(claim(Event, at=NOON + MINUTE, limit=5)) == 1


def test_a_failing_row_leaves_the_head_of_the_queue(shop):
    bad, good = queue(shop, 2)
    back_off(Event, claim(Event, at=NOON, limit=1), {bad.pk: "x" * 400}, at=NOON)
    bad.refresh_from_db()
    assert bad.failure == "x" * 300
    assert NOON + timedelta(seconds=5) <= bad.rings_at <= NOON + timedelta(seconds=6)
    assert (bad.token, bad.leased_until, bad.dead_at) == (None, None, None)
    assert [e.pk for e in claim(Event, at=NOON, limit=1)] == [good.pk]


def test_the_delay_doubles_up_to_its_cap_and_jitters_by_a_fifth():
    for attempts, seconds in ((0, 5), (1, 5), (2, 10), (3, 20), (8, 640), (11, 3600), (10_000, 3600)):
        drawn = [delay(attempts).total_seconds() for _ in range(50)]
        assert all(seconds <= s <= seconds * 1.2 for s in drawn)
        assert len(set(drawn)) > 1


def test_after_its_last_attempt_a_row_is_a_dead_letter_that_can_be_replayed(shop):
    [event] = queue(shop)
    back_off(Event, claim(Event, at=NOON, limit=5), "first", at=NOON, dead_after=2)
    rows = claim(Event, at=NOON + MINUTE, limit=5)
    assert back_off(Event, rows, "second", at=NOON + MINUTE, dead_after=2) == {event.pk}
    event.refresh_from_db()
    assert (event.rings_at, event.dead_at, event.failure) == (None, NOON + MINUTE, "second")
    assert claim(Event, at=NOON + timedelta(days=9), limit=5) == []
    assert replay(Event, [event.pk], at=NOON + 2 * MINUTE) == 1
    [row] = claim(Event, at=NOON + 2 * MINUTE, limit=5)
    assert (row.attempts, row.dead_at, row.failure) == (1, None, "second")
    assert replay(Event, [event.pk], at=NOON) == 0


def test_a_claim_narrows_by_a_condition_of_its_own(shop):
    queue(shop, 3)
    assert [e.subject for e in claim(Event, at=NOON, limit=5, where="q.subject = %s", params=[2])] == [2]


def test_a_claim_inside_another_transaction_is_refused(shop):
    queue(shop)
    with transaction.atomic(), pytest.raises(RuntimeError):
        claim(Event, at=NOON, limit=5)
    assert Event.objects.get().token is None


def test_claimers_at_the_same_time_never_share_a_row(shop):
    queue(shop, 60)
    start, taken, errors = threading.Barrier(4), [], []

    def work():
        try:
            start.wait(5)
            while rows := claim(Event, at=NOON, limit=4):
                taken.extend(row.pk for row in rows)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    [t.start() for t in threads]
    [t.join(30) for t in threads]
    assert errors == []
    assert sorted(taken) == sorted(Event.objects.values_list("pk", flat=True))
    assert set(Event.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.postgres
def test_a_claim_does_not_wait_for_a_row_that_another_transaction_has_locked(shop):
    locked, free = queue(shop, 2)
    held, release = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Event.objects.select_for_update().get(pk=locked.pk)
            held.set()
            release.wait(10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(5)
    try:
        assert [e.pk for e in claim(Event, at=NOON, limit=5)] == [free.pk]
    finally:
        release.set()
        thread.join()


@pytest.mark.postgres
def test_an_idle_claim_reads_the_partial_index_and_not_the_history(shop):
    history, waiting = [None] * 5000, [NOON + MINUTE] * 500
    Event.objects.bulk_create(
        Event(shop=shop, topic="order.audit", flow="order", subject=n, seq=1, at=NOON, rings_at=rings_at)
        for n, rings_at in enumerate(history + waiting)
    )
    sql = _claiming(Event, "q.rings_at, q.id", "", "postgresql")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE outbox_event")
        cursor.execute(f"EXPLAIN {sql}", [NOON, NOON, 100, 1, NOON])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "event_queue" in plan
    assert "Seq Scan" not in plan
