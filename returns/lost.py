"""A parcel that was lost or came broken is made good by a return; and returns' own parcels are asked after too.

The floor below asks and decides; here the goods are sent again, or the money goes back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import FollowUp, Refused, Start, Take
from orders import queries
from orders.models import LogisticsQuery, Order
from orders.queries import Elsewhere
from orders.states import ASTRAY, MOVING, L, P
from orders.tables import LOGISTICS_QUERY

from .eligibility.quantity import left_of
from .models import BackParcel, Return, ReturnLine
from .reactions import sent_by
from .starting import begin
from .states import Kind, Reason, S

WAY = {"reship": (Kind.RESHIP, S.EXCHANGING), "refund_only": (Kind.REFUND_ONLY, S.REFUNDING)}
OPENED_BY = "logistics"


@LOGISTICS_QUERY.after("make_good")
def made_good(query: LogisticsQuery) -> Iterator[FollowUp]:
    """The decision is made: a return that starts where the goods go out, or where the money does. A replacement that
    was lost has its return already, which goes on."""
    order, how = query.order, str(query.made_good["kind"])
    under_way = [ret for ret in sent_by(order) if ret.state == S.RESHIPPED]
    if under_way:
        step = "replacement_failed" if how == "reship" else "switch_to_refund"
        yield from (Take("return", ret.pk, step, {"why": _why(query)}) for ret in under_way)
        return
    kind, state = WAY[how]
    ret, inputs = begin(
        order, kind=kind, reason=Reason.DAMAGED if query.damaged else Reason.NOT_RECEIVED, state=state,
        lines=_still_to_ask(order, query.made_good["lines"]), opened_by=OPENED_BY,
        asked=[query.caller.word, query.actor],
    )  # fmt: skip
    yield Start(ret, inputs)


def _why(query: LogisticsQuery) -> str:
    words = {"number": query.number, "parcel": f"{query.courier} {query.tracking_number}".strip()}
    return _("物流查询 %(number)s：%(parcel)s 丢件或破损") % words


def _still_to_ask(order: Order, lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What of these lines is in no other return. Raises Refused where that is nothing."""
    others = list(ReturnLine.objects.filter(of__order=order.pk).select_related("of"))
    left = left_of(order, others)
    found = [{"line": x["line"], "quantity": min(x["quantity"], left.get(x["line"], 0))} for x in lines]
    if still := [x for x in found if x["quantity"]]:
        return still
    raise Refused(_("这些商品已经在别的售后单里了，请在那张售后单上处理"), "refused")


# ---- parcels that customers send back
def _back(order: Order) -> list[Elsewhere]:
    found = BackParcel.objects.filter(of__order=order.pk, bounced_at=None).select_related("of").order_by("pk")
    own = {p.tracking_number for p in order.goods.parcels}
    return [
        Elsewhere(p.of.number, p.tracking_number, p.carrier, p.status, p.status_at, p.track)
        for p in found
        if p.tracking_number not in own and p.of is not None
    ]


queries.FINDERS.append(_back)


def heard(ret: Return, parcel: BackParcel, status_was: str) -> Iterator[FollowUp]:
    """News of a parcel that comes back: its query keeps them, one opens where it is in trouble (疑难件)."""
    order = ret.belongings.order
    if any(p.tracking_number == parcel.tracking_number for p in order.goods.parcels):
        return  # the order's own, which has heard of it
    query = queries.open_of(order, parcel.tracking_number)
    if query is not None:
        yield from queries.keep(query, parcel)
        yield from _goes_on(query, parcel, status_was)
    elif parcel.status in (P.PROBLEM, P.LOST) and parcel.status != status_was:
        yield from queries.opened(order, parcel.status, parcel, about=ret.number)


def _goes_on(query: LogisticsQuery, parcel: BackParcel, status_was: str) -> Iterator[FollowUp]:
    astray = parcel.status in ASTRAY and parcel.status != status_was
    steps = {P.SIGNED.value: "close", **(dict.fromkeys(MOVING, "find") if query.state == L.LOST else {})}
    step = steps.get(parcel.status, "look_up" if astray and query.state == L.ANSWERED else "")
    if step and query.pk is not None:
        yield Take("logistics_query", query.pk, step, must=False)
