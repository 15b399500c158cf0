"""Not more than was bought, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flows.effects import Refused
from orders.models import Order

from ..states import Kind, S
from .rule import Rule, Verdict

if TYPE_CHECKING:
    from ..models import Return, ReturnLine

KEEPS_GOODS = (Kind.RESHIP.value, Kind.REPAIR.value)  # once completed the pieces are with the customer again


class Quantity(Rule):
    """Of each line not more than was bought and is not in another return already.

    An application for more is not taken at all (`checked`); this rule speaks where the order lost lines afterwards.
    Source: promise I-34; Douyin's and WeChat's own check of an application.
    """

    name = "quantity"
    label = gettext_lazy("数量不超过购买数量")
    source = gettext_lazy("店铺流程：退货数量")

    def judge(self, ret: Return, at: datetime) -> Verdict | None:
        left = left_of(ret.order, ret.belongings.others)
        over = [x for x in ret.belongings.lines if x.quantity - x.dropped > left.get(x.line.line, 0)]
        if not over:
            return None
        x = over[0]
        words = {"title": x.line.title, "left": left.get(x.line.line, 0)}
        return self.no(
            _("“%(title)s”可退的只有 %(left)s 件（其余已去掉或在别的售后单里）") % words,
            _("“%(title)s”现在只能申请 %(left)s 件，其余已经在处理或已退款。请修改数量。") % words,
        )


def taken_by(x: ReturnLine) -> int:
    """Pieces of its line that this line of a return holds: none of one that is closed, none that the customer kept
    (a compensation, a gift, a coupon) or has again (reshipped, repaired), none that left the order instead."""
    ret = x.of
    if ret.state == S.CLOSED or (ret.state == S.COMPLETED and (ret.accepted or ret.kind in KEEPS_GOODS)):
        return 0
    return x.quantity - x.dropped


def left_of(order: Order, others: Iterable[ReturnLine]) -> dict[str, int]:
    """{line: pieces that may still be returned}. others: lines of the order's other returns, each with its return."""
    left = {line.pk: line.owed for line in order.goods.lines}
    for x in others:
        left[x.line_id] = left.get(x.line_id, 0) - taken_by(x)
    return {line.line: max(0, left[line.pk]) for line in order.goods.lines}


def checked(order: Order, wanted: Sequence[Mapping[str, Any]], others: Iterable[ReturnLine]) -> dict[str, int]:
    """[{"line", "quantity"}] -> {line: quantity}; no quantity: all that is left; nothing wanted: all of all lines.

    Under the order's lock: of two applications at once the second sees the first. Raises Refused "input" for unknown
    lines and for more than is left.
    """
    left = left_of(order, others)
    found: dict[str, int] = {}
    for row in wanted or [{"line": name} for name, quantity in left.items() if quantity]:
        line = order.goods.line(row["line"])
        found[line.line] = found.get(line.line, 0) + (int(row.get("quantity") or 0) or left[line.line])
        if not 0 < found[line.line] <= left[line.line]:
            words = {"title": line.title, "left": left[line.line]}
            raise Refused(_("“%(title)s”可退的只有 %(left)s 件，请核对数量和已有的售后单") % words, "input")
    if not found:
        raise Refused(_("这笔订单的商品都已在售后单里，没有可退的"), "input")
    return found
