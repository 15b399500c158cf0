"""How much a person may give back alone: per case and per day, by role. What is above it waits for a lead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
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
    case, day = of_case(order), of_day(order, by)
    over = any(
        wanted[kind] and most is not None and spent[kind] + wanted[kind] > most
        for span, spent in (("case", case), ("day", day))
        for kind in KINDS
        if (most := limits[f"{kind}_{span}"]) is not None
    )
    for kind in KINDS:
        day[kind] += wanted[kind]
    return over


def of_case(order: Order) -> Sums:
    """What people below lead have asked for in this case; what a cancelled order owes is no favour of theirs."""
    theirs = [r for r in order.purse.live() if r.asked_as in BELOW_LEAD and not r.owed]
    return _kinds(sum(r.goods + r.freight for r in theirs), sum(r.compensation for r in theirs))


def of_day(order: Order, by: str) -> Sums:
    """What this person has asked for today, by the shop's clock: one statement for each person of a batch.

    Who asks for many at once takes turns: the lock of one order says nothing of the others.
    """
    key = (order.shop_id, by)
    if key not in order.purse.asked:
        take_turn("asked", *key)
        theirs = Refund.objects.filter(shop=order.shop_id, asked_by=by, created_at__gte=midnight(order))
        theirs = theirs.exclude(state=R.CANCELLED).exclude(cause=OWED).exclude(cause__startswith=f"{OWED}:")
        found = theirs.aggregate(refund=Sum(F("goods") + F("freight")), compensation=Sum("compensation"))
        order.purse.asked[key] = _kinds(found["refund"] or 0, found["compensation"] or 0)
    asked: Sums = order.purse.asked[key]
    return asked


def midnight(order: Order) -> datetime:
    local = order.now.astimezone(ZoneInfo(policy.of(order.shop_id).zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _kinds(refund: int, compensation: int) -> Sums:
    return {"refund": refund, "compensation": compensation}
