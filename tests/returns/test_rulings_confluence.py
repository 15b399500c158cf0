"""Promise I-07 for disputes: in whatever order, and however often, what is said of a return and of the platform's
rulings arrives, the return, its money and its dispute come to the same end. The measure is the order in which it
happened.
"""

import random
from itertools import permutations

import pytest
from django.db import transaction

from orders.models import Entry, Order, Refund
from returns.models import Dispute, Return

R = {"return": "R1"}
REQUESTED = ("return.requested", 20, {"number": "R1", "order": "A1", "kind": "return_refund", "reason": "quality",
                                      "lines": [{"line": "1", "quantity": 1}]})  # fmt: skip
APPROVED = ("return.platform_approved", 22, {"number": "R1", "kind": "return_refund"})
SENT_BACK = ("return.sent_back", 26, {"number": "R1", "carrier": "圆通", "tracking_number": "YT1000000001"})
WITHDRAWN_RETURN = ("return.withdrawn", 28, {"number": "R1"})
REVISED = ("return.revised", 45, {"number": "R1", "kind": "exchange"})
OPENED = ("dispute.opened", 30, R)
WITHDRAWN = ("dispute.withdrawn", 35, R)
ENFORCED = ("dispute.enforced", 60, R)
PLATFORM_PAID = ("return.platform_refunded", 58, {"number": "R1", "amount": "150.00"})


def buyer(at, remedy="refund", **more):
    return ("dispute.ruled", at, {**R, "ruling": "buyer", "remedy": remedy, **more})


def seller(at):
    return ("dispute.ruled", at, {**R, "ruling": "seller"})


FOR_MONEY = buyer(40, amount="150.00")
STORIES = {
    "ruled for the buyer": [REQUESTED, OPENED, FOR_MONEY],
    "ruled for the seller": [REQUESTED, APPROVED, OPENED, seller(40)],
    "for the buyer, then for the seller": [REQUESTED, OPENED, FOR_MONEY, seller(50)],
    "for the seller, then for the buyer": [REQUESTED, OPENED, seller(40), buyer(50, amount="150.00")],
    "goods to the buyer, then for the seller": [REQUESTED, OPENED, buyer(40, "return_refund"), seller(50)],
    "for the seller, then goods to the buyer": [REQUESTED, OPENED, seller(40), buyer(50, "return_refund")],
    "approved before, dismissed, and approved again": [
        REQUESTED, APPROVED, OPENED, seller(40), buyer(50, "return_refund")],
    "on its way, dismissed, and approved after all": [
        REQUESTED, SENT_BACK, OPENED, seller(40), buyer(50, "return_refund")],
    "withdrawn, and ruled all the same": [REQUESTED, OPENED, WITHDRAWN, buyer(40, "exchange")],
    "ruled, then withdrawn": [REQUESTED, OPENED, seller(33), WITHDRAWN],
    "enforced": [REQUESTED, OPENED, buyer(40, "exchange"), ENFORCED],
    "enforced after it was paid": [REQUESTED, OPENED, FOR_MONEY, ENFORCED],
    "paid by the platform, and ruled": [REQUESTED, OPENED, buyer(40, amount="150.00"), PLATFORM_PAID],
    "the customer gave up before": [REQUESTED, WITHDRAWN_RETURN, OPENED, FOR_MONEY],
    "the customer gave up, ruled for the seller": [REQUESTED, WITHDRAWN_RETURN, OPENED, seller(40)],
    "sent back and paid by a ruling": [REQUESTED, APPROVED, SENT_BACK, OPENED, FOR_MONEY],
}  # fmt: skip
# Opened a second time without a number of its own: what is said of the second before the first has ended is heard of
# the first. The return and its money end alike; how many disputes are told of does not.
AGAIN = [REQUESTED, OPENED, WITHDRAWN, ("dispute.opened", 36, R), buyer(40, amount="150.00")]


@pytest.fixture
def ready(hands):
    hands.signed()
    return hands


def ending(hands, facts):
    """Let these facts arrive one after the other; see what becomes of them; forget it."""
    before = transaction.savepoint()  # no block: the inbox claims in one of its own
    for name, at, data in facts:
        hands.tell(name, at, **data)
    hands.apply()
    end = stands()
    transaction.savepoint_rollback(before)
    return end


def stands():
    ret = Return.objects.get()
    return {
        "return": (ret.state, ret.kind, ret.recover, ret.platform_paid_at),
        "disputes": list(
            Dispute.objects.order_by("created_at").values_list("state", "remedy", "awarded", "created_at")
        ),
        "refunds": sorted(Refund.objects.exclude(state="cancelled").values_list("amount", "paid_by", "state")),
        "orders": list(Order.objects.order_by("number").values_list("number", "state", "paid", "refunded")),
        "ledger": sum(Entry.objects.values_list("amount", flat=True)),
    }


def orders_of(facts, most):
    """Every order of arrival, or so many of them; and some in which everything is told twice."""
    every = list(permutations(facts))
    rng = random.Random(len(facts))
    picked = every if len(every) <= most else rng.sample(every, most)
    twice = [rng.sample([*facts, *facts], 2 * len(facts)) for _n in range(3)]
    return [*map(list, picked), *twice]


@pytest.mark.parametrize("story", STORIES)
def test_it_comes_to_the_same_end(ready, story):
    facts = STORIES[story]
    measure = ending(ready, facts)
    for arrival in orders_of(facts, 12):
        assert ending(ready, arrival) == measure, [(name, at) for name, at, _data in arrival]


def test_a_second_dispute_that_overtakes_the_first_moves_the_return_alike(ready):
    measure = ending(ready, AGAIN)
    assert len(measure.pop("disputes")) == 2
    for arrival in orders_of(AGAIN, 12):
        end = ending(ready, arrival)
        assert {**end, "disputes": None} == {**measure, "disputes": None}, [(name, at) for name, at, _data in arrival]
