"""Counted time against a clock that looks at every minute."""

import os
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shops import statutory, weekly
from shops.calendar import Calendar, CalendarError

SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)
HOLIDAYS = {date(2026, 10, d): "off" for d in range(1, 8)} | {date(2026, 9, 20): "makeup", date(2026, 10, 10): "makeup"}
NAMES = dict.fromkeys(HOLIDAYS, "国庆节")
YEARS = frozenset(range(2020, 2027))
ODD_WEEK = weekly.parse(
    {"mon": [["00:30", "01:30"], ["22:00", "24:00"]], "wed": [["01:15", "02:45"]], "sun": [["00:00", "24:00"]]}
)
LUNCH_WEEK = weekly.OFFICE_WEEK


def at(text, zone=SHANGHAI):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def calendar(zone="Asia/Shanghai", week=LUNCH_WEEK):
    return Calendar(zone, week, HOLIDAYS, YEARS, NAMES)


def counts(cal, moment, hours):
    """Whether the minute that begins at `moment` counts: written from the rule, not from the code."""
    if hours == "natural":
        return True
    local = moment.astimezone(cal.zone)
    day, kind = local.date(), HOLIDAYS.get(local.date())
    worked = kind == "makeup" or (kind is None and bool(cal.weekly[day.weekday()]))
    if hours == "workdays" or not worked:
        return worked
    spans = cal.weekly[day.weekday()] or next(day for day in cal.weekly if day)
    second = local.hour * 3600 + local.minute * 60
    return any(opens <= second < closes for opens, closes in spans)


def brute_add(cal, start, minutes, hours):
    while minutes:
        minutes -= counts(cal, start, hours)
        start += MINUTE
    return start


# Around the national holiday, and around both changes of the clocks in each zone.
ZONES = {
    "Asia/Shanghai": ("2026-09-18T00:00", "2026-10-01T00:00"),
    "Asia/Kathmandu": ("2026-09-30T12:00",),
    "America/New_York": ("2026-03-06T00:00", "2026-10-30T00:00"),
    "Europe/Berlin": ("2026-03-27T00:00", "2026-10-23T00:00"),
    "Africa/Cairo": ("2026-04-22T00:00", "2026-10-28T00:00"),  # its clocks change at midnight
    "Australia/Lord_Howe": ("2026-04-03T00:00", "2026-10-02T00:00"),  # by half an hour
    "America/Havana": ("2026-03-06T00:00", "2026-10-30T00:00"),  # midnight is missing, and comes twice
}
places = st.sampled_from([(zone, start) for zone, starts in ZONES.items() for start in starts])
weeks = st.sampled_from([LUNCH_WEEK, ODD_WEEK])


@settings(max_examples=120, deadline=None)
@given(
    places, weeks, st.integers(0, 4 * 1440), st.integers(1, 2000), st.sampled_from(["natural", "workdays", "working"])
)
def test_adding_reaches_the_minute_that_a_minute_by_minute_clock_reaches(place, week, offset, minutes, hours):
    cal = calendar(place[0], week)
    start = at(place[1], UTC) + offset * MINUTE
    assert cal.add(start, minutes * 60, hours) == brute_add(cal, start, minutes, hours)


@settings(max_examples=120, deadline=None)
@given(
    places, weeks, st.integers(0, 4 * 1440), st.integers(-60, 6000), st.sampled_from(["natural", "workdays", "working"])
)
def test_between_counts_the_minutes_that_count(place, week, offset, length, hours):
    cal = calendar(place[0], week)
    start = at(place[1], UTC) + offset * MINUTE
    expected = sum(counts(cal, start + n * MINUTE, hours) for n in range(length))
    assert cal.between(start, start + length * MINUTE, hours) == expected * 60


whole = st.integers(0, 20 * 86400)


