"""A ticket's messages as the checker takes them: seconds are the shop's working seconds since the first word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from shops import policy
from shops.calendar import Calendar

from ..conversations import taken_in
from ..models import Message, Ticket
from ..quality import Conversation, Line, Promise, Speaker
from ..states import Side

SPEAKERS = {Side.CUSTOMER: Speaker.CUSTOMER, Side.AGENT: Speaker.AGENT, Side.AUTO: Speaker.ROBOT}
MOST = 2000  # messages of one conversation that are looked at after its close
# Messages before a draft: it may quote what the customer said lately, and greets and apologises where no colleague has
# done so in as many. More would be read anew at every pause of who writes.
LATELY = 100


def messages(ticket: Ticket) -> list[Message]:
    """What was said to and by the customer, also in the tickets that were merged into this one, oldest first: two
    statements, one more for each step of a merge."""
    return list(_spoken(ticket).order_by("at", "ticket", "seq")[:MOST])


def lately(ticket: Ticket) -> list[Message]:
    """The newest of them, oldest first: as many statements."""
    return list(_spoken(ticket).order_by("-at", "-ticket", "-seq")[:LATELY])[::-1]


def _spoken(ticket: Ticket) -> QuerySet[Message]:
    return Message.objects.filter(ticket__in=[ticket.pk, *taken_in(ticket.pk)], side__in=list(SPEAKERS))


def lines(ticket: Ticket, said: Sequence[Message], calendar: Calendar) -> tuple[Line, ...]:
    """What opened it first, where that was no customer."""
    first = said[0].at if said else ticket.created_at
    spoken = [Line(SPEAKERS[Side(m.side)], m.words, _working(calendar, first, m.at)) for m in said]
    opened = [] if said and said[0].side == Side.CUSTOMER else [Line(Speaker.EVENT, ticket.title)]
    return (*opened, *spoken)


def conversation(ticket: Ticket, said: Sequence[Message], promises: tuple[Promise, ...]) -> Conversation:
    calendar = policy.of(ticket.shop_id).calendar
    return Conversation(ticket.kind, lines(ticket, said, calendar), ticket.channel, promises)


def _working(calendar: Calendar, first: datetime, at: datetime) -> float:
    return calendar.between(first, at, "working")
