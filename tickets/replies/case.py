"""What of a ticket's case quick replies look at: each part is read when it is first asked for, and once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from deadlines.models import Deadline
from flows.registry import FLOWS
from orders import goods as of_orders
from orders import money, stock
from orders.goods import Goods
from orders.models import Order, Related
from orders.models import Refund as RefundRow
from orders.states import R
from returns.models import BackParcel, Offer, Return
from returns.states import S as RS
from shops import policy
from shops.after_sales import AfterSales

from ..models import Message, Ticket
from ..states import Side

OVER = (RS.COMPLETED, RS.CLOSED)
LOOKED_BACK = 10  # messages


class ReplyCase:
    """speaker: the name under which the answer goes out. clear: whether personal data may be shown unmasked."""

    def __init__(self, ticket: Ticket, at: datetime, *, speaker: str = "", clear: bool = False) -> None:
        self.ticket, self.at, self.speaker, self.clear = ticket, at, speaker, clear

    @cached_property
    def order(self) -> Order | None:
        found: Order | None = self.ticket.order
        return found

    @cached_property
    def goods(self) -> Goods | None:
        if self.order is not None:
            of_orders.bring([self.order])
        return self.order.goods if self.order else None

    @cached_property
    def parcel(self) -> Any:
        """The newest one that really goes."""
        parcels = self.goods.parcels if self.goods else []
        return next((p for p in reversed(parcels) if not p.void), None)

    @cached_property
    def stock_out(self) -> Any:
        return self.goods.open_stock_out() if self.goods else None

    @cached_property
    def ret(self) -> Return | None:
        """The newest return that is not over, else the newest."""
        found = list(Return.objects.filter(order=self.order.pk).order_by("-pk")[:10]) if self.order else []
        return next((r for r in found if r.state not in OVER), found[0] if found else None)

    @cached_property
    def back_parcel(self) -> BackParcel | None:
        return BackParcel.objects.filter(of=self.ret.pk).order_by("-pk").first() if self.ret else None

    @cached_property
    def plan(self) -> Mapping[str, Any]:
        """The first plan of the newest offer that gives money."""
        offer = Offer.objects.filter(of=self.ret.pk).order_by("-pk").first() if self.ret else None
        return next((p for p in (offer.plans if offer else []) if p.get("amount")), {})

    @cached_property
    def refund(self) -> RefundRow | None:
        """The newest that was not taken back: of the return, where there is one; a favour of ours is none."""
        if self.order is None:
            return None
        money.bring([self.order])
        live = [r for r in self.order.purse.refunds if r.state != R.CANCELLED]
        if self.ret is not None:
            theirs = [r for r in live if r.about == self.ret.number]
        else:
            theirs = [r for r in live if not r.cause.startswith("goodwill:")]
        return theirs[-1] if theirs else None

    @cached_property
    def query(self) -> Any:
        """The newest logistics query; None where nobody asked."""
        flow = FLOWS.get("logistics_query")
        if self.order is None or flow is None:
            return None
        return flow.model._default_manager.filter(order=self.order.pk).order_by("-pk").first()

    @cached_property
    def dues(self) -> list[Deadline]:
        if self.order is None:
            return []
        return list(Deadline.objects.filter(case=self.order.pk, ended_at=None).order_by("due_at", "pk"))

    def due(self, flow: str, clock: str, subject: int = 0) -> datetime | None:
        """When the earliest such clock falls; None where none runs."""
        those = (d for d in self.dues if (d.flow, d.clock) == (flow, clock) and subject in (0, d.subject))
        return next((d.due_at for d in those if d.due_at), None)

    @cached_property
    def late(self) -> frozenset[str]:
        """Clocks of the order whose moment has passed."""
        passed = (d for d in self.dues if d.flow == "order" and (d.breached_at or (d.due_at and d.due_at <= self.at)))
        return frozenset(d.clock for d in passed)

    @cached_property
    def instead(self) -> str:
        """What is offered instead of the goods that are missing; of the order's first goods, where none is."""
        if self.goods is None:
            return ""
        missing = {m["line"] for m in self.stock_out.lines} if self.stock_out else set()
        skus = [x.sku for x in self.goods.lines if x.sku and (not missing or x.line in missing)][:5]
        found = stock.instead(Related.objects.filter(product__shop=self.ticket.shop_id, product__sku__in=skus))
        return found[0].title if found else ""

    @cached_property
    def rules(self) -> AfterSales:
        return policy.of(self.ticket.shop_id).after_sales

    @cached_property
    def words(self) -> str:
        """What the customer has said since our last answer, oldest first."""
        said: list[str] = []
        spoken = Message.objects.filter(ticket=self.ticket.pk, side__in=(Side.CUSTOMER, Side.AGENT, Side.AUTO))
        for message in spoken.order_by("-seq")[:LOOKED_BACK]:
            if message.side == Side.AGENT:
                break
            if message.side == Side.CUSTOMER and message.words:
                said.append(message.words)
        return "\n".join(reversed(said))
