"""What the clock has kept day by day is what the facts themselves say, whatever happened in which order."""

from datetime import timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows import engine
from flows.effects import Refused
from flows.table import Who
from orders.models import Order
from shops import policy
from tests.factories import placed
from tests.tickets.figures.hands import DAY, Counting
from tickets.figures import counting, touched
from tickets.figures.days import Span, day_of
from tickets.figures.measure import CUTS, MEASURES, direct
from tickets.models import Counted, Read, Rollup, Ticket

pytestmark = pytest.mark.django_db
SOME = settings(
    max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)  # fmt: skip


def kept(shop):
    """{measure: {(day, …): (n, total)}} as the rollups have it."""
    found = {name: {} for name in MEASURES}
    for row in Rollup.objects.filter(shop=shop):
        key = (row.day, *(getattr(row, c) for c in CUTS), row.bucket)
        found[row.measure][key] = (row.n, row.total)
    return found


def asked(hands, at, days=120):
    """The same, asked of the facts."""
    zone = ZoneInfo(hands.shop.zone)
    span = Span(hands.shop.pk, zone, day_of(at, zone) - timedelta(days=days), day_of(at, zone), at)
    return {name: direct(measure, span) for name, measure in MEASURES.items()}


def assert_same(hands, at):
    told, facts = kept(hands.shop.pk), asked(hands, at)
    for name in MEASURES:
        assert told[name] == facts[name], name


# what may happen to the n-th ticket, or beside it
DEEDS = st.sampled_from(
    [
        ("says", {}), ("says", {}), ("order", {}), ("opens", {"kind": "complaint"}),
        ("reply", {"words": "您好"}), ("reply", {"words": "好的"}), ("hear", {"words": "在吗"}), ("resolve", {}),
        ("resolve", {"result": "declined"}), ("reopen", {"why": "客户来电"}), ("close", {}),
        ("transfer", {"to": "bob", "why": "他更熟"}), ("claim", {}), ("merge", {}), ("split", {"why": "合错了"}),
        ("classify", {"kind": "bad_review"}), ("link", {}), ("note", {"words": "记一下"}),
        ("paint", {"colour": "red", "why": "很急"}), ("count", {}),
    ]
)  # fmt: skip
LATER = (0, 1, 30, 200, 900, 3000, 9000)  # minutes
DEED = st.tuples(DEEDS, st.integers(0, 5), st.sampled_from(["amy", "bob"]), st.sampled_from(LATER))
HISTORY = st.lists(DEED, min_size=5, max_size=40)


class Story:
    """Deeds one after the other; time goes on between them. One that is refused has not happened."""

    def __init__(self, hands):
        self.hands, self.minute, self.n = hands, 0.0, 0
        hands.person("amy"), hands.person("bob")

    def goes(self, deed, which, by, minutes):
        (name, inputs), self.minute = deed, self.minute + minutes
        tickets = list(Ticket.objects.order_by("pk"))
        self.n += 1
        if name == "count":
            return self.hands.count(self.hands.at(self.minute))
        if name == "says":
            return self.hands.says(at=self.minute, conversation=f"c-{self.n}", buyer=f"b-{which % 2}")
        if name == "opens":
            return self.hands.opens(at=self.minute, customer=self.hands.customer(f"b-{which % 2}"), **inputs)
        if name == "order":
            return self.order(f"b-{which % 2}")
        if tickets:
            self.takes(tickets[which % len(tickets)], tickets, name, by, dict(inputs))
        return None

    def takes(self, ticket, tickets, name, by, inputs):
        if name == "merge":
            inputs["into"] = tickets[(ticket.pk + 1) % len(tickets)].pk
        if name == "link":
            inputs["order"] = (Order.objects.values_list("pk", flat=True).first()) or 0
        try:
            who = "shop" if name == "hear" else "agent"
            self.hands.does(ticket, name, by, self.minute, who, **inputs)
        except Refused:
            pass

    def order(self, buyer):
        at = self.hands.at(self.minute)
        order = Order(
            shop_id=self.hands.shop.pk, number=f"O{self.n}", payment="online", total=25900, freight=1000, placed_at=at,
            buyer_id=buyer, state="awaiting_payment",
        )  # fmt: skip
        lines = [{**line, "unit_price": 0, "paid": 100} for line in placed()["lines"]]
        engine.start(order, who=Who.SHOP, by="test", at=at, inputs={"lines": lines})


