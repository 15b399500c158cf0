"""One step by an agent, locked, logged and told: `take` beside its own statements said by plain psycopg."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from typing import Any

from django.db import connection
from django.utils import timezone

from flows import engine
from flows.table import Who
from orders.models import Order
from orders.states import S

from . import replay
from .bench import Bench
from .machine import peak
from .paired import in_turns
from .report import Line, Report, rate

WARM = 20


def take(pks: Sequence[int]) -> float:
    """-> steps a second of this process."""
    orders = [Order(pk=pk) for pk in pks]
    for order in orders[:WARM]:
        engine.take(order, "confirm", who=Who.AGENT, by="bench", at=timezone.now())
    start = time.perf_counter()
    for order in orders[WARM:]:
        engine.take(order, "confirm", who=Who.AGENT, by="bench", at=timezone.now())
    return (len(orders) - WARM) / (time.perf_counter() - start)


def plain(address: str, statements: Sequence[replay.Statement], of: int, pks: Sequence[int]) -> float:
    with replay.connect(address) as raw:
        said = [replay.about(statements, {of: pk, f"B{of}": f"B{pk}"}) for pk in pks]
        for one in said[:WARM]:
            replay.say(raw, one)
        start = time.perf_counter()
        for one in said[WARM:]:
            replay.say(raw, one)
        return (len(pks) - WARM) / (time.perf_counter() - start)


def measure(bench: Bench) -> Report:
    orders = Order.objects.filter(state=S.AWAITING_CONFIRMATION, version=1).order_by("pk")
    waiting = iter(list(orders.values_list("pk", flat=True)))
    recorded = _record(next(waiting), next(waiting))
    report = Report()
    for processes, bar in ((1, 0.8), (4, 0.4)):
        report.add(_with(processes, bench, waiting, *recorded, bar=bar))
    return report


def _with(
    processes: int, bench: Bench, waiting: Iterator[int], statements: list[replay.Statement], of: int, *, bar: float
) -> Report:
    count = bench.size(4000, 1200) // processes + WARM
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=bench.ready) as pool:

        def each(work: Callable[..., float], *given: Any) -> float:
            shares = [list(islice(waiting, count)) for _ in range(processes)]
            return sum(pool.map(work, *([g] * processes for g in given), shares))

        ways = {"take": lambda: each(take), "plain": lambda: each(plain, bench.address, statements, of)}
        turns = in_turns(bench.size(7, 3), ways, about=f"step, {processes} at once:")
        memory = max(pool.map(peak, range(processes)))
    what = f"a step by take, {processes} at once, of its own {len(statements)} statements in plain SQL"
    line = Line.of(what, turns, "take", "plain", rate, at_least=bar)
    return Report([line], [f"memory: each of {processes} that take steps {memory} MB"])


def _record(first: int, pk: int) -> tuple[list[replay.Statement], int]:
    """The second one's: the first looks up the shop's rules besides."""
    take([first])
    with replay.recorded() as recording:
        engine.take(Order(pk=pk), "confirm", who=Who.AGENT, by="bench", at=timezone.now())
    connection.close()
    return recording.statements, pk
