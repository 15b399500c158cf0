"""The worker's part: claimed questions are put to the services; what they answer is told to whoever owns the parcel.

Threads only speak HTTP; rows are claimed and written by the caller's thread alone. Nothing is asked again in a way that
would lock a number: a question that may have been heard waits out its 30 minutes, whatever became of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.conf import settings

from rows.claim import claim
from shops.sealing import Sealed

from ..models import CourierContract, Lookup
from . import ending, turns
from .call import Spoken, ask
from .contract import Account, Answer, Courier, Request, Wanted
from .contracts import named
from .outcomes import Kind, Outcome
from .services import COURIERS
from .whose import Whose, whose

BATCH = 16  # questions at the same time
PATIENCE = 40.0  # seconds
MOST_SUBSCRIPTIONS = 4  # of one number: what is given up so often is no number
Asked = tuple[Lookup, CourierContract, Courier, Request]


def run(*, at: datetime, patience: float = PATIENCE) -> int:
    """Ask until nothing is due at `at`, or `patience` seconds are over. -> how many questions were dealt with."""
    until, done = time.monotonic() + patience, 0
    while time.monotonic() < until:
        claimed = claim(Lookup, at=at, limit=BATCH)
        done += len(claimed)
        if not claimed:
            break
        _ask(claimed, at=at)
    return done


def _ask(claimed: Sequence[Lookup], *, at: datetime) -> None:
    owners = whose((row.shop_id, row.tracking_number) for row in claimed)
    contracts = _contracts(claimed)
    asked: list[Asked] = []
    for row in claimed:
        contract = contracts.get((row.shop_id, row.service))
        one = prepared(row, contract, owners[row.shop_id, row.tracking_number], at=at)
        if isinstance(one, Answer):
            ending.end(row, one, at=at)
        elif isinstance(one, datetime):
            ending.wait(row, one)
        else:
            asked.append(one)
    for (row, contract, _courier, _request), spoken in zip(asked, _speak(asked), strict=True):
        _heard(row, contract, spoken, owners[row.shop_id, row.tracking_number], at=at)


def _contracts(claimed: Iterable[Lookup]) -> dict[tuple[int, str], CourierContract]:
    those = CourierContract.objects.filter(shop__in={row.shop_id for row in claimed}, active=True)
    return {(c.shop_id, c.service): c for c in those.select_related("shop")}


def prepared(
    row: Lookup, contract: CourierContract | None, owners: Sequence[Whose], *, at: datetime, phone: str = ""
) -> Asked | Answer | datetime:
    """What is to be sent, in this row's turn; an Answer where nothing is; a moment: then is its turn."""
    courier = COURIERS.get(row.service)
    if contract is None or courier is None:
        return Answer(Outcome.NO_CONTRACT)
    phone = phone or next((one.phone for one in owners if one.phone), "")
    wanted = wording(courier, row, phone)
    if isinstance(wanted, Answer):
        return wanted
    if row.kind == Kind.SUBSCRIBE and _in_vain(row):
        return Answer(Outcome.GIVEN_UP)
    try:
        account = contract.account()
    except Sealed:
        return Answer(Outcome.BAD_KEY, "SECRET_KEY")
    if row.kind != Kind.SUBSCRIBE and (next_at := turns.take(contract, row.tracking_number, at=at)) is not None:
        return next_at
    Lookup.objects.filter(pk=row.pk, token=row.token).update(asked_at=at)
    row.asked_at = at
    return row, contract, courier, worded(courier, account, wanted, row, contract)


def wording(courier: Courier, row: Lookup, phone: str) -> Wanted | Answer:
    """The question in the service's words; refused here where the service would refuse it, and count it."""
    name = named(row.carrier, row.tracking_number)
    code = courier.codes.get(name)
    if code is None:
        return Answer(Outcome.UNSERVED, name)
    if not 6 <= len(row.tracking_number) <= 32 or not row.tracking_number.isascii():
        return Answer(Outcome.BAD_NUMBER)
    if name in courier.phoned and not phone:
        return Answer(Outcome.NO_PHONE)
    return Wanted(code, row.tracking_number, phone if name in courier.phoned else "")


def worded(courier: Courier, account: Account, wanted: Wanted, row: Lookup, contract: CourierContract) -> Request:
    if row.kind == Kind.SUBSCRIBE:
        return courier.subscribe(account, wanted, address(contract))
    return courier.query(account, wanted)


def address(contract: CourierContract) -> str:
    """Where the service pushes to."""
    return f"{settings.PUBLIC_URL}/hooks/{contract.shop.code}/{contract.service}/"


def _in_vain(row: Lookup) -> bool:
    before = Lookup.objects.filter(shop=row.shop_id, kind=Kind.SUBSCRIBE, tracking_number=row.tracking_number)
    return before.filter(outcome=Outcome.SUBSCRIBED).count() >= MOST_SUBSCRIPTIONS


def _speak(asked: Sequence[Asked]) -> list[Spoken]:
    if not asked:
        return []
    with ThreadPoolExecutor(len(asked), thread_name_prefix="couriers") as pool:
        return list(pool.map(lambda one: ask(one[3], reader(one[2], one[0].kind)), asked))


def reader(courier: Courier, kind: str) -> Callable[[bytes], Answer]:
    return courier.subscribed if kind == Kind.SUBSCRIBE else courier.answered


def _heard(row: Lookup, contract: CourierContract, spoken: Spoken, owners: Sequence[Whose], *, at: datetime) -> None:
    answer = spoken.answer
    if answer.later:
        counts = spoken.sent and row.kind == Kind.QUERY
        if not spoken.sent and row.kind == Kind.QUERY:
            turns.give_back(contract, row.tracking_number, at=at)
        ending.later(row, answer, at=at, first=timedelta(seconds=contract.every if counts else 60))
    elif answer.outcome == Outcome.TRACKED and answer.track is not None:
        ending.told(row, answer, answer.track, owners, at=at)
    else:
        ending.end(row, answer, at=at)
