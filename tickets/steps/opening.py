"""A ticket begins: with a customer's words, with ours, or with what another flow has said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.effects import FollowUp, Tell

from .. import kinds, mood
from ..hidden import words_of
from ..models import Ticket
from ..saying import FilesSaid, say
from ..states import Channel, Desk, Kind, Side, desk_of
from ..tables import TICKET
from .matters import answered_in_time


@TICKET.on("start")
def start(
    ticket: Ticket, *, words: str = "", files: FilesSaid = (), side: str = Side.SYSTEM, external: str = "",
    **_inputs: Any,
) -> Iterator[FollowUp]:  # fmt: skip
    """words: those that it begins with; side: who says them. A customer's begin the clock of the greeting."""
    ticket.number = ticket.number or f"T{ticket.pk}"
    ticket.kind = ticket.kind or Kind.OTHER
    ticket.distributor |= ticket.kind == Kind.DISTRIBUTOR
    ticket.title = ticket.title or title_of(words, side)
    if side == Side.CUSTOMER:
        heard(ticket, words)
    if words.strip() or files:
        yield say(ticket, side, words, files, external=external)
    if side == Side.CUSTOMER:
        yield from mood.heard(ticket, words)
    yield from answered_in_time(ticket)
    yield Tell("", {"kind": ticket.kind, "channel": ticket.channel, "desk": ticket.desk})


def heard(ticket: Ticket, words: str) -> None:
    """The customer has spoken, at the step's own moment; one that is still to come waits from now. What it is about
    follows from the words until it is known."""
    if ticket.kind == Kind.OTHER and (kind := kinds.guess(words, bought=ticket.order_id is not None)):
        ticket.kind, ticket.desk = kind, desk_of(kind)
    at = min(ticket.moment, ticket.now)
    ticket.spoken, ticket.heard = True, ticket.heard + 1
    ticket.heard_at = max(ticket.heard_at or at, at)
    ticket.first_heard_at = min(ticket.first_heard_at or at, at)
    ticket.waiting_since = min(ticket.waiting_since or at, at)


def title_of(words: str, side: str) -> str:
    """The first line, as far as a list shows it, without the numbers of people."""
    return words_of((words.strip().splitlines() or [""])[0][:40], False, side)


def begun(**fields: Any) -> Ticket:
    """An unsaved ticket at its start."""
    order, kind = fields.get("order"), fields.get("kind") or Kind.OTHER
    shop: int = fields.pop("shop_id", None) or order.shop_id  # type: ignore[union-attr]
    given = {"channel": Channel.INTERNAL, **fields, "kind": kind, "desk": fields.get("desk") or desk_of(kind)}
    return Ticket(shop_id=shop, state=TICKET.start[0], **given)


__all__ = ["Desk", "begun", "heard", "start", "title_of"]
