"""Whose turn it is: on the desk's lists as in the assignment."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, QuerySet, Value, When
from django.db.models.functions import Coalesce

from .states import Colour, T


def by_turn(tickets: QuerySet[Any]) -> QuerySet[Any]:
    """Red first, then customers who wait for our words, the longest waiting first (since their oldest unanswered word);
    then what nobody has spoken in (an alarm's: a storm of late parcels hides no customer), the oldest first."""
    found: QuerySet[Any] = _annotated(tickets).order_by("pale", "quiet", "waits", "pk")
    return found


def owed_by_turn(tickets: QuerySet[Any]) -> QuerySet[Any]:
    """Where we have something to do first, be it a colleague; last, where it is the customer's turn."""
    rests = Case(When(state=T.AWAITING_CUSTOMER, then=Value(1)), default=Value(0))
    found: QuerySet[Any] = _annotated(tickets).annotate(rests=rests).order_by("rests", "pale", "quiet", "waits", "pk")
    return found


def _annotated(tickets: QuerySet[Any]) -> QuerySet[Any]:
    pale = Case(When(colour=Colour.RED, then=Value(0)), default=Value(1))
    quiet = Case(When(waiting_since=None, then=Value(1)), default=Value(0))
    found: QuerySet[Any] = tickets.annotate(pale=pale, quiet=quiet, waits=Coalesce("waiting_since", "created_at"))
    return found
