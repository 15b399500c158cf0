"""A customer's silence ends a ticket only where nothing is left for us to do, and counts from our last words; nor is
one that is resolved closed before."""

from __future__ import annotations

from collections.abc import Iterator

from flows.effects import FollowUp, Unwind, Wind

from ..models import Ticket

SILENCE = "silence"
CLOCKS = (SILENCE, "close")  # that run only while nothing is left to us


def anew(ticket: Ticket) -> Iterator[FollowUp]:
    """From now on; none while we owe something (`only_theirs`)."""
    yield Wind(SILENCE, "", ticket.moment, again=True)


def follows(ticket: Ticket, theirs: bool) -> Iterator[FollowUp]:
    """theirs: whether it was only the customer's turn before this step, which may have changed that."""
    if theirs and not ticket.only_theirs:
        yield from (Unwind(clock, "") for clock in CLOCKS)
    elif ticket.only_theirs and not theirs:
        yield from (Wind(clock, "", ticket.moment, again=True) for clock in CLOCKS)
