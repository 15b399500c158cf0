"""Facts of an order and its return told in many orders of arrival at once: each arrival is a case of its own, and all
of them are in one batch."""

from itertools import count, pairwise

from deadlines.models import Deadline
from flows.engine import Want, start_many
from flows.models import Move
from flows.reports import Heard, report_many
from flows.table import Who
from orders.models import Entry, Order, Refund
from orders.tables import ORDER
from returns.models import Return, ReturnLine
from returns.starting import begin as application
from returns.tables import RETURN
from tests.orders import told
from tests.orders.told import NOW, TOTAL, box, minute

_messages = count(1)
PLATFORMS = ("approve", "platform_refunded", "expire", "dismiss")


def approved(at, version="", kind=""):
    return "return", "approve", at, {"version": version, "kind": kind}


def revised(at, version="", **changes):
    return "return", "revise", at, {"version": version, **changes}


def refused(at, version=""):
    return "return", "refuse", at, {"version": version, "why": "看不出问题"}


def sent_back(at, number="B1"):
    return "return", "send_back", at, {"carrier": "顺丰", "tracking_number": number}


def withdrawn(at):
    return "return", "withdraw", at, {}


def platform_paid(at, amount=None):
    return "return", "platform_refunded", at, {"amount": amount}


def came(at, amount):
    """A success under a key that is not ours, naming the return."""
    return "order", "refund_succeeded", at, {"key": "P-{return}", "amount": amount, "about": "{return}"}


def shipped(at):
    return "order", "ship", at, {"parcels": [box("P1")]}


def signed(at):
    return "order", "sign", at, {"parcels": None}


def begin(shop, how_many, *, left, kind="return_refund", reason="quality", version="1", lines=None):
    """So many cases: a paid order (of which everything has left at minute 2, if `left`), its return at minute 10."""
    orders = told.begin(shop, how_many)
    told.tell(orders, [[told.paid(1)]] * how_many)
    if left:
        told.tell(orders, [[told.shipped(2, box("P1"))]] * how_many)
    begun = []
    for order in orders:
        ret, inputs = application(
            order, kind=kind, reason=reason, number=f"R-{order.number}", version=version, opened_by="hook", lines=lines
        )
        begun.append((ret, Want(0, inputs, at=minute(10))))
    return [t.subject for t in start_many(RETURN, begun, who=Who.SHOP, by="hook:native", at=minute(10))]


def tell(cases, facts):
    """Tell each case its own list of facts, one after the other: those of orders, then those of returns."""
    for position in range(max(map(len, facts))):
        for flow in (ORDER, RETURN):
            pairs = zip(cases, facts, strict=True)
            heard = [heard_of(c, f[position]) for c, f in pairs if position < len(f) and f[position][0] == flow.name]
            for taken in report_many(flow, heard, at=NOW) if heard else ():
                assert taken.error is None, (taken.why, facts)


def heard_of(ret, fact):
    flow, kind, at, inputs = fact
    said = {k: v for k, v in inputs.items() if v not in ("", None) or k == "parcels"}
    inputs = {k: v.replace("{return}", ret.number) if isinstance(v, str) else v for k, v in said.items()}
    who = Who.PLATFORM if kind in PLATFORMS else Who.SHOP
    pk = ret.pk if flow == "return" else ret.order_id
    return Heard(pk, kind, minute(at), who, "hook:native", inputs, trigger=f"m{next(_messages)}")


def endings(cases):
    """What each case has come to: where order and return stand, what is asked for, the sums by part, the clocks."""
    pks = [c.pk for c in cases]
    returns = Return.objects.in_bulk(pks)
    orders = Order.objects.in_bulk([c.order_id for c in cases])
    found = {}
    for case in cases:
        ret, order = returns[case.pk], orders[case.order_id]
        found[case.pk] = {
            "return": ret.state, "order": order.state, "kind": ret.kind, "reason": ret.reason, "amount": ret.amount,
            "paid": order.paid, "refunded": order.refunded, "lines": {}, "refunds": [0, 0, 0], "clocks": set(),
        }  # fmt: skip
    for x in ReturnLine.objects.filter(of__in=pks, quantity__gt=0).select_related("line"):
        found[x.of_id]["lines"][x.line.line] = x.quantity
    of = {c.order_id: c.pk for c in cases}
    for r in Refund.objects.filter(order__in=list(of)).exclude(state="cancelled"):
        for i, part in enumerate((r.goods, r.freight, r.compensation)):
            found[of[r.order_id]]["refunds"][i] += part
    for d in Deadline.objects.filter(flow="return", subject__in=pks, ended_at=None):
        found[d.subject]["clocks"].add(d.clock)
    return [found[pk] for pk in pks]


def check_books(cases):
    """What holds whatever was told: the log, the ledger, never more back than came in."""
    for order in Order.objects.filter(pk__in=[c.order_id for c in cases]):
        assert sum(Entry.objects.filter(order=order).values_list("amount", flat=True)) == order.received
        live = Refund.objects.filter(order=order).exclude(state__in=("cancelled", "failed"))
        assert sum(r.amount for r in live) <= max(TOTAL, order.refunded)
    for ret in Return.objects.filter(pk__in=[c.pk for c in cases]):
        moves = list(Move.objects.filter(flow="return", subject=ret.pk).order_by("seq"))
        assert [m.seq for m in moves] == list(range(1, ret.version + 1))
        assert all(a.target == b.source for a, b in pairwise(moves))
        assert moves[-1].target == ret.state
