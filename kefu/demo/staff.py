"""The people of the sample shops: every role in every shop, and some who have several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db.models import QuerySet

from shops import roles
from shops.models import Member, Shop
from tickets.assign import seats
from tickets.models import Seat, Skill

PASSWORD = "demo"  # noqa: S105 (printed for everybody; the demo listens on this machine alone)


@dataclass(frozen=True)
class Person:
    """`works`: roles by shop · `sees`: phones, names and addresses unmasked."""

    login: str
    name: str
    works: dict[str, tuple[str, ...]]
    sees: bool = False
    superuser: bool = False


ALL = ("muli", "shanyehuo", "zhoumo")
PEOPLE = (
    Person("agent", "林小满", {"muli": ("agent",), "shanyehuo": ("agent",)}, sees=True),
    Person("auditor", "周审之", dict.fromkeys(ALL, ("auditor",))),
    Person("warehouse", "郑大库", dict.fromkeys(ALL, ("warehouse",)), sees=True),  # who packs needs the address
    Person("lead", "沈店长", dict.fromkeys(ALL, ("lead",)), sees=True),
    Person("newcomer", "陈小禾", {"muli": ("agent",), "shanyehuo": ("agent",)}, sees=True),
    Person("cafe", "何咖啡", {"zhoumo": ("agent", "warehouse")}, sees=True),
    Person("admin", "管理员", {}, superuser=True),
)
# What is left out is given to whoever can do all.
SKILLS: Mapping[str, tuple[str, ...]] = {"newcomer": ("presale", "logistics", "order_change", "other")}


def make() -> None:
    """Those who are not there yet; a password that a visitor has changed stays."""
    hashed = make_password(PASSWORD)  # once: it is made to be slow
    shops = {shop.code: shop for shop in Shop.objects.filter(code__in=ALL)}
    for person in PEOPLE:
        fields = {"password": hashed, "first_name": person.name, "is_staff": True, "is_superuser": person.superuser}
        user, _new = User.objects.get_or_create(username=person.login, defaults=fields)
        for code, names in person.works.items():
            known = {"roles": list(names), "sees_personal": person.sees}
            Member.objects.get_or_create(user=user, shop=shops[code], defaults=known)


def sit_down(at: datetime) -> None:
    """Those who answer customers are at their desks, unless a visitor has sent them away; some do not do everything."""
    for seat in _seats().filter(since=None):
        seats.put(seat, "online", by=seat.user.get_username(), at=at)
    for login, kinds in SKILLS.items():
        for shop in Shop.objects.filter(members__user__username=login, code__in=ALL):
            seat = Seat.objects.get(user__username=login)
            Skill.objects.get_or_create(seat=seat, shop=shop, defaults={"kinds": list(kinds)})
    still_there(at)


def still_there(at: datetime) -> None:
    """Nobody has their desk open; it is taken for open."""
    _seats().update(last_seen=at)


def _seats() -> QuerySet[Seat]:
    logins = [p.login for p in PEOPLE if p.works]
    return Seat.objects.filter(user__username__in=logins)


def table() -> list[tuple[str, str, str]]:
    """(login, roles, shops) for each person, in words."""
    names = dict(Shop.objects.values_list("code", "name"))
    found = []
    for person in PEOPLE:
        held = roles.words(sorted({r for rs in person.works.values() for r in rs}, key=roles.ROLES.index))
        found.append((person.login, held or person.name, "、".join(names[code] for code in person.works)))
    return found
