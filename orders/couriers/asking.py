"""Asking a service about a parcel: the rows that ask, and how it stands. Who calls, and when, is working.py's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import Add, FollowUp
from shops.punctuation import bracketed

from ..models import Lookup
from . import contracts
from .guess import normal
from .links import page
from .outcomes import Kind, Outcome


@dataclass(frozen=True)
class Standing:
    """How asking about one parcel stands. service: its name, "" without a contract; open: a question is under way;
    next_at: when it may be asked again, None: now. outcome: in words, of the last question. link: the courier's page.
    """

    service: str = ""
    open: bool = False
    asked_at: datetime | None = None
    next_at: datetime | None = None
    outcome: str = ""
    code: str = ""
    link: str = ""


def wanted(parcel: Any, *, at: datetime, by: str = "") -> list[FollowUp]:
    """Ask where it is: the rows to add; none without a contract, nor while it was asked a moment ago (the services
    lock a number that is asked for more often than every 30 minutes). `parcel`: an order's, or a return's own."""
    found = contracts.serving(parcel.shop_id, parcel.carrier, parcel.tracking_number)
    if found is None:
        return []
    last = last_of(parcel)
    if last is not None and (last.ended_at is None or _free_at(last, found[0].every) > at):
        return []
    return [Add(row(parcel, found[0].service, Kind.QUERY, at=at, by=by))]


def watched(parcel: Any, *, at: datetime, by: str = "") -> list[FollowUp]:
    """It has just been handed over: subscribe, where the shop's contract says so. Asks the database nothing."""
    found = contracts.serving(parcel.shop_id, parcel.carrier, parcel.tracking_number)
    if found is None or not found[0].subscribe:
        return []
    if contracts.named(parcel.carrier, parcel.tracking_number) not in found[1].codes:
        return []
    return [Add(row(parcel, found[0].service, Kind.SUBSCRIBE, at=at, by=by))]


def again(parcel: Any, service: str, *, at: datetime, by: str = "") -> list[FollowUp]:
    """The service has given it up: subscribe anew, half an hour later as the services want it."""
    known = next((c for c in contracts.of(parcel.shop_id) if c.service == service and c.subscribe), None)
    if known is None:
        return []
    return [Add(row(parcel, service, Kind.SUBSCRIBE, at=at + timedelta(seconds=known.every), by=by))]


def row(parcel: Any, service: str, kind: Kind, *, at: datetime, by: str = "") -> Lookup:
    """A question, unsaved, that rings at `at`."""
    return Lookup(
        shop_id=parcel.shop_id, service=service, kind=kind, carrier=parcel.carrier.strip()[:40],
        tracking_number=normal(parcel.tracking_number)[:64], by=by[:80], created_at=at, rings_at=at,
    )  # fmt: skip


def bring(parcels: Sequence[Any]) -> None:
    """The newest question about each of a batch, for `wanted`: one statement a shop, none without a contract."""
    of_shop: dict[int, list[Any]] = {}
    for p in parcels:
        if contracts.serving(p.shop_id, p.carrier, p.tracking_number) is not None:
            of_shop.setdefault(p.shop_id, []).append(p)
    for those in of_shop.values():
        lasts = lasts_of(those)
        for p in those:
            p.last_asked = lasts.get(normal(p.tracking_number))


def last_of(parcel: Any) -> Lookup | None:
    """The newest question: one statement, where a batch has not brought it."""
    if "last_asked" in parcel.__dict__:
        known: Lookup | None = parcel.last_asked
        return known
    number = normal(parcel.tracking_number)
    return Lookup.objects.filter(shop=parcel.shop_id, kind=Kind.QUERY, tracking_number=number).order_by("-pk").first()


def lasts_of(parcels: Sequence[Any]) -> dict[str, Lookup]:
    """{number: its newest question} of several parcels of one shop: one statement."""
    if not parcels:
        return {}
    numbers = {normal(p.tracking_number) for p in parcels}
    asked = Lookup.objects.filter(shop=parcels[0].shop_id, kind=Kind.QUERY, tracking_number__in=numbers)
    return {lookup.tracking_number: lookup for lookup in asked.order_by("pk")}


def standing(parcel: Any, *, now: datetime) -> Standing:
    return standings([parcel], now=now)[0]


def standings(parcels: Sequence[Any], *, now: datetime) -> list[Standing]:
    """Of parcels of one shop, in their order: one statement for all (none without a contract)."""
    services = [contracts.serving(p.shop_id, p.carrier, p.tracking_number) for p in parcels]
    lasts = lasts_of(parcels) if any(services) else {}
    return [
        _standing(p, found, lasts.get(normal(p.tracking_number)), now)
        for p, found in zip(parcels, services, strict=True)
    ]


def _standing(parcel: Any, found: Any, last: Lookup | None, now: datetime) -> Standing:
    link = page(parcel.carrier, parcel.tracking_number)
    if found is None:
        return Standing(link=link, outcome=_("没有查询合同，请到快递官网查询"), code=Outcome.NO_CONTRACT)
    contract, courier = found
    if last is None:
        return Standing(str(courier.label), link=link)
    is_open, free = last.ended_at is None, _free_at(last, contract.every)
    next_at = free if not is_open and free > now else None
    return Standing(str(courier.label), is_open, last.asked_at, next_at, said(last), last.outcome, link)


def said(lookup: Lookup) -> str:
    """What came of it, for people; the service's own words where it refused."""
    if lookup.ended_at is None:
        return _("排队中，查到后自动更新") if not lookup.failure else _("查询服务暂时没有应答，稍后自动重试")
    words = str(Outcome(lookup.outcome).label) if lookup.outcome else ""
    plain = (Outcome.TRACKED, Outcome.SUBSCRIBED, Outcome.NO_RECORD)
    return words if lookup.outcome in plain or not lookup.words else words + bracketed(lookup.words)


def _free_at(last: Lookup, every: int) -> datetime:
    """When the number may be asked for again: at once, where the last question never went out."""
    return last.asked_at + timedelta(seconds=every) if last.asked_at else last.created_at
