"""Deliveries: signed, in order per subject, by the schedule, one subscriber never at another's cost."""

import json
import socket
import threading
import time
from contextlib import suppress
from datetime import timedelta
from email.utils import formatdate

import pytest
from django.db import transaction

from outbox import call, send, service
from outbox.fanout import fan_out
from outbox.models import Attempt, Delivery, Event, Lane, Subscriber, new_secrets
from outbox.outcome import SCHEDULE, record
from rows.claim import claim

from .conftest import NOON

SECOND = timedelta(seconds=1)

pytestmark = pytest.mark.django_db(transaction=True)


def types(sink):
    return [json.loads(body)["type"] for _, body in sink.heard]


def test_an_event_is_heard_signed_and_whole(sink, subscribe, say, shop):
    subscriber = subscribe(sink)
    say("order.audit", 7, seq=3, data={"number": "A-1", "note": "样品", "seq": "mine"})
    assert send.deliver(at=NOON) == 1
    [(headers, body)] = sink.heard
    assert json.loads(body) == {
        "type": "order.audit",
        "timestamp": "2026-03-02T12:00:00+00:00",
        "data": {"shop": "s1", "flow": "order", "seq": 3, "sequence": 1, "number": "A-1", "note": "样品"},
    }
    event = Event.objects.get()
    assert headers["webhook-id"] == f"evt_{event.pk}_{subscriber.pk}"
    assert headers["content-type"] == "application/json"
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    delivery = Delivery.objects.get()
    assert (delivery.delivered_at, delivery.rings_at, event.rings_at) == (NOON, None, None)
    assert Attempt.objects.get().status == 204
    assert send.deliver(at=NOON + timedelta(days=9)) == 0


def test_only_matching_topics_of_the_own_shop_are_heard(sinks, subscribe, say, shop):
    all_, orders, exact, other, off = (sinks() for _ in range(5))
    other_shop = type(shop).objects.create(code="s2", name="二店")
    subscribe(all_, "*")
    subscribe(orders, "order.*", "refund.send")
    subscribe(exact, "order.audit")
    subscribe(other, "*", shop=other_shop)
    subscribe(off, "*", active=False)
    for n, topic in enumerate(["order.audit", "order_x.y", "refund.send", "refund.fail"]):
        say(topic, n)
    send.deliver(at=NOON)
    assert sorted(types(all_)) == ["order.audit", "order_x.y", "refund.fail", "refund.send"]
    assert sorted(types(orders)) == ["order.audit", "refund.send"]
    assert types(exact) == ["order.audit"]
    assert other.heard == off.heard == []
    assert Delivery.objects.count() == 7


def test_a_subject_is_heard_in_order_and_a_failing_head_holds_only_its_own_subject(sink, subscribe, say):
    subscribe(sink)
    sink.answers["order.audit"] = [(500, {})]
    for topic, subject in [("order.pay", 1), ("order.audit", 1), ("order.pack", 1), ("order.ship", 2)]:
        say(topic, subject)
    send.deliver(at=NOON)
    assert sorted(types(sink)) == ["order.audit", "order.pay", "order.ship"]
    assert Delivery.objects.get(event__topic="order.pack").rings_at is None
    send.deliver(at=NOON + 4 * SECOND)
    assert len(sink.heard) == 3
    send.deliver(at=NOON + 6 * SECOND)
    of_one = [json.loads(b) for _, b in sink.heard if json.loads(b)["data"]["number"] == "N1"]
    assert [said["type"] for said in of_one] == ["order.pay", "order.audit", "order.audit", "order.pack"]
    assert [said["data"]["sequence"] for said in of_one] == [1, 2, 2, 3]


