"""A logistics query opens before the customer asks, once for a parcel; and what that costs."""

from datetime import timedelta

import pytest

from deadlines.models import Deadline
from flows.models import Move
from flows.sweep import sweep
from orders.models import LogisticsQuery, Order
from outbox.models import Event
from tests.factories import make_shop
from tests.orders.queried import D, H, T, asked, fresh, hear, in_state, ring, take, track, under_way
from tests.orders.test_statements import counted

MINUTE = timedelta(minutes=1)
LEFT = T - H + 2 * MINUTE


@pytest.fixture
def shop(db):
    return make_shop()


@pytest.fixture
def order(shop):
    return under_way(shop)[0]


def opened():
    return list(LogisticsQuery.objects.order_by("pk").values_list("tracking_number", "cause", "state"))


def still(order, part="SF1"):
    return Deadline.objects.filter(flow="order", subject=order.pk, clock="still", part=part, ended_at=None).first()


# --- late
def test_a_number_without_a_first_scan_for_a_day_opens_one(order):
    ring(LEFT + 24 * H - MINUTE)
    assert opened() == []
    ring(LEFT + 24 * H)
    assert opened() == [("SF1", "collect", "asked")]
    query = LogisticsQuery.objects.get()
    move = Move.objects.get(flow="logistics_query", subject=query.pk)
    assert (move.step, move.who, move.by, move.at) == ("start", "system", "order", LEFT + 24 * H)
    assert Event.objects.get(topic="logistics_query.start").data["cause"] == "collect"
    assert query.late is True


def test_each_parcel_that_is_overdue_opens_its_own(shop):
    order = under_way(shop, parcels=("SF8", "SF9"))[0]
    for n in range(6):
        for number in ("SF8", "SF9"):
            track(order, "in_transit", T + n * D, (T + n * D, f"第{n}天"), number=number)
    ring(LEFT + 5 * D)
    assert opened() == [("SF8", "deliver", "asked"), ("SF9", "deliver", "asked")]
    assert {q.number for q in LogisticsQuery.objects.all()} == {f"{order.number}-L1", f"{order.number}-L2"}


def test_a_parcel_without_movement_for_two_days_opens_one(order):
    track(order, "in_transit", T + H, (T + H, "已离开嘉兴"))
    assert (still(order).started_at, still(order).due_at) == (T + H, T + 49 * H)
    ring(T + 49 * H - MINUTE)
    assert opened() == []
    ring(T + 49 * H)
    assert opened() == [("SF1", "still", "asked")]


def test_the_two_days_count_from_the_newest_movement_in_one_row(order):
    track(order, "picked_up", T + H, (T + H, "已揽收"))
    track(order, "in_transit", T + D, (T + D, "已离开嘉兴"))
    assert still(order).due_at == T + 3 * D
    assert Deadline.objects.filter(clock="still").count() == 1
    track(order, "in_transit", T + 2 * H, (T + 2 * H, "补传的旧轨迹"), now=T + 2 * D)
    assert still(order).due_at == T + 3 * D


def test_a_movement_after_it_was_late_begins_another_two_days(order):
    track(order, "in_transit", T + H, (T + H, "已离开嘉兴"))
    ring(T + 50 * H)
    track(order, "in_transit", T + 51 * H, (T + 51 * H, "到达合肥"))
    late, anew = Deadline.objects.filter(clock="still").order_by("pk")
    assert (late.breached_at, late.ended) == (T + 50 * H, "stopped")
    assert (anew.due_at, anew.breached_at) == (T + 99 * H, None)
    ring(T + 99 * H)
    assert opened() == [("SF1", "still", "asked")]


@pytest.mark.parametrize("status", ["locker", "lost", "signed", "refused", "returned"])
def test_what_has_arrived_waits_in_a_locker_or_is_lost_need_not_move(order, status):
    track(order, "in_transit", T + H, (T + H, "已离开嘉兴"))
    track(order, status, T + 2 * H)
    assert still(order) is None


