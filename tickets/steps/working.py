"""Who works a ticket, what it is, and for whom it waits within the house. Every assignment says why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from flows import clocks
from flows.effects import Add, FollowUp, Refused, Rehang, Tell, Unwind, Wind
from flows.models import Move
from flows.table import Who

from .. import customers, mood
from ..models import Mention, Ticket
from ..saying import FilesSaid, say
from ..states import Desk, Side, desk_of
from ..tables import TICKET
from . import silence
from .matters import answered_in_time

FOLLOW_UP = "follow_up"
EARLY = timedelta(minutes=10)  # a customer is called a little before the agreed time; earlier words are about else


# ---- who works it
@TICKET.on("claim")
def claim(ticket: Ticket) -> None:
    """Somebody takes it out of the queue, or off a colleague who is not there."""
    if ticket.agent and ticket.agent != ticket.actor:
        ticket.transferred += 1
    given_to(ticket, ticket.actor, "claimed")


@TICKET.on("assign")
def assign(ticket: Ticket, *, to: str, why: str = "") -> Iterator[FollowUp]:
    """By the shop's policy, or by a lead who moves load."""
    if ticket.agent == to:
        raise Refused(_("这张工单已经由 %(name)s 负责") % {"name": to}, "refused", ticket)
    if ticket.agent:
        ticket.transferred += 1
    given_to(ticket, to, why)
    yield Tell("", {"agent": to})


@TICKET.on("transfer")
def transfer(ticket: Ticket, *, to: str, why: str) -> Iterator[FollowUp]:
    if ticket.agent == to:
        raise Refused(_("这张工单已经由 %(name)s 负责") % {"name": to}, "input", ticket)
    ticket.transferred += 1
    given_to(ticket, to, why)
    yield Tell("", {"agent": to})


@TICKET.on("release")
def release(ticket: Ticket, *, why: str = "") -> None:
    """Back into the queue: whoever is next takes it."""
    given_to(ticket, "", why)


def given_to(ticket: Ticket, agent: str, why: str) -> None:
    ticket.agent, ticket.assigned_why = agent, str(why or "")[:200]
    ticket.assigned_at = ticket.moment if agent else None


# ---- what it is
@TICKET.on("classify")
def classify(ticket: Ticket, *, kind: str = "", desk: str = "", title: str | None = None) -> Iterator[FollowUp]:
    """A kind brings its queue along unless one is named; what becomes a complaint is answered in the law's time, what
    was none has no such time."""
    theirs = ticket.only_theirs
    if kind:
        ticket.kind, ticket.desk = kind, desk_of(kind)
        ticket.distributor |= kind == "distributor"
    if desk:
        ticket.desk = Desk(desk)
    if title is not None:
        ticket.title = title
    if kind:
        yield from answered_in_time(ticket)
        yield from silence.follows(ticket, theirs)


@TICKET.on("paint")
def paint(ticket: Ticket, *, colour: str, why: str) -> Iterator[FollowUp]:
    """A person's word stands: signals change it no more. How long the ticket may take follows from it."""
    by_hand = ticket.caller != Who.SYSTEM
    if ticket.painted and not by_hand:
        raise Refused(_("分级已由人工设定"), "refused", ticket)
    ticket.painted |= by_hand
    yield from mood.become(ticket, colour, [["by_hand" if by_hand else "system", why]])


@TICKET.roots("link")
def linked(inputs: Mapping[str, Any]) -> list[int]:
    return [inputs["order"]]


@TICKET.on("link")
def link(ticket: Ticket, *, order: int) -> Iterator[FollowUp]:
    """The order that it is about. Its buyer is the ticket's customer where nobody was known."""
    from orders.models import Order

    found = Order.objects.filter(pk=order, shop=ticket.shop_id).first()
    if found is None:
        raise Refused(_("本店没有这个订单"), "input", ticket)
    if ticket.order_id == found.pk:
        raise Refused(_("这张工单已经关联这个订单"), "refused", ticket)
    ticket.order, ticket.order_named = found, ""
    if ticket.customer_id is None and (buyer := customers.of_order(found, at=ticket.now)) is not None:
        ticket.customer = buyer
    yield Rehang()
    yield Tell("", {"order": found.number})