def test_a_retry_says_the_same_bytes_under_the_same_id_at_a_fresh_time(sink, subscribe, say, time_machine):
    subscribe(sink)
    sink.answers["order.pay"] = [(503, {}), (503, {})]
    say("order.pay", data={"b": 1, "a": {"z": "是", "y": 2}})
    for minutes in (0, 1, 3):
        time_machine.move_to(NOON + timedelta(minutes=minutes))
        send.deliver(at=NOON + timedelta(minutes=minutes))
    assert len(sink.heard) == 3
    assert len({body for _, body in sink.heard}) == 1
    assert len({headers["webhook-id"] for headers, _ in sink.heard}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in sink.heard}) == 3
    assert list(Attempt.objects.order_by("pk").values_list("status", "error")) == [
        (503, "HTTP 503"),
        (503, "HTTP 503"),
        (204, ""),
    ]
    assert Attempt.objects.first().excerpt == "no � thanks"


@pytest.mark.parametrize("value", ["90", "date"])
def test_retry_after_is_honoured(sink, subscribe, say, value):
    subscribe(sink)
    value = formatdate(time.time() + 91, usegmt=True) if value == "date" else value
    sink.answers["order.pay"] = [(429, {"Retry-After": value})]
    say("order.pay")
    send.deliver(at=NOON)
    assert send.deliver(at=NOON + 88 * SECOND) == 0
    assert send.deliver(at=NOON + 92 * SECOND) == 1


def test_a_redirect_is_a_failure_and_is_not_followed(sinks, subscribe, say):
    sink, target = sinks(), sinks()
    subscribe(sink)
    sink.answers["order.pay"] = [(307, {"Location": target.url})]
    say("order.pay")
    send.deliver(at=NOON)
    assert target.heard == []
    assert Delivery.objects.get().failure == "HTTP 307"


def test_410_switches_the_subscriber_off_and_ends_what_waits_for_it(sink, subscribe, say):
    subscriber = subscribe(sink)
    sink.answers["order.pay"] = [(410, {})]
    say("order.pay")
    say("order.audit")
    send.deliver(at=NOON)
    subscriber.refresh_from_db()
    assert (subscriber.active, subscriber.disabled_at) == (False, NOON)
    assert set(Delivery.objects.values_list("dead_at", "rings_at", "delivered_at")) == {(NOON, None, None)}
    say("order.pack")
    send.deliver(at=NOON + timedelta(days=9))
    assert len(sink.heard) == 1
    assert Delivery.objects.count() == 2


def test_what_waits_for_a_subscriber_that_staff_switched_off_is_not_sent(sink, subscribe, say):
    subscriber = subscribe(sink)
    sink.answers["order.pay"] = [(500, {})]
    say("order.pay")
    send.deliver(at=NOON)
    Subscriber.objects.filter(pk=subscriber.pk).update(active=False)
    assert send.deliver(at=NOON + timedelta(days=9)) == 0
    assert len(sink.heard) == 1
    assert Delivery.objects.get().dead_at == NOON + timedelta(days=9)


def test_after_about_three_days_a_delivery_is_dead_and_its_subject_goes_on(sink, subscribe, say):
    assert 2.5 * 86400 < sum(SCHEDULE) < 3.5 * 86400
    subscribe(sink)
    sink.answers["order.pay"] = [(500, {})] * 99
    say("order.pay")
    say("order.audit")
    at = NOON
    for seconds in SCHEDULE:
        send.deliver(at=at)
        at += timedelta(seconds=seconds * 1.1 + 1)
    assert Delivery.objects.filter(dead_at=None).count() == 2
    assert "order.audit" not in types(sink)
    send.deliver(at=at)
    dead = Delivery.objects.get(event__topic="order.pay")
    assert (dead.dead_at, dead.failure, dead.calls.count()) == (at, "HTTP 500", len(SCHEDULE) + 1)
    assert types(sink)[-1] == "order.audit"
    assert Lane.objects.get().ended == 2


