"""Processes die at the worst moment: what was acknowledged is done, and done once. Promises I-01, I-02, I-12, I-41."""

import json
import random
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
import redis
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from flows.models import Move
from hooks.models import Inbox
from orders.models import Entry, Order
from outbox.models import Event
from tests.factories import hook_body, placed, post_hook
from tests.worker.house import until

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.worker]


def story(number):
    """-> [(type, minutes ago, data)] of one order's whole way, told in time."""
    box = {"carrier": "顺丰", "tracking_number": f"T{number}"}
    return [
        ("order.placed", 60, placed(number)),
        ("order.paid", 50, {"number": number}),
        ("order.packed", 40, {"number": number, "parcels": [box]}),
        ("order.shipped", 30, {"number": number, "parcels": [box]}),
        ("order.signed", 20, {"number": number}),
        ("order.completed", 10, {"number": number}),
    ]


def bodies(count, shuffle=None):
    """-> [(message id, body)] of so many orders' stories, one after the other."""
    now = timezone.now().replace(microsecond=0)
    told = []
    for n in range(count):
        for type_, ago, data in story(f"K{n}"):
            at = now - timedelta(minutes=ago)
            data = {**data, "occurred_at": at.isoformat()}
            if type_ == "order.placed":
                data["placed_at"] = at.isoformat()
            told.append((f"{type_}-{n}", hook_body(type_, at, **data)))
    if shuffle is not None:
        random.Random(shuffle).shuffle(told)
    return told


def store(shop, told):
    client = Client()
    for message, body in told:
        assert post_hook(client, shop, body, id=message).status_code == 202


def unfinished():
    return Inbox.objects.filter(outcome__in=["", "parked"]).count()


def let_leases_run_out():
    """Two minutes pass, as far as leases are concerned."""
    Inbox.objects.filter(token__isnull=False).update(leased_until=timezone.now() - timedelta(seconds=1))


def assert_each_step_was_taken_once(count):
    """Completed, in a gapless log, no message twice, an event for every move, and the money booked once."""
    orders = list(Order.objects.all())
    assert Counter(o.state for o in orders) == {"completed": count}
    moves = {}
    for move in Move.objects.filter(flow="order").order_by("subject", "seq"):
        moves.setdefault(move.subject, []).append(move)
    for order in orders:
        mine = moves[order.pk]
        assert [m.seq for m in mine] == list(range(1, order.version + 1))
        assert all(a.target == b.source for a, b in pairwise(mine))
        assert Event.objects.filter(flow="order", subject=order.pk).count() == len(mine)
        assert list(Entry.objects.filter(order=order).values_list("amount", flat=True)) == [25900]
    triggers = [m.trigger for those in moves.values() for m in those]
    assert len(triggers) == len(set(triggers))


def test_what_was_acknowledged_is_there_though_the_web_process_dies_at_once(house, shop):
    house.redis()
    web = house.web()
    told = bodies(1)
    for message, body in told:
        assert house.post(shop, body, message).status_code == 202
    house.kill(web)
    assert Inbox.objects.count() == len(told)
    assert unfinished() == len(told)
    house.worker()
    house.beat()
    until(lambda: unfinished() == 0)
    assert_each_step_was_taken_once(1)


def test_another_worker_finishes_what_one_began_that_was_killed_in_the_middle(house, shop):
    store(shop, bodies(70))
    house.redis()
    worker = house.worker()
    house.beat()
    until(Order.objects.exists, every=0.002)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM orders_order LIMIT 1 FOR UPDATE")  # the worker cannot get past this one
        until(lambda: Inbox.objects.exclude(outcome="").exists())
        house.kill(worker)
    left = unfinished()
    assert 0 < left < 420
    house.worker()
    let_leases_run_out()
    until(lambda: unfinished() == 0)
    assert_each_step_was_taken_once(70)


def test_workers_that_share_the_inbox_do_everything_once_in_whatever_order_it_came(house, shop):
    store(shop, bodies(40, shuffle=7))
    house.redis()
    house.worker()
    house.worker()
    house.beat()
    until(lambda: unfinished() == 0)
    assert_each_step_was_taken_once(40)


def test_losing_what_redis_knows_and_redis_itself_loses_nothing(house, shop):
    server = house.redis()
    house.web()
    house.worker()
    house.beat()
    told = bodies(6, shuffle=3)
    for n, (message, body) in enumerate(told):
        if n == 10:
            redis.Redis(port=house.redis_port).flushdb()
        if n == 20:
            house.kill(server)
        assert house.post(shop, body, message).status_code == 202
    assert Inbox.objects.count() == len(told)
    house.redis()
    until(lambda: unfinished() == 0, seconds=60)
    assert_each_step_was_taken_once(6)


def test_a_shuffled_story_told_twice_over_http_while_the_worker_dies_comes_to_one_end(house, shop):
    house.redis()
    house.web()
    worker = house.worker()
    house.beat()
    told = bodies(8, shuffle=11)
    for n, (message, body) in enumerate([*told, *told]):
        if n == len(told):
            house.kill(worker)
        answer = house.post(shop, body, message)
        assert answer.status_code == (202 if n < len(told) else 200)
        assert answer.json()["outcome"] == ("accepted" if n < len(told) else "duplicate")
    assert Inbox.objects.count() == len(told)
    house.worker()
    let_leases_run_out()
    until(lambda: unfinished() == 0)
    assert_each_step_was_taken_once(8)
    other = json.loads(told[0][1]) | {"timestamp": timezone.now().isoformat()}
    assert house.post(shop, json.dumps(other).encode(), told[0][0]).status_code == 409
