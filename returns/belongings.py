"""What belongs to a return, loaded for a whole batch: its order with goods and money, its lines and parcels, the other
returns of the order. Targets and needs are answered from it, so that a step asks the database nothing per row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import rows
from orders import goods, money, queries
from orders.models import Order
from orders.states import Closed, P
from orders.states import S as O

from . import windows
from .models import BackParcel, Dispute, Offer, Return, ReturnLine
from .states import COME_BACK, Kind, S
from .tables import DISPUTE

UNSENT = (O.AWAITING_PAYMENT, O.AWAITING_CONFIRMATION, O.AWAITING_AUDIT, O.PICKING, O.OUT_OF_STOCK, O.PACKED)
LEFT = (O.PARTLY_SHIPPED, O.SHIPPED, O.BOUNCED, O.SIGNED, O.COMPLETED)
OVER = (S.CLOSED.value,)


def gone(new: Order) -> bool:
    """Is this replacement lost, or on its way back to us?"""
    if new.state == O.BOUNCED or (new.state == O.CLOSED and new.close_reason == Closed.REJECTED):
        return True
    sent = goods.of(new).sent()
    return bool(sent) and all(p.status in (P.LOST, P.RETURNED, P.REFUSED) for p in sent)


@dataclass
class Belongings:
    """Of one return. others: the lines of the other returns of its order that are not closed."""

    ret: Return
    order: Order
    lines: list[ReturnLine]
    parcels: list[BackParcel]
    others: list[ReturnLine]
    offers: list[Offer]
    disputes: list[Dispute]
    replacement: Order | None = None
    promised: dict[str, int] = field(default_factory=dict)
    spare: list[ReturnLine] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sort_out()

    def sort_out(self) -> None:
        """Lines that are asked for, or of which something is here; and those that a revision has let go (`spare`)."""
        mine = [*self.lines, *self.spare]
        self.lines = [x for x in mine if x.quantity or x.received]
        self.spare = [x for x in mine if not (x.quantity or x.received)]

    # ---- targets
    @property
    def way(self) -> str:
        """Where an approval leads: by kind, and by where the goods are."""
        if self.ret.kind in COME_BACK:
            return "here" if self.goods_here else "send"
        return "goods" if self.ret.kind == Kind.RESHIP else "money"

    @property
    def left(self) -> str:
        return "goods" if self.goods_here else "nothing"

    @property
    def revised_to(self) -> str:
        """With goods here the state stays, with goods under way as well where they are still to come; else the
        application is looked at anew."""
        state = self.ret.state
        if state in (S.RECEIVED, S.INSPECTED):
            return str(state)
        if self.goods_here:
            return "inspected"
        still = state == S.RETURNING or self.under_way()
        return "returning" if self.ret.comes_back and still else "requested"

    @property
    def freight_due(self) -> str:
        unsaid = any(fen is None for fen, _at in self.ret.freight_payments.values())  # what was asked for
        enough = (self.ret.freight_paid or 0) >= (self.ret.freight_asked or 0)
        return "paid" if unsaid or enough else "unpaid"

    @property
    def stopped_to(self) -> str:
        return "inspected" if self.goods_here else "requested"

    # ---- needs
    @property
    def unshipped(self) -> bool:
        return self.order.state in UNSENT and self.order.goods.untouched()

    @property
    def inside_no_reason_window(self) -> bool:
        """七日无理由退货暂行办法 art. 10: the notice within seven days, counted from the day after signing."""
        return self._inside("no_reason_window", self.ret.created_at)

    @property
    def inside_after_sale_window(self) -> bool:
        return self._inside("after_sale_window", getattr(self.ret, "moment", None) or self.ret.created_at)

    def _inside(self, limit_name: str, at: datetime) -> bool:
        """An order that is not signed has not begun to count."""
        return self.order.signed_at is None or at < windows.until(self.ret, limit_name)

    @property
    def something_left(self) -> bool:
        """Money that was sent, an order that was cancelled for it, or a replacement that has left."""
        if self.ret.money == "cancel":
            return True
        refund = self.order.purse.of_cause(self.ret.money) if self.ret.money else None
        if refund is not None and refund.state not in ("drafted", "approved", "cancelled"):
            return True
        return self.ret.state == S.RESHIPPED or bool(self.ret.reshipped) or self._replacement_left()

    def _replacement_left(self) -> bool:
        return self.replacement is not None and self.replacement.state in LEFT

    @property
    def replacement_gone(self) -> bool:
        return self.replacement is not None and gone(self.replacement)

    @property
    def signed_at_ours(self) -> bool:
        return any(p.status == P.SIGNED or p.received_at for p in self.live())

    @property
    def judged_badly(self) -> bool:
        return any(x.defective or x.not_ours for x in self.lines)

    @property
    def approved_since(self) -> bool:
        """Has the platform agreed after it was dismissed?"""
        from .facts import counting

        return bool(self.disputes and counting(self.ret))

    @property
    def platform_paid_before(self) -> bool:
        """A refund that this very report has promised has no key yet."""
        refund = self.order.purse.of_cause(f"platform:{self.ret.pk}")
        return refund is not None and refund.pk is not None

    @property
    def in_dispute(self) -> bool:
        return any(d.state not in DISPUTE.final for d in self.disputes)

    @property
    def missing_pieces(self) -> int:
        return sum(max(0, x.quantity - x.here) for x in self.lines)

    @property
    def owed(self) -> bool:
        """Is money still to go back for goods that are here?"""
        if self.ret.platform_paid_at is not None or self.ret.money:
            return False
        return money.free(self.order) > 0

    @property
    def goods_here(self) -> bool:
        return any(x.here for x in self.lines)

    @property
    def on_its_way(self) -> bool:
        return self.order.state in (O.PARTLY_SHIPPED, O.SHIPPED, O.BOUNCED)

    @property
    def open_offer(self) -> Offer | None:
        """The one that waits for the customer's answer."""
        return next((o for o in reversed(self.offers) if not o.ended), None)

    # ---- parcels
    def live(self) -> Iterator[BackParcel]:
        """Parcels that count: neither taken back by the courier nor false."""
        return (p for p in self.parcels if p.bounced_at is None)

    def under_way(self) -> bool:
        return any(p.sent_at and not p.received_at for p in self.live())

    def line(self, name: str) -> ReturnLine | None:
        return next((x for x in self.lines if x.line.line == name), None)