def test_out_of_the_locker_it_moves_again(order):
    track(order, "locker", T + H)
    assert still(order) is None
    track(order, "out_for_delivery", T + 2 * H)
    assert still(order).started_at == T + 2 * H


def test_a_track_that_came_before_the_shipping_is_counted_once_it_has_left(shop):
    from tests.orders.told import begin, box, paid, shipped, tell

    [order] = begin(shop, 1)
    tell([order], [[paid(1)]])
    track(order, "in_transit", T)
    assert still(order) is None
    tell([order], [[shipped(2, box("SF1"))]])
    assert still(order).started_at == T


# --- in trouble
@pytest.mark.parametrize("status", ["problem", "lost", "refused", "returning", "returned"])
def test_a_parcel_in_trouble_opens_one_at_once(order, status):
    track(order, status, T + H, (T + H, "电话无人接听"))
    assert opened() == [("SF1", status, "asked")]
    query = LogisticsQuery.objects.get()
    assert (query.status, query.track, query.created_at) == (status, [[(T + H).isoformat(), "电话无人接听"]], T + H)


@pytest.mark.parametrize("status", ["picked_up", "in_transit", "out_for_delivery", "locker", "signed"])
def test_a_parcel_on_its_way_opens_none(order, status):
    track(order, status, T + H)
    assert opened() == []


def test_who_writes_down_a_refusal_knows_of_it(order):
    take(fresh(order), "bounce", at=T + H, parcels=None)
    assert (fresh(order).state, opened()) == ("bounced", [])


# --- not twice
def test_one_is_open_so_no_breach_and_no_trouble_opens_another(order):
    query = asked(order)
    ring(LEFT + 24 * H)
    track(order, "problem", T + 30 * H)
    track(order, "returning", T + 31 * H)
    ring(LEFT + 6 * D)
    assert opened() == [("SF1", "asked", "asked")]
    assert fresh(query).status == "returning"


def test_the_same_trouble_told_again_opens_no_second_one(order):
    for _ in range(3):
        track(order, "problem", T + H)
    assert len(opened()) == 1


def test_after_it_was_closed_new_trouble_opens_another(order):
    in_state(order, "closed")
    track(order, "problem", T + H)
    assert opened() == [("SF1", "asked", "closed"), ("SF1", "problem", "asked")]


def test_a_parcel_without_an_order_that_waits_opens_none(order):
    hear([order], "sign", T + H)
    ring(LEFT + 30 * D)
    assert Order.objects.get(pk=order.pk).state in ("signed", "completed")
    assert opened() == []


# --- what it costs
def test_a_hundred_late_parcels_cost_as_many_statements_as_ten(shop):
    sent = []
    for many in (1, 10, 100):  # the first row of a table costs SQLite a statement of its own
        under_way(shop, many)
        sent.append(counted(lambda: sweep(at=LEFT + 24 * H)))
        assert LogisticsQuery.objects.filter(state="asked").count() in (1, 11, 111)
    first, *sent = sent
    few, more = map(len, sent)
    assert few == more, f"{few} for ten, {more} for a hundred\n" + "\n".join(s[:120] for s in sent[1])
    assert len(first) <= few + 1 <= 25, "\n".join(s[:150] for s in sent[0])


def test_a_hundred_points_of_tracks_cost_as_many_statements_as_ten(shop):
    sent = []
    for many in (10, 100):
        orders = under_way(shop, many)
        for o in orders[: many // 2]:
            asked(o)
        said = {"tracking_number": "SF1", "status": "problem", "points": [{"at": T + H, "text": "派送失败"}]}
        sent.append(counted(lambda orders=orders, said=said: hear(orders, "track", T + H, **said)))
    few, more = map(len, sent)
    assert few == more, f"{few} for ten, {more} for a hundred\n" + "\n".join(s[:120] for s in sent[1])
    assert few <= 34, "\n".join(s[:150] for s in sent[0])
