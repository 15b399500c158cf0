"""How a customer feels, and how serious it is: three colours from signals that are explained, and overridable.

red: serious; to the front, and to a lead. yellow: possibly. green: a satisfied customer (the shops' procedures).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from flows.effects import FollowUp, Recount, Tell

from ..states import Colour
from .signals import Signal, colour_of, signals, weight

if TYPE_CHECKING:
    from ..models import Ticket

EASED = "eased"  # the signal that remembers that a ticket was red: thanks alone make no more than yellow of it
ORDER = {"": 0, Colour.GREEN: 0, Colour.YELLOW: 1, Colour.RED: 2}

__all__ = ["Signal", "become", "colour_of", "heard", "signals", "weight"]


def heard(ticket: Ticket, words: str) -> Iterator[FollowUp]:
    """What the customer's newest words change. What a person has set stands."""
    from .background import heard as known

    if ticket.painted:
        return
    found = signals(known(ticket, words))
    colour = colour_of(found)
    if not worth_it(ticket.colour, colour):
        return
    why = [[s.name, s.words] for s in found]
    if colour != Colour.RED and was_red(ticket) and not any(s.name == "solved" for s in found):
        colour, why = Colour.YELLOW, [*why, [EASED, _("此前为严重，客户还没有说已解决")]]
    yield from become(ticket, colour, why)


def worth_it(old: str, new: str) -> bool:
    """A colour rises with what is heard; only praise, and nothing against it, takes it down again."""
    return bool(new) and (new == Colour.GREEN or ORDER[new] >= ORDER[old])


def was_red(ticket: Ticket) -> bool:
    """Whether it is, or has only been thanked for since: whoever goes to the platform says thanks too."""
    return ticket.colour == Colour.RED or any(name == EASED for name, _words in ticket.colour_why)


def become(ticket: Any, colour: str, why: Sequence[Sequence[str]]) -> Iterator[FollowUp]:
    """The ticket has this colour from now on, for these reasons; how long it may take follows from it. Who turns red is
    told of: it goes to a lead."""
    ticket.colour_why = [list(w) for w in why]
    if ticket.colour == colour:
        return
    ticket.colour = colour
    yield Recount("resolve", _("分级改为%s") % ticket.get_colour_display())
    if colour == Colour.RED:
        yield Tell("ticket.red", {"why": [words for _name, words in ticket.colour_why], "kind": ticket.kind})
