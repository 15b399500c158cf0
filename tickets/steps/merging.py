"""Two tickets of one customer become one. What was said stays where it was said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import FollowUp, Refused, Take, Tell
from shops.punctuation import clauses

from ..models import Ticket
from ..saying import say
from ..states import LIVE, OWED, Side, T, Team
from ..tables import TICKET
from .handing_over import handed, kept_apart, takes_over
from .talking import reopened

IDLE = (T.AWAITING_CUSTOMER, T.RESOLVED)  # where nobody here has to do anything


@TICKET.touches("merge")
def both(inputs: Mapping[str, Any]) -> list[int]:
    return [inputs["into"]]


@TICKET.on("merge")
def merge(ticket: Ticket, *, into: int, why: str = "") -> Iterator[FollowUp]:
    """into: the key of the other ticket, locked with this one. What is owed to the customer here is owed there."""
    other = Ticket.objects.filter(pk=into, shop=ticket.shop_id).first()
    if other is None or other.pk == ticket.pk:
        raise Refused(_("请选择另一张工单"), "input", ticket)
    if other.customer_id != ticket.customer_id:
        raise Refused(_("只能合并同一位客户的工单"), "refused", ticket)
    if other.state not in LIVE:
        raise Refused(_("要并入的工单已经关闭"), "refused", ticket)
    if reason := kept_apart(ticket, other):
        raise Refused(reason, "refused", ticket)
    owed = ticket.waiting_since if ticket.state in OWED else None
    given = {"source": ticket.number, "heard": ticket.heard, **({"owed": owed} if owed else {})}
    yield Take("ticket", other.pk, "absorb", {**given, **handed(ticket, other)})
    ticket.merged_into, ticket.closed_at = other, ticket.moment
    ticket.waiting_since, ticket.follow_up_at = None, None
    yield Tell("", {"into": other.number})


@TICKET.on("absorb")
def absorb(
    ticket: Ticket, *, source: str, heard: int = 0, owed: datetime | None = None, **given: Any
) -> Iterator[FollowUp]:
    """given: what it takes over of the other (`handed`)."""
    ticket.spoken |= heard > 0
    ticket.absorbs = str(ticket.state)
    asked = ticket.team
    if given.get("team") and not asked:
        ticket.team, ticket.awaits = given["team"], given["awaits"]
    if owed is not None:
        ticket.waiting_since = min(ticket.waiting_since or owed, owed)
        ticket.absorbs = T.NEW if ticket.state == T.NEW else T.AWAITING_REPLY
    elif ticket.state in IDLE and ticket.team:
        ticket.absorbs = T.AWAITING_INTERNAL
    elif ticket.state == T.RESOLVED and "follow_up_at" in given:
        ticket.absorbs = T.AWAITING_CUSTOMER
    if ticket.state == T.RESOLVED != ticket.absorbs:
        reopened(ticket)
    yield from takes_over(ticket, given)
    yield say(ticket, Side.SYSTEM, _told(source, given.get("team", "") if asked else ""))


def _told(source: str, left: str) -> str:
    """left: the team that was still asked there, where this ticket waits for another and cannot wait for both."""
    words = _("工单 %s 已并入") % source
    if left:
        team = Team(left).label
        return clauses([words, _("它还在等%s：需要时请再转一次") % team])
    return words
