"""As whom a person takes a step, and the buttons that a case shows to that person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from shops.roles import words as role_words

from .effects import Refused
from .permit import permit
from .table import NOBODY, Flow, Step, Who

STAFF = Who.AGENT | Who.AUDITOR | Who.WAREHOUSE | Who.LEAD


@dataclass(frozen=True)
class Button:
    """One step that is open from here. why: the reason for which it is greyed; opens: its form is asked first."""

    step: str
    label: str
    tone: str
    opens: bool
    why: str = ""
    code: str = ""  # of the refusal
    doers: str = ""  # whose step it is

    @property
    def open(self) -> bool:
        return not self.why


def acting(flow: Flow, step: str, state: str, roles: Sequence[str]) -> Who:
    """The first of the roles that may take the step from this state; else the first at all; NOBODY without any."""
    row = flow.row(step, state)
    mine = [Who[role.upper()] for role in roles]
    return next((who for who in mine if row is not None and row.who & who), mine[0] if mine else NOBODY)


@cache
def asks_something(flow: Flow, step: str) -> bool:
    """Whether the step has a form: inputs, or a consequence to be told first."""
    head = flow.head(step)
    return head.tone == "harm" or bool(head.asks and head.asks().fields)


def refusal(flow: Flow, subject: Any, step: str, roles: Sequence[str]) -> Refused | None:
    """Why a person with these roles cannot take the step now; None where nothing stands against it."""
    who = acting(flow, step, subject.state, roles)
    if who == NOBODY:
        return Refused(_("您在这个店铺没有角色，只能查看"), "role", subject)
    try:
        permit(flow, subject, step, who)
    except Refused as refused:
        return refused
    return None


def buttons(flow: Flow, subject: Any, roles: Sequence[str]) -> list[Button]:
    """The staff's steps from here: open ones first (main, plain, harm), then the greyed, each with its reason."""
    found: dict[str, Button] = {}
    for row in flow.open_to(subject.state, STAFF):
        if row.name not in found and not row.fact:
            found[row.name] = _button(flow, subject, row, roles)
    rank = {"main": 0, "": 1, "harm": 2}
    return sorted(found.values(), key=lambda b: (not b.open, b.code == "role", rank.get(b.tone, 1)))


def main_of(flow: Flow, state: str, offered: Sequence[Button]) -> Button | None:
    """The one step that moves the case on; none where it is not the staff's move."""
    if not flow.awaits.get(state, STAFF) & STAFF:
        return None
    return next((b for b in offered if b.open and b.tone == "main"), None)


def _button(flow: Flow, subject: Any, row: Step, roles: Sequence[str]) -> Button:
    head, why = flow.head(row.name), refusal(flow, subject, row.name, roles)
    return Button(
        row.name,
        str(head.label),
        head.tone,
        asks_something(flow, row.name),
        why.why if why else "",
        why.code if why else "",
        role_words((row.who & STAFF).words),
    )


def quick(flow: Flow, subject: Any, roles: Sequence[str], press: str = "") -> Button | None:
    """The main step that needs nothing but a press, for a row of a queue; press: another step that stands for it."""
    rows = (row for row in flow.open_to(subject.state, STAFF) if not row.fact)
    main = (row for row in rows if row.name == press or (not press and flow.head(row.name).tone == "main"))
    found = (_button(flow, subject, row, roles) for row in main if not asks_something(flow, row.name))
    return next((b for b in found if b.open), None)


def waits_for(flow: Flow, state: str) -> Who:
    """Whose move it is: as the table says; else the staff whose main step stands open, else who can do anything
    harmless where only people can go on; nobody's where the flow has ended or others act, and of a reopening."""
    if state in flow.awaits:
        return flow.awaits[state]
    rows = [row for row in flow.open_to(state, STAFF) if not row.fact and row.name not in flow.reopens]
    main = [row for row in rows if flow.head(row.name).tone == "main"]
    if not main and state in flow.waits:
        main = [row for row in rows if flow.head(row.name).tone != "harm"]
    who = NOBODY
    for row in main:
        who |= row.who & STAFF
    return who