def bring(returns: Sequence[Return], known: Mapping[int, Order] | None = None) -> None:
    """Load all of it for a batch of returns: a fixed number of statements. The orders are locked already.

    known: their orders, where a page has loaded them with goods and money.
    """
    if not returns:
        return
    pks, orders = [r.pk for r in returns if r.pk], known or _orders({r.order_id for r in returns})
    lines = _lines(orders)
    parcels, offers, disputes = (_by(model, pks) for model in (BackParcel, Offer, Dispute))
    replacements = Order.objects.in_bulk([r.replacement_id for r in returns if r.replacement_id])
    for r in returns:
        order = r.order = orders[r.order_id]
        of_order = lines.get(r.order_id, [])
        r.belongings = Belongings(
            r, order, [x for x in of_order if x.of_id == r.pk], parcels.get(r.pk, []),
            [x for x in of_order if x.of_id != r.pk and x.of.state not in OVER],
            offers.get(r.pk, []), disputes.get(r.pk, []), replacements.get(r.replacement_id or 0),
        )  # fmt: skip


def _orders(pks: set[int]) -> dict[int, Order]:
    orders: dict[int, Order] = Order.objects.in_bulk(pks)
    goods.bring(list(orders.values()))
    money.bring(list(orders.values()))
    queries.bring(list(orders.values()))
    return orders


def _lines(orders: Mapping[int, Order]) -> dict[int, list[ReturnLine]]:
    """{order: the lines of all its returns}, each with its line of the order and its return."""
    found: dict[int, list[ReturnLine]] = {}
    of_order = {line.pk: line for order in orders.values() for line in order.goods.lines}
    for row in ReturnLine.objects.filter(of__order__in=list(orders)).select_related("of").order_by("pk"):
        row.line = of_order[row.line_id]
        found.setdefault(row.of.order_id, []).append(row)
    return found


def _by(model: Any, pks: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows.fetch(model, "of", list(pks)):
        found.setdefault(row.of_id, []).append(row)
    return found
