"""Stored hooks to steps: many in one transaction beside one by one."""

from __future__ import annotations

import time

from django.utils import timezone

from hooks import process
from hooks.endpoints import ENDPOINTS
from hooks.platforms import DIALECTS
from hooks.platforms.native.signature import verify
from hooks.store import store
from hooks.strict import read

from . import fill
from .bench import Bench
from .hooked import Unpaid
from .paired import in_turns
from .report import Line, Report, rate


def keep(unpaid: Unpaid, count: int) -> None:
    """Store `count` hooks as the view does, after it has verified them."""
    endpoint, dialect = ENDPOINTS.get(fill.CODE), DIALECTS["native"]
    for pk in unpaid.take(count):
        body, headers = unpaid.paid(pk)
        secret = verify(body, headers, endpoint.secrets, time.time())
        assert secret is not None
        told = dialect.translate(read(body), headers, endpoint)
        key = headers["webhook-id"]
        store(endpoint.shop, "native", key, told, raw=body, headers=headers, secret=secret.id, at=timezone.now())
    fill.settle()


def apply(unpaid: Unpaid, count: int, limit: int) -> float:
    keep(unpaid, count)
    start = time.perf_counter()
    done = process.run(at=timezone.now(), limit=limit)
    assert done["applied"] == count, done
    return count / (time.perf_counter() - start)


def measure(bench: Bench) -> Report:
    unpaid, count = Unpaid(), bench.size(5000, 2000)
    few = count // 20
    apply(unpaid, 20, 1)
    ways = {
        "batches": lambda: apply(unpaid, count, process.BATCH),
        "one by one": lambda: apply(unpaid, few, 1),
    }
    turns = in_turns(bench.size(7, 3), ways, about="batches:")
    what = f"hooks applied {process.BATCH} at a time, of one by one"
    return Report([Line.of(what, turns, "batches", "one by one", rate, at_least=8)])
