"""What each step of a logistics query keeps, tells and refuses."""

from datetime import timedelta

import pytest

from flows.effects import Refused
from flows.models import Move
from orders.couriers import asking
from orders.models import LogisticsQuery, Lookup, Order, Parcel, QueryNote
from outbox.models import Event
from tests.factories import make_shop
from tests.orders.queried import SOON, D, H, T, asked, fresh, in_state, take, track, under_way, written
from tests.orders.told import begin, box, paid, shipped, tell


@pytest.fixture
def shop(db):
    return make_shop()


@pytest.fixture
def order(shop):
    return under_way(shop)[0]


def refused(code, act):
    """-> the words; nothing was written."""
    before = written()
    with pytest.raises(Refused) as why:
        act()
    assert why.value.code == code
    assert written() == before
    return why.value.why


# --- asked
def test_a_query_names_its_parcel_and_keeps_what_is_known_of_it(order):
    track(order, "in_transit", T, (T, "已离开嘉兴"))
    query = asked(order, "SF1", words="我的鞋呢")
    assert (query.number, query.state, query.cause) == (f"{order.number}-L1", "asked", "asked")
    assert (query.carrier, query.tracking_number, query.status) == ("顺丰", "SF1", "in_transit")
    assert query.track == [[T.isoformat(), "已离开嘉兴"]]
    assert query.words == "我的鞋呢"


def test_the_only_parcel_of_an_order_is_meant_where_none_is_named(shop, order):
    assert asked(order).tracking_number == "SF1"
    two = under_way(shop, parcels=("SF8", "SF9"))[0]
    assert asked(two).tracking_number == ""


def test_before_it_has_left_the_whole_order_is_asked_after_and_its_parcel_once_there_is_one(shop):
    [order] = begin(shop, 1)
    tell([order], [[paid(1)]])
    query = asked(order)
    assert query.tracking_number == ""
    tell([order], [[shipped(2, box("SF5"))]])
    assert take(query, "look_up").tracking_number == "SF5"


def test_one_parcel_has_one_open_query_and_another_of_the_order_its_own(shop):
    order = under_way(shop, parcels=("SF8", "SF9"))[0]
    first = asked(order, "SF8")
    why = refused("refused", lambda: asked(order, "SF8"))
    assert first.number in why
    assert asked(order, "SF9").number == f"{order.number}-L2"
    take(take(take(first, "look_up"), "answer"), "close")
    assert asked(order, "SF8").number == f"{order.number}-L3"


def test_the_only_parcel_is_asked_after_once_whether_it_is_named_or_not(order):
    asked(order, "SF1")
    refused("refused", lambda: asked(order))
    refused("refused", lambda: asked(order, "sf1"))


def test_one_about_the_whole_order_stays_so_where_its_parcel_is_asked_after_already(shop):
    [order] = begin(shop, 1)
    tell([order], [[paid(1)]])
    whole = asked(order)
    tell([order], [[shipped(2, box("SF5"))]])
    asked(fresh(order), "SF5")
    assert take(whole, "look_up").tracking_number == ""


def test_a_number_that_is_no_parcel_of_the_order_is_refused(order):
    assert "SF404" in refused("input", lambda: asked(order, "SF404"))


def test_nothing_is_asked_after_an_order_that_nobody_has_paid(shop):
    [order] = begin(shop, 1)
    assert "物流" in refused("refused", lambda: asked(order))


# --- looked up, traced
def test_looking_up_keeps_the_newest_track_with_the_query(order):
    query = asked(order)
    track(order, "out_for_delivery", T + H, (T + H, "派送中"))
    query = take(query, "look_up", at=T + 2 * H)
    assert (query.status, query.looked_at) == ("out_for_delivery", T + 2 * H)
    assert query.track[-1][1] == "派送中"