@settings(max_examples=200, deadline=None)
@given(
    places,
    whole,
    st.integers(0, 900_000),
    st.integers(1, 400_000),
    st.integers(1, 400_000),
    st.sampled_from(["natural", "workdays", "working"]),
)
def test_what_is_held_and_resumed_runs_as_long_as_what_ran_through(place, offset, fraction, n, m, hours):
    cal = calendar(place[0])
    start = at(place[1], UTC) + timedelta(seconds=offset, microseconds=fraction)
    middle = cal.add(start, n, hours)
    assert cal.between(start, middle, hours) == n
    assert cal.resume(middle, m, hours) == cal.add(start, n + m, hours)


@settings(max_examples=150, deadline=None)
@given(whole, whole, st.integers(1, 400_000), st.sampled_from(["natural", "workdays", "working", "days_from_next"]))
def test_a_clock_that_is_held_and_resumed_is_never_due_earlier(offset, pause, seconds, hours):
    cal = calendar()
    start = at("2026-09-18T00:00", UTC) + timedelta(seconds=offset)
    due = cal.add(start, seconds, hours)
    held = start + (due - start) / 3  # anywhere, not on a second
    left = cal.between(held, due, hours)
    assert cal.resume(held + timedelta(seconds=pause), left, hours) >= due
    assert cal.resume(held, left, hours) - due < timedelta(seconds=1)


def test_paid_on_friday_evening_the_workdays_of_48_hours_end_on_tuesday_evening():
    assert calendar().add(at("2026-11-20T18:00"), 48 * 3600, "workdays") == at("2026-11-24T18:00")


def test_working_hours_stop_for_lunch_and_at_closing_time():
    cal = calendar()
    assert cal.add(at("2026-11-20T11:30"), 3600, "working") == at("2026-11-20T13:30")
    assert cal.add(at("2026-11-20T17:00"), 3600, "working") == at("2026-11-20T18:00")
    assert cal.add(at("2026-11-20T17:00"), 3601, "working") == at("2026-11-23T09:00:01")
    assert cal.add(at("2026-11-21T10:00"), 15, "working") == at("2026-11-23T09:00:15")


def test_the_third_workday_after_the_eve_of_the_national_holiday_is_its_makeup_saturday():
    cal = calendar()
    worked = [d for n in range(1, 11) if cal.is_workday(d := date(2026, 9, 30) + timedelta(days=n))]
    assert worked[2] == date(2026, 10, 10)  # chinese_calendar.find_workday(3, 2026-09-30)


def test_a_makeup_sunday_is_worked_by_mondays_hours():
    sunday = date(2026, 9, 20)
    assert sunday.weekday() == 6
    assert calendar().intervals(sunday) == LUNCH_WEEK[0]
    assert calendar().add(at("2026-09-20T08:00"), 4 * 3600, "working") == at("2026-09-20T14:00")


def test_a_shop_that_works_on_saturdays_counts_them():
    week = weekly.parse({**weekly.DEFAULT, "sat": [["10:00", "16:00"]]})
    cal = calendar(week=week)
    assert cal.add(at("2026-11-20T18:00"), 48 * 3600, "workdays") == at("2026-11-23T18:00")
    assert cal.add(at("2026-11-20T18:00"), 3600, "working") == at("2026-11-21T11:00")


def test_seven_days_without_reason_count_from_the_day_after_signing_to_the_last_ones_end():
    cal = calendar()
    for signed in ("2026-11-20T00:00", "2026-11-20T18:00", "2026-11-20T23:59:59"):
        assert cal.add(at(signed), 7 * 86400, "days_from_next") == at("2026-11-28T00:00")


def test_a_natural_day_over_a_change_of_clocks_is_24_real_hours():
    zone = ZoneInfo("America/New_York")
    cal = calendar("America/New_York")
    saturday = at("2026-03-07T12:00", zone)
    assert cal.add(saturday, 86400, "natural") == at("2026-03-08T13:00", zone)
    assert cal.add(saturday, 86400, "days_from_next") == at("2026-03-09T00:00", zone)


def test_what_begins_on_a_day_off_is_due_at_the_end_of_the_next_workday_where_the_limit_says_so():
    cal = calendar()
    assert cal.due(at("2026-11-21T10:00"), 48 * 3600, "workdays", "next_workday_end") == at("2026-11-24T00:00")
    assert cal.due(at("2026-10-02T10:00"), 48 * 3600, "workdays", "next_workday_end") == at("2026-10-09T00:00")
    assert cal.due(at("2026-11-20T18:00"), 48 * 3600, "workdays", "next_workday_end") == at("2026-11-24T18:00")
    assert cal.due(at("2026-11-21T10:00"), 48 * 3600, "workdays") == at("2026-11-25T00:00")


