"""The platform closes an order as refunded while money alone is asked back for it: that is its refund, in any order of
arrival, and nothing of ours is paid beside it."""

from itertools import permutations

import pytest

from orders.models import Refund
from outbox.models import Event
from returns.states import S

ASKED = ("return.requested", 20, {"number": "R1", "order": "A1", "kind": "refund_only", "reason": "other"})
CLOSED = ("order.closed", 22, {"number": "A1", "by": "platform", "reason": "refunded"})
PAID = ("return.platform_refunded", 21, {"number": "R1"})
AGREED = ("return.platform_approved", 21, {"number": "R1"})
OF_ORDER = ("refund.succeeded", 23, {"key": "P1", "order": "A1", "amount": "259.00", "paid_by": "platform"})
OF_RETURN = ("refund.succeeded", 23, {"key": "P1", "return": "R1", "amount": "259.00", "paid_by": "platform"})
HEARD = [
    (ASKED, CLOSED, OF_ORDER), (ASKED, CLOSED, OF_RETURN), (ASKED, CLOSED, PAID, OF_RETURN),
    (ASKED, AGREED, CLOSED, OF_ORDER),
]  # fmt: skip


def tell(hands, facts):
    hands.picking()
    for type_, at, data in facts:
        hands.tell(type_, at, **data)


def live():
    return [(r.amount, r.goods, r.freight, r.state, r.paid_by) for r in Refund.objects.exclude(state="cancelled")]


@pytest.mark.parametrize("facts", [p for heard in HEARD for p in permutations(heard)])
def test_it_is_settled_by_the_platforms_money_whatever_is_heard_first(hands, facts):
    tell(hands, facts)
    order, ret = hands.order(), hands.ret()
    assert (order.state, order.refunded, ret.state) == ("closed", 25900, S.COMPLETED)
    assert [(amount, state) for amount, _g, _f, state, _by in live()] == [(25900, "succeeded")]


@pytest.mark.parametrize("facts", list(permutations((ASKED, CLOSED))))
def test_until_its_success_is_told_it_waits_for_the_platform_with_all_that_was_paid(hands, facts):
    tell(hands, facts)
    assert hands.ret().state == S.REFUNDING
    assert live() == [(25900, 24900, 1000, "sent", "platform")]
    assert not Event.objects.filter(topic="refund.send").exists()


@pytest.mark.parametrize("facts", list(permutations((ASKED, CLOSED, PAID))))
def test_the_platform_gives_back_the_freight_of_what_never_left(hands, facts):
    tell(hands, facts)
    assert live() == [(25900, 24900, 1000, "sent", "platform")]


def test_agreeing_to_a_part_of_it_sends_no_money_of_ours(hands):
    tell(hands, [(ASKED[0], ASKED[1], {**ASKED[2], "lines": [{"line": "2", "quantity": 1}]}), CLOSED])
    ret = hands.take(hands.ret(), "approve", "agent", override_why="同意")
    assert ret.state == S.REFUNDING
    assert live() == [(3000, 3000, 0, "sent", "platform")]
    assert not Event.objects.filter(topic="refund.send").exists()
