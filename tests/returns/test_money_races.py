"""Two at once on PostgreSQL: never more than was bought, never more than was paid."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from flows import engine
from flows.effects import Refused
from flows.table import Who
from orders.models import Refund
from returns.models import Return, ReturnLine
from returns.starting import begin
from tests.factories import AT
from tests.returns.scenes import bought, returned

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
NOW = AT + timedelta(hours=1)


def at_once(act, how_many):
    def one(n):
        try:
            return act(n)
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(how_many) as pool:
        return list(pool.map(one, range(how_many)))


def test_two_returns_of_the_same_line_never_exceed_what_was_bought():
    order = bought({"line": "1", "quantity": 3, "paid": 3000})

    def ask(n):
        ret, inputs = begin(order, kind="return_refund", reason="no_reason", lines=[{"line": "1", "quantity": 2}])
        engine.start(ret, who=Who.AGENT, by=f"agent{n}", at=NOW, inputs=inputs)
        return "started"

    assert sorted(at_once(ask, 4)) == ["input", "input", "input", "started"]
    assert sum(x.quantity for x in ReturnLine.objects.all()) == 2
    assert Return.objects.count() == 1


def test_one_return_that_many_refund_at_once_is_promised_once():
    order = bought({"line": "1", "quantity": 1, "paid": 3000})
    ret = returned(order, ("1", 1), state="inspected", here=True)

    def pay(n):
        engine.take(Return.objects.get(pk=ret.pk), "refund", who=Who.AGENT, by=f"agent{n}", at=NOW)
        return "paid"

    assert at_once(pay, 6).count("paid") == 1
    assert Refund.objects.count() == 1


def test_refunds_of_two_returns_at_once_never_exceed_what_was_paid():
    order = bought({"line": "1", "quantity": 2, "paid": 3001})
    both = [returned(order, ("1", 1), state="inspected", here=True) for _ in range(2)]

    def pay(n):
        inputs = {"compensation": 1500, "why": "补偿"}
        engine.take(Return.objects.get(pk=both[n].pk), "refund", who=Who.AGENT, by=f"agent{n}", at=NOW, inputs=inputs)
        return "paid"

    assert sorted(at_once(pay, 2)) == ["paid", "refused"]
    assert sum(r.amount for r in Refund.objects.all()) <= 3001
