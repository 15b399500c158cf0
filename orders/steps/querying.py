"""What a logistics query's steps do beside moving, and what opens one before the customer asks. Procedures 3."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import Add, FollowUp, Refused, Save, Tell

from .. import goods, queries
from ..couriers import asking
from ..models import LogisticsQuery, Order, Parcel, QueryNote
from ..parcels import reach
from ..states import Cause, Delay, P, S
from ..tables import LOGISTICS_QUERY, ORDER

FURTHEST = timedelta(days=60)  # of an expected time: beyond it the year was mistyped
BY_ITSELF = tuple(c.value for c in Cause if c not in (Cause.ASKED, Cause.CHECKED))
NOTHING_SENT = (S.AWAITING_PAYMENT.value, S.CLOSED.value)


def bring(found: Sequence[LogisticsQuery]) -> None:
    """The orders of a batch with their goods; they are locked already. One that an order opens brings its own."""
    missing = [q for q in found if "goods" not in q._state.fields_cache.get("order", q).__dict__]
    orders = {o.pk: o for o in Order.objects.filter(pk__in=[q.order_id for q in missing])} if missing else {}
    goods.bring(list(orders.values()))
    queries.bring(list(orders.values()))
    for q in missing:
        q.order = orders[q.order_id]


def bring_asked(found: Sequence[LogisticsQuery]) -> None:
    asking.bring([q for q in found if q.tracking_number])


LOGISTICS_QUERY.brings(bring, "start", *LOGISTICS_QUERY.rows)
LOGISTICS_QUERY.brings(bring_asked, "look_up")
ORDER.brings(queries.bring, *ORDER.strength, "track")


def said(query: LogisticsQuery, **more: Any) -> Tell:
    """What the event of a step says of the case: enough for who listens to find it."""
    return Tell("", {
        "order": query.order.number, "carrier": query.carrier, "tracking_number": query.tracking_number,
        "cause": query.cause, "return": query.about or None, **more,
    })  # fmt: skip


def noted(query: LogisticsQuery, kind: str, words: str, **more: Any) -> Add:
    fields = {"by": query.actor[:80], "at": query.moment, **more}
    return Add(QueryNote(query_id=query.pk, kind=kind, words=words, **fields))


# ---- asked
@LOGISTICS_QUERY.on("start")
def asked(query: LogisticsQuery, *, words: str = "") -> Iterator[FollowUp]:
    """Under the order's lock, so of two at once the second sees the first."""
    if not query.number:
        _which(query)
        query.number = queries.next_number(query.order)
    query.words = words or query.words
    yield said(query)


def _which(query: LogisticsQuery) -> None:
    """Of which parcel. Raises Refused where there is none, and where one is asked after already."""
    order = query.order
    if order.state in NOTHING_SENT and order.goods.untouched():
        raise Refused(_("订单没有要发的货，没有物流可查"), "refused")
    _adopt(query)
    if query.tracking_number:
        found = query.parcel or queries.elsewhere(order, query.tracking_number)
        if found is None:
            raise Refused(_("订单没有快递单号为 %s 的包裹") % query.tracking_number, "input")
        query.about = getattr(found, "about", "")
        queries.take_newest(query, found)
    if (other := queries.open_of(order, query.tracking_number)) is not None:
        raise Refused(_("已有未结束的物流查询 %s") % other.number, "refused", other)


def _adopt(query: LogisticsQuery) -> None:
    """One about the whole order is about its only parcel, once there is one."""
    if not query.tracking_number and len(query.parcels) == 1:
        query.tracking_number = query.parcels[0].tracking_number


# ---- looked into
@LOGISTICS_QUERY.on("look_up")
def look_up(query: LogisticsQuery) -> Iterator[FollowUp]:
    """The newest track is kept with the query; where the shop has a courier's contract, its service is asked anew."""
    if queries.only_one(query):
        _adopt(query)
    if (parcel := query.parcel) is not None:
        queries.take_newest(query, parcel)
    if query.tracking_number:
        yield from asking.wanted(query, at=query.now, by=query.actor)
    query.looked_at = query.moment
    yield said(query)


