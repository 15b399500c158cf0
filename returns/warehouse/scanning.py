"""A scan: the parcel is found, received or kept, and the desk says so. Whoever scans it again changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from flows.effects import Refused
from orders.models import Order
from shops.models import Shop

from ..models import BackParcel, Return
from ..tables import RETURN
from . import strays, verdicts
from .finding import Found, find
from .reading import Unreadable, number_of
from .sitting import Sitting
from .taking import open_here, take
from .verdicts import Verdict

TRIES = 3  # of a scan at which somebody else moves the same case


class Overtaken(Exception):
    """Somebody else was first: look again."""


@dataclass(frozen=True)
class Scan:
    """chosen: the return that a person picked among several; shop: whose parcel it is, where that was asked."""

    desk: Sitting
    number: str
    chosen: int = 0
    shop: int = 0


def scan(desk: Sitting, text: str, *, chosen: int = 0, shop: int = 0) -> Verdict:
    try:
        one = Scan(desk, number_of(text), chosen, shop)
    except Unreadable as error:
        return verdicts.unreadable(str(error))
    for _try in range(TRIES):
        found = find(one.number, desk.keys)
        try:
            return _answer(one, found)
        except Overtaken:
            continue
    return verdicts.busy(one.number)


def _answer(one: Scan, found: Found) -> Verdict:
    if found.parcels:
        return _announced(one, found)
    if found.strays:
        return _stray_again(one, found)
    if found.gone:
        return _came_back(one, found)
    if found.returns:
        return _opened(one, found.returns)
    if found.orders:
        return verdicts.no_return(found.orders, one.number)
    return _nobodys(one, found) if found.tracking_number else verdicts.unknown(one.number)


def _announced(one: Scan, found: Found) -> Verdict:
    those = [p for p in found.parcels if p.of_id == one.chosen] or found.parcels
    open_ones = [p for p in those if p.received_at is None]
    if len(open_ones) > 1:
        return verdicts.which([p.of for p in open_ones if p.of], one.number)
    parcel = (open_ones or those)[0]
    assert parcel.of is not None
    if parcel.received_at is not None:
        return verdicts.already(parcel.of, parcel, one.desk.at)
    return arrived(one, parcel.of, parcel.tracking_number, _of_shop(found.strays, parcel.of.shop_id))


def _of_shop(those: Sequence[BackParcel], shop_id: int) -> list[BackParcel]:
    return [s for s in those if s.shop_id == shop_id]


def arrived(one: Scan, ret: Return, number: str, known: Sequence[BackParcel] = ()) -> Verdict:
    """This return's parcel is here: received where that is open, else kept until it is. known: that it lay here."""
    if not one.desk.may_book(ret.shop_id):
        return verdicts.looked(ret, number)
    if open_here(ret, "receive"):
        return _receive(one, ret, number, known)
    if open_here(ret, "arrive_late"):
        return verdicts.over(ret, number)
    stray = next(iter(known), None) or _kept(one, ret.shop_id, number)
    return verdicts.waits(ret, stray)


def _receive(one: Scan, ret: Return, number: str, known: Sequence[BackParcel]) -> Verdict:
    try:
        moved = booked(one.desk, ret, "receive", number, known)
    except Refused as refused:
        if refused.code in ("moved", "state"):
            raise Overtaken from None
        return verdicts.refused(refused.why, number, ret)
    return verdicts.received(moved, number)


def booked(desk: Sitting, ret: Return, step: str, number: str, known: Sequence[BackParcel]) -> Return:
    """Take receive or arrive_late; what lay here unannounced has been here since it was first scanned."""
    happened = min((s.received_at for s in known if s.received_at), default=None)
    if happened is not None:
        happened = max(happened, ret.created_at)
    words = "".join(s.words for s in known)
    inputs = {"tracking_number": number, "words": words}
    with transaction.atomic():
        moved = take(ret, step, inputs, by=desk.caller.by, at=desk.at, happened=happened)
        if known:
            strays.absorb(known, moved, desk.at)
    moved.shop = ret.shop
    return moved


def late(desk: Sitting, ret: Return, number: str, known: Sequence[BackParcel]) -> Verdict:
    """The declared reopening, asked for by a person who has read what it means."""
    try:
        moved = booked(desk, ret, "arrive_late", number, known)
    except Refused as refused:
        return verdicts.refused(refused.why, number, ret)
    return verdicts.late_booked(moved, number)


def _kept(one: Scan, shop_id: int, number: str) -> BackParcel:
    stray = strays.keep(shop_id, number, by=one.desk.caller.by, at=one.desk.at)
    if stray is None:
        raise Overtaken
    return stray


def _stray_again(one: Scan, found: Found) -> Verdict:
    """It lies here already. A return that was opened meanwhile for the order that is printed on it does not count:
    only its number would tell, and that is looked for first."""
    mine = _of_shop(found.strays, one.shop) or found.strays
    if one.shop and not _of_shop(found.strays, one.shop):
        return _nobodys(one, found)
    return verdicts.known_stray(mine[0], one.desk.at)


def _came_back(one: Scan, found: Found) -> Verdict:
    """A parcel that we had sent to the customer: refused, undeliverable or called back."""
    open_ones = [r for r in found.returns if r.state not in RETURN.final]
    those = [r for r in open_ones if r.pk == one.chosen] or open_ones
    if len(those) > 1:
        return verdicts.which(those, one.number)
    number = found.gone[0].tracking_number
    if those:
        return arrived(one, those[0], number)
    if found.returns:
        return arrived(one, found.returns[0], number)
    return _unannounced(one, found.orders[0].shop_id, number, found.orders[0])


def _opened(one: Scan, returns: Sequence[Return]) -> Verdict:
    """By the number of a return or an order: shown, not booked, since no parcel was scanned."""
    those = [r for r in returns if r.pk == one.chosen] or list(returns)
    open_ones = [r for r in those if r.state not in RETURN.final]
    if len(open_ones) > 1:
        return verdicts.which(open_ones, one.number)
    ret = (open_ones or those)[0]
    return verdicts.opened(ret, one.number) if open_ones else verdicts.over(ret, "")


def _nobodys(one: Scan, found: Found) -> Verdict:
    """Kept in the shop it was sent to; of several shops a person says which."""
    books = one.desk.books
    if not books:
        return verdicts.not_yours(one.number)
    shop = _shop(one, books)
    return verdicts.whose(books, one.number) if shop is None else _unannounced(one, shop.pk, found.tracking_number)


def _shop(one: Scan, books: Sequence[Shop]) -> Shop | None:
    """The one that was picked, else the one that the desk is switched to, else the only one."""
    wanted = one.shop or one.desk.chosen
    picked = next((s for s in books if s.pk == wanted), None)
    return picked or (books[0] if len(books) == 1 else None)


def _unannounced(one: Scan, shop_id: int, number: str, order: Order | None = None) -> Verdict:
    if not one.desk.may_book(shop_id):
        return verdicts.not_yours(number)
    return verdicts.unannounced(_kept(one, shop_id, number), order)


def matched(desk: Sitting, stray: BackParcel, ret: Return) -> Verdict:
    """A person says that this unannounced parcel is that return's."""
    one = Scan(desk, stray.tracking_number, chosen=ret.pk)
    if not desk.may_book(ret.shop_id):
        return verdicts.looked(ret, one.number)
    try:
        return arrived(one, ret, stray.tracking_number, [stray])
    except Overtaken:
        return verdicts.busy(one.number)
