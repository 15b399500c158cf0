"""What is told of a return and of its replacement order comes to the same end in any order, and told twice."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from deadlines.models import Deadline
from flows.sweep import sweep
from orders.models import Order, Refund
from tests.orders.hands import parcel
from tests.returns.hands import ADDRESS
from tests.returns.tracks import told

BOX = parcel("ZT5", carrier="中通")
FACTS = (
    ("order.shipped", 60, {"number": "A1-H1", "parcels": [BOX]}),
    ("return.replacement_sent", 61, {"number": "A1-R1", "carrier": "中通", "tracking_number": "ZT5"}),
    ("order.signed", 90, {"number": "A1-H1"}),
    ("return.replacement_signed", 91, {"number": "A1-R1"}),
)


def exchanging(hands, kind="exchange"):
    hands.rules(return_address=ADDRESS)
    hands.signed()
    return hands.go(
        hands.ask(kind=kind, reason="quality"), ("approve", "agent"), ("receive", "warehouse"),
        ("inspect", "warehouse"), ("exchange", "agent"),
    )  # fmt: skip


@pytest.mark.parametrize("order_of_arrival", list(permutations(range(4))))
def test_the_replacement_and_its_return_arrive_together(hands, order_of_arrival):
    exchanging(hands)
    for i in (*order_of_arrival, order_of_arrival[0]):
        type_, at, data = FACTS[i]
        hands.tell(type_, at, **data)
    ret, new = hands.ret("A1-R1"), hands.order("A1-H1")
    assert (ret.state, new.state, new.parcels.get().status) == ("completed", "signed", "signed")
    assert (new.paid, hands.order().paid, Refund.objects.count()) == (18900, 7000, 0)
    assert (told("return.replacement_out"), Order.objects.count()) == ([], 2)


GIVEN_UP = (
    ("return.withdrawn", 50, {"number": "A1-R1"}),
    ("order.shipped", 60, {"number": "A1-H1", "parcels": [BOX]}),
    ("order.signed", 90, {"number": "A1-H1"}),
)


@pytest.mark.parametrize("order_of_arrival", list(permutations(range(3))))
def test_what_was_given_up_and_arrives_all_the_same_is_an_exchange(hands, order_of_arrival):
    """The stronger fact decides: the customer has the new goods, whose money is with them."""
    exchanging(hands)
    for i in order_of_arrival:
        type_, at, data = GIVEN_UP[i]
        hands.tell(type_, at, **data)
    ret, new = hands.ret("A1-R1"), hands.order("A1-H1")
    assert (ret.state, new.state) == ("completed", "signed")
    assert (new.paid, hands.order().paid) == (18900, 7000)


@pytest.mark.parametrize(
    ("state", "steps", "clock"),
    [
        ("exchanging", [], "dispatch"),
        ("repairing", [("repair", "agent", {"why": "换拉链"})], "repair"),
        ("handing_back", [("hand_back", "agent", {"why": "客户要求"})], "hand_back"),
        ("awaiting_freight", [("ask_freight", "agent", {"amount": 1200})], "freight"),
    ],
)
def test_nobody_is_forgotten_while_goods_are_in_the_house(hands, state, steps, clock):
    """By default these clocks take no step: they are late, and somebody is told."""
    kind = "repair" if clock == "repair" else "exchange"
    hands.signed()
    ret = hands.go(
        hands.ask(kind=kind, reason="quality"), ("approve", "agent"), ("receive", "warehouse"),
        ("inspect", "warehouse"), *(steps or [("exchange", "agent")]),
    )  # fmt: skip
    sweep(at=timezone.now() + timedelta(days=60))
    assert hands.ret(ret.number).state == state
    row = Deadline.objects.get(flow="return", subject=ret.pk, clock=clock)
    assert row.breached_at is not None
