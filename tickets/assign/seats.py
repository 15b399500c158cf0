"""Where somebody is: said by themselves or by a lead, and the sign of life that their desk gives."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

import rows
from shops.roles import ANSWERS

from ..models import Seat, SeatChange, Status
from .bell import ring

EVERY = timedelta(seconds=20)  # of two signs of life, the second one is not written sooner


def beside(instance: Any, **_saved: Any) -> None:
    """Whoever becomes one who answers customers has a seat."""
    if ANSWERS & set(instance.roles):
        seat_for(instance.user)


def seat_for(user: Any) -> Seat:
    """The person's seat, made where there was none."""
    seat, _new = Seat.objects.get_or_create(user=user)
    return seat


@transaction.atomic
def put(seat: Seat, status: str, *, by: str, at: datetime) -> bool:
    """-> whether the status changed. A person's own word is a sign of life, a lead's is none. What follows from it (new
    tickets, or the old ones back) is done as soon as a worker hears the bell."""
    own = seat.user.get_username() == by
    if own:
        Seat.objects.filter(pk=seat.pk).update(last_seen=at)
    others = Seat.objects.filter(pk=seat.pk).exclude(status=status)
    changed = others.update(status=Status(status), since=at, set_by=by)
    if changed:
        rows.insert(SeatChange, ("agent", "status", "at", "by"), [(seat.user.get_username(), status, at, by)])
        transaction.on_commit(ring)
    return bool(changed)


def alive(user_id: int, *, at: datetime) -> None:
    """Their desk is open."""
    long_ago = Q(last_seen=None) | Q(last_seen__lt=at - EVERY)
    Seat.objects.filter(long_ago, user=user_id).update(last_seen=at)
