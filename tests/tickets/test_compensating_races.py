"""Two who give to one customer at the same moment see what the other gives."""

import threading
import time

import pytest
from django.db import transaction

import rows
from flows.engine import Want, take_many
from flows.table import Who
from tests.api.callers import Api
from tests.factories import make_key
from tests.flows.test_races import at_once
from tests.tickets.hands import Hands
from tests.tickets.test_compensating import limit
from tickets.models import Compensation, Ticket
from tickets.tables import TICKET

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
AGENT = Who.AGENT


@pytest.fixture
def hands(transactional_db):
    return Hands()


def gives(hands, ticket, by, amount=3000):
    return hands.does(ticket, "compensate", by=by, gives="coupon", amount=amount, reason="late")


def test_two_agents_who_give_to_one_customer_at_once_stay_within_the_case(hands):
    """50.00 are an agent's for a customer without an order: the lock of one ticket says nothing of the other."""
    first, second = hands.says(), hands.says(conversation="c-2")
    given = threading.Event()

    def amy():
        with transaction.atomic():
            gives(hands, first, "amy")
            given.set()
            time.sleep(0.5)

    def bob():
        given.wait(5)
        gives(hands, second, "bob")

    assert at_once(amy, bob) == [None, None]
    assert sorted(Compensation.objects.values_list("by", "status")) == [("amy", "given"), ("bob", "waiting")]


def test_a_coupon_without_an_order_and_one_for_an_order_at_once_stay_within_the_case(hands):
    """What the customer was given without an order counts for the order: its lock says nothing of the other ticket."""
    hands.place()
    first, second = hands.says(), hands.does(hands.says(conversation="c-2"), "link", order=hands.order().pk)
    given = threading.Event()

    def amy():
        with transaction.atomic():
            gives(hands, first, "amy")
            given.set()
            time.sleep(0.5)

    def bob():
        given.wait(5)
        gives(hands, second, "bob")

    assert at_once(amy, bob) == [None, None]
    assert sorted(Compensation.objects.values_list("by", "status")) == [("amy", "given"), ("bob", "waiting")]


def test_one_agent_who_gives_to_many_customers_at_once_stays_within_the_day(hands):
    tickets = [hands.says(conversation=f"c-{n}", buyer=f"b-{n}") for n in range(14)]
    results = at_once(*[lambda t=t: gives(hands, t, "amy", 5000) for t in tickets])
    assert [r for r in results if isinstance(r, Exception)] == []
    assert Compensation.objects.filter(status="given").count() == 10  # 500 yuan a day


def test_two_batches_of_one_agent_at_once_stay_within_the_day(hands):
    tickets = [hands.says(conversation=f"c-{n}", buyer=f"b-{n}") for n in range(14)]

    def batch(those):
        wants = [Want(t.pk, {"gives": "coupon", "amount": 5000, "reason": "late"}) for t in those]
        return lambda: [t.moved for t in take_many(TICKET, "compensate", wants, who=AGENT, by="amy", at=hands.at(1))]

    assert at_once(batch(tickets[:7]), batch(tickets[7:])) == [[True] * 7, [True] * 7]
    assert Compensation.objects.filter(status="given").count() == 10  # 500 yuan a day


def test_many_who_give_to_few_customers_never_wait_in_a_circle(hands):
    """One by one and in batches, while the customers speak and say who they are."""
    buyers = (0, 1, 2, 2, 1, 0, 1, 0, 2, 0, 2, 1)
    tickets = [hands.says(conversation=f"c-{n}", buyer=f"b-{b}") for n, b in enumerate(buyers)]

    def batches(by, *batches_of):
        def work():
            for those in batches_of:
                wants = [Want(t.pk, {"gives": "coupon", "amount": 100, "reason": "late"}) for t in those]
                assert all(t.moved for t in take_many(TICKET, "compensate", wants, who=AGENT, by=by, at=hands.at(1)))

        return work

    def speaks():
        for n, b in enumerate(buyers):
            hands.customer(f"b-{b}", phone=f"1380013800{b}")
            hands.hears(tickets[n])

    results = at_once(
        batches("amy", tickets[:3], tickets[6:9]), batches("bob", tickets[3:6], tickets[9:]),
        batches("cat", *([t] for t in tickets)), batches("dan", *([t] for t in reversed(tickets))), speaks,
    )  # fmt: skip
    assert [r for r in results if isinstance(r, Exception)] == []
    assert Compensation.objects.count() == 3 * len(tickets)


def test_many_given_through_the_api_with_a_key_never_wait_in_a_circle_with_the_desk(hands):
    """What the API reads before the door, in one transaction with the door's locks, takes no turn: a turn is taken
    behind the ticket, as at the desk."""
    ticket, held = hands.says(), threading.Event()
    api = Api(make_key(hands.shop, roles=("agent",))[1])

    def amy():
        with transaction.atomic():
            rows.lock(Ticket, [ticket.pk])
            held.set()
            time.sleep(0.5)
            gives(hands, ticket, "amy")

    def machine():
        held.wait(5)
        item = {"number": ticket.number, "gives": "coupon", "amount": "30.00", "reason": "late"}
        told = api.post("/tickets/steps/compensate/", {"items": [item]}, idempotency_key="k")
        return [one["status"] for one in told.data["results"]]

    assert at_once(amy, machine) == [None, [200]]
    assert sorted(Compensation.objects.values_list("by", "status"))[0] == ("amy", "given")
    assert Compensation.objects.filter(status="waiting").count() == 1


def test_two_leads_who_approve_at_once_stay_within_their_day(hands):
    """The turns of an approval are those of giving."""
    first, second = hands.says(), hands.says(conversation="c-2", buyer="b-2")
    for n, t in enumerate((first, second)):
        gives(hands, t, ("amy", "bob")[n], 9000)
    rows = list(Compensation.objects.order_by("pk"))
    assert {r.status for r in rows} == {"waiting"}
    limit(hands, compensation_day=10000)

    def approves(ticket, row):
        inputs = {"compensation": row.pk, "decision": "approve"}
        return lambda: hands.does(ticket, "decide_compensation", by="boss", who="lead", **inputs)

    results = at_once(approves(first, rows[0]), approves(second, rows[1]))
    assert len([r for r in results if isinstance(r, Exception)]) == 1
    assert sorted(Compensation.objects.values_list("status", flat=True)) == ["given", "waiting"]
