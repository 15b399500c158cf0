"""How much a person may give back alone: per case and per day, by role. What is above it waits for a lead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Sum

from flows.table import Who
from rows.turns import take_turn
from shops import policy

from ..models import Order, Refund
from ..models.refund import OWED
from ..states import R

BELOW_LEAD = ("customer", "agent", "auditor", "warehouse")
KINDS = ("refund", "compensation")
Sums = dict[str, int]  # fen by kind: what was paid for goods and freight, and compensation


def above(order: Order, by: str, who: Who, parts: Mapping[str, int]) -> bool:
    """Is this more than `by` may promise alone in this role? What is asked counts for the day from now on.

    Who is none of the staff (a customer) has no authority.
    """
    limits = policy.of(order.shop_id).authority.get(who.word)
    if limits is None:
        return True
    wanted = _kinds(parts["goods"] + parts["freight"], parts["compensation"])
    case, day = of_case(order, by), of_day(order, by)
    over = any(
        wanted[kind] and most is not None and spent[kind] + wanted[kind] > most
        for span, spent in (("case", case), ("day", day))
        for kind in KINDS
        if (most := limits[f"{kind}_{span}"]) is not None
    )
    for kind in KINDS:
        day[kind] += wanted[kind]
    return over


def of_case(order: Order, by: str, *, given: bool = False) -> Sums:
    """What people below lead have asked for in this case, and this person in whatever role, as who asks or approves;
    what a cancelled order owes is no favour of theirs. given: without what nobody has approved yet."""
    live = [r for r in order.purse.live() if not r.owed and not (given and r.state == R.DRAFTED)]
    theirs = [r for r in live if r.asked_as in BELOW_LEAD or by[:80] in (r.asked_by, r.approved_by)]
    return _kinds(sum(r.goods + r.freight for r in theirs), sum(r.compensation for r in theirs))


def of_day(order: Order, by: str) -> Sums:
    """What this person has asked for today, by the shop's clock: one statement for each person of a batch.

    Who asks for many at once takes turns: the lock of one order says nothing of the others.
    """
    return asked_today(order.purse.asked, order.shop_id, by, order.now)


def asked_today(asked: dict[Any, Sums], shop: int, by: str, now: datetime) -> Sums:
    """The same, of one for whom no order speaks. asked: the batch's own, see Purse."""
    key = (shop, by)
    if key not in asked:
        asked[key] = _asked_since(shop, by, midnight(shop, now))
    return asked[key]


def _asked_since(shop: int, by: str, since: datetime) -> Sums:
    take_turn("asked", shop, by)
    theirs = Refund.objects.filter(shop=shop, asked_by=by[:80], created_at__gte=since)
    theirs = theirs.exclude(state=R.CANCELLED).exclude(cause=OWED).exclude(cause__startswith=f"{OWED}:")
    found = theirs.aggregate(refund=Sum(F("goods") + F("freight")), compensation=Sum("compensation"))
    return _kinds(found["refund"] or 0, found["compensation"] or 0)


def midnight(shop: int, now: datetime) -> datetime:
    """The beginning of today by the shop's clock."""
    local = now.astimezone(ZoneInfo(policy.of(shop).zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _kinds(refund: int, compensation: int) -> Sums:
    return {"refund": refund, "compensation": compensation}
