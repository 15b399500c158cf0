"""Pages of figures at 1,000,000 tickets: from the rollups, beside the same figures asked of the facts themselves."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from deadlines.models import Deadline
from flows.models import Move
from shops.models import Shop
from tickets.figures import counting
from tickets.figures.ask import Asked, Reach, ask
from tickets.figures.days import Span, day_of
from tickets.figures.figure import FIGURES
from tickets.figures.measure import MEASURES, direct
from tickets.models import Customer, Message, Ticket

from . import fill
from .bench import Bench
from .paired import Turns, in_turns
from .report import Line, Report, milliseconds

FIRST = 50_000_001  # the first ticket's key
DAYS = 365
CUSTOMERS = 50_000
FAMILY = "answers"
WAIT = "(i % 50)"
OPENED = f"'{fill.NOW.isoformat()}'::timestamptz - (i % {DAYS}) * interval '1 day' - (i % 30000) * interval '1 second'"


def tickets(shop: int, first: int, last: int) -> None:
    """Each with its customer's words, two answers, its first move and the clock of its greeting."""
    kind = "(ARRAY['presale','logistics','return','complaint','other'])[i % 5 + 1]"
    own = {"shop_id": str(shop), "agent": "'agent' || i % 20"}
    fill.generate(Ticket, first, last, {
        **own, "id": "i", "number": "'T' || i", "version": "1", "state": "'closed'", "kind": kind, "channel": "'im'",
        "customer_id": f"i % {CUSTOMERS} + 1", "spoken": "true", "heard": "1", "result": "'solved'",
        "solved_by": own["agent"], "created_at": OPENED, "resolved_at": f"{OPENED} + interval '10 minutes'",
        "reopened": "(i % 9 = 0)::int",
    })  # fmt: skip
    for seq, side, later in ((1, "customer", 0), (2, "agent", 1), (3, "agent", 2)):
        ours = side == "agent"
        waited = WAIT if ours else "NULL::int"
        fill.generate(Message, first, last, {
            "shop_id": own["shop_id"], "ticket_id": "i", "seq": str(seq), "side": f"'{side}'", "words": "'您好'",
            "by": own["agent"] if ours else "''", "first": str(seq == 2).lower(), "waited": waited,
            "waited_working": waited, "at": f"{OPENED} + interval '{later} minutes'", "noted_at": OPENED,
        })  # fmt: skip
    fill.generate(Move, first, last, {
        "shop_id": own["shop_id"], "flow": "'ticket'", "subject": "i", "seq": "1", "step": "'start'",
        "target": "'closed'", "who": "'shop'", "by": "'hook:native'", "at": OPENED, "noted_at": OPENED,
    })  # fmt: skip
    fill.generate(Deadline, first, last, {
        "shop_id": own["shop_id"], "flow": "'ticket'", "subject": "i", "case": "0", "clock": "'greet'",
        "limit": "'greet'", "policy": "1", "after": "15", "started_at": OPENED,
        "due_at": f"{OPENED} + interval '15 seconds'", "ended_at": f"{OPENED} + {WAIT} * interval '1 second'",
        "ended": "'stopped'", "tell": "'agent'",
    })  # fmt: skip


def prepare(count: int) -> int:
    """-> the shop's key."""
    shop = Shop.objects.get(code=fill.CODE).pk
    fill.generate(Customer, 1, CUSTOMERS, {
        "id": "i", "shop_id": str(shop), "buyer_id": "'b' || i % 5000 || '-' || i",
        "created_at": f"'{fill.NOW.isoformat()}'::timestamptz",
    })  # fmt: skip
    for first in range(FIRST, FIRST + count, fill.STEP):
        tickets(shop, first, min(first + fill.STEP, FIRST + count) - 1)
    fill.settle(Ticket, Message, Move, Deadline, Customer)
    return shop


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(bench: Bench) -> Report:
    many = bench.size(1_000_000, 100_000)
    shop = prepare(many)
    whole = timed(lambda: counting.count(at=fill.NOW))
    fill.settle()
    family = [f for f in FIGURES.values() if f.family == FAMILY]
    measures = {of.measure.name for f in family for of in f.parts}
    zone = ZoneInfo(Shop.objects.get(pk=shop).zone)
    today = day_of(fill.NOW, zone)

    def kept(days: int, *by: str) -> Callable[[], float]:
        asked = Asked(Reach(frozenset({shop})), today - timedelta(days=days - 1), today, by)
        return lambda: timed(lambda: [ask(figure, asked) for figure in family])

    def facts(days: int) -> Callable[[], float]:
        span = Span(shop, zone, today - timedelta(days=days - 1), today, fill.NOW)
        return lambda: timed(lambda: [direct(MEASURES[name], span) for name in sorted(measures)])

    def again() -> float:
        """One day, of the tickets' measures."""
        return timed(lambda: counting.count_days("ticket", Span(shop, zone, today, today, fill.NOW)))

    ways = {
        "month": kept(30, "day"), "month, facts": facts(30), "year": kept(DAYS, "agent"), "year, facts": facts(DAYS),
        "a day anew": again, "a day, facts": facts(1),
    }  # fmt: skip
    turns = in_turns(bench.size(5, 3), ways, about="figures:")
    said = f"figures: {DAYS} days of {many:,} tickets were counted in {whole:,.0f} s, once"
    return Report(_lines(turns, many, bench.quick), [said])


def _lines(turns: Turns, many: int, quick: bool) -> list[Line]:
    """The bars are those of the full run: a rollup's size hangs on agents and days, the facts' on tickets."""

    def line(what: str, ours: str, baseline: str, most: float | None) -> Line:
        return Line.of(
            f"{what} at {many:,} tickets", turns, ours, baseline, milliseconds, at_most=None if quick else most
        )

    return [
        line("six figures by day of a month, of asking the facts once", "month", "month, facts", 0.1),
        line("six figures by agent of a year, of asking the facts once", "year", "year, facts", 0.1),
        line("all measures of a day written anew, of asking one", "a day anew", "a day, facts", None),
    ]
