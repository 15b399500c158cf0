"""The official days, from chinesecalendar into our own table."""

from datetime import date

import chinese_calendar
import pytest
from django.core.management import CommandError, call_command

from shops import days, policy, seed
from shops.models import CalendarChange, CalendarDay
from tests.factories import AT, make_shop

pytestmark = pytest.mark.django_db


def test_migrating_seeds_every_year_that_the_package_knows():
    assert seed.confirmed_years() == seed.known_years()
    assert (seed.known_years()[0], 2026 in seed.known_years()) == (2020, True)


def test_each_day_of_2026_is_worked_as_the_package_says():
    cal = policy.of(make_shop().pk).calendar
    every = [date.fromordinal(n) for n in range(date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal())]
    assert [cal.is_workday(day) for day in every] == [chinese_calendar.is_workday(day) for day in every]
    assert cal.holiday(date(2026, 9, 26)) == "中秋节"


def test_a_year_that_the_package_does_not_know_is_flagged_not_confirmed():
    cal = policy.of(make_shop().pk).calendar
    assert (cal.confirmed(2026), cal.confirmed(seed.known_years()[-1] + 1)) == (True, False)


def test_seeding_again_writes_nothing():
    before = (CalendarDay.objects.count(), CalendarChange.objects.count())
    assert seed.seed(AT) == []
    assert (CalendarDay.objects.count(), CalendarChange.objects.count()) == before


def test_seeding_leaves_alone_what_people_changed_in_a_year_that_stands():
    days.drop([date(2026, 10, 10)], by="root", at=AT)
    assert seed.seed(AT) == []
    assert not CalendarDay.objects.filter(date=date(2026, 10, 10)).exists()
    assert seed.seed(AT, refresh=[2026]) == [2026]
    assert CalendarDay.objects.filter(date=date(2026, 10, 10)).exists()


def test_provisional_days_give_way_to_the_official_ones():
    CalendarDay.objects.filter(date__year=2026).delete()
    days.put([CalendarDay(date=date(2026, 7, 7), kind="off")], by="root", at=AT)
    own = make_shop()
    days.put([CalendarDay(date=date(2026, 7, 8), kind="off")], by="lily", at=AT, shop=own)
    assert not policy.of(own.pk).calendar.confirmed(2026)
    assert seed.seed(AT) == [2026]
    assert [d.date.day for d in CalendarDay.objects.filter(date__month=7, date__year=2026)] == [8]
    assert policy.of(own.pk).calendar.confirmed(2026)


def test_a_shops_own_days_confirm_no_year():
    shop = make_shop()
    days.put([CalendarDay(date=date(2030, 7, 8), kind="off", confirmed=True)], by="lily", at=AT, shop=shop)
    assert not policy.of(shop.pk).calendar.confirmed(2030)


def test_a_year_typed_in_by_hand_is_official_once_confirmed():
    shop = make_shop()
    days.put([CalendarDay(date=date(2030, 10, 1), kind="off", name="国庆节")], by="root", at=AT)
    assert not policy.of(shop.pk).calendar.is_workday(date(2030, 10, 2))  # statutory
    days.confirm([2030], by="root", at=AT)
    cal = policy.of(shop.pk).calendar
    assert cal.confirmed(2030)
    assert cal.is_workday(date(2030, 10, 2))
    change = days.changes_since(0)[-1]
    assert (change.first, change.last) == (date(2030, 1, 1), date(2030, 12, 31))
    assert days.confirm([2030], by="root", at=AT) is None


def test_the_command_seeds_says_what_is_missing_and_refuses_years_it_cannot_know(capsys):
    CalendarDay.objects.filter(date__year=2025).delete()
    call_command("calendar", "seed")
    assert "已写入：2025" in capsys.readouterr().out
    call_command("calendar", "status")
    assert "2026" in capsys.readouterr().out
    before = CalendarDay.objects.count()
    with pytest.raises(CommandError, match="2099"):
        call_command("calendar", "seed", "--refresh", "2099")
    assert CalendarDay.objects.count() == before
