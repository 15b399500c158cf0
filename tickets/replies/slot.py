"""Quick replies in the desk's composer: the button, the suggestions, the list that `;` opens, and what was picked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shops.scoped_admin import caller_of

from .. import slots
from ..models import Ticket
from .composing import case_for, chosen_of
from .offered import Shelf
from .rights import may_answer
from .variables import VARIABLES

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True)
class Box:
    """What the composer shows. chosen: the reply that the words come from; draft: its words, filled."""

    ticket: Ticket
    chosen: int | str
    draft: str
    variables: str = "|".join(VARIABLES)


class QuickReplies(slots.Slot):
    """Asks the database nothing while the page is made; htmx does, afterwards."""

    name = "quick_replies"
    template = "desk/replies/box.html"
    place = slots.ABOVE

    def bring(self, request: HttpRequest, ticket: Ticket, case: Any) -> Any:
        if not may_answer(caller_of(request), ticket.shop_id):
            return None
        return Box(ticket, chosen_of(request) or "", picked(request, ticket))


slots.register(QuickReplies())


def picked(request: HttpRequest, ticket: Ticket) -> str:
    """The words of ?reply=…, filled from the case; "" where none was picked or it is not this caller's to use."""
    chosen = chosen_of(request) if request.method == "GET" else 0
    if not chosen or not may_answer(caller_of(request), ticket.shop_id):
        return ""
    shelf = Shelf(caller_of(request), case_for(request, ticket))
    return next((shelf.offered(r).filled.words for r in shelf.replies if r.pk == chosen), "")
