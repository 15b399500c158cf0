"""Which people have answered the customer in a ticket."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max
from django.db.models import Q as If
from django.db.models.functions import Coalesce

from shops.models.machines import SCHEME

from .models import Message, Ticket
from .states import Side


def bring(tickets: Sequence[Ticket]) -> None:
    """One statement for all of them, with what was merged into them. An API's key is nobody's merit."""
    found: dict[int, list[str]] = {t.pk: [] for t in tickets}
    here = If(ticket__in=found) | If(ticket__merged_into__in=found)
    said = Message.objects.filter(here, side=Side.AGENT).exclude(If(by="") | If(by__startswith=SCHEME))
    own = said.annotate(own=Coalesce("ticket__merged_into", "ticket")).values_list("own", "by")
    for ticket, by, _last in own.annotate(last=Max("at")).order_by("last"):
        found[ticket].append(by)
    for t in tickets:
        t.__dict__["answered_by"] = found[t.pk]


def answerers(ticket: Ticket) -> list[str]:
    """Their logins, who answered last at the end."""
    if "answered_by" not in ticket.__dict__:
        bring([ticket])
    known: list[str] = ticket.__dict__["answered_by"]
    return known
