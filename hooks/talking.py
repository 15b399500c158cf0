"""What customers say: heard by the open ticket of the conversation, or it begins one.

Two workers may begin one conversation at once, or hear it while somebody closes its ticket. Whoever comes second looks
again, within its own transaction, and finds what the first has done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from flows.engine import Taken, Want, start_many, take_many
from flows.reports import Heard, report_many
from flows.table import Who
from orders.models import Order
from tickets import customers
from tickets.conversations import hearing
from tickets.models import Customer, Ticket
from tickets.states import LIVE, Kind, Side
from tickets.steps.opening import begun
from tickets.tables import TICKET

from . import events as e
from .platform import Event
from .steps import WHO
from .subjects import TALK, Known, further_keys

if TYPE_CHECKING:
    from .process import Item

TRIES = 5


@dataclass(eq=False)
class Said:
    """One message under way. order: that it names, if it is here."""

    item: Item
    event: Event
    data: e.MessageReceived
    trigger: str
    customer: Customer
    order: Order | None = None

    @property
    def shop(self) -> int:
        return self.item.row.shop_id

    @property
    def name(self) -> tuple[int, str]:
        return self.shop, self.data.conversation

    @property
    def voice(self) -> tuple[Who, str]:
        return WHO[self.event.who], f"hook:{self.item.row.source}"

    @property
    def order_named(self) -> str:
        return "" if self.order else self.data.order or ""

    def inputs(self) -> dict[str, Any]:
        files = [{"url": a.url, **({"name": a.name} if a.name else {})} for a in self.data.attachments]
        return {"words": self.data.text.strip(), "files": files, "external": self.data.message or ""}

    def place(self) -> dict[str, Any]:
        """Where it was said, for a ticket that may hear several conversations."""
        return {"conversation": self.data.conversation, "channel": self.data.channel, "order_named": self.order_named}


def talk(spoken: Sequence[tuple[Item, Event, str]], known: Known, *, at: datetime) -> None:
    """Hear these messages, a conversation's one: a few statements for all of them."""
    waiting = _gathered([x for x in spoken if not _heard_before(x[0], x[1], known)], known, at=at)
    of = {said.name: pk for said in waiting for pk in known.found.get((TALK, *said.name), [])}
    for _try in range(TRIES):
        if not waiting:
            return
        to_hear = [said for said in waiting if said.name in of]
        late = _hear_all(to_hear, of, at=at)
        late += _begin([said for said in waiting if said.name not in of], at=at)
        _learn(known, [said for said in waiting if said not in late])
        waiting = late
        of = hearing(said.name for said in waiting)
    raise RuntimeError("a conversation's ticket was begun and closed again and again")


def _heard_before(item: Item, event: Event, known: Known) -> bool:
    message = event.data.message if isinstance(event.data, e.MessageReceived) else None
    found = known.found.get(("message", item.row.shop_id, message), []) if message else []
    if found:
        item.taken.append(Taken(Ticket(pk=found[0]), why=_("这条消息早已收到"), code="outranked"))
    return bool(found)


def _gathered(spoken: Sequence[tuple[Item, Event, str]], known: Known, *, at: datetime) -> list[Said]:
    """With their customers and the orders that they name."""
    if not spoken:
        return []
    named = {t: pks[0] for i, ev, t in spoken if (pks := known.subjects(further_keys(i.row.shop_id, ev.data)))}
    orders = Order.objects.in_bulk(set(named.values())) if named else {}
    told = []
    for item, event, trigger in spoken:
        assert isinstance(event.data, e.MessageReceived)
        order = orders.get(named.get(trigger, 0))
        told.append((item, event, event.data, trigger, order, _told(item.row.shop_id, event.data, order)))
    known_ones = customers.known([buyer for *_rest, buyer in told], at=at)
    return [Said(i, ev, data, t, known_ones[buyer.key], order) for i, ev, data, t, order, buyer in told]


def _told(shop: int, data: e.MessageReceived, order: Order | None) -> customers.Told:
    """Who speaks: as the source names them, else the buyer of the order that it names."""
    b = data.buyer
    if not b.id and order is not None and order.buyer_id:
        return customers.Told(shop, order.buyer_id, b.name or order.buyer_name, b.phone or order.buyer_phone)
    return customers.Told(shop, b.id, b.name, b.phone, data.conversation)


def _learn(known: Known, heard: Sequence[Said]) -> None:
    """For the waves that follow in this batch."""
    for said in heard:
        pks = [t.subject.pk for t in said.item.taken if t.moved and isinstance(t.subject, Ticket)][-1:]
        if pks:
            known.found[TALK, *said.name] = pks
            if said.data.message:
                known.found["message", said.shop, said.data.message] = pks