def test_nothing_to_count_is_due_at_once():
    sunday = at("2026-11-22T10:00")
    for hours in ("natural", "workdays", "working"):
        assert calendar().add(sunday, 0, hours) == sunday


def test_a_year_without_an_official_arrangement_falls_back_to_weekends_and_statutory_days_and_says_so():
    cal = calendar()
    assert [d.day for n in range(12) if not cal.is_workday(d := date(2027, 2, 1) + timedelta(days=n))] == [5, 6, 7, 8]
    assert cal.holiday(date(2027, 2, 6)) == "春节"
    assert not cal.confirmed(2027)
    assert cal.unconfirmed_years(at("2026-12-30T10:00"), at("2027-01-05T10:00")) == (2027,)
    assert cal.unconfirmed_years(at("2026-12-30T10:00"), at("2027-01-01T00:00")) == ()


def test_an_official_year_has_only_the_days_of_its_notice():
    assert Calendar(confirmed_years=frozenset({2027})).is_workday(date(2027, 2, 8))
    assert not Calendar().is_workday(date(2027, 2, 8))


def test_statutory_days_beyond_the_table_of_moons_are_the_fixed_ones():
    assert sorted(statutory.days(2050)) == [date(2050, *md) for md in sorted(statutory.FIXED)]
    assert len(statutory.days(2027)) == 13
    assert statutory.days(2031)[date(2031, 10, 1)] == "国庆节"  # 中秋 falls on it


def test_unknown_hours_and_a_calendar_that_never_opens_are_errors():
    with pytest.raises(CalendarError):
        calendar().add(at("2026-11-20T18:00"), 60, "buisness")
    closed = Calendar(days={date(2026, 1, 1) + timedelta(days=n): "off" for n in range(3000)})
    for ask in (
        lambda: closed.add(at("2026-11-20T18:00"), 60, "working"),
        lambda: closed.next_workday_end(at("2026-11-20T18:00")),
    ):
        with pytest.raises(CalendarError):
            ask()


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
def test_the_machines_own_time_zone_changes_nothing(zone):
    code = (
        "from datetime import datetime, timezone; from shops.calendar import Calendar;"
        "c = Calendar(); s = datetime(2026, 11, 20, 10, tzinfo=timezone.utc);"
        "print([c.add(s, 172800, h).isoformat() for h in ('natural', 'workdays', 'working', 'days_from_next')])"
    )
    env = {**os.environ, "TZ": zone}
    said = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout
    assert said.strip() == (
        "['2026-11-22T10:00:00+00:00', '2026-11-24T10:00:00+00:00', "
        "'2026-11-30T10:00:00+00:00', '2026-11-22T16:00:00+00:00']"
    )


def test_ten_thousand_clocks_are_counted_in_a_breath():
    cal = calendar()
    start = at("2026-09-18T00:00")
    begun = time.thread_time()
    for n in range(10_000):
        cal.add(start + timedelta(seconds=61 * n), 48 * 3600, "workdays")
    assert time.thread_time() - begun < 1.5  # 0.03 s on the machine it was written on


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({"monday": []}, "未知的星期"),
        ({"mon": [["9:00", "26:00"]]}, "00:00 与 24:00"),
        ({"mon": [["18:00", "09:00"]]}, "晚于开始"),
        ({"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}, "重叠"),
        ({"mon": [["09:00"]]}, "两个时间"),
        ({"mon": "09:00-12:00"}, "时段"),
        ({"mon": [["９:00", "10:00"]]}, "09:00"),
        ({}, "至少"),
        ([], "按星期"),
    ],
)
def test_a_week_that_cannot_be_is_refused_with_what_is_wrong(bad, why):
    with pytest.raises(ValueError, match=why):
        weekly.parse(bad)