def test_new_points_are_kept_with_a_query_while_it_is_open_and_not_afterwards(order):
    query = take(take(asked(order), "look_up"), "answer")
    track(order, "in_transit", T + H, (T + H, "到达合肥"))
    assert fresh(query).track[-1][1] == "到达合肥"
    take(query, "close", at=T + 2 * H)
    track(order, "out_for_delivery", T + 3 * H, (T + 3 * H, "派送中"))
    assert fresh(query).track[-1][1] == "到达合肥"
    assert fresh(query).version == 4


def test_looking_up_asks_the_couriers_service_where_the_shop_has_a_contract(order, monkeypatch):
    asks = []
    monkeypatch.setattr(
        asking, "wanted", lambda parcel, *, at, by="": asks.append((parcel.tracking_number, at, by)) or []
    )
    take(asked(order), "look_up", at=T + H)
    assert asks == [("SF1", T + H, "agent")]
    assert not Lookup.objects.exists()


def test_urging_the_courier_records_whom_what_and_when(order):
    query = take(asked(order), "trace", at=T + H, whom="station", words="下午派送", asked_at=T + H / 2)
    note = QueryNote.objects.get()
    assert (note.kind, note.whom, note.words, note.by, note.at) == ("trace", "station", "下午派送", "agent", T + H / 2)
    assert query.traced_at == T + H / 2


def test_nobody_has_asked_the_courier_in_the_future(order):
    query = asked(order)
    refused("input", lambda: take(query, "trace", whom="hotline", words="问过了", asked_at=T + H))


# --- answered
def test_an_answer_keeps_words_reason_apology_and_the_expected_time(order):
    query = take(take(asked(order), "look_up"), "answer", words="暴雨，晚三天", expected_at=SOON, reason="weather",
                 apologised=True)  # fmt: skip
    assert (query.expected_at, query.reason, query.apologised, query.answered_at) == (SOON, "weather", True, T)
    note = QueryNote.objects.get(kind="answer")
    assert (note.words, note.reason, note.apologised, note.expected_at) == ("暴雨，晚三天", "weather", True, SOON)


@pytest.mark.parametrize("when", [T, T - H, T + timedelta(days=61)])
def test_an_expected_time_lies_ahead_and_not_beyond_two_months(order, when):
    query = take(asked(order), "look_up")
    refused("input", lambda: take(query, "answer", words="快到了", expected_at=when))


def test_what_was_said_stands_in_no_log_and_no_event(order):
    query = take(asked(order, words="张三的鞋"), "trace", whom="hotline", words="电话 13800138000")
    take(query, "answer", words="放在张三家门口", expected_at=SOON)
    logged = str(list(Move.objects.values_list("inputs", flat=True))) + str(list(Event.objects.values_list("data")))
    for secret in ("张三的鞋", "13800138000", "张三家门口"):
        assert secret not in logged


def test_every_step_tells_order_parcel_and_cause(order):
    query = take(asked(order), "look_up")
    take(query, "answer")
    told = {e.topic: e.data for e in Event.objects.filter(flow="logistics_query")}
    assert list(told) == ["logistics_query.start", "logistics_query.look_up", "logistics_query.answer"]
    for data in told.values():
        assert (data["number"], data["order"], data["tracking_number"], data["cause"], data["return"]) == (
            query.number, order.number, "SF1", "asked", None)  # fmt: skip


def test_late_is_what_waited_too_long_or_went_astray(order):
    query = asked(order)
    assert query.late is False
    LogisticsQuery.objects.filter(pk=query.pk).update(cause="deliver")
    assert fresh(query).late is True
    LogisticsQuery.objects.filter(pk=query.pk).update(cause="asked", status="problem")
    assert fresh(query).late is True


# --- lost
def test_a_lost_parcel_is_so_on_its_orders_page_until_it_is_found(order):
    query = in_state(order, "lost")
    assert (Parcel.objects.get().status, query.status) == ("lost", "lost")
    query = take(query, "find", at=T + H)
    assert (query.state, Parcel.objects.get().status) == ("checking", "in_transit")


