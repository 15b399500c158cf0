"""A day is the shop's own, also where clocks are put forward and back, and where midnight does not exist."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets.figures.hands import Counting
from tickets.figures.days import day_of, every, monday, runs, start_of

ZONES = ["Asia/Shanghai", "America/New_York", "America/Sao_Paulo", "Pacific/Apia", "Africa/Cairo", "UTC"]


@given(st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)), st.sampled_from(ZONES))
def test_every_moment_lies_in_its_own_day_alone(moment, name):
    zone = ZoneInfo(name)
    day = day_of(moment, zone)
    assert start_of(day, zone) <= moment < start_of(day + timedelta(days=1), zone)


def test_a_day_of_23_and_one_of_25_hours():
    zone = ZoneInfo("America/New_York")
    hours = [(start_of(d + timedelta(1), zone) - start_of(d, zone)) // timedelta(hours=1)
             for d in (date(2026, 3, 8), date(2026, 11, 1), date(2026, 7, 1))]  # fmt: skip
    assert hours == [23, 25, 24]


def test_the_last_second_of_a_day_and_the_first_of_the_next(hands):
    shanghai = ZoneInfo("Asia/Shanghai")
    midnight = datetime(2026, 11, 19, tzinfo=shanghai)
    minutes = (midnight - hands.t0).total_seconds() / 60
    hands.says(at=minutes - 1 / 60)
    hands.says(at=minutes, conversation="c-2", buyer="b-2")
    hands.count(hands.at(minutes + 60))
    assert hands.ask("tickets", "day") == {(date(2026, 11, 18),): 1, (date(2026, 11, 19),): 1}


def test_each_shop_has_its_own_day(hands):
    other = Counting(zone="America/New_York")
    hands.says(), other.says()  # ten in the morning in Shanghai, nine in the evening of the day before in New York
    hands.count()
    days = {(shop, day): n for (shop, day), n in hands.ask("tickets", "shop", "day").items()}
    assert days == {(hands.shop.pk, date(2026, 11, 18)): 1, (other.shop.pk, date(2026, 11, 17)): 1}


def test_the_hour_that_comes_twice_lies_in_one_day(db):
    import time_machine

    with time_machine.travel(datetime(2026, 11, 1, 12, tzinfo=UTC), tick=False):
        hands = Counting(zone="America/New_York")
        hands.t0 = datetime(2026, 11, 1, 4, tzinfo=UTC)  # midnight, summer time
        for n, hour in enumerate((0, 1, 2, 24, 25)):  # half past one comes twice; the day has 25 hours
            hands.says(at=hour * 60 + 30, conversation=f"c-{n}", buyer=f"b-{n}")
        hands.count(hands.at(30 * 60))
        assert hands.ask("tickets", "day") == {(date(2026, 11, 1),): 4, (date(2026, 11, 2),): 1}


def test_weeks_begin_on_monday(hands):
    for n in range(8):
        hands.says(at=-60 * 24 * n, conversation=f"c-{n}", buyer=f"b-{n}")
    hands.count()
    found = hands.ask("tickets", "week")
    assert found == {(date(2026, 11, 9),): 5, (date(2026, 11, 16),): 3}
    assert monday(date(2026, 11, 15)) == date(2026, 11, 9)


@given(st.sets(st.dates(date(2026, 1, 1), date(2026, 4, 1))), st.integers(1, 31))
def test_days_in_a_row_are_counted_together_and_each_once(days, most):
    found = list(runs(days, most))
    assert [d for first, last in found for d in every(first, last)] == sorted(days)
    assert all((last - first).days < most for first, last in found)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_the_rollups_hold_in_any_zone(db, zone):
    from tests.tickets.figures.test_rollups import assert_same

    hands = Counting(zone=zone)
    hands.person()
    for n in range(20):
        hands.solved(at=n * 97, conversation=f"c-{n}", buyer=f"b-{n % 3}")
        if n % 6 == 5:
            hands.count(hands.at(n * 97 + 50))
    hands.count(hands.at(20 * 97))
    assert_same(hands, hands.at(20 * 97))
