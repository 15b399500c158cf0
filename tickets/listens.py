"""The desk listens to the floors below, after the commit: their alarms open tickets, their ends resume those that wait.

Events may be heard out of their order and more than once: what is done looks at how things are.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from flows.effects import Refused
from flows.engine import start, take
from flows.registry import FLOWS
from flows.table import Flow, Who
from flows.words import label_of
from orders.models import Order
from outbox.listening import listens
from outbox.models import Event
from shops.models import Member

from . import alarms, conversations, customers
from .alarms import ALARMS, BREACHED, Alarm
from .links import AWAITED, over
from .models import Mention, Ticket
from .states import OPEN, Channel, Colour, T
from .steps.opening import begun

logger = logging.getLogger(__name__)
TRIES = 5
MOST_LEADS = 10


def endings() -> Iterator[str]:
    """The topics after which something that a ticket may wait for has ended."""
    for flow in (FLOWS[name] for name in AWAITED if name in FLOWS):
        for name in flow.rows:
            if any(over(flow) & {str(t) for t in row.targets_from(s)} for row in flow.rows[name] for s in row.sources):
                yield f"{flow.name}.{name}"


# ---- alarms
@listens("tickets.alarms", *ALARMS, BREACHED)
def alarmed(event: Event, at: datetime) -> None:
    """One open ticket for a kind of trouble with an order: it opens, or it notes what else has happened."""
    flow = FLOWS.get(event.flow)
    if flow is None or flow.name == "ticket":
        return
    subject = flow.model._base_manager.filter(pk=event.subject).first()
    if subject is None:
        return
    late = event.topic == BREACHED
    alarm = alarms.breach(subject, event.data) if late else ALARMS[event.topic]
    if alarm.when(subject):
        _raise(event, alarm, subject, at, late=late)


def _raise(event: Event, alarm: Alarm, subject: Any, at: datetime, *, late: bool) -> None:
    order = Order.objects.filter(pk=subject.order_pk).first()
    words, kind = alarms.worded(alarm, subject, event.data), alarm.kind_for(subject)
    for _try in range(TRIES):
        ticket = _open_one(event.shop_id, order, kind, any_kind=late)
        try:
            with transaction.atomic():
                if ticket is None:
                    ticket = _opened(event, alarm, kind, order, words, at)
                    if late:
                        opened = Ticket.objects.get(pk=ticket.pk)
                        _note(opened, _("已通知主管"), _leads(event.shop_id), event, at)
                else:
                    called = _uncalled(ticket) if late else []
                    _note(ticket, words, [*called, ticket.agent], event, at)
        except IntegrityError:  # another worker has opened it at the same moment
            continue
        except Refused as refused:
            if refused.code != "moved":  # it was resolved, merged, spoken in: look once more
                raise
            continue
        _redden(ticket, alarm, event, at)
        return
    raise RuntimeError(f"no ticket for event {event.pk}: it was opened and ended again and again")


def _open_one(shop: int, order: Order | None, kind: str, *, any_kind: bool) -> Ticket | None:
    """The open ticket of this order and kind; for a breach any of the order's, the same kind first."""
    there = Ticket.objects.filter(shop=shop, state__in=OPEN)
    if order is None:
        return None
    same = there.filter(Q(order=order, kind=kind) | Q(cause=cause_of(kind, order))).order_by("pk").first()
    return same or (there.filter(order=order).order_by("-pk").first() if any_kind else None)


def cause_of(kind: str, order: Order | None) -> str:
    return f"{kind}:{order.pk}" if order is not None else ""


def _opened(event: Event, alarm: Alarm, kind: str, order: Order | None, words: str, at: datetime) -> Ticket:
    """Where the customer last spoke with us we answer there."""
    customer = customers.of_order(order, at=at) if order is not None else None
    ways = conversations.reaching([customer.pk]) if customer is not None else {}
    channel, name = ways.get(customer.pk, (Channel.INTERNAL, "")) if customer is not None else (Channel.INTERNAL, "")
    ticket = begun(
        shop_id=event.shop_id, order=order, kind=kind, cause=cause_of(kind, order), opened_by=event.topic,
        customer=customer, channel=channel, conversation=name, title=str(alarm.title)[:120],
        distributor=customer is not None and customer.distributor,
    )  # fmt: skip
    opened: Ticket = start(
        ticket, who=Who.SYSTEM, by=event.topic, at=at, trigger=_trigger(event), inputs={"words": words}
    )
    return opened


