"""How much a person may still give a customer alone, by case and by day, with what the batch under way has given.

The rows of a batch are written after all of its effects have run: each looks at what those before it have said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, Sum

from orders import money
from orders.models import Order
from orders.money import authority
from shops import policy
from shops.authorities import NONE

from .models import Compensation, Ticket

ALIVE = (Compensation.WAITING, Compensation.GIVEN)  # and no money: that is counted with the refunds that pay it
STRANGER = "?"  # nobody's login


@dataclass
class Given:
    """One for the whole batch. rows: what was given in the cases of its tickets, each with where its ticket hangs now.

    days: {(shop, who): fen of today}, asked: {(shop, who): fen of today's refunds}.
    """

    rows: list[Compensation]
    days: dict[tuple[int, str], int]
    asked: dict[Any, authority.Sums]


def bring(tickets: Sequence[Ticket]) -> None:
    """The orders of these tickets with their money, and what was given: a fixed number of statements."""
    orders = {o.pk: o for o in Order.objects.filter(pk__in={t.order_id for t in tickets if t.order_id})}
    money.bring(list(orders.values()))
    asked = next((o.purse.asked for o in orders.values()), {})
    found = Given(_rows(tickets), {}, asked)
    for t in tickets:
        if t.order_id:
            t.order = orders[t.order_id]
        t.__dict__["given"] = found


def _rows(tickets: Sequence[Ticket]) -> list[Compensation]:
    """What was given in their cases, and by whichever ticket hangs there now: one statement, two looks by index."""
    orders, customers = {t.order_id for t in tickets} - {None}, {t.customer_id for t in tickets} - {None}
    of_case = Q(order__in=orders) | Q(order=None, customer__in=customers)
    all_rows = Compensation.objects.annotate(hangs_on=F("ticket__order"), speaks_with=F("ticket__customer"))
    here = all_rows.filter(ticket__in=Ticket.objects.filter(of_case).values("pk"))
    return list(all_rows.filter(of_case | Q(ticket__in=[t.pk for t in tickets])).union(here).order_by("pk"))


def given(ticket: Ticket) -> Given:
    found: Given = ticket.__dict__["given"]
    return found


def own(ticket: Ticket) -> list[Compensation]:
    """All that this ticket has given."""
    return [c for c in given(ticket).rows if c.ticket_id == ticket.pk]


def _counts(c: Any, ticket: Ticket) -> bool:
    """The case is the order, in whichever of its tickets, and what its customer was given without one; without an
    order the customer. Linking a ticket elsewhere takes nothing out of a case: what was given in it stays in it."""
    of_customer = bool(ticket.customer_id) and c.customer_id == ticket.customer_id and c.order_id is None
    if ticket.order_id:
        return of_customer or ticket.order_id in (c.order_id, c.hangs_on)
    hangs_here = bool(ticket.customer_id) and c.speaks_with == ticket.customer_id and c.hangs_on is None
    return of_customer or hangs_here or c.ticket_id == ticket.pk


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
    row.__dict__ |= {"hangs_on": ticket.order_id, "speaks_with": ticket.customer_id}
    given(ticket).rows.append(row)
    given(ticket).days[ticket.shop_id, ticket.actor] += row.amount


def approved(ticket: Ticket, row: Compensation) -> None:
    """It counts for who approves it as well."""
    given(ticket).days[ticket.shop_id, ticket.actor] += row.amount


def _of_case(ticket: Ticket, by: str, *, given_only: bool) -> int:
    """What people below lead have given in this case, and `by` in whatever role, as who gives or approves.

    Money is counted with the order's refunds; that of a ticket which hung on another order, by what was asked.
    """
    counts = (Compensation.GIVEN,) if given_only else ALIVE
    rows = [c for c in given(ticket).rows if _counts(c, ticket)]
    alive = [c for c in rows if c.status in counts or (c.status == Compensation.PAID and c.order_id != ticket.order_id)]
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