@LOGISTICS_QUERY.on("trace")
def trace(query: LogisticsQuery, *, whom: str, words: str, asked_at: datetime | None = None) -> Iterator[FollowUp]:
    """The courier is urged: whom we asked, what they said, when."""
    if asked_at is not None and asked_at > query.now:
        raise Refused(_("催件的时间还没有到"), "input")
    query.traced_at = asked_at or query.moment
    yield noted(query, "trace", words, whom=whom, at=query.traced_at)
    yield said(query, whom=whom)


@LOGISTICS_QUERY.on("answer")
def answer(
    query: LogisticsQuery, *, words: str, expected_at: datetime, reason: str = Delay.NONE, apologised: bool = False
) -> Iterator[FollowUp]:
    """Where it is, why it is late, when it should come: then the agent comes back to it, unless it has arrived."""
    if query.awaited and expected_at <= query.now:
        raise Refused(_("预计送达时间已经过去，请填一个将来的时间"), "input")
    if expected_at > query.now + FURTHEST:
        raise Refused(_("预计送达时间超过 %s 天，请核对年月") % FURTHEST.days, "input")
    query.expected_at, query.answered_at = expected_at, query.moment
    query.reason, query.apologised = reason, apologised
    yield noted(query, "answer", words, reason=reason, apologised=apologised, expected_at=expected_at)
    yield said(query, expected_at=expected_at, reason=reason)


@LOGISTICS_QUERY.on("ask_again")
def ask_again(query: LogisticsQuery) -> Iterator[FollowUp]:
    """The promised time has come and the parcel has not, or the customer asks once more."""
    yield said(query, expected_at=query.expected_at)


# ---- lost
@LOGISTICS_QUERY.on("declare_lost")
def declare_lost(query: LogisticsQuery, *, what: str, words: str) -> Iterator[FollowUp]:
    """Broken goods have arrived; a lost parcel is so on its order's page too, until it turns up."""
    query.damaged = what == "damaged"
    parcel = query.parcel
    if not query.damaged and not parcel.ended:
        reach(parcel, P.LOST, query.moment)
        yield from _shown(query, parcel)
    yield noted(query, "lost", words)
    yield said(query, what=what)


@LOGISTICS_QUERY.on("find")
def find(query: LogisticsQuery) -> Iterator[FollowUp]:
    parcel = query.parcel
    if parcel is not None and parcel.status == P.LOST:  # an agent says so before the courier does
        reach(parcel, P.IN_TRANSIT, query.moment)
        yield from _shown(query, parcel)
    query.damaged = False
    yield said(query)


def _shown(query: LogisticsQuery, parcel: Parcel) -> Iterator[FollowUp]:
    queries.take_newest(query, parcel)
    yield Save(parcel, "status", "status_at")


@LOGISTICS_QUERY.on("make_good")
def make_good(
    query: LogisticsQuery, *, kind: str, lines: Sequence[Mapping[str, Any]] = (), words: str = ""
) -> Iterator[FollowUp]:
    """What was in the parcel, or the lines named of it: sent again or refunded by a return, which the floor above
    opens. Raises Refused for more than was in it."""
    inside = query.order.goods.inside(query.parcel)
    chosen = goods.checked(query.order.goods, lines, inside) if lines else inside
    if not chosen:
        raise Refused(_("这个包裹里没有登记商品，请选择要补偿的商品"), "input")
    query.made_good = {"kind": kind, "lines": [{"line": line, "quantity": n} for line, n in chosen.items()]}
    query.ended_at = query.moment
    yield noted(query, "good", words)
    yield said(query, **query.made_good)


# ---- over
@LOGISTICS_QUERY.on("close")
def close(query: LogisticsQuery, **_inputs: Any) -> Iterator[FollowUp]:
    query.ended_at = query.moment
    yield said(query)


# ---- before the customer asks
Late = Callable[[Order, str], Iterator[FollowUp]]


def _late(cause: str) -> Late:
    def opens(order: Order, part: str) -> Iterator[FollowUp]:
        parcel = next((p for p in order.goods.parcels if p.part == part), None)
        if parcel is not None:
            yield from queries.opened(order, cause, parcel)

    return opens


for clock in ("deliver", "collect", "still"):
    ORDER.brings(goods.bring, clock)
    ORDER.brings(queries.bring, clock)
    ORDER.late(clock)(_late(Cause(clock)))
