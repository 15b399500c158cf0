"""A message of a step: what was said by whom, and how long the customer had waited for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import Add, Refused
from shops import policy

from . import attachments
from .models import Message, Ticket
from .states import Side

FilesSaid = Sequence[Mapping[str, Any]]


def say(ticket: Ticket, side: str, words: str = "", files: FilesSaid = (), **more: Any) -> Add:
    """The message of the step under way, which the ticket carries along for reactions to look at.
    Raises Refused ("input") for a file that lies here and is none of the ticket's."""
    if not attachments.among(attachments.of, ticket, files or ()):
        raise Refused(_("所选文件不属于这张工单，请重新上传"), "input", ticket)
    ticket.said = Message(
        shop_id=ticket.shop_id, ticket_id=ticket.pk, seq=seq_of(ticket), side=side, words=(words or "").strip(),
        files=[dict(f) for f in files or ()], by="" if side == Side.CUSTOMER else ticket.actor[:150],
        at=ticket.moment, noted_at=ticket.now, **more,
    )  # fmt: skip
    return Add(ticket.said)


def seq_of(ticket: Ticket) -> int:
    """The move under way: a start counts itself before its effect, a step after it."""
    return ticket.version if ticket._state.adding else ticket.version + 1


def waited(ticket: Ticket) -> dict[str, Any]:
    """Of an answer: the seconds that the customer had waited, in all and in the shop's working hours."""
    since = ticket.waiting_since
    if since is None:
        return {}
    calendar = policy.of(ticket.shop_id).calendar
    return {
        "waited": calendar.between(since, ticket.moment, "natural"),
        "waited_working": calendar.between(since, ticket.moment, "working"),
        "first": ticket.first_answered_at is None,
    }
