"""Tickets in the REST API: shown, found, started, what was said in them, their files."""

from __future__ import annotations

from django.urls import URLPattern

from flows.api.addresses import addresses

from .files import file_addresses
from .messages import message_addresses
from .starting import OPENING
from .tickets import TICKETS


def ticket_addresses() -> list[URLPattern]:
    """What hangs on a ticket before the tickets themselves, whose number would swallow the rest of the address."""
    return [*message_addresses(), *file_addresses(), *addresses(TICKETS, OPENING)]


__all__ = ["TICKETS", "ticket_addresses"]
