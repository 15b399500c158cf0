"""Any history of partial returns, deductions, refusals, failures and retries keeps the sums."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from flows import engine
from flows.effects import Refused
from flows.reports import Heard, report_many
from flows.table import Who
from orders.models import Entry, Order, Refund
from orders.tables import REFUND
from returns import amounts
from returns.eligibility.quantity import left_of
from returns.models import Return, ReturnLine
from returns.tables import RETURN
from tests.factories import AT, make_shop
from tests.returns.scenes import bought, fresh, returned

LINES = [
    {"line": "1", "quantity": 3, "paid": 1000, "unit_price": 400},
    {"line": "2", "quantity": 4, "paid": 102, "unit_price": 30},
    {"line": "3", "quantity": 1, "paid": 0, "unit_price": 500, "gift": True},
]
NOW = AT + timedelta(hours=1)
RETURNING = st.tuples(
    st.just("return"), st.sampled_from(["1", "2"]), st.integers(1, 4), st.sampled_from(["no_reason", "quality"])
)
REFUNDING = st.tuples(st.just("refund"), st.integers(0, 5), st.sampled_from([None, 0, 1, 50]))
MOVING = st.tuples(
    st.sampled_from(["approve", "reject", "cancel", "send", "succeed", "fail", "wrong", "lose_track", "found", "lost"]),
    st.integers(0, 5),
)
PLATFORM = st.tuples(st.just("platform"), st.integers(0, 5), st.sampled_from([None, 10, 333, 5000]))
HISTORIES = st.lists(st.one_of(RETURNING, REFUNDING, MOVING, MOVING, PLATFORM), min_size=3, max_size=12)


class History:
    """One order; what cannot be is refused, and everything else must keep the sums."""

    def __init__(self, freight):
        self.order = bought(*LINES, freight=freight, shop=make_shop())
        self.at = NOW
        self.outside = False

    def do(self, what, *how):
        self.at += timedelta(minutes=1)
        try:
            getattr(self, f"do_{what}", lambda *h: self.move(what, *h))(*how)
        except Refused:
            return

    def do_return(self, name, quantity, reason):
        order = fresh_order(self.order)
        others = ReturnLine.objects.filter(of__order=order).select_related("of", "line")
        quantity = min(quantity, left_of(order, others).get(name, 0))
        if quantity:
            returned(order, (name, quantity), reason=reason, state="inspected", here=True)

    def do_refund(self, n, less):
        ret = self.pick(Return.objects.filter(order=self.order, state="inspected"), n)
        if ret is None:
            return
        due = amounts.due(fresh(ret))
        said = {} if less is None else {"goods": max(0, due.goods - less), "why": "使用痕迹"}
        engine.take(ret, "refund", who=Who.AGENT, by="agent", at=self.at, inputs=said)

    def do_platform(self, n, amount):
        ret = self.pick(Return.objects.filter(order=self.order), n)
        if ret is not None:
            self.outside = True
            inputs = {"amount": amount} if amount else {}
            heard = Heard(ret.pk, "platform_refunded", self.at, Who.PLATFORM, "hook", inputs)
            [taken] = report_many(RETURN, [heard], at=self.at)
            assert taken.error is None, taken.why

    def move(self, what, n):
        refund = self.pick(Refund.objects.filter(order=self.order), n)
        if refund is None:
            return
        if what in ("succeed", "wrong", "fail"):
            inputs = {"reason": "x"} if what == "fail" else {"amount": refund.amount + (what == "wrong")}
            kind = "fail" if what == "fail" else "succeed"
            [taken] = report_many(REFUND, [Heard(refund.pk, kind, self.at, Who.SHOP, "hook", inputs)], at=self.at)
            assert taken.error is None, taken.why
            return
        step, who, inputs = {
            "found": ("reconcile", Who.LEAD, {"result": "succeeded", "voucher": "V"}),
            "lost": ("reconcile", Who.LEAD, {"result": "failed"}),
            "lose_track": (what, Who.CLOCK, {}),
            "approve": (what, Who.LEAD, {}),
            "send": (what, Who.LEAD, {}),
        }.get(what, (what, Who.LEAD, {"why": "不对"}))
        engine.take(refund, step, who=who, by="lead", at=self.at, inputs=inputs)

    @staticmethod
    def pick(rows, n):
        found = list(rows.order_by("pk"))
        return found[n % len(found)] if found else None

    def check(self):
        order = fresh_order(self.order)
        assert sum(e.amount for e in Entry.objects.filter(order=order)) == order.paid - order.refunded
        live = [r for r in order.purse.live() if r.state != "failed"]
        assert sum(r.amount for r in live if r.state in ("succeeded", "confirmed")) == order.refunded
        ours = [r for r in live if r.paid_by == "shop"]
        if not self.outside:
            assert sum(r.amount for r in live) <= order.paid
        assert sum(r.amount for r in ours) <= order.paid
        for line in order.goods.lines:
            of_line = list(ReturnLine.objects.filter(line=line).exclude(of__state="closed"))
            assert sum(x.refunded for x in of_line) <= line.paid, "never more than was paid for a line"
            assert sum(x.quantity for x in of_line) <= line.quantity
        for ret in Return.objects.filter(order=order, state="refunding").exclude(money=""):
            mine = order.purse.of_cause(ret.money)
            assert mine is not None, "what is refunding waits for a refund that lives"
            assert mine.goods == sum(x.refunded for x in ret.lines.all())
        for ret in Return.objects.filter(order=order, state="completed").exclude(money=""):
            assert order.purse.of_cause(ret.money).settled_at is not None


def fresh_order(order):
    from orders import goods, money

    order = Order.objects.get(pk=order.pk)
    goods.bring([order])
    money.bring([order])
    return order


class AnyHistory(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from([0, 80]), HISTORIES)
    def test_keeps_the_sums_per_line_and_per_order(self, freight, history):
        told = History(freight)
        for what, *how in history:
            told.do(what, *how)
            told.check()
