"""A page of orders, in the admin and in REST: at 1,000,000 orders beside 100,000, and beside Django's own admin."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from statistics import median
from typing import Any

from . import database
from .bench import Bench
from .elsewhere import process
from .paired import Turns, in_turns
from .report import Line, Report, milliseconds

ADMIN, NEWEST = "/admin/orders/order/?queue=to_confirm", "/admin/orders/order/"
REST = "/api/v1/orders/?state=awaiting_confirmation"
STOCK, STOCK_STATE = NEWEST, "/admin/orders/order/?state__exact=awaiting_confirmation"
THEIRS = "kefu.bench.stock_settings"
NAME = "bench"


def prepare(count: int) -> int:
    """Fill an empty database; -> how many orders there are."""
    from . import fill

    fill.everything(count)
    return count


@cache
def _browser() -> Any:
    """A lead of the shop, who is also a superuser for the stock admin's sake, signed in."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from shops.models import Member, Shop

    from . import fill

    user, made = get_user_model().objects.get_or_create(username=NAME, is_staff=True, is_superuser=True)
    if made:
        Member.objects.create(user=user, shop=Shop.objects.get(code=fill.CODE), roles=["lead", "agent"])
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    return client


def timed(address: str, times: int) -> float:
    """-> the median of the seconds that a page takes, looked at twice before."""
    client, found = _browser(), []
    for n in range(times + 2):
        start = time.perf_counter()
        response = client.get(address)
        found.append(time.perf_counter() - start)
        if response.status_code != 200:
            raise RuntimeError(f"{address}: {response.status_code} {response.headers} {response.content[:300]!r}")
        if n < 2:
            found.clear()
    return median(found)


def measure(bench: Bench) -> Report:
    small_size, times = bench.size(100_000, 20_000), bench.size(15, 7)
    small = database.beside(bench.address, "_small")
    with ExitStack() as stack:
        stack.enter_context(database.made(small))
        few, many = (stack.enter_context(process(a)) for a in (small, bench.address))
        usual = stack.enter_context(process(bench.address, THEIRS))
        few("queues:prepare", small_size)

        def way(ask: Callable[..., Any], page: str, times: int = times) -> Callable[[], float]:
            return lambda: float(ask("queues:timed", page, times))

        ways = {
            "admin": way(many, ADMIN), "admin, few": way(few, ADMIN),
            "newest": way(many, NEWEST), "newest, few": way(few, NEWEST),
            "rest": way(many, REST), "rest, few": way(few, REST),
            "stock": way(usual, STOCK, 3), "stock, one state": way(usual, STOCK_STATE, 3),
        }  # fmt: skip
        turns = in_turns(bench.size(5, 3), ways, about="queues:")
        memory = many("machine:peak")
    return Report(
        _lines(turns, bench.size(1_000_000, 100_000), small_size), [f"memory: a process that serves pages {memory} MB"]
    )


def _lines(turns: Turns, many: int, few: int) -> list[Line]:
    def line(what: str, ours: str, baseline: str, most: float | None = None) -> Line:
        return Line.of(what, turns, ours, baseline, milliseconds, at_most=most)

    against = f"at {many:,} orders, of its time at {few:,}"
    return [
        line(f"the admin's queue {against}", "admin", "admin, few", 1.3),
        line(f"the admin's newest orders {against}", "newest", "newest, few", 1.3),
        line(f"the queue in REST {against}", "rest", "rest, few", 1.3),
        line(f"the admin's queue at {many:,}, of the stock admin's by state", "admin", "stock, one state", 0.35),
        line(f"the admin's newest orders at {many:,}, of the stock admin's list", "newest", "stock"),
    ]
