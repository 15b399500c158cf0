"""Hooks from the socket to applied: the CPU that it takes, ours and PostgreSQL's, beside plain SQL with the writes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone

from hooks.process import BATCH, run

from . import machine, replay
from .bench import Bench
from .hooked import Unpaid, send
from .paired import in_turns
from .report import Line, Report, microseconds
from .serving import Served, served
from .spoken import Spoken

WARM = 200


class Applied:
    """Two ways to bring hooks from their sender to their orders, each -> seconds of CPU a hook."""

    def __init__(self, bench: Bench, server: Served, raw: psycopg.Connection[Any]) -> None:
        self.server, self.raw, self.unpaid = server, raw, Unpaid()
        self.spoken, self.count = Spoken(self.unpaid), bench.size(6000, 2000)
        send(server.port, self.unpaid.requests(self.unpaid.take(WARM)))
        run(at=timezone.now())

    def ours(self) -> float:
        """The server's processes, then the worker (this process); the sender's share is no part of it."""
        requests = self.unpaid.requests(self.unpaid.take(self.count))
        served, here = [*self.server.pids, *backends()], [os.getpid()]
        before = machine.cpu(served)
        send(self.server.port, requests)
        own = machine.cpu(here)
        done = run(at=timezone.now())
        assert done["applied"] == self.count, done
        return (machine.cpu(served) - before + machine.cpu(here) - own) / self.count

    def plain(self) -> float:
        """Each stored and committed by itself, as they come; then applied so many a transaction as ours."""
        pks = self.unpaid.take(self.count)
        inserts, pids = [self.spoken.stored(pk) for pk in pks], [os.getpid(), *backends()]
        before, cursor, events = machine.cpu(pids), self.raw.cursor(), []
        for statement, params in inserts:
            [event] = cursor.execute(statement, params).fetchone() or [0]
            self.raw.commit()
            events.append(event)
        stored = machine.cpu(pids) - before
        worded = [self.spoken.applied(pk, event) for pk, event in zip(pks, events, strict=True)]
        before = machine.cpu(pids)
        for n in range(0, len(worded), BATCH):
            self._together(worded[n : n + BATCH])
        return (stored + machine.cpu(pids) - before) / self.count

    def _together(self, worded: Sequence[Sequence[replay.Statement]]) -> None:
        """Each statement for all of them in one go, prepared."""
        cursor = self.raw.cursor()
        for same in zip(*worded, strict=True):
            cursor.executemany(same[0][0], [params for _statement, params in same])
        self.raw.commit()


def backends() -> list[int]:
    """PostgreSQL's processes that serve this database, where they can be seen from here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        pids = [pid for (pid,) in cursor.fetchall()]
    return pids if all(os.path.exists(f"/proc/{pid}/stat") for pid in pids) else []


def measure(bench: Bench) -> Report:
    with (
        served("kefu.wsgi:application", address=bench.address) as server,
        replay.connect(bench.address) as raw,
    ):
        applied = Applied(bench, server, raw)
        turns = in_turns(bench.size(7, 3), {"ours": applied.ours, "sql": applied.plain}, about="applied, CPU:")
    writes = 1 + len(applied.spoken.writes)
    what = f"CPU of a hook from the socket to applied, of its {writes} writes in plain SQL"
    line = Line.of(what, turns, "ours", "sql", microseconds, at_most=3)
    seen = [] if backends() else ["PostgreSQL's processes are not visible here: its CPU is not counted"]
    return Report([line], [*seen, f"memory: the process that applies hooks {machine.peak()} MB"])
