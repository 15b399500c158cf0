"""Who speaks at which address, and with which secrets: all of them in memory, at most two seconds old."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from typing import Generic, NamedTuple, TypeVar

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from orders.couriers.contract import Account
from orders.models import CourierContract
from shops.models import HookSecret, Shop
from shops.sealing import Sealed

from .platform import Endpoint, Secret

STALE = 2.0  # seconds
# After a failed verification they are read again at once, but no oftener than this: a shop or a secret that was made a
# moment ago is known, and guessing costs the database five small reads a second at most.
AGAIN = 0.2
# Verified against where no shop answers: the work, and so the time, is that of a bad signature.
NOBODY = Endpoint(0, "", "native", "", (Secret(0, "whsec_" + secrets.token_urlsafe(32)),))


class Pusher(NamedTuple):
    """A courier service under contract with a shop. contract: its row's key."""

    endpoint: Endpoint
    contract: int
    account: Account


NO_PUSHER = Pusher(Endpoint(0, "", "", "", ()), 0, Account("-", *(secrets.token_urlsafe(32) for _ in range(2))))
E = TypeVar("E")


class Endpoints(Generic[E]):
    """A snapshot per process; what reads it twice in one request may see two. nobody: for where no one answers."""

    def __init__(self, load: Callable[[], Mapping[str, E]], nobody: E) -> None:
        self._load, self._nobody = load, nobody
        self._by_code: Mapping[str, E] = {}
        self._read_at = float("-inf")
        self._lock = threading.Lock()

    def get(self, code: str) -> E:
        """The active shop's endpoint, else nobody's."""
        self._read(STALE)
        return self._by_code.get(code, self._nobody)

    def read_again(self) -> bool:
        """-> is there something newer than what `get` gave?"""
        return self._read(AGAIN)

    def changed(self, **_: object) -> None:
        """A shop or a secret was saved in this process: other processes find it by themselves, within STALE."""
        self.forget()
        transaction.on_commit(self.forget)

    def forget(self) -> None:
        self._read_at = float("-inf")

    def _read(self, older_than: float) -> bool:
        if time.monotonic() - self._read_at < older_than:
            return False
        with self._lock:
            if time.monotonic() - self._read_at < older_than:
                return True  # another thread has read them while we waited
            self._by_code = self._load()
            self._read_at = time.monotonic()
        return True


def _load() -> dict[str, Endpoint]:
    live = Q(retired_at=None) | Q(retired_at__gt=timezone.now())
    held: dict[int, list[Secret]] = {}
    for shop, pk, text in HookSecret.objects.filter(live).order_by("-pk").values_list("shop_id", "pk", "secret"):
        held.setdefault(shop, []).append(Secret(pk, text))
    shops = Shop.objects.filter(active=True).values_list("pk", "code", "dialect", "currency")
    return {
        code: Endpoint(pk, code, dialect, currency, tuple(held[pk]))
        for pk, code, dialect, currency in shops
        if pk in held
    }


def endpoint_of(shop: Shop) -> Endpoint:
    """What a stored message of this shop is decoded with, closed or not; without secrets."""
    return Endpoint(shop.pk, shop.code, shop.dialect, shop.currency, ())


def _load_pushers() -> dict[str, Pusher]:
    """{"shop/service": …}; a contract whose key cannot be opened proves nothing."""
    found: dict[str, Pusher] = {}
    for contract in CourierContract.objects.filter(active=True, shop__active=True).select_related("shop"):
        try:
            account = contract.account()
        except Sealed:
            continue
        shop = contract.shop
        endpoint = Endpoint(shop.pk, shop.code, contract.service, shop.currency, ())
        found[f"{shop.code}/{contract.service}"] = Pusher(endpoint, contract.pk, account)
    return found


ENDPOINTS = Endpoints(_load, NOBODY)
PUSHERS = Endpoints(_load_pushers, NO_PUSHER)
