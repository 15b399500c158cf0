"""A ticket that was merged is taken apart again: it stands where it stood, and both answer where they answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from flows.effects import FollowUp, Take, Tell
from flows.models import Move

from ..conversations import taken_in
from ..models import Message, Ticket
from ..saying import say
from ..states import LIVE, OPEN, OWED, Side, T
from ..tables import TICKET
from .matters import answered_in_time
from .talking import spoken_in


@TICKET.on("split")
def split(ticket: Ticket, *, why: str) -> Iterator[FollowUp]:
    """It is a ticket of its own again, where it stood when it was merged. What came in meanwhile stays where it was
    heard, and what was answered there meanwhile is owed no more."""
    into, merged = ticket.merged_into, _moves(ticket, "merge").latest("seq")
    yield Tell("", {"from": into.number if into else ""})
    own = _own(ticket)
    if into is not None:
        yield Take("ticket", into.pk, "give_back", {"source": ticket.number, "left": own})
    _stands(ticket, merged)
    ticket.merged_into, ticket.closed_at, ticket.cause = None, None, ""
    others = Ticket.objects.filter(shop=ticket.shop_id, conversation=own, state__in=LIVE).exclude(pk=ticket.pk)
    if own and others.exists():  # the open one of this conversation goes on hearing it
        ticket.conversation, ticket.answers_in = "", ticket.answers_in or own
    elif own:
        ticket.conversation, ticket.answers_in = own, "" if ticket.answers_in == own else ticket.answers_in
    yield from answered_in_time(ticket, since=ticket.created_at)


@TICKET.on("give_back")
def give_back(ticket: Ticket, *, source: str, left: str = "", through: str = "") -> Iterator[FollowUp]:
    """A ticket that it had taken in is one of its own again, with its conversation. left: that conversation's id;
    through: the one within this that had taken it in. Who has been taken in itself tells the one around it."""
    if left and ticket.answers_in == left and ticket.conversation:
        absorbed = _moves(ticket, "absorb").filter(inputs__source=through or source).latest("seq")
        yield from spoken_in(ticket, ticket.conversation, absorbed.inputs.get("channel_before", ""))
    if ticket.waiting_since is not None:
        ticket.waiting_since = _unanswered(ticket) or ticket.waiting_since
    yield say(ticket, Side.SYSTEM, _("工单 %s 已拆分出去") % source)
    if ticket.merged_into_id:
        told = {"source": source, "left": left, "through": ticket.number}
        yield Take("ticket", ticket.merged_into_id, "give_back", told)


def _own(ticket: Ticket) -> str:
    """Its conversation; not that of a ticket which was merged into it."""
    if ticket.conversation or not ticket.answers_in:
        return ticket.conversation
    theirs = Ticket.objects.filter(pk__in=taken_in(ticket.pk), conversation=ticket.answers_in)
    return "" if theirs.exists() else ticket.answers_in


def _stands(ticket: Ticket, merged: Move) -> None:
    """Where it stood, but for what was answered since."""
    ticket.splits = merged.source
    if merged.source not in OPEN:
        return
    if ticket.spoken and _answered_since(ticket, merged.at):
        answered = T.AWAITING_INTERNAL if ticket.team else T.AWAITING_CUSTOMER
        ticket.splits = answered if merged.source in OWED else merged.source
    elif ticket.spoken and merged.source in OWED:
        ticket.waiting_since = _unanswered(ticket) or merged.at
    else:
        ticket.waiting_since = _unanswered(ticket)


def _answered_since(ticket: Ticket, at: datetime) -> bool:
    """In the one that it was merged into, or in those which that was merged into."""
    into = ticket.merged_into
    while into is not None:
        if into.answered_at is not None and into.answered_at > at:
            return True
        into = into.merged_into
    return False


def _moves(ticket: Ticket, step: str) -> QuerySet[Move]:
    return Move.objects.filter(flow="ticket", subject=ticket.pk, step=step)


def _unanswered(ticket: Ticket) -> datetime | None:
    """The oldest word of the customer in it that had no answer in it."""
    spoken = Message.objects.filter(ticket=ticket.pk, side=Side.CUSTOMER).order_by("at", "seq")
    after = spoken.filter(at__gt=ticket.answered_at) if ticket.answered_at else spoken
    return after.values_list("at", flat=True).first()
