"""The customer's account: what each ticket of theirs is worth, +1 for a good contact, −3 for a bad one.

Heard after the commit, once per event; the customer is locked, so two tickets at once add up. A rating that comes later
adds the difference, and the log keeps both.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Sum
from django.utils.translation import gettext as _

from outbox.listening import listens
from outbox.models import Event

from .models import AccountEntry, Customer, Satisfaction, Ticket
from .models.satisfaction import BAD, GOOD
from .states import Colour, Result, T

PLUS, MINUS = 1, -3


@listens("tickets.account", "ticket.close", "ticket.rate")
def account(event: Event, at: datetime) -> None:
    ticket = Ticket.objects.filter(pk=event.subject).first()
    if ticket is None or ticket.customer_id is None:
        return
    customer = Customer.objects.select_for_update().get(pk=ticket.customer_id)
    points, why = worth(ticket)
    entries = AccountEntry.objects.filter(ticket=ticket.pk)
    missing = points - (entries.aggregate(sum=Sum("points"))["sum"] or 0)
    if missing:
        AccountEntry.objects.bulk_create(
            [AccountEntry(customer=customer, ticket=ticket, points=missing, why=why, at=event.at)]
        )
        Customer.objects.filter(pk=customer.pk).update(score=customer.score + missing)


def worth(ticket: Ticket) -> tuple[int, str]:
    """-> points, and why. What the customer says themselves counts before what we read out of their words."""
    rated = Satisfaction.objects.filter(ticket=ticket.pk).values_list("rating", flat=True).first()
    if rated is not None:
        if rated <= BAD:
            return MINUS, _("客户评价 %s 分") % rated
        return (PLUS, _("客户评价 %s 分") % rated) if rated >= GOOD else (0, _("客户评价一般"))
    if ticket.state != T.CLOSED or ticket.merged_into_id is not None or not ticket.spoken:
        return 0, _("没有接触")
    if ticket.colour == Colour.RED or ticket.result == Result.DECLINED:
        return MINUS, _("红色工单") if ticket.colour == Colour.RED else _("未能满足客户")
    good = ticket.colour == Colour.GREEN or (ticket.result != Result.SILENT and not ticket.reopened)
    return (PLUS, _("满意的接触")) if good else (0, _("一般"))
