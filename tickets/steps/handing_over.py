"""What a ticket that is merged leaves to the one that takes it in, so that nothing owed or known is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q as If
from django.utils.translation import gettext as _

from flows.effects import FollowUp, Rehang, Unwind, Wind

from .. import mood
from ..conversations import taken_in
from ..models import Matter, Ticket
from ..states import OPEN, Kind
from . import silence
from .matters import CASE, owes_an_answer
from .talking import spoken_in
from .working import FOLLOW_UP

OWN_END = (Kind.COMPLAINT, Kind.APPEAL, Kind.BAD_REVIEW, Kind.DISPUTE)  # a result and a time of their own
PLAIN = ("kind", "desk", "agent", "assigned_at", "assigned_why", "order_named")  # simply the other's


def kept_apart(ticket: Ticket, other: Ticket) -> str:
    """Why this one may not be taken in by the other; "" where it may."""
    if ticket.kind in OWN_END and other.kind != ticket.kind:
        return _("%(kind)s工单有自己的期限和结果，不能并入别的工单：请到工单 %(number)s 上，把它并入这一张") % {
            "kind": ticket.get_kind_display(), "number": other.number,
        }  # fmt: skip
    due = ~If(case_number="") | If(due_at__isnull=False)
    case = Matter.objects.filter(due, ticket=ticket.pk, ended_at=None).first()
    if case is None:
        return ""
    if case.case_number:
        return _("平台单号 %s 还没有登记结果：请先登记，再合并") % case.case_number
    return _("平台要求答复的投诉还没有登记结果：请先登记，再合并")


def handed(ticket: Ticket, other: Ticket) -> dict[str, Any]:
    """What the other takes over: what it lacks, what is graver, what is earlier, and where the customer spoke last."""
    given: dict[str, Any] = {}
    if ticket.talk and _spoke_later(ticket, other):
        given |= {"conversation": ticket.talk, "channel": ticket.channel, "channel_before": other.channel}
    if other.kind == Kind.OTHER and ticket.kind != Kind.OTHER:
        given |= {"kind": ticket.kind, "desk": ticket.desk}
    if other.order_id is None and ticket.order_id:
        given |= {"order": ticket.order}
    elif other.order_id is None and not other.order_named:
        given |= {"order_named": ticket.order_named}
    if not other.agent and ticket.agent:
        given |= {n: getattr(ticket, n) for n in ("agent", "assigned_at", "assigned_why")}
    if not other.painted and mood.ORDER[ticket.colour] > mood.ORDER[other.colour]:
        given |= {"colour": ticket.colour, "colour_why": ticket.colour_why, "painted": ticket.painted}
    if ticket.team:
        given |= {"team": ticket.team, "awaits": ticket.awaits}
    return given | _dates(ticket, other)


def _spoke_later(ticket: Ticket, other: Ticket) -> bool:
    """Than in the other and in all that it has taken in."""
    within = Ticket.objects.filter(pk__in=taken_in(other.pk)).values_list("heard_at", flat=True)
    last = max((at for at in (other.heard_at, *within) if at), default=None)
    if not other.talk or last is None:
        return True
    return ticket.heard_at is not None and ticket.heard_at > last


def _dates(ticket: Ticket, other: Ticket) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if ticket.follow_up_at and ticket.state in OPEN:
        given["follow_up_at"] = min(ticket.follow_up_at, other.follow_up_at or ticket.follow_up_at)
    if owes_an_answer(ticket) and (ticket.created_at < other.created_at or not owes_an_answer(other)):
        given["complained_at"] = ticket.created_at
    return given


def takes_over(ticket: Ticket, given: Mapping[str, Any]) -> Iterator[FollowUp]:
    """The other's part of `handed`."""
    theirs = ticket.only_theirs
    for name in PLAIN:
        if name in given:
            setattr(ticket, name, given[name])
    ticket.distributor |= ticket.kind == Kind.DISTRIBUTOR
    if "order" in given:
        ticket.order, ticket.order_named = given["order"], ""
        yield Rehang()
    if "colour" in given:
        ticket.painted |= given["painted"]
        yield from mood.become(ticket, given["colour"], given["colour_why"])
    if "follow_up_at" in given:
        ticket.follow_up_at = given["follow_up_at"]
        yield Unwind(FOLLOW_UP, FOLLOW_UP)
        yield Wind(FOLLOW_UP, FOLLOW_UP, ticket.moment)
    if "complained_at" in given:
        yield Unwind(CASE, CASE)
        yield Wind(CASE, CASE, given["complained_at"])
    yield from silence.follows(ticket, theirs)
    yield from spoken_in(ticket, given.get("conversation", ""), given.get("channel", ""))
