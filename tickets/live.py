"""A ticket's page follows what happens: it asks every few seconds, and is told only what is new."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat, Length
from django.http import HttpRequest

from flows.registry import FLOWS
from flows.story import Happening
from orders.models import Order, Parcel
from returns.models import BackParcel

from . import presence
from .models import Ticket

TAKES_IN = ("ticket.absorb", "ticket.merge", "ticket.split")  # after which other conversations belong to the page


@dataclass(frozen=True)
class Seen:
    """What a page shows: the ticket's version, a stamp of the rest of its case, who is there, which kind of story."""

    version: int
    case: str = ""
    here: str = ""
    kind: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Seen:
        asked = request.GET
        version = asked.get("version", "")
        known = version.isascii() and version.isdigit() and len(version) < 10
        return cls(int(version) if known else 0, asked.get("case", ""), asked.get("here", ""), asked.get("kind", ""))

    @property
    def query(self) -> str:
        return urlencode({"version": self.version, "case": self.case, "here": self.here, "kind": self.kind})


def seen(ticket: Ticket, here: Sequence[presence.Here], kind: str = "") -> Seen:
    """What a page that is made now shows: one statement."""
    return Seen(ticket.version, case_stamp(ticket.order_id), presence.stamp(here), kind)


def case_stamp(order: int | None) -> str:
    """The same while nothing of this order's case has moved and no parcel of it has been seen anywhere else: one
    statement over all flows; none without an order."""
    if not order:
        return ""
    first, *rest = _rows(order)
    return hashlib.sha256(repr(sorted(first.union(*rest, all=True))).encode()).hexdigest()[:16]


def _rows(order: int) -> Iterator[QuerySet[Any, Any]]:
    for name, flow in FLOWS.items():
        root = flow.model.root
        hangs = bool(root) and flow.model._meta.get_field(root).related_model is Order
        if name != "ticket" and (hangs or flow.model is Order):
            those = flow.model._base_manager.filter(**{f"{root}_id" if root else "pk": order}).order_by()
            yield those.annotate(f=Value(name)).values_list("f", "pk", "version")
    for of in (Parcel.objects.filter(order=order), BackParcel.objects.filter(of__order=order)):
        seen = Length(Cast("track", TextField()))  # one point more is longer; at its longest, the status tells
        yield of.order_by().annotate(f=Concat(Value("parcel "), "status"), v=seen).values_list("f", "pk", "v")


def news(story: Sequence[Happening], was: Seen, now: Seen, ticket: Ticket) -> list[Happening] | None:
    """What is to be added to the story that a page shows; None where it must be told anew."""
    if was.case != now.case:
        return None
    new = [h for h in story if h.move[:2] == ("ticket", ticket.pk) and h.move[2] > was.version]
    return None if any(h.step in TAKES_IN for h in new) else new
