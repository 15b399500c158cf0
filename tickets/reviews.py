"""Reviews become known: every one is kept; a bad or middling one opens a ticket, where its course is noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

import rows
from flows.engine import Taken, Want, start_many, take_many
from flows.permit import lock_orders
from flows.table import Who
from orders.models import Order
from shops import policy
from shops.punctuation import labelled

from . import conversations, customers
from .hidden import words_of
from .models import Review, Ticket
from .states import OPEN, Channel, Kind
from .steps.opening import begun
from .tables import TICKET

NAMES = ("shop", "order", "ticket", "external", "first", "rating", "words", "images", "appended", "at", "told_at",
         "changed_at")  # fmt: skip
CHANGED = ("ticket", "rating", "words", "images", "appended", "told_at", "changed_at")

Name = tuple[int, str]  # a shop's key, the review's own id there


@dataclass(eq=False)
class Told:
    """What is told of one review. buyer: as the source names them, where it does; trigger: what told it."""

    order: Order
    external: str
    rating: int
    words: str
    images: Sequence[str]
    at: datetime
    buyer: customers.Told | None = None
    trigger: str = ""
    known: Review | None = field(default=None, init=False)

    @property
    def shop(self) -> int:
        return self.order.shop_id

    @property
    def name(self) -> Name:
        """A batch tells of several shops, which may call theirs alike."""
        return self.shop, self.external

    @property
    def cause(self) -> str:
        return f"{Kind.BAD_REVIEW}:{self.order.pk}"

    @property
    def bad(self) -> bool:
        return self.rating <= policy.of(self.shop).after_sales.bad_review

    @property
    def stale(self) -> str:
        """Why it changes nothing; "" where it does."""
        if self.known is None:
            return ""
        if self.at < self.known.told_at:
            return _("已有更新的评价")
        said = (self.known.rating, self.known.words, list(self.known.images))
        return _("这条评价早已收到") if said == (self.rating, self.words, list(self.images)) else ""

    def spoken(self) -> str:
        """As its ticket notes it."""
        if self.known is None:
            how = _("%(now)s 星评价") % {"now": self.rating}
        elif self.known.rating != self.rating:
            how = _("评价由 %(was)s 星改为 %(now)s 星") % {"was": self.known.rating, "now": self.rating}
        else:
            how = _("追加评价")
        return labelled(how, words_of(self.words, unmasked=False)) if self.words else how

    def files(self) -> list[dict[str, str]]:
        return [{"url": url} for url in self.images]


def posted(told: Sequence[Told], *, by: str, at: datetime) -> list[Taken]:
    """Keep these reviews, an order's one: as many statements for many as for one. -> what became of each."""
    lock_orders(Ticket, [t.order.pk for t in told])
    known = {(r.shop_id, r.external): r for r in rows.fetch(Review, "external", sorted({t.external for t in told}))}
    for t in told:
        t.known = known.get(t.name)
    fresh = [t for t in told if not t.stale]
    tickets = _tickets(fresh, by=by, at=at)
    _keep(fresh, tickets)
    return [_taken(t, tickets) for t in told]


def _taken(t: Told, tickets: Mapping[Name, int]) -> Taken:
    if t.stale:
        return Taken(t.order, why=t.stale, code="outranked")
    ticket = tickets.get(t.name)
    return Taken(Ticket(pk=ticket) if ticket else t.order, recorded=True)


# ---- their tickets
def _tickets(told: Sequence[Told], *, by: str, at: datetime) -> dict[Name, int]:
    """{review: its ticket}; a good one that never was bad has none."""
    bad = [t for t in told if t.bad]
    theirs = {t.name: t.known.ticket_id for t in told if t.known is not None and t.known.ticket_id}
    there = Ticket.objects.filter(pk__in=theirs.values()) | Ticket.objects.filter(cause__in=[t.cause for t in bad])
    rows_ = list(there.filter(shop__in={t.shop for t in told}).values_list("pk", "cause", "state")) if told else []
    open_ = {pk for pk, _cause, state in rows_ if state in OPEN}
    by_cause = {cause: pk for pk, cause, _state in rows_ if pk in open_}
    for t in bad:
        if theirs.get(t.name) not in open_ and t.cause in by_cause:
            theirs[t.name] = by_cause[t.cause]
    begin = [t for t in bad if theirs.get(t.name) not in open_ and _worse(t)]
    noted = [t for t in told if t.name in theirs and t not in begin]
    wants = {theirs[t.name]: Want(theirs[t.name] or 0, {"words": t.spoken()}, at=t.at) for t in noted}
    take_many(TICKET, "note", list(wants.values()), who=Who.SYSTEM, by="review.posted", at=at)
    return {**theirs, **_begun(begin, at=at)}


def _worse(t: Told) -> bool:
    return t.known is None or t.known.ticket_id is None or t.rating < t.known.rating


def _begun(told: Sequence[Told], *, at: datetime) -> dict[Name, int]:
    if not told:
        return {}
    buyers = [
        t.buyer or customers.Told(t.shop, t.order.buyer_id, t.order.buyer_name, t.order.buyer_phone) for t in told
    ]
    known = customers.known([b for b in buyers if b.buyer_id], at=at)
    ways = conversations.reaching(c.pk for c in known.values())
    begun_ = []
    for t, buyer in zip(told, buyers, strict=True):
        customer = known.get(buyer.key) if buyer.buyer_id else None
        channel, name = ways.pop(customer.pk, (Channel.SHOP, "")) if customer else (Channel.SHOP, "")
        ticket = begun(
            order=t.order, kind=Kind.BAD_REVIEW, cause=t.cause, opened_by="review", customer=customer, channel=channel,
            conversation=name, title=_("跟进 %(stars)s 星评价：联系客户，问清原因") % {"stars": t.rating},
        )  # fmt: skip
        begun_.append((ticket, Want(0, {"words": t.spoken(), "files": t.files()}, at=t.at, trigger=t.trigger)))
    taken = start_many(TICKET, begun_, who=Who.SYSTEM, by="review.posted", at=at)
    return {t.name: started.subject.pk for t, started in zip(told, taken, strict=True)}


# ---- their rows
def _keep(told: Sequence[Told], tickets: Mapping[Name, int]) -> None:
    new = [t for t in told if t.known is None]
    rows.insert(Review, NAMES, [_row(t, tickets.get(t.name)) for t in new])
    rows.update(Review, CHANGED, [_changes(t, tickets.get(t.name)) for t in told if t.known is not None])


def _row(t: Told, ticket: int | None) -> tuple[Any, ...]:
    return (t.shop, t.order.pk, ticket, t.external, t.rating, t.rating, t.words, list(t.images), [], t.at, t.at, None)


def _changes(t: Told, ticket: int | None) -> tuple[Any, ...]:
    """The rating before a change stands in `first` and in what was appended."""
    assert t.known is not None
    appended = [*t.known.appended, [t.at.isoformat(), t.rating, t.words]]
    return t.known.pk, ticket, t.rating, t.words, list(t.images), appended, t.at, t.at
