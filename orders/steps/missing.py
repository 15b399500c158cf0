"""Lines that are missing, and lines that leave the order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from flows.cells import Who
from flows.effects import FollowUp, Refused, Save, Start, Take

from .. import goods, money
from ..models import Order, StockOut
from ..states import Q
from ..tables import ORDER
from .cancelling import swapped

ENDINGS = ("sign", "reject_parcel", "bounce")


@ORDER.on("report_stock_out")
def report_stock_out(order: Order, *, lines: Sequence[Mapping[str, Any]] = ()) -> Iterator[FollowUp]:
    """One open stock-out an order: a later report adds its lines to it."""
    missing = goods.checked(order.goods, lines, order.goods.unshipped())
    found = order.goods.open_stock_out()
    if found is not None and found.state == Q.REFUNDING:  # its lines have left the order: no one would look at another
        raise Refused(_("上一次缺货正在退款，退款完成后再报"), "refused")
    if found is not None:
        known = {row["line"]: row["quantity"] for row in found.lines}
        found.lines = [{"line": k, "quantity": q} for k, q in {**known, **missing}.items()]
        yield Save(found, "lines")
        return
    yield Start(
        StockOut(
            shop_id=order.shop_id, order=order, number=f"{order.number}-Q{len(order.goods.stock_outs) + 1}",
            state=Q.REPORTED, lines=[{"line": k, "quantity": q} for k, q in missing.items()],
        )
    )  # fmt: skip


@ORDER.on("drop_rest")
def drop_rest(
    order: Order, *, lines: Sequence[Mapping[str, Any]], cause: str = "", about: str = "",
    asked: Sequence[str] = (), swap: Mapping[str, Any] | None = None,
) -> Iterator[FollowUp]:  # fmt: skip
    """Lines leave the order: only what was paid for them goes back, or over to what replaces them (`swap`).

    about: the return they leave it for; asked: [role, name] of whose word it is.
    """
    back = 0
    for name, quantity in goods.checked(order.goods, lines, order.goods.unshipped()).items():
        line = order.goods.line(name)
        back += line.share(quantity)
        line.dropped += quantity
        yield Save(line, "dropped")
    order.total -= back
    if swap is not None:
        yield from swapped(order, asked=asked, **swap)
    elif order.paid:
        yield from money.promise(order, cause, goods=back, about=about, asked=money.Asked.of(asked), clip=True)
    for fact in order.goods.facts():
        if fact.step in ENDINGS:  # all that is left has arrived already, or is back
            yield Take("order", order.pk, fact.step, {"parcels": []}, must=False, who=Who.PLATFORM)
