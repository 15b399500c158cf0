"""Signed hooks from the socket to durable: beside plain SQL with the same statement, and beside the usual way."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

from hooks.models import Inbox

from . import replay
from .bench import Bench, work
from .hooked import CLIENTS, Unpaid, send
from .paired import Turns, in_turns
from .report import Line, Report, rate
from .serving import PROCESSES, Served, served
from .spoken import Spoken

WARM = 200


def plain(address: str, said: Sequence[replay.Statement]) -> float:
    """-> seconds; over as many connections as each of the server's processes has."""
    connections = [replay.connect(address) for _ in range(CLIENTS // PROCESSES)]

    def one(n: int) -> None:
        for statement in said[n :: len(connections)]:
            replay.say(connections[n], [statement])

    start = time.perf_counter()
    with ThreadPoolExecutor(len(connections)) as threads:
        list(threads.map(one, range(len(connections))))
    for raw in connections:
        raw.close()
    return time.perf_counter() - start


class Intake:
    """The three ways of a round, each -> hooks a second."""

    def __init__(self, bench: Bench, pool: Executor) -> None:
        self.bench, self.pool, self.unpaid = bench, pool, Unpaid()
        self.spoken, self.count = Spoken(self.unpaid), bench.size(6000, 2000)

    def sent(self, server: Served, count: int) -> float:
        """By a client in a process of its own."""
        requests = self.unpaid.requests(self.unpaid.take(count))
        return count / self.pool.submit(send, server.port, requests).result()

    def inserted(self) -> float:
        count = self.count // PROCESSES
        shares = [[self.spoken.stored(pk) for pk in self.unpaid.take(count)] for _ in range(PROCESSES)]
        places, addresses = ["intake:plain"] * PROCESSES, [self.bench.address] * PROCESSES
        return self.count / float(max(self.pool.map(work, places, addresses, shares)))


def measure(bench: Bench) -> Report:
    with (
        served("kefu.wsgi:application", address=bench.address) as ours,
        served("kefu.bench.naive:application", address=bench.address) as usual,
        ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn"), initializer=bench.ready) as pool,
    ):
        intake = Intake(bench, pool)
        ways = {
            "ours": lambda: intake.sent(ours, intake.count),
            "sql": intake.inserted,
            "usual": lambda: intake.sent(usual, intake.count // 5),
        }
        for server in (ours, usual):
            intake.sent(server, WARM)
        turns = in_turns(bench.size(7, 3), ways, about="intake:")
        memory = f"memory: the server's processes {ours.memory()} MB; the usual way's {usual.memory()} MB"
    Inbox.objects.filter(outcome="").update(rings_at=None)  # nobody is going to apply them
    return Report(_lines(turns), [memory])


def _lines(turns: Turns) -> list[Line]:
    def line(name: str, baseline: str, bar: float) -> Line:
        what = f"hooks to durable, {CLIENTS} clients, {PROCESSES} processes, of {name}"
        return Line.of(what, turns, "ours", baseline, rate, at_least=bar)

    return [line("the same statement in plain SQL", "sql", 0.35), line("DRF + ORM", "usual", 5)]
