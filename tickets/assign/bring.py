"""The people of a shop and the tickets that wait there, out of their rows: a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

import rows
from flows.models import Move
from shops import policy
from shops.models import Member
from shops.roles import ANSWERS

from ..models import Message, Seat, Skill, Status, Ticket
from ..states import OWED, Side, T
from ..turns import by_turn
from .people import Hand, Person, Waiting
from .rules import Rules
from .shifts import FREE, plans
from .weighing import WHOLE, loads

ASSIGNED = (*OWED, T.AWAITING_INTERNAL)  # where somebody has to see to it; else the customer's next word says so
PAGE = 200


def staff(shops: Iterable[int]) -> list[Member]:
    """The members of these shops who answer customers, with their users and seats."""
    found = Member.objects.filter(shop__in=sorted(shops), user__is_active=True).select_related("user__seat")
    return [m for m in found.order_by("pk") if ANSWERS & set(m.roles)]


def seat_of(member: Member) -> Seat | None:
    return getattr(member.user, "seat", None)


def locked(members: Sequence[Member]) -> list[Seat]:
    """The seats of those who are online or just away, in order of their keys, locked until the transaction ends; none
    where nobody is online."""
    seats = [seat for m in members if (seat := seat_of(m)) is not None]
    there = sorted({s.pk for s in seats if s.status != Status.OFF})
    online = any(s.status == Status.ONLINE for s in seats)
    return rows.lock(Seat, there) if online else []


def hands(members: Sequence[Member], seats: Iterable[Seat], at: datetime) -> list[Hand]:
    """One for each member who has one of these seats: five statements."""
    by_user = {s.user_id: s for s in seats}
    there = [m for m in members if m.user_id in by_user]
    names = {m.user_id: (m.user.get_username(), m.user.get_short_name() or m.user.get_username()) for m in there}
    carried = loads([login for login, _name in names.values()], at)
    people = {user: _person(by_user[user], *name, carried.get(name[0], {})) for user, name in names.items()}
    skills = {(s.seat_id, s.shop_id): s for s in Skill.objects.filter(seat__in=[s.pk for s in by_user.values()])}
    planned = plans(m.pk for m in there)
    zones = {shop: policy.of(shop).calendar.local(at) for shop in {m.shop_id for m in there}}
    return [
        _hand(m, people[m.user_id], skills.get((by_user[m.user_id].pk, m.shop_id)), planned.get(m.pk, FREE).on(
            zones[m.shop_id]
        ))
        for m in there
    ]  # fmt: skip


def _person(seat: Seat, login: str, name: str, by_shop: dict[int, int]) -> Person:
    return Person(
        login, name, seat.pk, seat.status, seat.since, seat.last_seen, seat.given_at, seat.capacity * WHOLE,
        sum(by_shop.values()), by_shop,
    )  # fmt: skip


def _hand(member: Member, person: Person, skill: Skill | None, planned: bool) -> Hand:
    desks, kinds = (frozenset(skill.desks), frozenset(skill.kinds)) if skill else (frozenset(), frozenset())
    return Hand(person, member.shop_id, "agent" in member.roles, "lead" in member.roles, planned, desks, kinds)


# ---- what waits
def unassigned() -> QuerySet[Ticket]:
    return Ticket.objects.filter(agent="", state__in=ASSIGNED)


def waiting(shop: int, rules: Rules, start: int = 0) -> list[Waiting]:
    """A page of those that nobody has, in the chooser's order: one statement. A queue that is not given out may be
    long, and is not read."""
    answered = Message.objects.filter(ticket=OuterRef("pk"), side=Side.AGENT).order_by("-seq").values("by")[:1]
    releases = Move.objects.filter(flow="ticket", subject=OuterRef("pk"), step="release")
    off = Q(pk=None)
    for desk, kinds in rules.off(shop).items():
        off |= Q(desk=desk, kind__in=kinds)
    found = (
        by_turn(unassigned().filter(~off, shop=shop))
        .annotate(
            answered_by=Subquery(answered),
            released_by=Subquery(releases.order_by("-seq").values("by")[:1]),
            knows=F("customer__agent"),
        )
        .values_list("pk", "version", "desk", "kind", "pale", "quiet", "waits", "answered_by", "knows", "released_by")
    )  # fmt: skip
    return [_waiting(shop, rules, *row) for row in found[start : start + PAGE]]


def _waiting(
    shop: int, rules: Rules, pk: int, version: int, desk: str, kind: str, pale: int, quiet: int, waits: datetime,
    answered_by: str | None, knows: str | None, released_by: str | None,
) -> Waiting:  # fmt: skip
    weight = rules.of(shop, desk, kind).weight(kind) * WHOLE
    return Waiting(
        pk, shop, desk, kind, waits, version, not pale, answered_by or knows or "", bool(answered_by),
        released_by or "", weight, bool(quiet),
    )  # fmt: skip
