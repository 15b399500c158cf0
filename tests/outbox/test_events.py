"""Events: written with their cause, fanned out once and in order, held ones withdrawn in time."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from outbox import fanout, service
from outbox.fanout import fan_out
from outbox.models import Delivery, Event, Lane
from rows import allocate
from rows.claim import claim

from .conftest import NOON

MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db(transaction=True)


def test_events_of_a_transaction_that_fails_do_not_exist_and_ring_nobody(say, monkeypatch):
    rung = []
    monkeypatch.setattr("outbox.tasks.ring", lambda: rung.append(1))
    with transaction.atomic():
        say("order.pay")
        transaction.set_rollback(True)
    assert (Event.objects.count(), rung) == (0, [])
    with transaction.atomic():
        say("order.pay")
        assert rung == []
    assert (Event.objects.count(), rung) == (1, [1])


def test_an_event_may_be_written_under_a_key_that_was_allocated(shop):
    with transaction.atomic():
        [pk] = allocate(Event, 1)
        service.write([service.Written(shop.pk, "refund.send", "refund", 1, 1, '{"a":1}', NOON, NOON)], ids=[pk])
    assert Event.objects.get(pk=pk).data == {"a": 1}


def test_a_held_event_is_not_heard_before_its_moment_and_holds_no_later_one(sink, subscribe, say):
    subscribe(sink)
    say("refund.send", rings_at=NOON + MINUTE)
    say("refund.start")
    assert fan_out(at=NOON) == 1
    assert Delivery.objects.get().event.topic == "refund.start"
    assert fan_out(at=NOON + MINUTE) == 1
    assert list(Delivery.objects.order_by("sequence").values_list("event__topic", "sequence")) == [
        ("refund.start", 1),
        ("refund.send", 2),
    ]


def test_a_held_event_can_be_withdrawn_once_and_is_never_heard(sink, subscribe, say):
    subscribe(sink)
    say("refund.send", 5, rings_at=NOON + MINUTE)
    [pk] = service.held("refund", 5, "refund.send")
    assert service.withdraw(pk, at=NOON)
    assert not service.withdraw(pk, at=NOON)
    assert fan_out(at=NOON + 9 * MINUTE) == 0
    assert Event.objects.get().withdrawn_at == NOON
    assert Delivery.objects.count() == 0


def test_what_was_claimed_or_sent_cannot_be_withdrawn(sink, subscribe, say):
    subscribe(sink)
    say("refund.send", 1)
    say("refund.send", 2)
    fan_out(at=NOON, limit=1)
    claim(Event, at=NOON, limit=1)
    for event in Event.objects.all():
        assert not service.withdraw(event.pk, at=NOON)
    assert Event.objects.filter(withdrawn_at=None).count() == 2


@pytest.mark.postgres
def test_of_a_withdrawal_and_a_claim_at_the_same_time_one_succeeds(say):
    for subject in range(1, 11):
        say("refund.send", subject)
    pks, won, start = list(Event.objects.values_list("pk", flat=True)), [], threading.Barrier(2)

    def pull():
        start.wait(5)
        won.extend(pk for pk in pks if service.withdraw(pk, at=NOON))
        connection.close()

    thread = threading.Thread(target=pull)
    thread.start()
    start.wait(5)
    claimed = [row.pk for _ in pks for row in claim(Event, at=NOON, limit=1)]
    thread.join()
    assert sorted(claimed + won) == pks


def test_a_broken_event_backs_off_alone_and_the_others_are_fanned_out(sink, subscribe, say, monkeypatch):
    def picky(event, shop, sequence):
        if event.subject == 2:
            raise ValueError("bad")
        return real(event, shop, sequence)

    real = fanout.worded
    monkeypatch.setattr(fanout, "worded", picky)
    subscribe(sink)
    for subject in (1, 2, 3):
        say("order.pay", subject)
    while fan_out(at=NOON):
        pass
    assert sorted(Delivery.objects.values_list("event__subject", flat=True)) == [1, 3]
    broken = Event.objects.get(subject=2)
    assert broken.failure == "ValueError: bad"
    assert broken.rings_at > NOON


def test_sequences_are_gapless_and_in_order_however_many_fan_out_at_once(sinks, subscribe, say):
    for _ in range(2):
        subscribe(sinks())
    for n in range(60):
        say("order.pay", n % 7, seq=n)
    start, errors = threading.Barrier(3), []

    def work():
        try:
            start.wait(5)
            for _ in range(40):
                fan_out(at=NOON, limit=2)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    [t.start() for t in threads]
    for n in range(60, 80):
        say("order.pay", n % 7, seq=n)
    [t.join(60) for t in threads]
    while fan_out(at=NOON):
        pass
    assert errors == []
    assert Event.objects.filter(rings_at__isnull=False).count() == 0
    assert Delivery.objects.count() == 160
    for lane in Lane.objects.all():
        rows = list(lane.delivery_set.order_by("sequence").values_list("sequence", "event__seq", "rings_at"))
        assert [sequence for sequence, _, _ in rows] == list(range(1, lane.sequence + 1))
        assert [seq for _, seq, _ in rows] == sorted(seq for _, seq, _ in rows)
        assert [rings_at is not None for _, _, rings_at in rows] == [True] + [False] * (lane.sequence - 1)


def test_another_hand_on_the_same_key_and_subject_of_another_flow_is_another_lane(sink, subscribe, say):
    subscribe(sink)
    say("order.pay", 1)
    say("return.start", 1)
    fan_out(at=NOON)
    assert list(Lane.objects.order_by("flow").values_list("flow", "sequence")) == [("order", 1), ("return", 1)]
