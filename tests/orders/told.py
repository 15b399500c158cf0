"""Facts of one order told in many orders of arrival at once: each arrival is an order of its own, all in one batch."""

from collections import Counter
from datetime import timedelta
from itertools import count, pairwise

from deadlines.models import Deadline
from flows.engine import Want, start_many
from flows.models import Move
from flows.reports import Heard, report_many
from flows.table import Who
from orders.models import Entry, Order, Parcel, Refund
from orders.tables import ORDER
from tests.factories import AT

NOW = AT + timedelta(hours=1)  # well within nothing's due moment
LINES = [
    {"line": "1", "sku": "S-1", "title": "跑步鞋", "quantity": 1, "unit_price": 6000, "paid": 6000},
    {"line": "2", "sku": "S-2", "title": "袜子", "quantity": 2, "unit_price": 2000, "paid": 4000},
]
TOTAL = 10000
_numbers, _messages = count(1), count(1)


def minute(minutes):
    return AT + timedelta(minutes=minutes)


def box(number, *lines, carrier="顺丰"):
    """A parcel as a hook tells it; without lines, whatever is in no other parcel."""
    told = [{"line": line, "quantity": quantity} for line, quantity in lines]
    return {"carrier": carrier, "tracking_number": number, "lines": told or None}


def shipped(at, *parcels):
    return "ship", at, {"parcels": list(parcels)}


def tracked(at, number, status):
    return "track", at, {"carrier": "顺丰", "tracking_number": number, "status": status}


def all_end(step, at, *numbers):
    """sign, reject_parcel or bounce: of the parcels named, else of all."""
    return step, at, {"parcels": [{"tracking_number": n} for n in numbers] or None}


def paid(at, amount=TOTAL, transaction=""):
    return "pay", at, {"amount": amount, "transaction": transaction}


def refunded(at, amount=TOTAL, key="{number}-elsewhere"):
    return "refund_succeeded", at, {"key": key, "amount": amount}


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
    for position in range(max(map(len, facts))):
        heard = [
            heard_of(order, mine[position], next(_messages))
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
    for r in Refund.objects.filter(order__in=pks).exclude(state__in=("cancelled", "failed")):
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
        assert all(a.target == b.source for a, b in pairwise(mine))
        assert mine[-1].target == o.state
        live = [r for r in o.refunds.all() if r.state not in ("cancelled", "failed")]
        assert sum(r.amount for r in live if r.state in ("succeeded", "confirmed")) == o.refunded
        if not paid_outside:
            assert sum(r.amount for r in live) <= o.paid
