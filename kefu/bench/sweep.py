"""Due clocks among a million: the sweep beside set-based SQL and beside a row-by-row ORM loop; and what rest costs."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice
from multiprocessing import get_context
from statistics import median
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from deadlines.models import Deadline
from flows.models import Move
from flows.sweep import BATCH, sweep
from orders.models import Order
from orders.states import S
from outbox.models import Event
from rows.claim import LEASE
from shops.models import Shop

from . import database, fill, replay
from .bench import Bench, work
from .elsewhere import process
from .machine import peak
from .paired import in_turns
from .report import Line, Report, milliseconds, rate

WARM, IDLE = 5, 50  # sweeps that find nothing, in one turn: not looked at, and looked at

# What one batch of the sweep writes, said by hand: the claim in its own transaction, then orders and rows locked in the
# same order, and every write made by the database out of its own rows.
CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM deadlines_deadline WHERE rings_at IS NOT NULL AND rings_at <= %(at)s
      AND (leased_until IS NULL OR leased_until < %(at)s) ORDER BY rings_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
UPDATE deadlines_deadline SET token = %(token)s, leased_until = %(lease)s, attempts = attempts + 1
WHERE id IN (SELECT id FROM due) RETURNING id, subject"""
LOCK = "SELECT id FROM orders_order WHERE id = ANY(%(orders)s) ORDER BY id FOR UPDATE"
MINE = "SELECT id FROM deadlines_deadline WHERE id = ANY(%(rows)s) AND token = %(token)s ORDER BY id FOR UPDATE"
MOVE = """
INSERT INTO flows_move
       (shop_id, flow, subject, seq, step, source, target, who, by, why, inputs, passed, trigger, at, noted_at)
SELECT o.shop_id, 'order', o.id, o.version + 1, 'close_unpaid', o.state, 'closed', 'clock', 'clock', '', '{}', '[]',
       'deadline:' || d.id, %(at)s, %(at)s
FROM deadlines_deadline d JOIN orders_order o ON o.id = d.subject WHERE d.id = ANY(%(rows)s)"""
CLOSE = """
UPDATE orders_order SET state = 'closed', version = version + 1, close_reason = 'unpaid' WHERE id = ANY(%(orders)s)"""
STOP = """
UPDATE deadlines_deadline SET ended_at = %(at)s, rings_at = NULL, token = NULL, leased_until = NULL, ended = 'fired'
WHERE id = ANY(%(rows)s) AND ended_at IS NULL"""
TELL = """
INSERT INTO outbox_event (shop_id, topic, flow, subject, seq, data, at, rings_at)
SELECT shop_id, 'order.close_unpaid', 'order', id, version, jsonb_build_object('number', number, 'step', 'close_unpaid',
       'from', 'awaiting_payment', 'to', 'closed', 'who', 'clock', 'by', 'clock', 'at', %(at)s::timestamptz),
       %(at)s, %(at)s
FROM orders_order WHERE id = ANY(%(orders)s)"""


def by_sql(address: str, count: int) -> float:
    with replay.connect(address) as raw, raw.cursor() as cursor:
        start, done = time.perf_counter(), 0
        while True:
            at = timezone.now()
            given: dict[str, Any] = {"at": at, "lease": at + LEASE, "limit": BATCH, "token": time.monotonic_ns()}
            found = cursor.execute(CLAIM, given).fetchall()
            raw.commit()
            if not found:
                break
            given |= {"rows": [row for row, _ in found], "orders": [order for _, order in found]}
            for statement in (LOCK, MINE, MOVE, CLOSE, STOP, TELL):
                cursor.execute(statement, given)
            raw.commit()
            done += len(found)
        assert done == count
        return done / (time.perf_counter() - start)


def by_orm(count: int) -> float:
    """The usual way: each row in a transaction of its own, locked, saved, its log and its event created."""
    start = time.perf_counter()
    at = timezone.now()
    for pk in Deadline.objects.filter(rings_at__lte=at).values_list("pk", flat=True)[:count]:
        with transaction.atomic():
            row = Deadline.objects.select_for_update().get(pk=pk)
            order = Order.objects.select_for_update().get(pk=row.subject)
            _close(order, row)
    return count / (time.perf_counter() - start)


def _close(order: Order, row: Deadline) -> None:
    at = timezone.now()
    was, order.__dict__["state"] = order.state, S.CLOSED.value
    order.version, order.close_reason = order.version + 1, "unpaid"
    moved = Move(
        shop_id=order.shop_id, flow="order", subject=order.pk, seq=order.version, step="close_unpaid", source=was,
        target=order.state, who="clock", by="clock", trigger=f"deadline:{row.pk}", at=at, noted_at=at,
    )  # fmt: skip
    moved.save_base(force_insert=True)
    order.save_base()
    row.ended_at, row.ended, row.rings_at = at, Deadline.FIRED, None
    row.save()
    said = {"number": order.number, "step": "close_unpaid", "from": was, "to": order.state, "at": at.isoformat()}
    Event.objects.create(
        shop_id=order.shop_id, topic="order.close_unpaid", flow="order", subject=order.pk, seq=order.version,
        data=said, at=at, rings_at=at,
    )  # fmt: skip


