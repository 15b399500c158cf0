"""Tickets on the page of their order's case, and what stands beside a conversation, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from flows.story import Happening
from orders import personal
from orders.annexes import Annex, register
from orders.case import Case
from orders.models import Order
from orders.phones import masked_name, masked_phone
from orders.search import LONGEST, Found, find
from returns.models import Return
from shops.access import Caller
from shops.roles import ANSWERS
from shops.scoped_admin import caller_of

from . import conversation
from .conversations import taken_in
from .models import Customer, Message, Ticket
from .states import LIVE

FEW = 6  # other orders, returns, tickets


@dataclass
class Kept:
    """The tickets whose conversations belong to this page, with what was said in them. clear: who reads may see the
    numbers that customers write."""

    tickets: list[Ticket]
    said: dict[int, list[Message]]
    clear: bool

    @property
    def live(self) -> list[Ticket]:
        return [t for t in self.tickets if t.state in LIVE]


@dataclass
class Loose:
    """The case of a conversation that is about no order (yet)."""

    order: None = None
    kept: dict[str, Any] = field(default_factory=dict)
    page: Any = None
    opens: list[tuple[str, str]] = field(default_factory=list)

    @property
    def reasons(self) -> list[str]:
        return personal.reasons()


@dataclass(frozen=True)
class Known:
    """Who speaks, as the page may show it. clear: unmasked just now; may: the shop lets this member see it."""

    customer: Customer | None
    name: str
    phone: str
    region: str
    detail: str
    may: bool
    clear: bool


@dataclass
class Beside:
    """What the page of a ticket shows beside its case: the customer, their other orders, returns and tickets."""

    ticket: Ticket
    known: Known
    talk: Kept
    may_speak: bool
    orders: list[Order] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    sought: str = ""  # an order that somebody looks for, to link it
    found: list[Found] = field(default_factory=list)
    customer_card = True

    @property
    def others(self) -> list[Ticket]:
        """Further tickets of this customer that are open: to be merged, perhaps."""
        return [t for t in self.tickets if t.state in LIVE]


def known(request: HttpRequest, ticket: Ticket, now: datetime) -> Known:
    """The customer, and where the order goes, masked until somebody asks."""
    c, order = ticket.customer, ticket.order
    may = caller_of(request).may_unmask(ticket.shop_id)
    clear = may and any(personal.shown(request, of, now) for of in (c, order) if of is not None)
    name, phone = _named(ticket)
    address: Mapping[str, Any] = (order.address or {}) if order else {}
    region = " ".join(str(address[k]) for k in ("province", "city", "district") if address.get(k))
    detail = str(address.get("detail", ""))
    if not clear:
        name, phone, detail = masked_name(name), masked_phone(phone), "****" if detail else ""
    return Known(c, name, phone, region, detail, may, clear)


def _named(ticket: Ticket) -> tuple[str, str]:
    c, order = ticket.customer, ticket.order
    name = (c.name if c else "") or (order.buyer_name if order else "")
    return name, (c.phone if c else "") or (order.buyer_phone if order else "")


def merged(ticket: Ticket) -> list[Ticket]:
    """Those whose conversations are told with this one's, oldest first, and itself last."""
    keys = taken_in(ticket.pk)
    found = [*(Ticket.objects.filter(pk__in=keys, shop=ticket.shop_id).order_by("pk") if keys else ()), ticket]
    for t in found:
        t.shop = ticket.shop
    return found


def keep(ticket: Ticket, clear: bool) -> Kept:
    tickets = merged(ticket)
    return Kept(tickets, conversation.of(tickets), clear)


def reads_clearly(caller: Caller, shop_id: int) -> bool:
    """Who answers customers needs the numbers that they write; others as the shop lets them."""
    return may_open(caller, shop_id) or caller.may_unmask(shop_id)


def beside(request: HttpRequest, ticket: Ticket, now: datetime) -> Beside:
    """Two statements, five where the customer is known; more where tickets were merged."""
    roles, clear = caller_of(request).roles_in(ticket.shop_id), reads_clearly(caller_of(request), ticket.shop_id)
    found = Beside(ticket, known(request, ticket, now), keep(ticket, clear), bool(ANSWERS & set(roles)))
    if found.may_speak and (asked := request.GET.get("order", "").strip()):
        hits = find(asked, [ticket.shop_id])
        found.sought, found.found = asked[:LONGEST], [f for f in hits if isinstance(f.subject, Order)][:FEW]
    c = ticket.customer
    if c is None:
        return found
    orders = Order.objects.filter(shop=ticket.shop_id, buyer_id=c.buyer_id).exclude(pk=ticket.order_pk)
    returns = Return.objects.filter(shop=ticket.shop_id, order__buyer_id=c.buyer_id)
    tickets = Ticket.objects.filter(customer=c.pk).exclude(pk=ticket.pk)
    found.orders = list(orders.order_by("-pk")[:FEW])
    found.returns = list(returns.exclude(order=ticket.order_pk).order_by("-pk")[:FEW])
    found.tickets = list(tickets.order_by("-pk")[:FEW])
    return found


def looks(of: Any) -> Iterable[Happening]:
    """Who has seen the customer's name and phone, when and why."""
    for look in personal.looks(of):
        why = look.change_message.removeprefix(personal.PREFIX)
        by = look.user.get_username()
        yield Happening(look.action_time, "seen", "eye", _("查看了买家信息"), by, details=[why])


def may_open(caller: Caller, shop_id: int) -> bool:
    return bool(ANSWERS & set(caller.roles_in(shop_id)))


class TicketsAnnex(Annex):
    """On the page of an order (and of whatever hangs on it): its tickets, their words in the story."""

    name = "tickets"
    template = "desk/tickets_of_order.html"

    def bring(self, request: HttpRequest, case: Case) -> Kept | None:
        tickets = list(Ticket.objects.filter(order=case.order.pk).order_by("pk"))
        for t in tickets:
            t.shop = case.order.shop
        clear = reads_clearly(caller_of(request), case.order.shop_id)
        return Kept(tickets, conversation.of(tickets), clear) if tickets else None

    def family(self, kept: Kept) -> Mapping[str, Sequence[Any]]:
        return {"ticket": kept.tickets}

    def happenings(self, case: Case, kept: Kept) -> Iterable[Happening]:
        return conversation.bubbles(kept.tickets, kept.said, kept.clear)

    def opens(self, request: HttpRequest, case: Case) -> Iterable[tuple[str, str]]:
        if may_open(caller_of(request), case.order.shop_id):
            yield str(_("新开工单")), reverse("admin:tickets_ticket_open", args=[case.order.pk])


register(TicketsAnnex())
