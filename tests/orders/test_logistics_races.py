"""Two at once ask after one parcel: one query is opened, the other hears of it."""

import pytest
from django.utils import timezone

from deadlines.models import Deadline
from flows.effects import Refused
from flows.sweep import sweep
from orders.models import LogisticsQuery, Order, Refund
from returns.models import Return
from tests.factories import make_shop
from tests.orders.queried import H, T, asked, fresh, in_state, take, track, under_way
from tests.orders.test_refund_races import storm

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def or_refused(act):
    """-> () -> the number of the query, or the code of the refusal."""

    def tried():
        try:
            return act().number
        except Refused as refused:
            return refused.code

    return tried


def test_of_many_agents_at_once_one_opens_the_query_and_the_others_are_told(transactional_db):
    [order] = under_way(make_shop())
    given = storm(*[or_refused(lambda: asked(order, "SF1")) for _ in range(20)])
    assert sorted(given) == [f"{order.number}-L1", *["refused"] * 19]
    assert LogisticsQuery.objects.count() == 1


def test_the_clock_the_courier_and_agents_at_once_open_one(transactional_db):
    orders = under_way(make_shop(), 12)
    at = Deadline.objects.filter(clock="collect").latest("due_at").due_at
    asks = [or_refused(lambda o=o: asked(o, "SF1", at=at)) for o in orders]
    news = [lambda o=o: track(o, "problem", at) for o in orders]
    storm(lambda: sweep(at=at), *asks, *news, lambda: sweep(at=at))
    sweep(at=at + 10 * H)
    assert LogisticsQuery.objects.count() == 12
    assert LogisticsQuery.objects.values("order").distinct().count() == 12


def test_a_signature_and_an_answer_at_once_end_closed_and_the_orders_clock_waits_for_nobody(transactional_db):
    orders = under_way(make_shop(), 10)
    queries = [in_state(o, "tracing") for o in orders]
    told = {"words": "明天到", "expected_at": timezone.now() + H}
    answers = [or_refused(lambda q=q: take(q, "answer", at=timezone.now(), **told)) for q in queries]
    storm(*[w for o, a in zip(orders, answers, strict=True) for w in (lambda o=o: track(o, "signed", T + H), a)])
    assert {fresh(q).state for q in queries} == {"closed"}
    assert set(Order.objects.values_list("state", flat=True)) == {"signed"}
    assert not Deadline.objects.filter(clock="sign", ended_at=None).exists()
    assert not Deadline.objects.filter(flow="logistics_query", ended_at=None).exists()


def test_two_who_make_good_at_once_pay_once(transactional_db):
    [order] = under_way(make_shop())
    query = in_state(order, "lost")
    given = storm(*[or_refused(lambda: take(query, "make_good")) for _ in range(8)])
    assert sorted(given).count("state") == 7
    assert (Return.objects.count(), Refund.objects.count()) == (1, 1)