def _note(ticket: Ticket, words: str, people: Iterable[str], event: Event, at: datetime) -> None:
    mentions = list(dict.fromkeys(p for p in people if p))
    inputs = {"words": words, "mentions": mentions}
    take(ticket, "note", who=Who.SYSTEM, by=event.topic, at=at, version=ticket.version, inputs=inputs)


def _redden(ticket: Ticket, alarm: Alarm, event: Event, at: datetime) -> None:
    """What a person has set stands."""
    now = Ticket.objects.get(pk=ticket.pk)
    if alarm.red and now.colour != Colour.RED and not now.painted and now.state in OPEN:
        inputs = {"colour": Colour.RED, "why": str(alarm.red)}
        take(now, "paint", who=Who.SYSTEM, by=event.topic, at=at, inputs=inputs)


def _uncalled(ticket: Ticket) -> list[str]:
    """The shop's leads who have not been called to this ticket since they last looked: once is enough."""
    waiting = set(Mention.objects.filter(ticket=ticket.pk, seen_at=None).values_list("name", flat=True))
    return [name for name in _leads(ticket.shop_id) if name not in waiting]


def _leads(shop: int) -> list[str]:
    members = Member.objects.filter(shop=shop, user__is_active=True).order_by("pk")
    found = members.values_list("user__username", "roles")
    return [name for name, roles in found if "lead" in roles][:MOST_LEADS]


def _trigger(event: Event) -> str:
    return f"event:{event.pk}"


# ---- ends
WAITS = (T.AWAITING_INTERNAL, T.AWAITING_REPLY)  # in the second the customer, who has spoken meanwhile, comes first


@listens("tickets.resumes", *endings(), "ticket.ask_internal", "ticket.keep_asking", "ticket.absorb", "ticket.split")
def ended(event: Event, at: datetime) -> None:
    """A ticket goes on when what it waited for has ended, also where that was before it began to wait.

    Raises RuntimeError where others kept moving one of them: the row is heard again later, then by all of them.
    """
    if busy := [number for pk in _waiting(event) if (number := _tried(pk, event, at))]:
        raise RuntimeError(f"moved again and again: {', '.join(busy)}")


def _tried(pk: int, event: Event, at: datetime) -> str:
    """-> the number of one that was another whenever it was looked at."""
    number = ""
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                _resume(pk, event, at)
        except Refused as refused:
            if refused.code == "moved":
                number = refused.subject.number
                continue
            logger.info("ticket %s does not go on: %s", pk, refused.code)
        return ""
    return number


def _waiting(event: Event) -> list[int]:
    if event.flow == "ticket":
        return [event.subject]
    waiting = Ticket.objects.filter(shop=event.shop_id, state__in=WAITS)
    here = waiting.filter(awaits__flow=event.flow, awaits__pk=event.subject)
    return list(here.order_by("pk").values_list("pk", flat=True))


def _resume(pk: int, event: Event, at: datetime) -> None:
    """Where the ticket waits, and what it waits for has ended."""
    ticket = Ticket.objects.get(pk=pk)
    flow = FLOWS.get(str(ticket.awaits.get("flow")))
    subject = flow.model._base_manager.filter(pk=ticket.awaits.get("pk")).first() if flow else None
    if ticket.state not in WAITS or flow is None or subject is None or str(subject.state) not in over(flow):
        return
    take(
        ticket, "resume", who=Who.SYSTEM, by=event.topic, at=at, version=ticket.version, trigger=_trigger(event),
        inputs={"words": _outcome(flow, subject)},
    )  # fmt: skip


def _outcome(flow: Flow, subject: Any) -> str:
    told = {"what": flow.label, "number": subject.number, "state": label_of(flow, subject.state)}
    return _("%(what)s %(number)s 已结束：%(state)s") % told
