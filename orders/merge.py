"""Orders of one buyer to one address become one parcel: lines and money are carried over, never refunded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import Add, FollowUp, Refused, Save, Take

from . import money
from .models import Line, Order
from .states import Closed
from .tables import ORDER


@ORDER.touches("merge")
def both(inputs: Mapping[str, Any]) -> list[int]:
    return [inputs["into"]]


@ORDER.on("merge")
def merge(order: Order, *, into: int) -> Iterator[FollowUp]:
    """into: the key of the other order, locked with this one."""
    other = Order.objects.get(pk=into)
    if why := apart(order, other):
        raise Refused(why, "refused")
    carried = order.received - order.purse.pending()
    order.close_reason, order.closed_at, order.merged_into_id = Closed.MERGED, order.moment, into
    yield from money.carry_out(order, carried, f"merge:{other.pk}")
    lines = [_carried(order, line) for line in order.goods.lines if line.owed]
    for line in order.goods.lines:
        line.dropped = line.quantity
        yield Save(line, "dropped")
    yield Take(
        "order", into, "absorb", {"source": order.pk, "lines": lines, "freight": order.freight, "carried": carried}
    )
    order.total = order.freight = 0


def _carried(order: Order, line: Line) -> dict[str, Any]:
    name = f"{order.number}/{line.line}"
    same = {k: getattr(line, k) for k in line.SAME}
    name = name if len(name) <= 64 else f"{order.pk}/{line.pk}"
    return {**same, "line": name, "quantity": line.owed, "paid": line.worth}


def apart(order: Order, other: Order) -> str:
    """Why these two cannot be one, or ""."""
    same = ("shop_id", "buyer_id", "phone_key", "payment")
    nobody = not order.buyer_id and not order.phone_key  # two of whom nothing is known are not the same
    if nobody or order.pk == other.pk or any(getattr(order, k) != getattr(other, k) for k in same):
        return str(_("只能合并同一买家、同一付款方式的订单"))
    if order.after_sale or other.after_sale:
        return str(_("售后补换的订单不能合并，请在它的售后单上处理"))
    if {k: v for k, v in order.address.items() if v} != {k: v for k, v in other.address.items() if v}:
        return str(_("两个订单的收货地址不同，请先修改地址"))
    return ""


@ORDER.on("absorb")
def absorb(order: Order, *, source: int, lines: list[dict[str, Any]], freight: int, carried: int) -> Iterator[FollowUp]:
    added = [Line(order_id=order.pk, **line) for line in lines]
    order.total += sum(line.paid for line in added) + freight
    order.freight += freight
    order.categories = sorted({*order.categories, *(line.category for line in added if line.category)})
    yield from (Add(line) for line in added)
    yield from money.carry_in(order, carried, f"merge:{source}")
