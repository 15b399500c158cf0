"""What is known beside a customer's newest words: a handful of statements for a batch of tickets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q

from flows import clocks
from orders.models import Order
from shops import policy

from ..models import Customer, Message, Ticket
from ..states import Colour, Kind, Side
from ..tables import TICKET
from .signals import Heard

REMEMBERED = timedelta(days=90)
SERIOUS = (Kind.COMPLAINT, Kind.DISPUTE, Kind.BAD_REVIEW)
MOST = 20  # messages without an answer that are looked at


@dataclass
class Background:
    """before: what the customer has said since our last answer. value: fen of the order. serious: {ticket: since
    when} of the customer's complaints, disputes, bad reviews and red tickets."""

    before: list[str] = field(default_factory=list)
    value: int = 0
    customer: Customer | None = None
    serious: dict[int, datetime] = field(default_factory=dict)


def bring(tickets: Sequence[Ticket]) -> None:
    """Four statements, however many; fewer where there is no order, no customer, nothing unanswered."""
    values = _values({t.order_id for t in tickets if t.order_id})
    buyers = Customer.objects.in_bulk({t.customer_id for t in tickets if t.customer_id})
    serious, before = _serious(set(buyers)), _before(tickets)
    for t in tickets:
        t.__dict__["background"] = Background(
            before.get(t.pk, []), values.get(t.order_id or 0, 0), buyers.get(t.customer_id or 0),
            serious.get(t.customer_id or 0, {}),
        )  # fmt: skip


def _values(orders: set[int]) -> dict[int, int]:
    return dict(Order.objects.filter(pk__in=orders).values_list("pk", "total")) if orders else {}


def _serious(buyers: set[int]) -> dict[int, dict[int, datetime]]:
    """{customer: {ticket: since when}} of their complaints, disputes, bad reviews and red tickets; they are few."""
    if not buyers:
        return {}
    those = Ticket.objects.filter(Q(kind__in=SERIOUS) | Q(colour=Colour.RED), customer__in=buyers, merged_into=None)
    found: dict[int, dict[int, datetime]] = {}
    for buyer, pk, begun in those.order_by("pk").values_list("customer", "pk", "created_at"):
        found.setdefault(buyer, {})[pk] = begun
    return found


def _before(tickets: Sequence[Ticket]) -> dict[int, list[str]]:
    waiting = {t.pk: t for t in tickets if t.pk and t.waiting_since is not None}
    found: dict[int, list[str]] = {}
    if waiting:
        oldest = min(t.waiting_since for t in waiting.values() if t.waiting_since)
        said = Message.objects.filter(ticket__in=waiting, side=Side.CUSTOMER, at__gte=oldest).order_by("ticket", "seq")
        for ticket, words, at in said.values_list("ticket", "words", "at"):
            since = waiting[ticket].waiting_since
            if words and since is not None and at >= since:
                found.setdefault(ticket, []).append(words)
    return {pk: words[-MOST:] for pk, words in found.items()}


def heard(ticket: Ticket, words: str) -> Heard:
    """The customer's newest words with all that is known beside them."""
    if "background" not in ticket.__dict__:
        bring([ticket])
    known: Background = ticket.__dict__["background"]
    limit, waited = _waited(ticket)
    lately = [pk for pk, begun in known.serious.items() if pk != ticket.pk and ticket.moment - begun <= REMEMBERED]
    return Heard(
        words, known.before, waited, limit, known.value,
        vip=bool(known.customer and known.customer.vip), score=known.customer.score if known.customer else 0,
        reopened=ticket.reopened, earlier=len(lately),
    )  # fmt: skip


def _waited(ticket: Ticket) -> tuple[int, int]:
    """-> the shop's limit for an answer and how long this customer has waited, in its own hours."""
    if ticket.waiting_since is None:
        return 0, 0
    rules = policy.of(ticket.shop_id)
    limit = clocks.limit_of(rules, TICKET.clock["reply"], ticket)
    if limit is None:
        return 0, 0
    return limit.after, rules.calendar.between(ticket.waiting_since, ticket.moment, limit.hours)
