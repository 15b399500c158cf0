"""How much a person may still give a customer alone, by case and by day, with what the batch under way has given.

The rows of a batch are written after all of its effects have run: each looks at what those before it have said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum

from orders import money
from orders.models import Order
from orders.money import authority
from shops import policy
from shops.authorities import NONE

from .models import Compensation, Ticket

ALIVE = (Compensation.WAITING, Compensation.GIVEN)  # and no money: that is counted with the refunds that pay it
STRANGER = "?"  # nobody's login
Case = tuple[str, int]


@dataclass
class Given:
    """own: all that the ticket was given. case: what was given of its case, one list for its tickets of the batch.

    days: {(shop, who): fen of today}, asked: {(shop, who): fen of today's refunds}; one each for the whole batch.
    """

    own: list[Compensation]
    case: list[Compensation]
    days: dict[tuple[int, str], int]
    asked: dict[Any, authority.Sums]


def bring(tickets: Sequence[Ticket]) -> None:
    """The orders of these tickets with their money, and what was given: a fixed number of statements."""
    orders = {o.pk: o for o in Order.objects.filter(pk__in={t.order_id for t in tickets if t.order_id})}
    money.bring(list(orders.values()))
    asked = next((o.purse.asked for o in orders.values()), {})
    cases = _cases(tickets)
    own: dict[int, list[Compensation]] = {}
    of_case: dict[Case, list[Compensation]] = {case: [] for case in cases.values()}
    for c in Compensation.objects.filter(ticket__in=list(cases)).order_by("pk"):
        own.setdefault(c.ticket_id, []).append(c)
        of_case[cases[c.ticket_id]].append(c)
    days: dict[tuple[int, str], int] = {}
    for t in tickets:
        if t.order_id:
            t.order = orders[t.order_id]
        t.__dict__["given"] = Given(own.get(t.pk, []), of_case[cases[t.pk]], days, asked)


def _cases(tickets: Iterable[Ticket]) -> dict[int, Case]:
    """{key of a ticket: its case}, of these and of those of the same cases that were given anything."""
    found = {t.pk: _case(t.pk, t.order_id, t.customer_id) for t in tickets}
    keys = {kind: [pk for known, pk in found.values() if known == kind] for kind in ("order", "customer")}
    kin = Ticket.objects.filter(Q(order__in=keys["order"]) | Q(order=None, customer__in=keys["customer"]))
    given = kin.filter(compensations__isnull=False).distinct().values_list("pk", "order", "customer")
    return found | {pk: _case(pk, order, customer) for pk, order, customer in given}


def _case(pk: int, order: int | None, customer: int | None) -> Case:
    """The order, in whichever of its tickets; without one the customer."""
    if order:
        return "order", order
    return ("customer", customer) if customer else ("ticket", pk)


def given(ticket: Ticket) -> Given:
    found: Given = ticket.__dict__["given"]
    return found


def above(ticket: Ticket, amount: int, *, approving: bool = False) -> bool:
    """Is this more than this person may give alone, with what was given in this case and today, in whatever way?

    What is asked counts for who gives, else many would ask for a part each; who approves has only what is given
    against them, else two requests that wait would block each other.
    """
    return bool(over(ticket, amount, approving=approving))


def over(ticket: Ticket, amount: int, *, approving: bool = False, whoever: bool = False) -> list[str]:
    """The limits of this role (shops.authorities.SPANS) that it goes beyond. whoever: not of this person, but of one
    with the same role who has given nothing yet."""
    spent = 0 if whoever else _of_day(ticket) + today(ticket)["compensation"]
    limits = policy.of(ticket.shop_id).authority.get(ticket.caller.word, NONE)
    case, day = limits["compensation_case"], limits["compensation_day"]
    by, found = STRANGER if whoever else ticket.actor, []
    if case is not None and _of_case(ticket, by, given_only=approving) + amount > case:
        found.append("compensation_case")
    if day is not None and spent + amount > day:
        found.append("compensation_day")
    return found


def asked(ticket: Ticket, row: Compensation) -> None:
    """This coupon or gift counts from now on, for the case and for who asks."""
    given(ticket).case.append(row)
    given(ticket).days[ticket.shop_id, ticket.actor] += row.amount


def approved(ticket: Ticket, row: Compensation) -> None:
    """It counts for who approves it as well."""
    given(ticket).days[ticket.shop_id, ticket.actor] += row.amount


def _of_case(ticket: Ticket, by: str, *, given_only: bool) -> int:
    """What people below lead have given, and `by` in whatever role, as who gives or approves: of this order, in
    whichever of its tickets; to this customer without one."""
    counts = (Compensation.GIVEN,) if given_only else ALIVE
    alive = [c for c in given(ticket).case if c.status in counts]
    theirs = [c for c in alive if c.role in authority.BELOW_LEAD or by[:150] in (c.by, c.decided_by)]
    fen = sum(c.amount for c in theirs)
    if ticket.order is None:
        return fen
    return fen + authority.of_case(ticket.order, by, given=given_only)["compensation"]


def _of_day(ticket: Ticket) -> int:
    """What this person has given today, by the shop's clock, and what others asked for and this person has approved:
    one statement for each person of a batch, in the turn of who asks for refunds."""
    key, days = (ticket.shop_id, ticket.actor), given(ticket).days
    if key not in days:
        today(ticket)  # first: who gives in many cases at once takes turns
        since = authority.midnight(ticket.shop_id, ticket.now)
        theirs = Q(by=ticket.actor, at__gte=since) | Q(decided_by=ticket.actor, decided_at__gte=since)
        rows = Compensation.objects.filter(theirs, shop=ticket.shop_id, status__in=ALIVE)
        days[key] = rows.aggregate(fen=Sum("amount"))["fen"] or 0
    return days[key]


def today(ticket: Ticket) -> authority.Sums:
    """What this person has asked for today as refunds, to be added to."""
    return authority.asked_today(given(ticket).asked, ticket.shop_id, ticket.actor, ticket.now)
