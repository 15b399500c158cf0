"""The link to the page of a rating: signed, for one ticket, until a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from ..models import Ticket

LIVES = timedelta(days=14)
LONGEST = 200  # characters of a token
SIGNER = Signer(salt="tickets.page", sep=".")


def make(ticket: Ticket, at: datetime) -> str:
    """-> the page's absolute address; nothing personal stands in it."""
    return settings.PUBLIC_URL + address(ticket, at)


def address(ticket: Ticket, at: datetime) -> str:
    return reverse("customer-rating", args=[token_of(ticket, at)])


def token_of(ticket: Ticket, at: datetime) -> str:
    return SIGNER.sign_object([ticket.pk, int((at + LIVES).timestamp())])


def read(token: str, at: datetime) -> Ticket | None:
    """The ticket that this link rates; None where it is not ours or has expired."""
    if len(token) > LONGEST:
        return None
    try:
        pk, until = SIGNER.unsign_object(token)
    except (BadSignature, ValueError, TypeError):
        return None
    if at >= datetime.fromtimestamp(until, UTC):
        return None
    return Ticket.objects.select_related("shop", "satisfaction").filter(pk=pk).first()