@TICKET.on("unlink")
def unlink(ticket: Ticket) -> Iterator[FollowUp]:
    """It was about something else. What it waits for belongs to that order, and is waited for no more."""
    number = ticket.order.number if ticket.order is not None else ""
    ticket.order, ticket.awaits = None, {}
    yield Rehang()
    yield Tell("", {"order": number})


# ---- for whom it waits
@TICKET.on("ask_internal")
def ask_internal(
    ticket: Ticket, *, team: str, words: str, waits_for: Mapping[str, Any] | None = None
) -> Iterator[FollowUp]:
    """waits_for: the subject whose end resumes it."""
    ticket.team, ticket.awaits = team, dict(waits_for or {})
    yield say(ticket, Side.NOTE, words)
    yield Tell("", {"team": team, **({"waits_for": waits_for["number"]} if waits_for else {})})


def bring_asked(tickets: Sequence[Ticket]) -> None:
    """When colleagues were asked last: one statement for all of them."""
    asked = Move.objects.filter(flow="ticket", subject__in=[t.pk for t in tickets], step="ask_internal")
    last = dict(asked.order_by("seq").values_list("subject", "at"))
    for t in tickets:
        t.asked_since = last.get(t.pk)


TICKET.brings(bring_asked, "keep_asking")


@TICKET.on("keep_asking")
def keep_asking(ticket: Ticket) -> None:
    """Their time goes on from when they were asked; one that has run out begins anew: it is not late twice."""
    if ticket.asked_since is not None:
        clock = clocks.begin(TICKET, TICKET.clock["internal"], ticket, ticket.asked_since)
        if clock is None or clock.due is None or clock.due <= ticket.now:
            ticket.asked_since = None


@TICKET.on("resume")
def resume(ticket: Ticket, *, words: str = "") -> Iterator[FollowUp]:
    """The customer is owed the outcome, from now on."""
    ticket.team, ticket.awaits = "", {}
    ticket.waiting_since = ticket.waiting_since or ticket.moment
    if words.strip():
        yield say(ticket, Side.NOTE if ticket.caller != Who.SYSTEM else Side.SYSTEM, words)


@TICKET.on("note")
def note(ticket: Ticket, *, words: str = "", files: FilesSaid = (), mentions: Sequence[str] = ()) -> Iterator[FollowUp]:
    """For colleagues alone, as are its files; whom it mentions is told."""
    side = Side.SYSTEM if ticket.caller == Who.SYSTEM else Side.NOTE
    yield say(ticket, side, words, files, mentions=list(mentions))
    for name in mentions:
        yield Add(Mention(ticket_id=ticket.pk, name=name, by=ticket.actor[:150], at=ticket.moment))
    if mentions:
        yield Tell("ticket.mentioned", {"people": list(mentions)})


@TICKET.on("follow_up")
def follow_up(ticket: Ticket, *, at: datetime, words: str = "") -> Iterator[FollowUp]:
    """The desk comes back to it then; a later date takes the place of an earlier one."""
    if at <= ticket.now:
        raise Refused(_("回访时间须在以后"), "input", ticket)
    theirs, ticket.follow_up_at = ticket.only_theirs, at
    yield Unwind(FOLLOW_UP, FOLLOW_UP)
    yield Wind(FOLLOW_UP, FOLLOW_UP, ticket.moment)
    yield from silence.follows(ticket, theirs)
    if words.strip():
        yield say(ticket, Side.NOTE, words)


def came_back(ticket: Ticket) -> Iterator[FollowUp]:
    """A person's words to the customer, on whatever channel, keep what was agreed: shortly before the time or after."""
    if ticket.follow_up_at is not None and ticket.moment >= ticket.follow_up_at - EARLY:
        ticket.follow_up_at = None
        yield Unwind(FOLLOW_UP, FOLLOW_UP)
