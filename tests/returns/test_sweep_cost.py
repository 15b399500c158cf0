"""What the clock does with many at once costs as many statements as with few: no question per order, return, refund."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deadlines.models import Deadline
from flows.sweep import sweep
from orders.models import Refund
from tests.returns.hands import Hands

pytestmark = pytest.mark.django_db


def shipped(hands, number):
    hands.shipped(number)


def signed(hands, number):
    hands.signed(number)


def asked(hands, number):
    """Requested: the clock approves it."""
    hands.signed(number)
    hands.request(f"R{number}", order=number)


def to_send(hands, number):
    """Approved, and nobody sends: the clock closes it."""
    asked(hands, number)
    hands.take(hands.ret(f"R{number}"), "approve", "agent")


def paid_back(hands, number):
    """The money has come: the clock presumes that the customer has seen it."""
    hands.place(number)
    hands.tell("order.paid", 1, number=number)
    hands.take(hands.order(number), "cancel", "agent", by="customer", reason="拍错了")
    refund = Refund.objects.get(order__number=number)
    hands.take(refund, "succeed", "shop", amount=refund.amount)


def refunded(hands, number):
    """A return's money has come."""
    asked(hands, number)
    judged = {"lines": [{"line": "1", "quantity": 1, "condition": "sellable"}]}
    ret = hands.go(hands.ret(f"R{number}"), ("approve", "agent"), ("receive", "warehouse"))
    hands.go(ret, ("inspect", "warehouse", judged), ("refund", "agent"))
    refund = Refund.objects.get(order__number=number)
    hands.take(refund, "succeed", "shop", amount=refund.amount)


@pytest.mark.parametrize(("flow", "clock", "begun"), [
    ("order", "sign", shipped), ("order", "after_sale", signed), ("return", "handle", asked),
    ("return", "send_back", to_send), ("refund", "confirm", paid_back), ("refund", "confirm", refunded),
])  # fmt: skip
def test_a_sweep_costs_the_same_for_many_as_for_few(flow, clock, begun):
    hands = Hands()
    costs = []
    for batch in (2, 6):
        for n in range(batch):
            begun(hands, f"{clock}{batch}-{n}")
        Deadline.objects.exclude(flow=flow, clock=clock).update(rings_at=None)
        with CaptureQueriesContext(connection) as caught:
            assert sweep(at=timezone.now() + timedelta(days=40)) == batch
        costs.append([q["sql"] for q in caught])
    few, many = costs
    assert len(many) <= len(few), [sql for sql in many if many.count(sql) > few.count(sql)][:5]