# ---- tickets that are there
def _hear_all(waiting: Sequence[Said], of: dict[tuple[int, str], int], *, at: datetime) -> list[Said]:
    """-> those whose ticket was closed meanwhile. Conversations that were merged are heard one after the other."""
    late: list[Said] = []
    while waiting:
        now: dict[int, Said] = {}
        for said in waiting:
            now.setdefault(of[said.name], said)
        waiting = [said for said in waiting if said not in now.values()]
        _link(now, at=at)
        for (who, by), those in _by_voice(now).items():
            heard = [
                Heard(pk, "hear", s.event.at, who, by, {**s.inputs(), **s.place()}, trigger=s.trigger)
                for pk, s in those.items()
            ]
            for taken in report_many(TICKET, heard, at=at):
                said = those[taken.subject.pk]
                if taken.code == "state":
                    late.append(said)
                else:
                    said.item.taken.append(taken)
    return late


def _by_voice(those: dict[int, Said]) -> dict[tuple[Who, str], dict[int, Said]]:
    found: dict[tuple[Who, str], dict[int, Said]] = {}
    for pk, said in those.items():
        found.setdefault(said.voice, {})[pk] = said
    return found


def _link(those: dict[int, Said], *, at: datetime) -> None:
    """To the order that a message names, where the ticket has none."""
    naming = {pk: said for pk, said in those.items() if said.order}
    without = Ticket.objects.filter(pk__in=naming, order=None).values_list("pk", flat=True) if naming else []
    wants = [Want(pk, {"order": said.order.pk}) for pk in without if (said := naming[pk]).order]
    if wants:
        take_many(TICKET, "link", wants, who=Who.SYSTEM, by="message.received", at=at)


# ---- tickets that begin
def _begin(those: Sequence[Said], *, at: datetime) -> list[Said]:
    """-> all of them where another worker has begun one of these conversations meanwhile: nothing is written then.

    In one order, so that two who begin the same ones do not wait for each other in a ring.
    """
    groups: dict[tuple[Who, str], list[Said]] = {}
    for said in sorted(those, key=lambda s: s.name):
        groups.setdefault(said.voice, []).append(said)
    late: list[Said] = []
    for (who, by), some in groups.items():
        begun = [
            (_ticket(s), Want(0, {**s.inputs(), "side": Side.CUSTOMER}, s.event.at, None, s.trigger)) for s in some
        ]
        try:
            with transaction.atomic():
                taken = start_many(TICKET, begun, who=who, by=by, at=at)
        except IntegrityError:
            late += some
            continue
        for said, t in zip(some, taken, strict=True):
            said.item.taken.append(t)
    return late


def _ticket(said: Said) -> Ticket:
    kind = Kind.DISTRIBUTOR if said.customer.distributor else Kind.OTHER
    return begun(
        shop_id=said.shop, kind=kind, channel=said.data.channel, conversation=said.data.conversation,
        customer=said.customer, order=said.order, order_named=said.order_named, opened_by="message",
    )  # fmt: skip


# ---- orders that appeared at the same moment elsewhere
def missed(wave: Sequence[Item], *, at: datetime) -> None:
    """Tickets and the orders that they name, begun at the same moment by two workers: neither saw the other's. Both
    look once more when they have committed: one of the two is the later."""
    named = {(item.row.shop_id, number) for item in wave for ev in item.events if (number := _names(ev.data))}
    if not named:
        return
    waiting = Ticket.objects.filter(shop__in={s for s, _n in named}, order_named__in={n for _s, n in named})
    waiting = waiting.exclude(order_named="").filter(state__in=LIVE, order=None)
    if not (tickets := list(waiting.values_list("pk", "shop_id", "order_named"))):
        return
    found = Order.objects.filter(shop__in={s for _p, s, _n in tickets}, number__in={n for _p, _s, n in tickets})
    orders = {(shop, number): pk for pk, shop, number in found.values_list("pk", "shop_id", "number")}
    wants = [Want(pk, {"order": orders[shop, n]}) for pk, shop, n in tickets if (shop, n) in orders]
    if wants:
        take_many(TICKET, "link", wants, who=Who.SYSTEM, by="message.received", at=at)


def _names(data: e.Fact) -> str:
    if isinstance(data, e.MessageReceived):
        return data.order or ""
    return data.number if isinstance(data, e.OrderPlaced) else ""
