"""A customer's silence ends a ticket only where nothing is left for us to do, and counts from our last words."""

from __future__ import annotations

from collections.abc import Iterator

from flows.effects import FollowUp, Unwind, Wind

from ..models import Ticket

SILENCE = "silence"  # the clock


def anew(ticket: Ticket) -> Iterator[FollowUp]:
    """From now on; none while we owe something (`only_theirs`)."""
    yield Wind(SILENCE, "", ticket.moment, again=True)


def follows(ticket: Ticket, theirs: bool) -> Iterator[FollowUp]:
    """theirs: whether it was only the customer's turn before this step, which may have changed that."""
    if theirs and not ticket.only_theirs:
        yield Unwind(SILENCE, "")
    elif ticket.only_theirs and not theirs:
        yield from anew(ticket)
