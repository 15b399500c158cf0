"""Lines and parcels of an order: what is still owed, what is on its way, what has arrived.

Where an order stands follows from all of its parcels together, so that no order of arrival matters: shipped when the
parcels' contents cover what is owed; signed when every parcel of it has ended and one of them is signed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

import rows
from flows.effects import Refused
from flows.facts import Told

from .models import Line, Order, Parcel, StockOut
from .states import P


@dataclass
class Goods:
    """What belongs to one order. `struck`: parcels shipped up to then came back and count no more."""

    lines: list[Line]
    parcels: list[Parcel]
    stock_outs: list[StockOut] = field(default_factory=list)
    struck: datetime | None = None

    def line(self, name: str) -> Line:
        """Raises Refused for a line that is not in the order."""
        found = next((x for x in self.lines if x.line == name), None)
        if found is None:
            raise Refused(_("订单里没有行号“%(line)s”") % {"line": name}, "input")
        return found

    def owed(self) -> dict[str, int]:
        return {x.line: x.owed for x in self.lines if x.owed}

    def sent(self) -> list[Parcel]:
        """The parcels that count: on their way or arrived, and not brought back for another try."""
        return [
            p
            for p in self.parcels
            if p.shipped_at and not p.void and (self.struck is None or p.shipped_at > self.struck)
        ]

    def inside(self, parcel: Parcel) -> dict[str, int]:
        """What this parcel holds: {line: quantity}; where nobody has said it, whatever is in no other parcel."""
        if parcel.contents is not None:
            return {str(line): int(n) for line, n in parcel.contents.items() if n}
        left = self.owed()
        for other in self.sent():
            if other is not parcel:
                for line, n in (other.contents or {}).items():
                    left[line] = left.get(line, 0) - n
        return {line: n for line, n in left.items() if n > 0}

    def unshipped(self) -> dict[str, int]:
        """What is owed and in no parcel: {line: quantity}."""
        left = self.owed()
        for parcel in self.sent():
            if parcel.contents is None:
                return {}
            for line, quantity in parcel.contents.items():
                left[line] = left.get(line, 0) - quantity
        return {line: quantity for line, quantity in left.items() if quantity > 0}

    def untouched(self) -> bool:
        return not self.sent()

    def facts(self) -> Iterator[Told]:
        """What the parcels say of their order, all of them together.

        Each that left is `ship_part`, the one with which nothing is owed any more `ship`. Once all of them have ended:
        `sign` where one is signed, `reject_parcel` where all were refused, else `bounce`.
        """
        sent = sorted(self.sent(), key=lambda p: (p.shipped_at, p.tracking_number))
        whole = bool(sent) and not self.unshipped()
        yield from (Told("ship_part", p.shipped_at) for p in (sent[:-1] if whole else sent) if p.shipped_at)
        if not whole:
            return
        yield Told("ship", max(p.shipped_at for p in sent if p.shipped_at))
        if all(p.ended for p in sent):
            ends, at = {p.status for p in sent}, max(p.status_at for p in sent if p.status_at)
            yield Told("sign" if P.SIGNED in ends else "reject_parcel" if ends == {P.REFUSED} else "bounce", at)

    def open_stock_out(self) -> StockOut | None:
        return next((s for s in self.stock_outs if s.state != "resolved"), None)


def bring(orders: Sequence[Order]) -> None:
    """Load lines, parcels and stock-outs of a batch of orders: three statements."""
    pks = [o.pk for o in orders]
    lines, parcels = _by_order(Line, pks), _by_order(Parcel, pks)
    stock_outs = _by_order(StockOut, pks)
    for o in orders:
        until = o.struck.get("ship")
        struck = datetime.fromisoformat(until) if until else None
        o.goods = Goods(lines.get(o.pk, []), parcels.get(o.pk, []), stock_outs.get(o.pk, []), struck)


def _by_order(model: Any, pks: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows.fetch(model, "order", pks):
        found.setdefault(row.order_id, []).append(row)
    return found


def of(order: Order) -> Goods:
    """The goods of one order, loaded where a batch has not brought them."""
    if "goods" not in order.__dict__:
        bring([order])
    return order.goods


def checked(
    goods: Goods, wanted: Sequence[Mapping[str, Any]], within: Mapping[str, int] | None = None
) -> dict[str, int]:
    """[{"line", "quantity"}] -> {line: quantity}; no quantity: all there is. `within`: of these, else of the owed.

    Raises Refused for unknown lines and for more than there is.
    """
    found: dict[str, int] = {}
    for row in wanted:
        line = goods.line(row["line"])
        most = line.owed if within is None else within.get(line.line, 0)
        found[line.line] = found.get(line.line, 0) + (int(row.get("quantity") or 0) or most)
        if not 0 < found[line.line] <= most:
            raise Refused(_("“%(title)s”只有 %(most)s 件可选") % {"title": line.title, "most": most}, "input")
    return found
