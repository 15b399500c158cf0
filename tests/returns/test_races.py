"""What happens to returns at the same moment, on a real server."""

from contextlib import closing

import pytest
from django.db import connection
from django.utils import timezone

from flows.effects import Refused
from flows.engine import start, take
from flows.table import Who
from returns.models import Return, ReturnLine
from returns.starting import begin
from tests.flows.test_races import at_once
from tests.returns.hands import Hands

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def asks(order, quantity):
    def work():
        with closing(connection):
            ret, inputs = begin(
                order, kind="return_refund", reason="quality", lines=[{"line": "2", "quantity": quantity}]
            )
            return start(ret, who=Who.AGENT, by="amy", at=timezone.now(), inputs=inputs)

    return work


def test_of_many_who_ask_for_the_same_pieces_at_once_only_as_many_begin_as_were_bought():
    hands = Hands()
    order = hands.signed()
    results = at_once(*(asks(order, 1) for _ in range(6)))
    refused = [r for r in results if isinstance(r, Refused)]
    assert [r.code for r in refused] == ["input"] * 4
    assert sorted(Return.objects.values_list("number", flat=True)) == ["A1-R1", "A1-R2"]
    assert sum(ReturnLine.objects.values_list("quantity", flat=True)) == 2


def test_of_one_who_agrees_and_one_who_packs_the_order_at_once_one_is_told():
    for n in range(5):
        hands = Hands()
        order = hands.picking()
        ret = hands.ask(order, kind="refund_only", reason="other", lines=[{"line": "1"}, {"line": "2"}])
        results = at_once(
            lambda r=ret: take(r, "approve", who=Who.AGENT, by="amy", at=timezone.now()),
            lambda o=order: take(o, "pack", who=Who.WAREHOUSE, by="bob", at=timezone.now()),
        )
        assert isinstance(results[1], Refused), n  # it waits while undecided, it is closed once agreed
        assert (hands.order().state, hands.ret(ret.number).state) == ("closed", "refunding")
