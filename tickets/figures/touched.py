"""Which days have to be counted again, since something that they count has changed.

Every moment by which a fact is dated is the moment of a move of its subject (or of a deadline of its). So what changes
by a move are the days of all moves of that subject, wherever it stood before. Further:

- a ticket: the days on which its customer's other tickets were solved (did once suffice?)
- a new order: the days on which its buyer's tickets were solved (did they buy again?)
- a return: the day on which its order was shipped (the return rate)
- a deadline that was moved: the days of its old and new moment
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import rows
from deadlines.models import Change, Deadline
from flows.models import Move
from orders.models import Order
from returns.models import Return

from ..models import Counted, Ticket
from . import logs
from .days import day_of
from .measure import MEASURES
from .solving import AGAIN, BUYS

Days = dict[tuple[int, str], set[date]]  # (shop, flow) -> days
Touched = dict[str, set[int]]  # flow -> subjects
OF_MOVES, OF_CHANGES = "moves", "changes"


def flows() -> set[str]:
    """Those whose moves any measure looks at."""
    return {flow for m in MEASURES.values() for flow in m.flows}


def mark(days: Days) -> int:
    """These days are to be counted again; -> how many."""
    known = flows()
    stale = [
        Counted(shop_id=shop, flow=flow, day=day, stale=True)
        for (shop, flow), those in sorted(days.items())
        for day in sorted(those)
        if flow in known
    ]
    Counted.objects.bulk_create(
        stale, update_conflicts=True, unique_fields=["shop", "flow", "day"], update_fields=["stale"], batch_size=2000
    )
    return len(stale)


def read_moves(zones: dict[int, ZoneInfo]) -> tuple[Days, bool]:
    """The days that the moves since the last reading touch; whether more are to come. One place, kept by the caller's
    transaction."""
    read = logs.start_of(OF_MOVES, Move)
    found = logs.news(read, Move, "flow", "subject", "step")
    touched: Touched = defaultdict(set)
    for flow, subject, _step in found:
        touched[flow].add(subject)
    begun = {subject for flow, subject, step in found if flow == "order" and step in ("start", "amend")}
    read.save()
    return sorted_out(_moments(touched, begun), zones), len(found) >= logs.BATCH


def read_changes(zones: dict[int, ZoneInfo]) -> tuple[Days, bool]:
    """The same of deadlines that were moved by something else than their subject's steps."""
    read = logs.start_of(OF_CHANGES, Change)
    found = logs.news(read, Change, "deadline__shop", "was", "now")
    read.save()
    moments = ((shop, "clock", moment) for shop, *both in found for moment in both if moment)
    return sorted_out(moments, zones), len(found) >= logs.BATCH


def sorted_out(moments: Iterable[tuple[int, str, datetime]], zones: dict[int, ZoneInfo]) -> Days:
    found: Days = defaultdict(set)
    for shop, flow, moment in moments:
        if shop in zones:
            found[shop, flow].add(day_of(moment, zones[shop]))
    return found


def _moments(touched: Touched, begun: set[int]) -> Iterator[tuple[int, str, datetime]]:
    for flow, subjects in touched.items():
        for move in _of(Move, flow, subjects):
            yield move.shop_id, flow, move.at
            yield move.shop_id, flow, move.noted_at
        for deadline in _of(Deadline, flow, subjects):
            if deadline.due_at:
                yield deadline.shop_id, "clock", deadline.due_at
    yield from _of_customers(touched.get("ticket", set()))
    yield from _of_buyers(begun)
    yield from _of_orders(touched.get("return", set()))


def _of(model: Any, flow: str, subjects: Iterable[int]) -> list[Any]:
    return [row for row in rows.fetch(model, "subject", sorted(subjects)) if row.flow == flow]


def _of_customers(tickets: Iterable[int]) -> Iterator[tuple[int, str, datetime]]:
    those = rows.fetch(Ticket, "pk", sorted(tickets))
    customers = {t.customer_id for t in those if t.customer_id}
    if customers:
        since = min(t.created_at for t in those) - AGAIN
        solved = Ticket.objects.filter(customer__in=customers, resolved_at__gte=since)
        yield from ((shop, "ticket", at) for shop, at in solved.values_list("shop", "resolved_at") if at)


def _of_buyers(orders: Iterable[int]) -> Iterator[tuple[int, str, datetime]]:
    those = [o for o in rows.fetch(Order, "pk", sorted(orders)) if o.buyer_id]
    if those:
        since, until = min(o.placed_at for o in those) - BUYS, max(o.placed_at for o in those)
        buyers = {o.buyer_id for o in those}
        solved = Ticket.objects.filter(customer__buyer_id__in=buyers, customer__shop__in={o.shop_id for o in those})
        solved = solved.filter(resolved_at__gte=since, resolved_at__lte=until)
        yield from ((shop, "ticket", at) for shop, at in solved.values_list("shop", "resolved_at") if at)


def _of_orders(returns: Iterable[int]) -> Iterator[tuple[int, str, datetime]]:
    orders = [r.order_id for r in rows.fetch(Return, "pk", sorted(returns))]
    for order in rows.fetch(Order, "pk", sorted(set(orders))):
        if order.shipped_at:
            yield order.shop_id, "return", order.shipped_at
