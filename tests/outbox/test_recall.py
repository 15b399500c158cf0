"""What is called off is said no more, whoever has it already: the queue, a lane, a call that failed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from outbox import send
from outbox.call import Answer
from outbox.fanout import fan_out
from outbox.models import Delivery, Event
from outbox.outcome import record
from outbox.recall import recall
from rows.claim import claim

from .conftest import NOON
from .test_send import types

pytestmark = pytest.mark.django_db(transaction=True)


def said_of(event):
    return Delivery.objects.get(event__seq=event)


def test_an_event_that_nobody_has_fanned_out_goes_to_nobody(sink, subscribe, say):
    subscribe(sink)
    say("refund.send", 7)
    say("refund.send", 8)
    assert recall("refund", [7], "refund.send", at=NOON) == set()
    send.deliver(at=NOON)
    assert (len(sink.heard), Event.objects.get(subject=7).withdrawn_at) == (1, NOON)


def test_what_waits_to_be_repeated_ends_and_the_next_of_its_lane_goes(sink, subscribe, say):
    subscribe(sink)
    sink.answers["refund.send"] = [(500, {})] * 3
    say("refund.send", 7, seq=1)
    send.deliver(at=NOON)
    say("refund.fail", 7, seq=2)
    recall("refund", [7], "refund.send", at=NOON)
    send.deliver(at=NOON + timedelta(seconds=1))
    assert types(sink) == ["refund.send", "refund.fail"]
    assert (said_of(1).failure, said_of(1).rings_at, said_of(1).delivered_at) == ("withdrawn", None, None)


def test_what_stands_behind_others_in_its_lane_is_left_out_in_its_turn(sink, subscribe, say):
    subscribe(sink)
    sink.answers["refund.approve"] = [(500, {})]
    for seq, topic in enumerate(["refund.approve", "refund.send", "refund.fail"], 1):
        say(topic, 7, seq=seq)
    send.deliver(at=NOON)
    recall("refund", [7], "refund.send", at=NOON)
    send.deliver(at=NOON + timedelta(minutes=1))
    assert types(sink) == ["refund.approve", "refund.approve", "refund.fail"]


def test_a_call_under_way_is_told_and_not_repeated(sink, subscribe, say):
    subscribe(sink)
    say("refund.send", 7)
    fan_out(at=NOON)
    [row] = claim(Delivery, at=NOON, limit=9)
    assert recall("refund", [7, 8], "refund.send", at=NOON) == {7}
    assert recall("refund", [7], "refund.send", at=NOON) == {7}
    record([(row, Answer(timezone.now(), 5, 500, "HTTP 500"))], at=NOON)
    assert recall("refund", [7], "refund.send", at=NOON) == set()
    assert send.deliver(at=NOON + timedelta(days=3)) == 0
    assert Delivery.objects.get().dead_at == NOON


def test_other_topics_other_subjects_and_other_flows_are_left_alone(sink, subscribe, say):
    subscribe(sink)
    for subject, topic in ((7, "refund.fail"), (8, "refund.send"), (7, "order.send")):
        say(topic, subject)
    recall("refund", [7], "refund.send", at=NOON)
    assert send.deliver(at=NOON) == 3
    assert not Event.objects.exclude(withdrawn_at=None).exists()
