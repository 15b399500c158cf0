"""Everybody at the desk as the lead's page shows them: where they are, their shift, what they carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Min
from django.utils.translation import gettext as _

from flows.due import span
from shops import policy, weekly
from shops.models import Member
from shops.punctuation import labelled

from ..assign import bring, reasons
from ..assign.people import Hand, Person
from ..assign.rules import DEFAULT
from ..assign.shifts import FREE, Plan, plans
from ..models import Status, Ticket
from ..states import OPEN, OWED, T


@dataclass
class Row:
    """One person. tone: of their status; note: what is remarkable about it; counts: [(label, how many)] by state."""

    person: Person
    hands: list[Hand]
    tone: str
    note: str
    shifts: list[str]
    counts: list[tuple[str, int]] = field(default_factory=list)
    longest: str = ""

    @property
    def status_label(self) -> str:
        return str(Status(self.person.status).label)

    @property
    def carried(self) -> str:
        return reasons.carried(self.person)

    @property
    def elsewhere(self) -> int:
        """Quarters of the load that are other shops'."""
        here = {h.shop for h in self.hands}
        return sum(load for shop, load in self.person.by_shop.items() if shop not in here)

    @property
    def percent(self) -> int:
        return min(100, self.person.share // 10)

    @property
    def full(self) -> bool:
        return self.person.load >= self.person.room


def hands_of(shops: Iterable[int], at: datetime) -> tuple[list[Member], list[Hand]]:
    """Everybody who answers customers of these shops and has a seat, whatever their status."""
    members = bring.staff(shops)
    seats = {s.pk: s for m in members if (s := bring.seat_of(m)) is not None}
    return members, bring.hands(members, seats.values(), at)


def rows(shops: Sequence[Any], members: Sequence[Member], hands: Sequence[Hand], now: datetime) -> list[Row]:
    """One a person, who is online first; two statements whatever their number."""
    names = {s.pk: s.name for s in shops}
    planned, keys = plans(m.pk for m in members), {(m.user.get_username(), m.shop_id): m.pk for m in members}
    stands = _standing([h.login for h in hands], names)
    of_person: dict[str, list[Hand]] = {}
    for h in hands:
        of_person.setdefault(h.login, []).append(h)
    found = []
    for login, those in of_person.items():
        shifts = [_shift(h, planned.get(keys[login, h.shop], FREE), names, now) for h in those]
        row = Row(those[0].person, those, *_presence(those[0].person, now), [s for s in shifts if s])
        _fill(row, stands.get(login, {}), now)
        found.append(row)
    return sorted(found, key=lambda r: (ORDER.get(r.tone, 9), r.person.login))


ORDER = {"good": 0, "late": 1, "soon": 2, "done": 3}
TONES = {"online": "good", "away": "soon", "off": "done"}


def _presence(person: Person, now: datetime) -> tuple[str, str]:
    if person.status != "off" and person.silent(DEFAULT, now):
        if person.last_seen is None:
            return "late", _("工作台还没有打开过")
        return "late", _("已 %s没有动静") % span(int((now - person.last_seen).total_seconds()))
    since = span(int((now - person.since).total_seconds())) if person.since else ""
    return TONES[person.status], _("已 %s") % since if since else ""


def _shift(hand: Hand, plan: Plan, names: Mapping[int, str], now: datetime) -> str:
    """当班 09:00–18:00 · 不在班 · empty where nothing is planned."""
    hours = plan.hours(policy.of(hand.shop).calendar.local(now).date())
    if hours is None:
        return ""
    said = _("今天休息") if not hours else (_("当班 %s") if hand.planned else _("不在班 %s")) % weekly.words(hours)
    return labelled(names[hand.shop], said) if len(names) > 1 else said


def _standing(logins: Iterable[str], shops: Iterable[int]) -> dict[str, dict[str, tuple[int, datetime | None]]]:
    """{login: {state: (how many, the longest waiting)}} of these shops' tickets: one statement."""
    tickets = Ticket.objects.filter(agent__in=sorted(set(logins)), state__in=OPEN, shop__in=sorted(shops))
    counted = tickets.values("agent", "state").annotate(n=Count("pk"), first=Min("waiting_since")).order_by()
    found: dict[str, dict[str, tuple[int, datetime | None]]] = {}
    for row in counted:
        found.setdefault(row["agent"], {})[row["state"]] = (row["n"], row["first"])
    return found


def _fill(row: Row, states: Mapping[str, tuple[int, datetime | None]], now: datetime) -> None:
    row.counts = [(str(T(s).label), states[s][0]) for s in OPEN if s in states]
    waits = [first for s, (_n, first) in states.items() if s in OWED and first]
    row.longest = span(int((now - min(waits)).total_seconds())) if waits else ""
