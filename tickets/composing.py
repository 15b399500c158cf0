"""Words of the composer, an answer or a note: never lost. What does not go through stands there again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from secrets import token_hex
from typing import Any

from django.db import IntegrityError

from flows.acting import acting, refusal
from flows.effects import Refused
from flows.engine import take
from flows.models import Move
from returns.store import NotKept
from shops.access import Caller
from shops.models import Member
from shops.punctuation import labelled

from . import asks, conversation, presence
from .attachments import keep_all
from .models import Message, Ticket
from .states import Side
from .tables import TICKET

REPLY, NOTE = "reply", "note"
CALLED = re.compile(r"@([\w.+-]+)")


@dataclass
class Composer:
    """The composer as a page shows it. why: why nobody can be answered from here; blocked: a lead may still send it.

    answered: what colleagues have answered since the page was looked at; draft: what stands in it; once: its own name.
    """

    may_reply: bool
    may_note: bool
    why: str = ""
    mode: str = REPLY
    draft: str = ""
    errors: list[str] = field(default_factory=list)
    blocked: bool = False
    answered: list[str] = field(default_factory=list)
    colleagues: list[tuple[str, str]] = field(default_factory=list)
    slots: Mapping[str, Any] = field(default_factory=dict)
    once: str = field(default_factory=lambda: token_hex(16))


@dataclass
class Outcome:
    """What became of the words. errors: why they did not go; answered: a colleague was first."""

    errors: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    code: str = ""

    @property
    def said(self) -> bool:
        return not (self.errors or self.answered)


def composer(ticket: Ticket, caller: Caller) -> Composer:
    roles = caller.roles_in(ticket.shop_id)
    no_reply, no_note = refusal(TICKET, ticket, REPLY, roles), refusal(TICKET, ticket, NOTE, roles)
    found = Composer(no_reply is None, no_note is None, no_reply.why if no_reply else "")
    found.mode = REPLY if found.may_reply else NOTE
    if found.may_note:
        found.colleagues = [pair for pair in colleagues(ticket.shop_id) if pair[0] != caller.by]
    return found


def colleagues(shop: int) -> list[tuple[str, str]]:
    """(login, name) of everybody of the shop: one statement."""
    members = Member.objects.filter(shop=shop, user__is_active=True).select_related("user").order_by("user__username")
    return [(m.user.get_username(), presence.name_of(m.user)) for m in members]


def say(
    ticket: Ticket,
    mode: str,
    given: Mapping[str, Any],
    *,
    caller: Caller,
    at: datetime,
    seen: int,
    anyway: bool = False,
    uploads: Sequence[Any] = (),
    once: str = "",
) -> Outcome:
    """given: words, files, quick_reply, why; of a note: words, files, mentions. once: the draft's own name: the same
    words of it are said once, however often they are posted (a double click, an answer of ours that was lost).

    What the customer has said meanwhile stops nobody: an answer is to the conversation, not to a version of it. What a
    colleague has answered since `seen` does, unless `anyway`.
    """
    trigger = _trigger(once, caller.by, mode, given)
    if trigger and _said(ticket, trigger):
        return Outcome()
    if mode == REPLY and not anyway and (answered := since(ticket, seen, caller.by)):
        return Outcome(answered=[conversation.line(m) for m in answered])
    try:
        given = {**given, **_beside(ticket, mode, given, uploads, caller, at)}
    except NotKept as refused:
        return Outcome(errors=[refused.why], code="input")
    form = (asks.Reply if mode == REPLY else asks.Note)(data=given, context={"subject": ticket})
    if not form.is_valid():
        return Outcome(errors=list(_plain(form, form.errors)), code="input")
    inputs = dict(form.validated_data)
    who, why = acting(TICKET, mode, ticket.state, caller.roles_in(ticket.shop_id)), str(inputs.get("why", ""))
    try:
        take(ticket, mode, who=who, by=caller.by, at=at, why=why, inputs=inputs, trigger=trigger)
    except Refused as refused:
        return Outcome(errors=[refused.why], code=refused.code)
    except IntegrityError:
        if not (trigger and _said(ticket, trigger)):  # else it was said by the same form, at the same moment
            raise
    return Outcome()


def _trigger(once: str, by: str, mode: str, given: Mapping[str, Any]) -> str:
    words = "\0".join((once, by, mode, str(given.get("words", "")).strip()))
    return f"said:{sha256(words.encode()).hexdigest()}" if once else ""


def _said(ticket: Ticket, trigger: str) -> bool:
    return Move.objects.filter(trigger=trigger, flow=TICKET.name, subject=ticket.pk).exists()


def _beside(
    ticket: Ticket, mode: str, given: Mapping[str, Any], uploads: Sequence[Any], caller: Caller, at: datetime
) -> dict[str, Any]:
    """What goes with the words: the colleagues whom a note calls; the files, kept first. The same file again, after
    words that were refused, is the one that is there. Raises NotKept."""
    beside: dict[str, Any] = {"mentions": called(ticket.shop_id, given)} if mode == NOTE else {}
    if uploads and not refusal(TICKET, ticket, mode, caller.roles_in(ticket.shop_id)):
        kept = keep_all(ticket, uploads, by=caller.by, at=at, ended=mode == NOTE)
        beside["files"] = [{"file": a.pk, "name": a.name} for a in kept]
    return beside


def since(ticket: Ticket, seen: int, but: str) -> Sequence[Message]:
    """What colleagues have answered after the page was looked at."""
    if seen >= ticket.version:
        return ()
    later = Message.objects.filter(ticket=ticket.pk, seq__gt=seen, side=Side.AGENT)
    return list(later.exclude(by=but).order_by("seq"))


def called(shop: int, given: Mapping[str, Any]) -> list[str]:
    """The colleagues whom a note calls: those that were ticked, and each @login or @name in its words."""
    words = {w.rstrip(".") for w in CALLED.findall(str(given.get("words", "")))}
    ticked = [str(n) for n in given.get("mentions") or ()]
    if not words:
        return ticked
    return list(dict.fromkeys([*ticked, *(login for login, name in colleagues(shop) if words & {login, name})]))


def _plain(form: Any, errors: Any) -> Any:
    for name, told in errors.items():
        label = str(form.fields[name].label) if name in form.fields else ""
        for why in _leaves(told):
            yield why if name in ("words", "non_field_errors") or not label else labelled(label, why)


def _leaves(told: Any) -> Any:
    if isinstance(told, Mapping):
        told = [x for v in told.values() for x in (v if isinstance(v, list) else [v])]
    for one in told if isinstance(told, list) else [told]:
        if isinstance(one, Mapping | list):
            yield from _leaves(one)
        else:
            yield str(one)


__all__ = ["NOTE", "REPLY", "Composer", "Outcome", "composer", "say"]