def by_sweep(count: int) -> float:
    start, done = time.perf_counter(), 0
    while claimed := sweep(at=timezone.now()):
        done += claimed
    assert done == count
    return done / (time.perf_counter() - start)


class Clocks:
    """Pay clocks that have not rung yet, made due some at a time."""

    def __init__(self) -> None:
        those = Deadline.objects.filter(clock="pay", ended_at=None).order_by("pk")
        self.rows: Iterator[int] = iter(list(those.values_list("pk", flat=True)))

    def due(self, count: int) -> list[int]:
        past, those = timezone.now() - timedelta(minutes=5), list(islice(self.rows, count))
        Deadline.objects.filter(pk__in=those).update(due_at=past, rings_at=past)
        fill.settle(Deadline)
        return those


def measure(bench: Bench) -> Report:
    report, clocks, count = Report(), Clocks(), bench.size(10_000, 4_000)
    few = count // 20

    def after(count: int) -> int:
        clocks.due(count)
        return count

    turns = in_turns(
        bench.size(7, 3),
        {
            "sweep": lambda: by_sweep(after(count)),
            "sql": lambda: by_sql(bench.address, after(count)),
            "orm": lambda: by_orm(after(few)),
        },
        about="sweep:",
    )
    running = Deadline.objects.filter(ended_at=None).count()
    what = f"sweep of {count:,} due clocks among {running:,}"
    report.lines += [
        Line.of(f"{what}, of set-based SQL", turns, "sweep", "sql", rate, at_least=0.6),
        Line.of(f"{what}, of an ORM loop", turns, "sweep", "orm", rate, at_least=25),
    ]
    report.facts += [_exact(bench, clocks.due(count)), f"memory: the process that sweeps {peak()} MB"]
    report.lines.append(_idle(bench))
    return report


# ---- exactness
def sweep_all() -> None:
    while sweep(at=timezone.now()):
        pass


def _exact(bench: Bench, due: Sequence[int]) -> str:
    """Two sweepers, one of them killed in the middle; a third takes what its lease leaves."""
    before = Move.objects.filter(step="close_unpaid").count()
    spawn = get_context("spawn")
    sweepers = [spawn.Process(target=work, args=("sweep:sweep_all",)) for _ in range(2)]
    for one in sweepers:
        one.start()
    while not Deadline.objects.filter(pk__in=due, ended=Deadline.FIRED).exists():
        time.sleep(0.001)
    time.sleep(0.1)  # a batch takes longer: whoever has ended one is amid the next
    victim = next((one for one in sweepers if one.is_alive()), sweepers[0])
    assert victim.pid is not None
    os.kill(victim.pid, signal.SIGKILL)
    for one in sweepers:
        one.join()
    held = Deadline.objects.filter(pk__in=due, ended_at=None)
    left = held.count()
    held.update(leased_until=timezone.now())  # its lease has run out
    while sweep(at=timezone.now() + timedelta(seconds=1)):
        pass
    taken = Move.objects.filter(step="close_unpaid").count() - before
    once = Deadline.objects.filter(pk__in=due, ended=Deadline.FIRED).count()
    verdict = "exact" if taken == once == len(due) else "NOT EXACT"
    said = f"{taken:,} steps for {len(due):,} clocks, {left:,} of them taken over from the dead one"
    return f"two sweepers, one killed: {said}: {verdict}"


# ---- rest
RESTING = fill.FIRST + 10_000_000  # the first order's key, of those whose clocks rest


def fill_resting(count: int) -> None:
    """`count` clocks that run, and nothing else in their table."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE deadlines_deadline CASCADE")
    shop = Shop.objects.get(code=fill.CODE)
    for first in range(RESTING, RESTING + count, fill.STEP):
        fill.deadlines(shop, first, min(first + fill.STEP, RESTING + count) - 1)
    fill.settle(Deadline)


def prepare(count: int) -> None:
    """An empty database -> tables, a shop, `count` clocks."""
    fill.everything(0)
    fill_resting(count)


def idle(times: int) -> float:
    """-> the median of the seconds that a sweep takes which finds nothing, a few not looked at before."""
    found = []
    for _ in range(WARM + times):
        start = time.perf_counter()
        assert sweep(at=timezone.now()) == 0
        found.append(time.perf_counter() - start)
    return median(found[WARM:])


def _idle(bench: Bench) -> Line:
    """Among few running clocks and among very many: two tables, looked at in turns, each by a process of its own."""
    few, many = 10_000, bench.size(5_000_000, 500_000)
    fill_resting(many)
    beside = database.beside(bench.address, "_small")
    with database.made(beside), process(beside) as small, process(bench.address) as large:
        small("sweep:prepare", few)
        ways = {"many": lambda: float(large("sweep:idle", IDLE)), "few": lambda: float(small("sweep:idle", IDLE))}
        turns = in_turns(bench.size(31, 15), ways, about="idle sweep:")
    what = f"an idle sweep among {many:,} clocks, of its time among {few:,}"
    return Line.of(what, turns, "many", "few", milliseconds, at_most=1.5)
