"""Words go to and fro (procedures 1; first answer within 15 s, every further one within 20 s)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import FollowUp, Recount, Take, Tell
from flows.table import Who
from shops.access import is_key

from .. import attachments, customers, mood, readable
from ..checking import look
from ..models import Ticket
from ..saying import FilesSaid, say, waited
from ..states import Channel, Side, T
from ..tables import TICKET
from . import silence
from .matters import WITH_CLOCK, complained
from .opening import heard
from .working import came_back

TICKET.brings(customers.bring, "reply", "resolve")


@TICKET.on("reply")
def reply(
    ticket: Ticket, *, words: str = "", files: FilesSaid = (), quick_reply: int | None = None, why: str = "",
    **_inputs: Any,
) -> Iterator[FollowUp]:  # fmt: skip
    """Goes out to the customer's channel as the step's own event. Who answers a ticket of nobody's has it from then on.

    A machine's words end the greeting and are no answer: what the customer asked is still owed by a person. After a
    person's, colleagues who were asked are waited for again: the customer's thanks take nothing away from them.
    """
    machine = ticket.caller == Who.SYSTEM
    if not machine:
        look(ticket, readable.of(words, files), {"why": why, "quick_reply": quick_reply})
        _mine(ticket)
    side = Side.AUTO if machine else Side.AGENT
    told = {} if machine else waited(ticket)
    yield say(ticket, side, words, files, quick_reply=quick_reply, why=why or "", **told)
    yield Tell("", _outwards(ticket, words, files))
    if not machine:
        ticket.first_answered_at = ticket.first_answered_at or ticket.moment
        ticket.answered_at, ticket.waiting_since = ticket.moment, None
        yield from came_back(ticket)
        if ticket.team:
            yield Take("ticket", ticket.pk, "keep_asking")
        elif ticket.state == T.AWAITING_CUSTOMER:
            yield from silence.anew(ticket)


def _mine(ticket: Ticket) -> None:
    if not ticket.agent and ticket.actor and not is_key(ticket.actor):
        ticket.agent, ticket.assigned_at, ticket.assigned_why = ticket.actor, ticket.moment, "answered"


def _outwards(ticket: Ticket, words: str, files: FilesSaid) -> dict[str, Any]:
    """What the shop's channel needs to say it; the log keeps none of it."""
    files = attachments.outwards(ticket, files or ())
    return {
        "conversation": ticket.talk, "channel": ticket.channel, "buyer": _buyer(ticket), "words": words,
        **({"files": files} if files else {}),
    }  # fmt: skip


def _buyer(ticket: Ticket) -> str:
    """The platform's own id of whom it is said to; "" where it names none."""
    known: str = ticket.customer.buyer_id if ticket.customer is not None else ""
    return "" if known.startswith(customers.NAMELESS) else known


@TICKET.on("hear")
def hear(
    ticket: Ticket, *, words: str = "", files: FilesSaid = (), external: str = "", order_named: str = "",
    conversation: str = "", channel: str = "", **_inputs: Any,
) -> Iterator[FollowUp]:  # fmt: skip
    """A resolved ticket is reopened by it: what was thought done is not. order_named: of an order not here yet.

    conversation, channel: where it was said, where the source knows them; there we answer."""
    if order_named and ticket.order_id is None:
        ticket.order_named = order_named
    if ticket.state == T.RESOLVED:
        reopened(ticket)
    known = ticket.kind
    heard(ticket, words)
    if ticket.kind != known and ticket.kind in WITH_CLOCK:
        yield from complained(ticket)
    yield say(ticket, Side.CUSTOMER, words, files, external=external)
    if ticket.heard_at is None or ticket.heard_at <= ticket.moment:  # else it was said before what we know already
        yield from spoken_in(ticket, conversation, channel)
    yield from mood.heard(ticket, words)


def spoken_in(ticket: Ticket, conversation: str, channel: str) -> Iterator[FollowUp]:
    """We answer where the customer spoke last, which may be the conversation of a ticket that was merged into this one;
    how soon follows from its channel. Neither is named where the source knows none: then all stays."""
    if conversation and conversation != ticket.talk:
        ticket.answers_in = "" if conversation == ticket.conversation else conversation
    if channel and channel != ticket.channel:
        ticket.channel = channel
        for clock in ("greet", "reply"):
            yield Recount(clock, _("改由%s答复") % ticket.get_channel_display())


def reopened(ticket: Ticket) -> None:
    """Another one of its cause may have been opened meanwhile."""
    ticket.reopened, ticket.cause = ticket.reopened + 1, ""
    ticket.result, ticket.resolved_at = "", None


def on_the_line(ticket: Ticket) -> bool:
    """A channel on which somebody waits for the next word."""
    return ticket.channel in (Channel.IM, Channel.PHONE)


__all__ = ["hear", "on_the_line", "reopened", "reply"]
