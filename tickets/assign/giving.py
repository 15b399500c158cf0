"""Tickets are given out, a shop at a time.

**Locks.** A seat is locked before anything else and by nothing else: first the seats of the shop's people who are
there, in order of their keys, then what waits and what they carry is read, then the one door locks the orders and the
tickets. Nobody takes a seat while holding an order or a ticket (answering, claiming, transferring touch no seat; a
status is one statement on one row), so a wait for a seat is never part of a circle; and two who give out at once wait
for each other at the seats, which the second one counts anew. That is what keeps capacities, also of a person of two
shops. On SQLite the IMMEDIATE transaction is the lock.

What a person takes on by themselves, or a lead gives them, may exceed their capacity: that is for people to decide.

**Fence.** Tickets are read without a lock: each is given under the version that was seen, so that one which somebody
claimed, answered or closed meanwhile stays theirs, and is looked at again a second later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

import rows
from flows import engine
from flows.table import Who
from flows.wants import Want

from ..models import Seat, Status
from ..tables import TICKET
from . import bring, taking_back
from .chooser import Choice, distribute
from .people import Hand
from .rules import Rules, rules_of


def assign_due(*, at: datetime, now: datetime) -> int:
    """Take back from who has gone, and give out what waits. -> how many tickets moved. at: the steps' time; now: by the
    real clock, as signs of life are."""
    done = taking_back.take_back(at=at, now=now)
    if not Seat.objects.filter(status=Status.ONLINE).exists():
        return done
    shops = sorted(set(bring.unassigned().order_by().values_list("shop", flat=True).distinct()))
    return done + sum(give_out(shop, at=at, now=now) for shop in shops)


def give_out(shop: int, *, at: datetime, now: datetime) -> int:
    """-> how many tickets of this shop somebody was given."""
    members = bring.staff([shop])
    with transaction.atomic():
        seats = bring.locked(members)
        if not seats:
            return 0
        hands, rules = bring.hands(members, seats, at), rules_of([shop])
        given = _all_pages(shop, hands, rules, at=at, now=now)
        stamped = {h.person.pk: h.person.given_at for h in hands if h.person.given_at == at}
        rows.update(Seat, ("given_at",), sorted(stamped.items()))
    return given


def _all_pages(shop: int, hands: Sequence[Hand], rules: Rules, *, at: datetime, now: datetime) -> int:
    """Page by page, since those that wait longest may be such as nobody here can take."""
    start, given = 0, 0
    while any(h.person.load < h.person.room for h in hands):
        page = bring.waiting(shop, rules, start)
        choices = distribute(page, hands, lambda t: rules.of(t.shop, t.desk, t.kind), at=at, now=now)
        chosen = [c for c in choices if c.hand is not None]
        moved = _give(chosen, at)
        given += moved
        start += len(page) - moved
        if len(page) < bring.PAGE:
            break
    return given


def _give(chosen: Sequence[Choice], at: datetime) -> int:
    wants = [
        Want(c.ticket.pk, {"to": c.hand.login, "why": c.why}, version=c.ticket.version, why=c.why)
        for c in chosen
        if c.hand is not None
    ]
    taken = engine.take_many(TICKET, "assign", wants, who=Who.SYSTEM, by="system", at=at) if wants else []
    return sum(t.moved for t in taken)
