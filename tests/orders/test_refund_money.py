"""Money that goes back: whatever is heard in whatever order, and whatever people do, the books agree."""

import contextlib
from collections import Counter
from itertools import permutations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from flows.effects import Refused
from flows.engine import Want, start_many, take
from flows.reports import Heard, report_many
from flows.table import Who
from orders.models import Entry, Order, Refund
from orders.tables import REFUND
from outbox.models import Event
from tests.factories import make_shop
from tests.orders import told

AMOUNT = 3000


@pytest.fixture
def shop(db):
    return make_shop()


def begin(shop, how_many, state):
    """So many paid orders, each with one refund of 30.00 that stands in `state`."""
    orders = told.begin(shop, how_many)
    told.tell(orders, [[told.paid(1)]] * how_many)
    begun = [
        Refund(
            shop=shop, order=o, number=f"{o.number}-F1", key=f"{o.number}:amend:1", cause="amend:1", goods=AMOUNT,
            amount=AMOUNT, asked_as="shop", asked_by="shop", state="drafted" if state == "drafted" else "approved",
        )
        for o in Order.objects.filter(pk__in=[o.pk for o in orders]).order_by("pk")
    ]  # fmt: skip
    at = told.minute(2)
    taken = start_many(REFUND, [(r, Want(0, at=at)) for r in begun], who=Who.SYSTEM, by="system", at=at)
    ways = {"sent": ["send"], "cancelled": ["cancel"]}
    for t in taken:
        for step in ways.get(state, []):
            take(t.subject, step, who=Who.SYSTEM, by="system", at=at)
    return [t.subject for t in taken]


def heard(refund, fact, message):
    kind, at, inputs = fact
    return Heard(refund.pk, kind, told.minute(at), Who.SHOP, "hook:native", inputs, trigger=f"r{refund.pk}:{message}")


FAIL, WRONG = ("fail", 3, {"reason": "账户异常"}), ("succeed", 4, {"amount": 2000})
SAME = ("succeed", 4, {"amount": AMOUNT, "voucher": "V1"})
RIGHT, CONFIRM = ("succeed", 5, {"amount": AMOUNT, "voucher": "V1"}), ("confirm", 6, {})
STORIES = {
    "failed": [FAIL], "failed, then come": [FAIL, RIGHT], "another amount": [WRONG, FAIL],
    "another amount, then ours": [WRONG, RIGHT, FAIL], "both at one moment": [WRONG, SAME, FAIL],
    "confirmed": [RIGHT, CONFIRM, FAIL], "confirmed, of another amount": [WRONG, CONFIRM],
}  # fmt: skip
ENDS = {"failed": "failed", "failed, then come": "succeeded", "another amount": "unknown",
        "another amount, then ours": "succeeded", "both at one moment": "succeeded", "confirmed": "confirmed",
        "confirmed, of another amount": "confirmed"}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("state", ["drafted", "approved", "sent", "cancelled"])
def test_the_facts_of_a_refund_come_to_one_end_in_every_order_of_arrival(shop, story, state):
    """Each also told again at the end, as it was."""
    arrivals = [[*p, *p[:1]] for p in permutations(STORIES[story])]
    refunds = begin(shop, len(arrivals), state)
    for position in range(len(arrivals[0])):
        batch = [heard(r, mine[position], position) for r, mine in zip(refunds, arrivals, strict=True)]
        for t in report_many(REFUND, batch, at=told.NOW):
            assert t.error is None, t.why
    ends = {r.state for r in Refund.objects.all()}
    assert len(ends) == 1, ends
    if story != "failed" or state == "sent":
        assert ends == {ENDS[story]}
    check_books()
    assert len({(o.state, o.refunded) for o in Order.objects.all()}) == 1


