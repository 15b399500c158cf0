"""Rings once somebody waits, or has room again: after the commit; the beat rings every second beside it."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from flows.effects import FollowUp

from ..models import Ticket
from ..tables import TICKET


def ring() -> None:
    from ..tasks import bell

    bell.ring()


@TICKET.after("start", "hear", "reopen", "release", "split", "resume", "resolve", "transfer")
def heard(ticket: Ticket) -> Iterator[FollowUp]:
    """Somebody waits who did not wait before, or somebody has room."""
    transaction.on_commit(ring)
    return iter(())
