"""Buyers as conversations know them: found by the platform's id, made where they are new."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import rows
from orders.models import Order
from orders.phones import phone_key

from .models import Customer, Ticket

NAMES = ("shop", "buyer_id", "name", "phone", "phone_key", "agent", "created_at", "vip", "distributor", "score")
NAMELESS = "conversation:"  # stands before the conversation of a buyer whom the source does not name


@dataclass(frozen=True)
class Told:
    """What is told of a buyer. buyer_id: "" where the source names none; conversation stands for it then."""

    shop: int
    buyer_id: str = ""
    name: str = ""
    phone: str = ""
    conversation: str = ""

    @classmethod
    def buyer_of(cls, order: Order) -> Told:
        return cls(order.shop_id, order.buyer_id, order.buyer_name, order.buyer_phone)

    @property
    def key(self) -> tuple[int, str]:
        return self.shop, (self.buyer_id or f"{NAMELESS}{self.conversation}")[:120]


def known(told: Iterable[Told], *, at: datetime) -> dict[tuple[int, str], Customer]:
    """{(shop, id): customer}, made where there was none: two statements, three where something new is told."""
    wanted = {t.key: t for t in told}
    found = _found(wanted)
    new = [t for key, t in wanted.items() if key not in found]
    if new:
        rows.insert(Customer, NAMES, [_row(t, at) for t in new], ignore=True)
        found = _found(wanted)
    _learn(found, wanted)
    return found


def of_order(order: Order, *, at: datetime) -> Customer | None:
    """The buyer of an order; None where it names none."""
    if not order.buyer_id:
        return None
    told = Told.buyer_of(order)
    return known([told], at=at)[told.key]


def of_phone(shop: int, name: str, phone: str, *, at: datetime) -> Customer:
    """Who calls from this number, a whole one: the one customer of the shop who has it, else one for whom it stands."""
    key = phone_key(phone)
    told = Told(shop, "", name, phone, f"phone:{key}")
    others = Customer.objects.filter(shop=shop, phone_key=key).exclude(buyer_id=told.key[1])
    others = others.exclude(phone__contains="*")[:2]  # a masked number's digits may be another's whole one
    return others[0] if len(others) == 1 else known([told], at=at)[told.key]


def bring(tickets: Sequence[Ticket]) -> None:
    """Load the customers of a batch of tickets: one statement."""
    wanted = sorted({t.customer_id for t in tickets if t.customer_id})
    found = {c.pk: c for c in rows.fetch(Customer, "id", wanted)} if wanted else {}
    for t in tickets:
        if t.customer_id in found:
            t.customer = found[t.customer_id]


def _found(wanted: dict[tuple[int, str], Told]) -> dict[tuple[int, str], Customer]:
    named = rows.fetch(Customer, "buyer_id", sorted({buyer for _shop, buyer in wanted}))
    return {(c.shop_id, c.buyer_id): c for c in named if (c.shop_id, c.buyer_id) in wanted}


def _row(t: Told, at: datetime) -> tuple[object, ...]:
    key = phone_key(t.phone) if t.phone else ""
    return t.shop, t.key[1], t.name[:80], t.phone[:40], key, "", at, False, False, 0


def _learn(found: dict[tuple[int, str], Customer], wanted: dict[tuple[int, str], Told]) -> None:
    """A name or a phone that was not known before."""
    learnt = []
    for key, c in found.items():
        t = wanted[key]
        if (t.name and not c.name) or (t.phone and not c.phone):
            c.name, c.phone = c.name or t.name[:80], c.phone or t.phone[:40]
            c.phone_key = phone_key(c.phone) if c.phone else ""
            learnt.append((c.pk, c.name, c.phone, c.phone_key))
    rows.update(Customer, ("name", "phone", "phone_key"), learnt)
