"""Events that begin a subject: an order, a return. One that hangs on another waits until that one is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from flows.table import Flow
from flows.wants import Taken
from orders.models import Order
from orders.tables import ORDER
from returns.facts import revised
from returns.models import Return
from returns.starting import begin
from returns.tables import DISPUTE, RETURN

from . import events as e
from .disputing import dispute_of
from .steps import differences, order_of, some
from .subjects import Key

Begun = tuple[Any, dict[str, Any]]  # an unsaved subject, the inputs of its start


@dataclass(frozen=True)
class Starts:
    """How an event starts a subject.

    own: (shop, data) -> the name under which the subject will be known; beneath: whom it hangs on.
    begun: (data, shop, at, the subject beneath or None) -> what is started.
    again: (data, the known subject) -> the names of what a repeated start says otherwise: no personal data.
    known, differs: what is answered to a repeated start, without and with differences.
    """

    flow: Flow
    own: Callable[[int, Any], Key]
    begun: Callable[[Any, int, datetime, Any], Begun]
    again: Callable[[Any, Any], Sequence[str]]
    known: Callable[[], str]
    differs: Callable[[], str]
    beneath: Callable[[int, Any], Key] | None = None
    model: Any = None  # of the subject beneath


def return_of(data: e.ReturnRequested, shop: int, at: datetime, order: Order) -> Begun:
    """Every word of the source is kept; what is too much of it is refused at the start."""
    lines = None if data.lines is None else some(data.lines)
    return begin(
        order, number=data.number, kind=data.kind, reason=data.reason, lines=lines, amount=data.amount,
        words=data.words, links=data.evidence, opened_by="hook", version=str(data.version or ""), status=data.status,
        due_at=data.due_at,
    )  # fmt: skip


def otherwise(data: e.ReturnRequested, known: Any) -> list[str]:
    """What a return that is requested again says otherwise; one that was revised meanwhile is not compared."""
    if str(known.order.number) != data.order:
        return ["order"]
    if revised(known):
        return []
    lines = {x.line.line: x.quantity for x in known.lines.select_related("line") if x.quantity}
    told = {x.line: x.quantity or lines.get(x.line, 0) for x in data.lines} if data.lines else lines
    differing = [name for name in ("kind", "reason", "amount") if getattr(known, name) != getattr(data, name)]
    return differing if lines == told else [*differing, "lines"]


STARTS: Mapping[type[e.Fact], Starts] = {
    e.OrderPlaced: Starts(
        ORDER,
        own=lambda shop, data: ("order", shop, data.number),
        begun=lambda data, shop, at, _beneath: order_of(data, shop, at),
        again=differences,
        known=lambda: _("订单早已存在"),
        differs=lambda: _("订单早已存在；内容不同：%(fields)s"),
    ),
    e.ReturnRequested: Starts(
        RETURN,
        own=lambda shop, data: ("return", shop, data.number),
        begun=return_of,
        again=otherwise,
        known=lambda: _("售后单早已存在"),
        differs=lambda: _("售后单早已存在；内容不同：%(fields)s"),
        beneath=lambda shop, data: ("order", shop, data.order),
        model=Order,
    ),
    # Opened again is a report to the dispute that is there (hooks/disputing.py); what comes here begins one.
    e.DisputeOpened: Starts(
        DISPUTE,
        own=lambda shop, data: ("dispute_begun", shop, data.return_),
        begun=dispute_of,
        again=lambda data, known: [],
        known=lambda: _("平台介入早已登记"),
        differs=lambda: _("平台介入早已登记"),
        beneath=lambda shop, data: ("return", shop, data.return_),
        model=Return,
    ),
}
RANK = {kind: place for place, kind in enumerate(STARTS)}  # who hangs on another begins after it


def starts(data: e.Fact) -> bool:
    return type(data) in STARTS


def rank(data: e.Fact) -> int:
    """Subjects begin before anything else is said of them."""
    return RANK.get(type(data), len(RANK))


def told_again(data: e.Fact, pk: int) -> Taken:
    """Begun again: nothing changes; what it says otherwise is shown."""
    how = STARTS[type(data)]
    known = how.flow.model.objects.get(pk=pk)
    differing = how.again(data, known)
    why = how.differs() % {"fields": ", ".join(differing)} if differing else how.known()
    return Taken(known, why=why, code="outranked")
