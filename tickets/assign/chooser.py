"""Who gets a ticket, and why; why not the others. Pure: no database, no clock of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from . import reasons
from .people import (
    AWAY,
    FULL,
    GAVE_BACK,
    NO_SKILL,
    NOT_HERE,
    NOT_NAMED,
    ONLINE,
    SILENT,
    UNPLANNED,
    Hand,
    Waiting,
)
from .rules import Rule

RuleOf = Callable[[Waiting], Rule]
BACK_SOON = (AWAY, FULL)  # for whom a ticket may be held


@dataclass(frozen=True)
class Choice:
    """hand: who gets it; none: nobody. why: in words, of what was chosen or of why nobody was. against: {login: what
    stands against that person} (the names of people.py)."""

    ticket: Waiting
    hand: Hand | None = None
    why: str = ""
    against: dict[str, str] = field(default_factory=dict)


def distribute(
    tickets: Iterable[Waiting], hands: Sequence[Hand], rule_of: RuleOf, *, at: datetime, now: datetime
) -> Iterator[Choice]:
    """One choice a ticket, in `order`; what is given counts at once for the next one."""
    for ticket in sorted(tickets, key=order):
        choice = choose(ticket, hands, rule_of(ticket), at=at, now=now)
        if choice.hand is not None:
            person = choice.hand.person
            person.load += ticket.weight
            person.given_at = at
        yield choice


def order(ticket: Waiting) -> tuple[bool, bool, datetime, int]:
    """As the rows are read (tickets/turns.py): red first, then customers, who has waited longest; then the rest."""
    return not ticket.red, ticket.quiet, ticket.since, ticket.pk


def choose(ticket: Waiting, hands: Sequence[Hand], rule: Rule, *, at: datetime, now: datetime) -> Choice:
    """at: of the step, by which waiting and shifts are counted; now: by the real clock, as signs of life are."""
    if not rule.on:
        return Choice(ticket, why=reasons.switched_off())
    found = {h.login: (h, against(h, ticket, rule, at=at, now=now)) for h in hands}
    no = {login: why for login, (_hand, why) in found.items() if why}
    free = [h for h, why in found.values() if not why]
    if held := _held(ticket, found.get(ticket.known), rule, at):
        return Choice(ticket, None, held, no)
    if not free:
        return Choice(ticket, None, reasons.nobody(no.values(), ticket), no)
    hand, why = _pick(ticket, free, rule, at)
    return Choice(ticket, hand, reasons.given(why, hand), no)


def against(hand: Hand, ticket: Waiting, rule: Rule, *, at: datetime, now: datetime) -> str:
    """What stands against giving this person this ticket; "": nothing."""
    if hand.person.status != ONLINE:
        return hand.person.status
    if hand.person.silent(rule, now):
        return SILENT
    if not hand.planned:
        return UNPLANNED
    if ticket.gave_back == hand.login:
        return GAVE_BACK
    if not anybody(ticket, rule, at) and (why := _unfit(hand, ticket, rule)):
        return why
    return "" if hand.person.fits(ticket.weight) else FULL


def anybody(ticket: Waiting, rule: Rule, at: datetime) -> bool:
    """It has waited so long that skills count no more."""
    return at - ticket.since >= timedelta(seconds=rule.anybody_after)


def _unfit(hand: Hand, ticket: Waiting, rule: Rule) -> str:
    if rule.named and hand.login not in rule.named:
        return NOT_NAMED
    if hand.desks and ticket.desk not in hand.desks:
        return NOT_HERE
    return NO_SKILL if hand.kinds and ticket.kind not in hand.kinds else ""


def _held(ticket: Waiting, known: tuple[Hand, str] | None, rule: Rule, at: datetime) -> str:
    """It waits a little for the one who knows the customer, who is away or full; why, in words."""
    if known is None or not rule.prefer_known or ticket.red or known[1] not in BACK_SOON:
        return ""
    waited = at - ticket.since < timedelta(seconds=rule.hold_for)
    return reasons.held(known[0], rule.hold_for) if waited else ""


def _pick(ticket: Waiting, free: Sequence[Hand], rule: Rule, at: datetime) -> tuple[Hand, list[str]]:
    """A red ticket goes to a lead; else the one who knows the customer; else who carries least, an agent before a lead,
    of equals who was given one longest ago."""
    leads = [h for h in free if h.lead] if ticket.red and rule.red_to_leads else []
    why = [reasons.red()] if leads else []
    known = next((h for h in leads or free if h.login == ticket.known), None) if rule.prefer_known else None
    if known is not None:
        return known, [*why, reasons.known(followed=ticket.followed)]
    agents = [h for h in free if h.agent]
    if not leads and not agents:
        why.append(reasons.only_leads())
    group = leads or agents or free
    hand = min(group, key=_fullness)
    if _unfit(hand, ticket, rule):
        why.append(reasons.waited(at - ticket.since))
    elif hand.kinds:
        why.append(reasons.skilled(ticket.kind))
    return hand, [*why, reasons.least() if len(group) > 1 else reasons.alone()]


def _fullness(hand: Hand) -> tuple[int, float, str]:
    given = hand.person.given_at
    return hand.person.share, given.timestamp() if given else 0.0, hand.login