def test_a_dead_delivery_is_replayed_in_the_same_bytes_and_moves_nothing_else(sink, subscribe, say):
    subscribe(sink)
    say("order.pay")
    send.deliver(at=NOON)
    [(headers, body)] = sink.heard
    assert service.replay([Delivery.objects.get().pk], at=NOON) == 1
    assert send.deliver(at=NOON) == 1
    assert sink.heard[1][1] == body
    assert sink.heard[1][0]["webhook-id"] == headers["webhook-id"]
    assert Lane.objects.get().ended == 1
    assert service.replay([Delivery.objects.get().pk + 1], at=NOON) == 0


def test_a_waiting_delivery_cannot_be_replayed_past_its_head(sink, subscribe, say):
    subscribe(sink)
    sink.answers["order.pay"] = [(500, {})]
    say("order.pay")
    say("order.audit")
    send.deliver(at=NOON)
    assert service.replay(list(Delivery.objects.values_list("pk", flat=True)), at=NOON) == 0
    assert types(sink) == ["order.pay"]


def test_every_live_secret_signs(sink, subscribe, say):
    subscriber = subscribe(sink)
    subscriber.secrets = new_secrets() + subscriber.secrets
    subscriber.save()
    sink.secrets = subscriber.secrets  # the sink verifies with each of them
    say("order.pay")
    send.deliver(at=NOON)
    assert Delivery.objects.get().delivered_at == NOON


def test_a_dead_or_slow_subscriber_delays_no_other(sinks, subscribe, say):
    slow, quick = sinks(), sinks()
    slow.delay = 30
    subscribe(slow)
    subscribe(quick)
    nobody = subscribe(sinks(), url="http://127.0.0.1:9/")
    for subject in range(40):
        say("order.pay", subject)
    began = time.monotonic()

    def watch():
        while len(quick.heard) < 40 and time.monotonic() - began < 20:
            time.sleep(0.02)
        took.append(time.monotonic() - began)
        slow.wait.set()

    took = []
    watcher = threading.Thread(target=watch)
    watcher.start()
    send.deliver(at=NOON)
    watcher.join()
    assert len(quick.heard) == 40
    assert took[0] < 5
    assert Delivery.objects.filter(subscriber=nobody, delivered_at=None, dead_at=None).count() == 40
    nobody.refresh_from_db()
    assert nobody.troubles >= send.TROUBLED


def test_an_answer_that_drips_for_ever_is_cut_off(monkeypatch, settings):
    settings.KEFU_ALLOW_PRIVATE_WEBHOOKS = True
    monkeypatch.setattr(call, "LONGEST", 0.5)
    listening, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def drip():
        line, _ = listening.accept()
        line.recv(65536)
        with suppress(OSError):
            line.sendall(b"HTTP/1.1 200 OK\r\n")
            while not over.wait(0.05):
                line.sendall(b"x: y\r\n")
        line.close()

    dripping = threading.Thread(target=drip, daemon=True)
    dripping.start()
    answer = call.post(call.Call(f"http://127.0.0.1:{listening.getsockname()[1]}/", "evt_1", "{}", new_secrets()))
    over.set()
    dripping.join(5)
    listening.close()
    assert answer.status is None
    assert answer.error
    assert answer.milliseconds < 5000


def test_no_call_is_made_inside_a_transaction(sink, subscribe):
    subscriber = subscribe(sink)
    with transaction.atomic(), pytest.raises(AssertionError):
        call.post(call.Call(sink.url, "evt_1", "{}", subscriber.secrets))
    assert sink.heard == []


def test_the_result_of_a_worker_whose_lease_was_taken_is_only_kept_as_an_attempt(sink, subscribe, say):
    subscribe(sink)
    say("order.pay")
    fan_out(at=NOON)
    [late] = claim(Delivery, at=NOON, limit=1, real_now=NOON)
    claim(Delivery, at=NOON, limit=1, real_now=NOON + timedelta(hours=1))
    before = Delivery.objects.values().get()
    record([(late, call.Answer(NOON, 5, 200))], at=NOON)
    assert Delivery.objects.values().get() == before
    assert Attempt.objects.count() == 1
    assert Lane.objects.get().ended == 0
