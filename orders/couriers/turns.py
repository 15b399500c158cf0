"""Whose turn it is to ask for a number: the services lock one that is asked for more often than every 30 minutes.

The turn is taken before the call, in a transaction of its own: a worker that dies in between has asked, and whoever
takes its row over waits.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

import rows

from ..models import CourierContract, LastAsked

NAMES = ("service", "customer", "tracking_number", "at")


def take(contract: CourierContract, number: str, *, at: datetime) -> datetime | None:
    """None: go ahead, it is yours; else when the next turn is. Of many at once, one takes it."""
    key = {"service": contract.service, "customer": contract.customer, "tracking_number": number}
    pause = timedelta(seconds=contract.every)
    with transaction.atomic():
        rows.insert(LastAsked, NAMES, [(*key.values(), None)], ignore=True)
        ours = LastAsked.objects.filter(Q(at=None) | Q(at__lte=at - pause), **key).update(at=at)
        if ours:
            return None
        last = LastAsked.objects.get(**key).at
    return (last or at) + pause


def give_back(contract: CourierContract, number: str, *, at: datetime) -> None:
    """Nothing was sent after all: the next may ask at once."""
    key = {"service": contract.service, "customer": contract.customer, "tracking_number": number}
    LastAsked.objects.filter(**key, at=at).update(at=None)
