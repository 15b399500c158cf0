"""What other parts of the desk put beside the composer: each a template and what it shows.

`place`: "above" the words (suggestions, a popup of quick replies), "below" them (hints). The template stands inside the
composer's form and sees the page's context; `kept` is what the slot has brought, whose `draft`, if it has one, begins
the words. Inputs of its own are posted with them; what the step asks for (`quick_reply`, `with_blanks`, `why`) is taken
to it. Refused with the code "blocked", the words stand again with a field for the lead's reason. A script hears
"kefu:said" on the body once the words have gone out, "kefu:heard" when the customer has said something.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest

    from .models import Ticket

ABOVE, BELOW = "above", "below"


class Slot:
    """One part. `bring` is asked once per page, by somebody who may speak; None where there is nothing to show."""

    name = ""
    template = ""
    place = BELOW

    def bring(self, request: HttpRequest, ticket: Ticket, case: Any) -> Any:
        return None


@dataclass(frozen=True)
class Filled:
    """A slot with what it shows on this page."""

    template: str
    kept: Any


SLOTS: list[Slot] = []


def register(slot: Slot) -> None:
    SLOTS.append(slot)


def draft(filled: dict[str, list[Filled]]) -> str:
    """The words with which a slot begins the composer: what it keeps may have a `draft`."""
    every = (slot for those in filled.values() for slot in those)
    return next((words for slot in every if (words := getattr(slot.kept, "draft", ""))), "")


def filled(request: HttpRequest, ticket: Ticket, case: Any) -> dict[str, list[Filled]]:
    found: dict[str, list[Filled]] = {ABOVE: [], BELOW: []}
    for slot in SLOTS:
        if (kept := slot.bring(request, ticket, case)) is not None:
            found[slot.place].append(Filled(slot.template, kept))
    return found
