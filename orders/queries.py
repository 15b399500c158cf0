"""The logistics queries of orders: which are open, how one begins. One at a time for a parcel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rows
from flows.effects import FollowUp, Save, Start

from .couriers import Carried
from .models import LogisticsQuery, Order
from .states import Cause, L

NEWEST = ("carrier", "status", "status_at", "track")


class Queries:
    """Of a batch of orders; read in one statement, once the first of them asks."""

    def __init__(self, pks: Sequence[int]) -> None:
        self._pks = pks
        self._found: dict[int, list[LogisticsQuery]] | None = None

    def of(self, order: Order) -> list[LogisticsQuery]:
        """Oldest first; what begins is added to it."""
        if self._found is None:
            self._found = {pk: [] for pk in self._pks}
            for query in sorted(rows.fetch(LogisticsQuery, "order", self._pks), key=lambda q: q.pk):
                self._found[query.order_id].append(query)
        return self._found[order.pk]


def bring(orders: Sequence[Order]) -> None:
    """Nothing is read until somebody asks: most steps of an order do not."""
    shared = Queries(sorted({o.pk for o in orders}))
    for o in orders:
        o.queried = shared


def of(order: Order) -> list[LogisticsQuery]:
    if "queried" not in order.__dict__:
        bring([order])
    found: list[LogisticsQuery] = order.queried.of(order)
    return found


def open_of(order: Order, tracking_number: str) -> LogisticsQuery | None:
    """The one that is open for this parcel; "": for the whole order."""
    return next((q for q in of(order) if q.state != L.CLOSED and q.tracking_number == tracking_number), None)


def only_one(query: LogisticsQuery) -> bool:
    """Is nothing else open for its order, whose parcel it could turn to?"""
    return all(q.pk == query.pk or q.state == L.CLOSED for q in of(query.order))


def next_number(order: Order) -> str:
    return f"{order.number}-L{len(of(order)) + 1}"


def opened(order: Order, cause: str, parcel: Any, *, about: str = "") -> Iterator[FollowUp]:
    """One that opens by itself, unless one is open for this parcel. parcel: the order's, or a return's (`about`)."""
    if open_of(order, parcel.tracking_number) is not None:
        return
    query = LogisticsQuery(
        shop_id=order.shop_id, order=order, number=next_number(order), state=L.ASKED, cause=cause, about=about,
        tracking_number=parcel.tracking_number,
    )  # fmt: skip
    take_newest(query, parcel)
    of(order).append(query)
    yield Start(query)


def begin(order_pk: int, shop_pk: int, *, tracking_number: str = "", cause: str = Cause.ASKED) -> LogisticsQuery:
    """An unsaved one that somebody asks for, to be started through flows.engine; `words` is the input of its start.

    tracking_number "": of the order's only parcel, else of the whole order. Its start raises Refused: "input" for a
    number that is no parcel's of the order or of its returns, "refused" where one is open already.
    """
    return LogisticsQuery(
        shop_id=shop_pk, order_id=order_pk, number="", state=L.ASKED, cause=cause,
        tracking_number=tracking_number.strip().upper(),
    )  # fmt: skip


# ---- the newest track
def take_newest(query: LogisticsQuery, parcel: Any) -> bool:
    """-> whether anything is new."""
    was = [getattr(query, name) for name in NEWEST]
    for name in NEWEST:
        setattr(query, name, getattr(parcel, name))
    return was != [getattr(query, name) for name in NEWEST]


def keep(query: LogisticsQuery, parcel: Any) -> Iterator[FollowUp]:
    """While it is open the newest track is kept with it."""
    if query.pk is not None and take_newest(query, parcel):
        yield Save(query, *NEWEST)


# ---- parcels that upper floors know of
@dataclass(frozen=True)
class Elsewhere(Carried):
    """A parcel that is not the order's own: the customer sends it back. about: the number of its return."""

    about: str
    tracking_number: str
    carrier: str
    status: str
    status_at: datetime | None
    track: list[Any]

    @property
    def words(self) -> str:
        return f"{self.courier} {self.tracking_number}".strip()


Finder = Callable[[Order], list[Elsewhere]]
FINDERS: list[Finder] = []


def back(order: Order) -> list[Elsewhere]:
    """The parcels that come back from the customer."""
    return [found for find in FINDERS for found in find(order)]


def elsewhere(order: Order, tracking_number: str) -> Elsewhere | None:
    return next((p for p in back(order) if p.tracking_number == tracking_number), None)
