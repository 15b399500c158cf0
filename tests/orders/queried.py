"""Parcels on their way, people who ask where they are, and couriers who tell; at moments that a test names."""

from datetime import timedelta
from itertools import count

from deadlines.models import Deadline
from flows import engine
from flows.models import Move
from flows.reports import Heard, report_many
from flows.sweep import sweep
from flows.table import Who
from orders import queries
from orders.models import LogisticsQuery, Order, Parcel, QueryNote, Refund, StockOut
from orders.tables import ORDER
from outbox.models import Event
from tests.factories import AT
from tests.orders.told import begin, box, paid, shipped, tell

H, D = timedelta(hours=1), timedelta(days=1)
T = AT + H  # the parcels have left two minutes after AT
SOON = T + 3 * D
_said = count(1)
WRITTEN = (LogisticsQuery, QueryNote, Move, Deadline, Event, Order, Parcel, Refund, StockOut)

ANSWER = {"words": "在路上，后天到", "expected_at": SOON}
INPUTS = {
    "trace": {"whom": "hotline", "words": "网点说今天派送"},
    "answer": ANSWER,
    "declare_lost": {"what": "lost", "words": "网点确认丢失"},
    "make_good": {"kind": "refund_only"},
}
WAYS = {
    "asked": (), "checking": ("look_up",), "tracing": ("trace",), "answered": ("look_up", "answer"),
    "lost": ("look_up", "declare_lost"), "closed": ("look_up", "answer", "close"),
}  # fmt: skip


def under_way(shop, how_many=1, parcels=("SF1",)):
    """Orders whose goods have left in these parcels: the shoes in the first, the socks in the second."""
    orders = begin(shop, how_many)
    boxes = [box(p) for p in parcels] if len(parcels) == 1 else [box(parcels[0], ("1", 1)), box(parcels[1], ("2", 2))]
    tell(orders, [[paid(1), shipped(2, *boxes)]] * how_many)
    return list(Order.objects.filter(pk__in=[o.pk for o in orders]).order_by("pk"))


def asked(order, number="", *, at=T, who="agent", words=""):
    query = queries.begin(order.pk, order.shop_id, tracking_number=number)
    return engine.start(query, who=Who[who.upper()], by=who, at=at, inputs={"words": words} if words else {})


def take(query, step, who="agent", at=T, **inputs):
    return engine.take(query, step, who=Who[who.upper()], by=who, at=at, inputs=inputs or INPUTS.get(step, {}))


def in_state(order, state, number="", at=T):
    query = asked(order, number, at=at)
    for step in WAYS[state]:
        query = take(query, step, at=at)
    assert query.state == state
    return query


def hear(orders, kind, at, now=None, who=Who.SHOP, **inputs):
    """Each of these orders hears the same, in one batch."""
    heard = [Heard(o.pk, kind, at, who, "hook:native", inputs, trigger=f"q{o.pk}:{next(_said)}") for o in orders]
    for taken in report_many(ORDER, heard, at=now or at):
        assert taken.error is None, taken.why


def track(order, status, at, *points, number="SF1", now=None):
    """points: (moment, words)"""
    said = [{"at": moment, "text": words} for moment, words in points]
    hear([order], "track", at, now, tracking_number=number, status=status, carrier="顺丰", points=said)


def clock(query, name):
    return Deadline.objects.filter(flow="logistics_query", subject=query.pk, clock=name, ended_at=None).first()


def running(subject):
    found = Deadline.objects.filter(flow=subject.flow.name, subject=subject.pk, ended_at=None)
    return {f"{c} {p}".strip() for c, p in found.values_list("clock", "part")}


def ring(at):
    while sweep(at=at):
        pass


def fresh(subject):
    return type(subject).objects.get(pk=subject.pk)


def written():
    return [list(model.objects.order_by("pk").values()) for model in WRITTEN]
