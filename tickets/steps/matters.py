"""What belongs to complaints, appeals and reviews: recorded as it becomes known, concluded with what came of it.

A complaint is answered within seven working days (消费者权益保护法 art. 46), or when the platform wants it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import Add, FollowUp, Refused, Save, Tell, Unwind, Wind

from .. import attachments
from ..models import Matter, Ticket
from ..states import Kind
from ..tables import TICKET
from . import silence

CASE = "case"  # the clock, and its part
WITH_CLOCK = (Kind.COMPLAINT, Kind.APPEAL)
NAMES = (
    "case_number", "demand", "statement", "evidence", "due_at", "rating_before", "rating_after", "outcome",
    "outcome_words", "ended_at",
)  # fmt: skip


def bring(tickets: Sequence[Ticket]) -> None:
    own = {m.ticket_id: m for m in Matter.objects.filter(ticket__in=[t.pk for t in tickets])}
    for t in tickets:
        t.__dict__["own_matter"] = own.get(t.pk)


def bring_timed(tickets: Sequence[Ticket]) -> None:
    """Of those that may owe an answer: nothing is asked where there is none."""
    if those := [t for t in tickets if _timed(t)]:
        bring(those)


TICKET.brings(bring, "record", "conclude", "classify")
TICKET.brings(bring_timed, "reply", "follow_up", "resolve", "close", "split")


def _known(ticket: Ticket) -> Matter:
    if "own_matter" not in ticket.__dict__:
        bring([ticket])
    if ticket.__dict__["own_matter"] is None:
        ticket.__dict__["own_matter"] = Matter(ticket=ticket)
    known: Matter = ticket.__dict__["own_matter"]
    return known


@TICKET.on("record")
def record(
    ticket: Ticket, *, due_at: datetime | None = None, evidence: Sequence[Mapping[str, Any]] = (), **said: Any
) -> Iterator[FollowUp]:
    """What is said takes the place of what was known; evidence adds up."""
    if not attachments.among(attachments.of_case, ticket, evidence or ()):
        raise Refused(_("所选凭证文件不属于这张工单或同一订单的工单，请重新上传"), "input", ticket)
    found, theirs = _known(ticket), ticket.only_theirs
    for name in ("case_number", "demand", "statement", "rating_before"):
        if said.get(name) not in (None, ""):
            setattr(found, name, said[name])
    found.evidence = [*found.evidence, *(dict(e) for e in evidence or ())]
    if due_at is not None:  # also where there was a result: the platform asks again
        found.due_at, found.ended_at = due_at, None
        ticket.case_due_at = due_at
        yield Unwind(CASE, CASE)
        yield Wind(CASE, CASE, ticket.moment)
        yield from silence.follows(ticket, theirs)
    yield _kept(found)
    yield Tell("", {"case_number": found.case_number} if found.case_number else {})


@TICKET.on("conclude")
def conclude(ticket: Ticket, *, outcome: str, words: str = "", rating_after: int | None = None) -> Iterator[FollowUp]:
    """What came of it; a customer who was won back counts as recovered."""
    found, theirs = _known(ticket), ticket.only_theirs
    found.outcome, found.outcome_words, found.ended_at = outcome, words.strip(), ticket.moment
    if rating_after is not None:
        found.rating_after = rating_after
    yield Unwind(CASE, CASE)
    yield from silence.follows(ticket, theirs)
    yield _kept(found)
    yield Tell("", {"outcome": outcome, "recovered": found.recovered})


def _kept(found: Matter) -> FollowUp:
    return Add(found) if found.pk is None else Save(found, *NAMES)


def answered_in_time(ticket: Ticket, since: datetime | None = None) -> Iterator[FollowUp]:
    """The law's own clock begins with the complaint, and runs until its end is recorded: a ticket that is resolved
    meanwhile may be opened again. What turns out to be none has no clock."""
    if owes_an_answer(ticket):
        yield Wind(CASE, CASE, since or ticket.moment)
    elif not ticket._state.adding and ticket.case_due_at is None:
        yield Unwind(CASE, CASE)


def complained(ticket: Ticket) -> Iterator[FollowUp]:
    """What is complained of anew is owed an answer anew, whatever came of it before."""
    found = _known(ticket)
    if found.ended_at is not None:
        found.ended_at = None
        yield Save(found, "ended_at")
    yield from answered_in_time(ticket)


def owes_an_answer(ticket: Ticket) -> bool:
    """The law's to a complaint or an appeal, or one that the platform has set a time for."""
    return _timed(ticket) and (ticket._state.adding or _known(ticket).ended_at is None)


def _timed(ticket: Ticket) -> bool:
    return ticket.kind in WITH_CLOCK or ticket.case_due_at is not None
