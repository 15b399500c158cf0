"""How the customer was served: asked after the close, answered on a page or through the shop's own channel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from flows.effects import Add, FollowUp, Save, Tell
from flows.table import Who

from ..models import Satisfaction, Ticket
from ..page import links
from ..tables import TICKET

APART = timedelta(days=1)  # one customer is not asked more often
NAMES = ("agent", "asked_at", "rating", "words", "given_by", "given_at")


def bring(tickets: Sequence[Ticket]) -> None:
    """What these tickets' customers were asked and said: two statements. When each was asked last is one for the whole
    batch: who is asked by it is not asked by it again."""
    own = {s.ticket_id: s for s in Satisfaction.objects.filter(ticket__in=[t.pk for t in tickets])}
    buyers = {t.customer_id for t in tickets if t.customer_id}
    asked = Satisfaction.objects.filter(ticket__customer__in=buyers, asked_at__isnull=False).order_by("asked_at")
    last = dict(asked.values_list("ticket__customer", "asked_at")) if buyers else {}
    for t in tickets:
        t.__dict__["rated"] = own.get(t.pk), last


TICKET.brings(bring, "close", "rate")


def _known(ticket: Ticket) -> Satisfaction:
    if "rated" not in ticket.__dict__:
        bring([ticket])
    known: Satisfaction | None = ticket.__dict__["rated"][0]
    return known or Satisfaction(shop_id=ticket.shop_id, ticket=ticket, agent=ticket.solved_by)


def ask(ticket: Ticket) -> Iterator[FollowUp]:
    """Who has spoken with us and was not asked lately is asked, through the shop's channel: a link to a page."""
    found = _known(ticket)
    asked: dict[int, datetime] = ticket.__dict__["rated"][1]
    if not ticket.spoken or ticket.customer_id is None or found.asked_at or found.rating:
        return
    last = asked.get(ticket.customer_id)
    if last is not None and ticket.moment - last < APART:
        return
    found.asked_at, found.agent = ticket.moment, ticket.solved_by
    asked[ticket.customer_id] = ticket.moment
    yield _kept(found)
    told = {"conversation": ticket.talk, "channel": ticket.channel, "url": links.make(ticket, ticket.moment)}
    yield Tell("satisfaction.asked", told)


@TICKET.on("rate")
def rate(ticket: Ticket, *, rating: int, words: str = "") -> Iterator[FollowUp]:
    """The newest answer counts, for the agent who solved it."""
    found = _known(ticket)
    found.rating, found.words, found.given_at = rating, words.strip(), ticket.moment
    found.given_by = {Who.CUSTOMER: "page", Who.SHOP: "shop"}.get(ticket.caller, "platform")
    found.agent = found.agent or ticket.solved_by
    yield _kept(found)
    yield Tell("", {"rating": rating, "agent": found.agent})


def _kept(found: Satisfaction) -> FollowUp:
    return Add(found) if found.pk is None else Save(found, *NAMES)