def check_books():
    """The ledger's sum is the balance shown; what is settled is what went back; nothing is promised twice."""
    ledger = Counter()
    for entry in Entry.objects.all():
        ledger[entry.order_id] += entry.amount
    settled, pending = Counter(), Counter()
    for r in Refund.objects.all():
        settled[r.order_id] += r.amount * (r.state in ("succeeded", "confirmed"))
        pending[r.order_id] += r.amount * (r.state in ("drafted", "approved", "sent", "unknown"))
        entries = Entry.objects.filter(order=r.order_id, cause__contains=f":{r.key}")
        booked = sum(e.amount for e in entries if e.kind in ("refunded", "missed"))
        assert booked == -r.amount * (r.state in ("succeeded", "confirmed"))
    alarmed = set(Event.objects.filter(topic="refund.too_late").values_list("subject", flat=True))
    for o in Order.objects.all():
        assert ledger[o.pk] == o.paid - o.refunded
        assert settled[o.pk] == o.refunded
        assert pending[o.pk] <= max(0, o.received) or o.pk in alarmed
    keys = {}
    for event in Event.objects.filter(topic="refund.send"):
        keys.setdefault((event.data["order"], event.data["cause"]), set()).add(event.data["key"])
    assert all(len(k) == 1 for k in keys.values())


# ---- histories at random
WHICH = st.integers(0, 3)
DEEDS = st.one_of(
    st.tuples(st.just("promise"), WHICH, st.sampled_from(["agent", "lead", "clock", "shop", "system"])),
    st.tuples(st.just("take"), WHICH, st.sampled_from([
        ("approve", "LEAD", {}), ("reject", "LEAD", {"why": "不退"}), ("send", "SYSTEM", {}), ("send", "LEAD", {}),
        ("lose_track", "CLOCK", {}), ("cancel", "LEAD", {"why": "不退"}), ("miss", "AGENT", {"why": "未到账"}),
        ("reconcile", "LEAD", {"result": "failed"}), ("reconcile", "LEAD", {"result": "succeeded", "voucher": "V"}),
        ("confirm", "CUSTOMER", {}),
    ])),
    st.tuples(st.just("hear"), WHICH, st.sampled_from(["right", "right", "wrong", "fail", "confirm"])),
    st.tuples(st.just("outside"), WHICH, st.sampled_from([500, 4000])),
)  # fmt: skip
LINES = [
    {"line": str(n), "sku": f"S-{n}", "title": "袜子", "quantity": 1, "unit_price": 2500, "paid": 2500}
    for n in range(4)
]


@settings(
    max_examples=40, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@drawn(deeds=st.lists(DEEDS, min_size=3, max_size=14))
def test_any_history_of_promises_and_answers_keeps_the_books(shop, deeds):
    order = bought(shop)
    for minute, deed in enumerate(deeds, 2):
        with contextlib.suppress(Refused):
            do(order, minute, *deed)
    check_books()


def bought(shop):
    from orders.tables import ORDER

    order = Order(
        shop_id=shop.pk, number=f"H{next(told._numbers)}", payment="online", total=10000, placed_at=told.AT,
        state="awaiting_payment",
    )  # fmt: skip
    start_many(ORDER, [(order, Want(0, {"lines": LINES}, at=told.AT))], who=Who.SHOP, by="hook:native", at=told.AT)
    told.tell([order], [[told.paid(1)]])
    return Order.objects.get(pk=order.pk)


def do(order, minute, what, which, how):
    at = told.minute(minute)
    if what == "promise":
        inputs = {"lines": [{"line": str(which)}], "cause": f"test:{which}", "asked": [how, how]}
        take(order, "drop_rest", who=Who.SYSTEM, by="system", at=at, inputs=inputs)
        return
    if what == "outside":
        told.tell([order], [[("refund_succeeded", minute, {"key": f"{order.number}-{which}", "amount": how})]])
        return
    refund = Refund.objects.filter(order=order, cause=f"test:{which}").order_by("pk").last()
    if refund is None:
        return
    if what == "take":
        step, who, inputs = how
        take(refund, step, who=Who[who], by="lead" if who == "LEAD" else who.lower(), at=at, inputs=inputs)
        return
    facts = {
        "right": ("succeed", minute, {"amount": refund.amount}), "fail": ("fail", minute, {}),
        "wrong": ("succeed", minute, {"amount": refund.amount + 1}), "confirm": ("confirm", minute, {}),
    }  # fmt: skip
    for t in report_many(REFUND, [heard(refund, facts[how], next(told._messages))], at=told.NOW):
        assert t.error is None, t.why
