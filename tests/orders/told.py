"""Facts of one order told in many orders of arrival at once: each arrival is an order of its own, all in one batch."""

from collections import Counter
from datetime import timedelta
from itertools import count

from deadlines.models import Deadline
from flows.engine import Want, start_many
from flows.models import Move
from flows.reports import Heard, report_many
from flows.table import Who
from orders.models import Entry, Line, Order, Parcel, Payment, Refund
from orders.tables import ORDER
from tests.factories import AT

NOW = AT + timedelta(hours=1)  # well within nothing's due moment
LINES = [
    {"line": "1", "sku": "S-1", "title": "跑步鞋", "quantity": 1, "unit_price": 6000, "paid": 6000},
    {"line": "2", "sku": "S-2", "title": "袜子", "quantity": 2, "unit_price": 2000, "paid": 4000},
]
TOTAL = 10000
_numbers = count(1)


def minute(minutes):
    return AT + timedelta(minutes=minutes)


def begin(shop, how_many, payment="online"):
    """So many orders of two lines, just placed."""
    begun = []
    for _ in range(how_many):
        order = Order(
            shop_id=shop.pk, number=f"C{next(_numbers)}", payment=payment, total=TOTAL, placed_at=AT,
            state="awaiting_confirmation" if payment == "cod" else "awaiting_payment",
        )  # fmt: skip
        begun.append((order, Want(0, {"lines": LINES}, at=AT)))
    return [t.subject for t in start_many(ORDER, begun, who=Who.SHOP, by="hook:native", at=AT)]


def tell(orders, facts):
    """Tell each order its own list of facts, one after the other. A fact: (kind, minute, inputs) and who, the shop."""
    ids = count(1)
    for position in range(max(map(len, facts))):
        heard = [
            heard_of(order, mine[position], next(ids))
            for order, mine in zip(orders, facts, strict=True)
            if position < len(mine)
        ]
        for taken in report_many(ORDER, heard, at=NOW):
            assert taken.error is None, (taken.why, facts)


def heard_of(order, fact, message):
    kind, at, inputs = fact
    inputs = {k: v.replace("{number}", order.number) if isinstance(v, str) else v for k, v in inputs.items()}
    who = Who.PLATFORM if kind in ("close_unpaid", "close_refunded") else Who.SHOP
    return Heard(order.pk, kind, minute(at), who, "hook:native", inputs, trigger=f"m{order.pk}:{message}")


def endings(orders):
    """What each order has come to: where it stands, its sums, its parcels, its clocks."""
    pks = [o.pk for o in orders]
    found = {o.pk: _standing(o) for o in Order.objects.filter(pk__in=pks)}
    for p in Parcel.objects.filter(order__in=pks).order_by("tracking_number"):
        shipped = p.shipped_at and round((p.shipped_at - AT) / timedelta(minutes=1))
        found[p.order_id]["parcels"][p.tracking_number] = (
            tuple(sorted(p.contents.items())) if p.contents is not None else None, p.status, shipped,
        )  # fmt: skip
    for r in Refund.objects.filter(order__in=pks).exclude(status__in=("cancelled", "failed")):
        found[r.order_id]["refunds"] += r.amount
    for d in Deadline.objects.filter(flow="order", subject__in=pks, ended_at=None):
        found[d.subject]["clocks"].add(f"{d.clock} {d.part}".strip())
    return [found[pk] for pk in pks]


def _standing(order):
    return {
        "state": order.state,
        "paid": order.paid,
        "refunded": order.refunded,
        "refunds": 0,
        "parcels": {},
        "clocks": set(),
    }


def check_books(orders, *, paid_outside=False):
    """What holds for every order whatever it was told: the ledger, the log, the money."""
    pks = [o.pk for o in orders]
    ledger, moves = Counter(), {}
    for e in Entry.objects.filter(order__in=pks):
        ledger[e.order_id] += e.amount
    for m in Move.objects.filter(flow="order", subject__in=pks).order_by("seq"):
        moves.setdefault(m.subject, []).append(m)
    for o in Order.objects.filter(pk__in=pks):
        mine = moves[o.pk]
        assert ledger[o.pk] == o.paid - o.refunded
        assert [m.seq for m in mine] == list(range(1, o.version + 1))
        assert all(a.target == b.source for a, b in zip(mine, mine[1:], strict=False))
        assert mine[-1].target == o.state
        live = [r for r in o.refunds.all() if r.status not in ("cancelled", "failed")]
        assert sum(r.amount for r in live if r.status == "succeeded") == o.refunded
        if not paid_outside:
            assert sum(r.amount for r in live) <= o.paid


__all__ = ["LINES", "NOW", "TOTAL", "Line", "Payment", "begin", "check_books", "endings", "minute", "tell"]