@SOME
@given(HISTORY)
def test_after_any_history_the_rollups_are_what_the_facts_say(db, history):
    before = transaction.savepoint()
    hands = Counting()
    hands.t0 = hands.t0.replace(hour=2, minute=0, second=0)
    story = Story(hands)
    with patch.object(counting, "NIGHTS", 0):  # without the nights that would make good what was not noticed
        for deed in history:
            story.goes(*deed)
        end = hands.at(story.minute + 1)
        hands.count(end)
    assert_same(hands, end)
    transaction.savepoint_rollback(before)
    policy.forget()


def test_what_was_counted_is_not_counted_again_where_nothing_moved(hands):
    ticket = hands.says()
    hands.count(hands.at(1))
    assert not Counted.objects.filter(stale=True).exists()
    assert hands.count(hands.at(2)) == 1  # today's deadlines alone
    hands.hears(ticket, at=3)
    assert hands.count(hands.at(4)) == 2
    assert {r.at for r in Read.objects.all()} == {hands.at(4)}


def test_a_day_is_counted_once_more_after_its_end(hands):
    hands.says()
    hands.count(hands.at(1))
    days = counting.NIGHTS + 2
    assert hands.count(hands.at(60 * 24)) == len(touched.flows()) * days


def test_a_reopening_changes_the_day_on_which_it_had_been_solved(hands):
    hands.person()
    ticket = hands.says()
    hands.does(ticket, "reply", at=0.1, words="您好")
    hands.does(ticket, "resolve", at=5)
    day = DAY
    hands.count(hands.at(6))
    assert hands.ask("solved", "day") == {(hands.at().date(),): 1}
    hands.hears(ticket, at=3 * day)
    hands.count(hands.at(3 * day + 1))
    assert hands.ask("solved", "day") == {}
    hands.does(ticket, "resolve", at=4 * day)
    hands.count(hands.at(4 * day + 1))
    found = hands.ask("solved", "day", last=hands.at(4 * day).date())
    assert found == {(hands.at(4 * day).date(),): 1}
    assert hands.ask("solved_at_once", last=hands.at(4 * day).date()) == 0


def test_a_customer_who_comes_back_changes_the_day_on_which_they_had_been_helped(hands):
    hands.solved()
    hands.count(hands.at(6 * DAY))
    assert hands.ask("solved_at_once") == 1
    hands.says(at=6 * DAY + 10, conversation="c-2")
    hands.count(hands.at(6 * DAY + 20))
    assert hands.ask("solved_at_once", "day") == {(hands.at().date(),): 0}


def test_a_buyer_who_orders_again_changes_the_day_on_which_they_had_been_helped(hands):
    hands.solved()
    hands.count(hands.at(20 * DAY))
    assert hands.ask("bought_again") == 0
    story = Story(hands)
    story.minute = 20 * DAY + 10
    story.order("b-1")
    hands.count(hands.at(20 * DAY + 20))
    assert hands.ask("bought_again", "day") == {(hands.at().date(),): 1}


def test_counting_everything_anew_changes_nothing(hands):
    hands.person()
    ticket = hands.says()
    hands.does(ticket, "reply", at=0.2, words="您好")
    hands.count(hands.at(1))
    before = kept(hands.shop.pk)
    assert counting.recount([hands.shop], None, at=hands.at(1)) > 0
    assert kept(hands.shop.pk) == before


def test_a_flow_that_cannot_be_counted_bars_no_other(hands, monkeypatch):
    hands.says()
    real = counting.count_days

    def breaks(flow, span):
        if flow == "order":
            raise ValueError("broken")
        real(flow, span)

    hands.place()
    monkeypatch.setattr(counting, "count_days", breaks)
    hands.count()
    assert set(Counted.objects.filter(stale=True).values_list("flow", flat=True)) == {"order"}
    assert "ticket" in set(Counted.objects.filter(stale=False).values_list("flow", flat=True))