def test_broken_goods_have_arrived_and_are_not_lost(order):
    query = take(take(asked(order), "look_up"), "declare_lost", what="damaged", words="瓶子碎了")
    assert (query.damaged, Parcel.objects.get().status) == (True, "announced")


def test_a_lost_parcel_that_turns_up_is_found_by_itself(order):
    query = in_state(order, "lost")
    track(order, "in_transit", T + D, (T + D, "已离开郑州"))
    assert (fresh(query).state, Parcel.objects.get().status) == ("checking", "in_transit")
    move = Move.objects.get(flow="logistics_query", subject=query.pk, step="find")
    assert (move.who, move.at) == ("system", T + D)


def test_an_old_point_does_not_find_what_was_lost_since(order):
    query = in_state(order, "lost")
    track(order, "in_transit", T - H / 2, (T - H / 2, "已离开郑州"), now=T + D)
    assert (fresh(query).state, Parcel.objects.get().status) == ("lost", "lost")
    assert fresh(query).track[-1][1] == "已离开郑州"


def test_goods_that_never_left_cannot_be_lost(shop):
    [order] = begin(shop, 1)
    tell([order], [[paid(1)]])
    query = take(asked(order), "look_up")
    assert "没有发出" in refused("refused", lambda: take(query, "declare_lost"))


def test_of_several_parcels_one_is_lost_not_the_order(shop):
    order = under_way(shop, parcels=("SF8", "SF9"))[0]
    query = take(asked(order), "look_up")
    assert "单独" in refused("refused", lambda: take(query, "declare_lost"))


# --- over
def test_signing_closes_what_is_open_from_every_state(shop):
    states = ("asked", "checking", "tracing", "answered", "lost")
    orders = under_way(shop, len(states))
    queries = [in_state(o, s) for o, s in zip(orders, states, strict=True)]
    for order in orders:
        track(order, "signed", T + D)
    for query, order in zip(queries, orders, strict=True):
        assert (fresh(query).state, fresh(query).ended_at, fresh(order).state) == ("closed", T + D, "signed")


def test_a_parcel_that_arrives_before_the_others_closes_its_own_query_only(shop):
    order = under_way(shop, parcels=("SF8", "SF9"))[0]
    mine, other = asked(order, "SF8"), asked(order, "SF9")
    track(order, "signed", T + H, number="SF8")
    assert (fresh(order).state, fresh(mine).state, fresh(other).state) == ("shipped", "closed", "asked")


@pytest.mark.parametrize("before", [True, False])
def test_the_courier_may_say_signed_before_or_after_it_says_trouble(order, before):
    said = [("problem", T + H), ("signed", T + 2 * H)]
    for status, at in said if before else reversed(said):
        track(order, status, at, now=T + 3 * H)
    assert fresh(order).state == "signed"
    assert not LogisticsQuery.objects.exclude(state="closed").exists()


def test_a_cancelled_order_closes_its_query(shop):
    [order] = begin(shop, 1)
    tell([order], [[paid(1)]])
    query = asked(order)
    take(Order.objects.get(pk=order.pk), "cancel", at=T + H, by="customer", reason="不要了")
    assert fresh(query).state == "closed"


def test_sending_it_again_closes_the_query_of_the_parcel_that_came_back(order):
    track(order, "returned", T + H)
    query = LogisticsQuery.objects.get()
    assert (query.cause, query.state, fresh(order).state) == ("returned", "asked", "bounced")
    take(fresh(order), "resend", at=T + D, confirmed=True)
    assert fresh(query).state == "closed"


def test_what_the_customer_was_told_is_looked_into_again_when_the_parcel_goes_astray(order):
    query = in_state(order, "answered")
    track(order, "problem", T + H, (T + H, "电话无人接听"))
    assert (fresh(query).state, fresh(query).status) == ("checking", "problem")
    assert LogisticsQuery.objects.count() == 1
