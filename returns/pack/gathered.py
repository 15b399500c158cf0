"""Everything of a case that its pack tells, read in a fixed number of statements. What staff looked at is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from deadlines.models import Deadline
from flows.models import Move
from flows.registry import FLOWS
from orders import goods, money, queries
from orders.couriers import normal
from orders.couriers.outcomes import Kind
from orders.models import Contact, Entry, LogisticsQuery, Lookup, Order, QueryNote, Refund
from shops.models import Shop

from .. import belongings
from ..models import Dispute, Evidence, Return
from ..store import files

FAMILY = ("order", "stock_out", "logistics_query", "return", "dispute", "refund")


@dataclass
class Gathered:
    """clear: with the buyer's name, phone and address. numbers: {(flow, key): what its steps are told under}.

    queries: about the order and its parcels, and this return's own; notes: what was said in them; lookups: what courier
    services were asked of these parcels, and have answered.
    """

    ret: Return
    shop: Shop
    clear: bool
    evidence: list[Evidence]
    contacts: list[Contact]
    queries: list[LogisticsQuery]
    notes: list[QueryNote]
    lookups: list[Lookup]
    entries: list[Entry]
    moves: list[Move]
    clocks: list[Deadline]
    numbers: dict[tuple[str, int], str] = field(default_factory=dict)
    lost: frozenset[int] = frozenset()  # evidence whose file is not there any more

    @property
    def order(self) -> Order:
        order: Order = self.ret.order
        return order

    @property
    def refunds(self) -> Sequence[Refund]:
        return self.order.purse.refunds

    @property
    def disputes(self) -> list[Dispute]:
        return self.ret.belongings.disputes

    @property
    def files(self) -> list[tuple[str, Evidence]]:
        """(name in the pack, evidence) of all whose file is there, in the order in which they were given."""
        kept = [e for e in self.evidence if e.file and e.pk not in self.lost]
        return [(f"files/{n:02d}-{e.stage}.{e.file.rpartition('.')[2]}", e) for n, e in enumerate(kept, 1)]


def gather(ret: Return, *, clear: bool) -> Gathered:
    """Read anew: what the caller holds of it may be older than its case."""
    ret = Return.objects.get(pk=ret.pk)
    order = Order.objects.select_related("shop").get(pk=ret.order_id)
    goods.bring([order])
    money.bring([order])
    belongings.bring([ret], {order.pk: order})
    stock_outs = [s.pk for s in order.goods.stock_outs]
    evidence = list(Evidence.objects.filter(of=ret.pk, erased_at=None).order_by("at", "pk"))
    asked = [q for q in queries.of(order) if q.about in ("", ret.number)]
    numbers = _numbers(ret, order) | {("logistics_query", q.pk): q.number for q in asked}
    return Gathered(
        ret, order.shop, clear, evidence,
        list(Contact.objects.filter(stock_out__in=stock_outs).order_by("at", "pk")),
        asked, list(QueryNote.objects.filter(query__in=[q.pk for q in asked]).order_by("at", "pk")),
        _lookups(ret, order),
        list(Entry.objects.filter(order=order).order_by("pk")), _moves(numbers), _clocks(order, numbers), numbers,
        frozenset(e.pk for e in evidence if e.file and not files.path_of(e.file).exists()),
    )  # fmt: skip


def _lookups(ret: Return, order: Order) -> list[Lookup]:
    """Those that were answered, of the parcels that went and came back."""
    parcels: list[Any] = [*order.goods.parcels, *ret.belongings.parcels]
    numbers = {normal(p.tracking_number) for p in parcels}
    asked = Lookup.objects.filter(shop=order.shop_id, kind=Kind.QUERY, tracking_number__in=numbers)
    return list(asked.exclude(ended_at=None).order_by("pk"))


def _numbers(ret: Return, order: Order) -> dict[tuple[str, int], str]:
    """The case: its order, the order's stock-outs and refunds, this return with its disputes."""
    found = {("order", order.pk): order.number, ("return", ret.pk): ret.number}
    found |= {("stock_out", s.pk): s.number for s in order.goods.stock_outs}
    found |= {("dispute", d.pk): d.number for d in ret.belongings.disputes}
    found |= {("refund", r.pk): r.number for r in order.purse.refunds}
    return found


def _moves(numbers: dict[tuple[str, int], str]) -> list[Move]:
    flows = {flow for flow, _pk in numbers}
    which = Move.objects.filter(flow__in=flows, subject__in={pk for _flow, pk in numbers})
    return [m for m in which.order_by("at", "pk") if (m.flow, m.subject) in numbers]


def _clocks(order: Order, numbers: dict[tuple[str, int], str]) -> list[Deadline]:
    found = Deadline.objects.filter(case=order.pk, flow__in=FAMILY).order_by("started_at", "pk")
    return [d for d in found if (d.flow, d.subject) in numbers and d.flow in FLOWS]
