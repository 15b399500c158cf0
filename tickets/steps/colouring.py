"""What is known of a customer before they speak; and a ticket that takes too long is serious by itself."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from flows.effects import FollowUp, Take

from ..models import Ticket
from ..mood.background import bring
from ..states import Colour
from ..tables import TICKET

TICKET.brings(bring, "start", "hear")


@TICKET.late("resolve")
def takes_too_long(ticket: Ticket, part: str) -> Iterator[FollowUp]:
    """One step up: nobody's ticket stays calm beyond the shop's own limit."""
    if not ticket.painted:
        colour = Colour.RED if ticket.colour == Colour.YELLOW else Colour.YELLOW
        if ticket.colour != Colour.RED:
            yield Take("ticket", ticket.pk, "paint", {"colour": colour, "why": _("超过解决时限")}, must=False)
