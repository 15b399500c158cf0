"""Many give out at once, while people claim, answer, leave: capacities hold, nobody waits for ever."""

import threading
import time
from contextlib import closing

import pytest
from django.db import connection, transaction

import rows
from flows.effects import Refused
from flows.models import Move
from orders.models import Order
from tests.factories import make_shop
from tests.flows.test_races import at_once
from tests.tickets.assign.desk import AssignHands
from tickets.assign.weighing import loads
from tickets.models import Seat, Ticket

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(transactional_db):
    return AssignHands()


def many(desk, count, **fields):
    return [desk.says(conversation=f"m-{n}", buyer=f"m-{n}", at=n / 100, **fields) for n in range(count)]


def troubles(results):
    return [r for r in results if isinstance(r, Exception) and not isinstance(r, Refused)]


@pytest.mark.postgres
def test_four_workers_never_give_more_than_there_is_room_for(desk):
    for name, capacity in (("amy", 3), ("bob", 4), ("cat", 5)):
        desk.sits(name, capacity=capacity)
    many(desk, 20)
    results = at_once(*[lambda: desk.gives(1, now=0)] * 4)
    assert troubles(results) == []
    assert sum(results) == 12
    assert loads(["amy", "bob", "cat"], desk.at(1)) == {
        name: {desk.shop.pk: n * 4} for name, n in (("amy", 3), ("bob", 4), ("cat", 5))
    }
    assert Move.objects.filter(flow="ticket", step="assign").count() == 12  # nobody was given one twice


@pytest.mark.postgres
def test_two_shops_that_share_people_keep_their_one_capacity(desk):
    other = make_shop()
    for name in ("amy", "bob", "cat"):
        desk.sits(name, capacity=4)
        desk.joins(name, other)
    for n in range(12):
        desk.opens(at=n / 100)
        desk.opens(at=n / 100, shop_id=other.pk)
    from tickets.assign import giving

    def of(shop):
        return lambda: giving.give_out(shop.pk, at=desk.at(1), now=desk.at(0))

    results = at_once(of(desk.shop), of(other), of(other), of(desk.shop))
    assert troubles(results) == []
    assert sum(results) == 12
    assert {sum(v.values()) for v in loads(["amy", "bob", "cat"], desk.at(1)).values()} == {16}


@pytest.mark.postgres
def test_giving_out_and_peoples_own_steps_never_wait_in_a_circle(desk):
    """Tickets of few orders, so that the locks of cases meet; statuses change all the while."""
    desk.place("A1")
    desk.place("A2")
    orders = list(Order.objects.order_by("pk"))
    for name in ("amy", "bob", "cat", "dan"):
        desk.sits(name, capacity=6)
    tickets = many(desk, 24)
    for n, t in enumerate(tickets):
        desk.does(t, "link", "x", 0.5, "lead", order=orders[n % 2].pk)

    def acts(step, **inputs):
        def work():
            for t in reversed(tickets):
                try:
                    desk.does(t, step, "amy", 2, **inputs)
                except Refused:
                    continue

        return work

    def moves_about():
        for n in range(12):
            desk.puts("bob", ("away", "online", "off", "online")[n % 4], 1 + n / 1000)

    results = at_once(
        lambda: [desk.gives(3, now=0) for _ in range(4)], lambda: [desk.gives(3, now=0) for _ in range(4)],
        acts("claim"), acts("reply", words="您好"), acts("resolve"), moves_about,
    )  # fmt: skip
    assert troubles(results) == []
    for t in Ticket.objects.all():
        seqs = list(Move.objects.filter(flow="ticket", subject=t.pk).order_by("seq").values_list("seq", flat=True))
        assert seqs == list(range(1, t.version + 1))


@pytest.mark.postgres
def test_an_order_that_somebody_holds_keeps_no_status_from_being_said_for_ever(desk):
    """Who gives out waits for the order with the seats in hand; the one who holds the order needs no seat."""
    desk.place("A1")
    order = Order.objects.get()
    desk.sits("amy")
    ticket = desk.says()
    desk.does(ticket, "link", "x", 0.5, "lead", order=order.pk)
    held = threading.Event()

    def holds():
        with transaction.atomic():
            rows.lock(Order, [order.pk])
            held.set()
            time.sleep(0.3)
            desk.does(ticket, "note", "bob", 1, words="看一下")

    def gives():
        held.wait(5)
        return desk.gives(2, now=0)

    def leaves():
        held.wait(5)
        time.sleep(0.1)
        return desk.puts("amy", "away", 3)

    results = at_once(holds, gives, leaves)
    assert troubles(results) == []
    assert Seat.objects.get().status == "away"
    assert desk.of(ticket) in ("amy", "")  # the note came first: it is looked at again a second later


@pytest.mark.sqlite
def test_elsewhere_one_gives_out_after_the_other(desk):
    for name, capacity in (("amy", 3), ("bob", 4)):
        desk.sits(name, capacity=capacity)
    many(desk, 10)
    results = [None, None, None]

    def run(i):
        with closing(connection):
            results[i] = desk.gives(1, now=0)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(60)
    assert sum(results) == 7
    assert loads(["amy", "bob"], desk.at(1)) == {"amy": {desk.shop.pk: 12}, "bob": {desk.shop.pk: 16}}
