"""Which services a shop has under contract: from this process's memory, at most two seconds old."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from ..models import CourierContract
from .contract import Courier
from .guess import guess, known_as
from .services import COURIERS

FRESH = 2.0  # seconds

_known: dict[int, list[CourierContract]] = {}
_read_at = float("-inf")


def of(shop_id: int) -> Sequence[CourierContract]:
    """The active ones, the oldest first. They are few in all: one statement reads those of every shop."""
    global _known, _read_at
    if not 0 <= time.monotonic() - _read_at <= FRESH:
        found: dict[int, list[CourierContract]] = {}
        for contract in CourierContract.objects.filter(active=True, service__in=COURIERS).order_by("pk"):
            found.setdefault(contract.shop_id, []).append(contract)
        _known, _read_at = found, time.monotonic()
    return _known.get(shop_id, ())


def forget(**_: Any) -> None:
    """A contract was saved in this process; other processes find it by themselves, within FRESH."""
    _forget()
    transaction.on_commit(_forget)


def _forget() -> None:
    global _read_at
    _read_at = float("-inf")


def serving(shop_id: int, carrier: str, number: str) -> tuple[CourierContract, Courier] | None:
    """The first contract whose service knows this courier; else the first, which says so itself."""
    those = of(shop_id)
    name = named(carrier, number)
    found = next((c for c in those if name in COURIERS[c.service].codes), None) or next(iter(those), None)
    return (found, COURIERS[found.service]) if found else None


def named(carrier: str, number: str) -> str:
    """The courier's common name; the likeliest where nobody has named it."""
    return known_as(carrier) if carrier.strip() else guess(number)
