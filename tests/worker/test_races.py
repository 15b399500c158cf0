"""Two at one door: one passes, the other is told what happened; nothing is done twice. Promises I-16, I-20."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from deadlines.models import Deadline
from flows import engine
from flows.effects import Refused
from flows.models import Move
from flows.sweep import sweep
from flows.table import Who
from hooks import process
from hooks.models import Inbox
from orders.models import Order, StockOut
from tests.factories import placed
from tests.orders.hands import Hands
from tests.orders.told import begin

pytestmark = [pytest.mark.postgres, pytest.mark.worker]


def at_once(*works):
    """Run these in threads with connections of their own, begun together. -> what each gave, or its refusal."""
    gate, given = threading.Barrier(len(works)), [None] * len(works)

    def run(n, work):
        try:
            gate.wait()
            given[n] = work()
        except Refused as refused:
            given[n] = refused
        except Exception as error:  # a deadlock, a broken constraint
            given[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


@pytest.fixture
def hands(transactional_db):
    return Hands()


def taking(subject, step, who, **inputs):
    return lambda: engine.take(subject, step, who=who, by=who.word, at=timezone.now(), inputs=inputs)


def test_two_agents_with_two_buttons_on_one_order(hands):
    for n in range(8):
        order = hands.picking(f"R{n}")
        given = at_once(
            taking(order, "cancel", Who.AGENT, by="customer", reason="不要了"), taking(order, "pack", Who.WAREHOUSE)
        )
        refused = [g for g in given if isinstance(g, Refused)]
        assert [r.code for r in refused] == ["state"], given
        order = hands.order(f"R{n}")
        assert order.version == 5
        assert order.state == ("closed" if refused[0] is given[1] else "packed")
        assert order.refunds.count() == (order.state == "closed")


def test_an_agent_and_the_clock_at_one_stock_out(hands):
    later = timezone.now() + timedelta(hours=25)
    for n in range(8):
        hands.picking(f"R{n}", payment="cod")
        hands.take(hands.order(f"R{n}"), "report_stock_out", "warehouse", lines=[{"line": "1"}])
        out = StockOut.objects.get(order__number=f"R{n}")
        out = hands.take(out, "contact", "agent", channel="im", words="缺货", none_why="无")
        Deadline.objects.exclude(flow="stock_out", subject=out.pk).filter(ended_at=None).update(rings_at=None)
        agreeing = taking(out, "agree_wait", Who.AGENT, promised_for=later + timedelta(days=3))
        agreed, swept = at_once(agreeing, lambda: sweep(at=later))
        assert isinstance(swept, int), swept
        out.refresh_from_db()
        steps = list(Move.objects.filter(flow="stock_out", subject=out.pk, seq=3).values_list("step", flat=True))
        if isinstance(agreed, Refused):
            assert (agreed.code, out.state, steps) == ("state", "resolved", ["presume_refund"])
        else:
            assert (out.state, steps) == ("waiting_stock", ["agree_wait"])
        ended = Deadline.objects.get(flow="stock_out", subject=out.pk, clock="answer").ended
        assert ended == ("fired" if isinstance(agreed, Refused) else "stopped")


def test_three_sweepers_close_every_unpaid_order_once(hands):
    orders = begin(hands.shop, 600)
    later = timezone.now() + timedelta(days=30)
    Deadline.objects.exclude(clock="pay").update(rings_at=None)

    def sweeping():
        while sweep(at=later, limit=50):
            pass

    assert at_once(sweeping, sweeping, sweeping) == [None] * 3
    assert Counter(Order.objects.values_list("state", flat=True)) == {"closed": len(orders)}
    assert Counter(Move.objects.values_list("step", flat=True)) == {"start": len(orders), "close_unpaid": len(orders)}
    assert Deadline.objects.filter(clock="pay", ended="fired").count() == len(orders)
    assert not Deadline.objects.filter(ended_at=None).exists()


def test_three_workers_on_one_inbox_take_every_message_once(hands):
    for n in range(30):
        hands.tell("order.placed", 0, apply=False, **{**placed(f"W{n}"), "placed_at": hands.t0.isoformat()})
        hands.tell("order.paid", 1, apply=False, number=f"W{n}")
        hands.tell("order.shipped", 2, apply=False, number=f"W{n}", parcels=[
            {"carrier": "顺丰", "tracking_number": f"T{n}"},
        ])  # fmt: skip
    now = timezone.now() + timedelta(minutes=1)

    def working():
        process.run(at=now, limit=7)

    assert at_once(working, working, working) == [None] * 3
    for _ in range(20):
        if not Inbox.objects.filter(outcome__in=["", "parked"]).exists():
            break
        now += timedelta(minutes=5)
        working()
    assert Counter(Order.objects.values_list("state", flat=True)) == {"shipped": 30}
    assert Counter(Order.objects.values_list("paid", flat=True)) == {25900: 30}
    assert not Inbox.objects.filter(dead_at__isnull=False).exists()


def test_a_payment_and_its_clock_at_one_moment_leave_the_order_paid(hands):
    for n in range(8):
        hands.place(f"P{n}")
        Deadline.objects.exclude(subject=hands.order(f"P{n}").pk).update(rings_at=None)
        hands.tell("order.paid", 100, apply=False, number=f"P{n}")
        later = timezone.now() + timedelta(hours=80)
        given = at_once(lambda at=later: sweep(at=at), lambda at=later: process.run(at=at))
        assert not [g for g in given if isinstance(g, Exception)], given
        order = hands.order(f"P{n}")
        assert (order.state, order.paid) == ("awaiting_confirmation", 25900)
