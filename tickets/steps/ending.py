"""A ticket is solved, opened again, closed."""

from __future__ import annotations

from collections.abc import Iterator

from flows.effects import FollowUp, Save
from flows.table import Who
from shops.access import is_key

from ..answerers import answerers
from ..answerers import bring as bring_answerers
from ..models import Ticket
from ..saying import say
from ..states import Result, Side
from ..tables import TICKET
from . import rating
from .talking import reopened

TICKET.brings(bring_answerers, "resolve")


@TICKET.on("resolve")
def resolve(ticket: Ticket, *, result: str = "", words: str = "") -> Iterator[FollowUp]:
    """Known as who solved it: who resolved it, if they have answered in it, else who answered last; where nobody had
    to, who has it."""
    by_clock = ticket.caller == Who.CLOCK
    ticket.result = result or (Result.SILENT if by_clock else Result.SOLVED)
    ticket.resolved_at, ticket.waiting_since = ticket.moment, None
    ticket.team, ticket.awaits, ticket.follow_up_at = "", {}, None
    ticket.solved_by = _solver(ticket)
    if words.strip():
        yield say(ticket, Side.NOTE, words)
    if ticket.customer is not None and ticket.solved_by and ticket.customer.agent != ticket.solved_by:
        ticket.customer.agent = ticket.solved_by
        yield Save(ticket.customer, "agent")


def _solver(ticket: Ticket) -> str:
    answered = answerers(ticket)
    machine = bool(ticket.caller & (Who.CLOCK | Who.SYSTEM)) or is_key(ticket.actor)
    if ticket.actor in answered or not (answered or ticket.agent or machine):
        return ticket.actor
    return answered[-1] if answered else ticket.agent


@TICKET.on("reopen")
def reopen(ticket: Ticket, *, why: str) -> None:
    reopened(ticket)
    ticket.waiting_since = ticket.moment


@TICKET.on("close")
def close(ticket: Ticket) -> Iterator[FollowUp]:
    """The customer is asked how they were served."""
    ticket.closed_at = ticket.moment
    yield from rating.ask(ticket)
