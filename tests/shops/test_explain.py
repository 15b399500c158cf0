"""The sentence that says why a moment is due."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from shops import days, policy, seed
from shops.calendar import Calendar
from tests.factories import make_shop

SHANGHAI = ZoneInfo("Asia/Shanghai")
H, D = 3600, 86400
MAKEUP = "周三 09-30 18:00 起算，工作日 72 小时，国庆节 10-01 至 10-07 不计，周六 10-10 调休上班计入 → 周六 10-10 18:00"
NEW_YEAR = (
    "周四 12-31 18:00 起算，工作日 48 小时，元旦 2027-01-01、周六 2027-01-02、周日 2027-01-03 不计 → "
    "周二 2027-01-05 18:00（2027 年放假安排未公布，暂按周末和法定节日计算）"
)
OFFICE = "每个工作日 09:00–12:00、13:00–18:00"


@pytest.fixture
def cal(db):
    seed.seed(timezone.now())
    return policy.of(make_shop().pk).calendar


@pytest.mark.parametrize(
    ("start", "seconds", "hours", "sentence"),
    [
        (
            "2026-11-20T18:00",
            48 * H,
            "workdays",
            "周五 11-20 18:00 起算，工作日 48 小时，周六 11-21、周日 11-22 不计 → 周二 11-24 18:00",
        ),
        ("2026-11-20T18:00", 48 * H, "natural", "周五 11-20 18:00 起算，自然时间 48 小时 → 周日 11-22 18:00"),
        (
            "2026-11-20T18:00",
            7 * D,
            "days_from_next",
            "周五 11-20 18:00 的次日起算，满 7 天（自然日）→ 周五 11-27 24:00",
        ),
        (
            "2026-11-20T17:30",
            2 * H,
            "working",
            f"周五 11-20 17:30 起算，工作时间 2 小时，{OFFICE}，周六 11-21、周日 11-22 不计 → 周一 11-23 10:30",
        ),
        (
            "2026-09-30T18:00",
            72 * H,
            "workdays",
            MAKEUP,
        ),
        (
            "2026-11-23T09:00:30",
            15,
            "working",
            f"周一 11-23 09:00:30 起算，工作时间 15 秒，{OFFICE} → 周一 11-23 09:00:45",
        ),
        (
            "2026-12-31T18:00",
            48 * H,
            "workdays",
            NEW_YEAR,
        ),
    ],
)
def test_it_says_what_counts_what_does_not_and_when_it_is_due(cal, start, seconds, hours, sentence):
    start = datetime.fromisoformat(start).replace(tzinfo=SHANGHAI)
    assert cal.explain(start, seconds, hours, cal.add(start, seconds, hours)) == sentence


def test_it_names_the_day_off_that_moved_the_due_moment(cal):
    start = datetime(2026, 10, 2, 10, tzinfo=SHANGHAI)
    due = cal.due(start, 48 * H, "workdays", "next_workday_end")
    said = cal.explain(start, 48 * H, "workdays", due)
    assert said == "周五 10-02 10:00 为休息日（国庆节），顺延至下一个工作日结束 → 周四 10-08 24:00"


def test_a_moment_that_somebody_else_set_is_said_to_be_set():
    start = datetime(2026, 11, 20, 18, tzinfo=SHANGHAI)
    said = Calendar().explain(start, 48 * H, "natural", start + timedelta(hours=5))
    assert said == "周五 11-20 18:00 起算，到期时间另行指定 → 周五 11-20 23:00"


def test_many_days_off_are_counted_not_listed(cal):
    start = datetime(2026, 9, 30, 18, tzinfo=SHANGHAI)
    said = cal.explain(start, 30 * D, "workdays", cal.add(start, 30 * D, "workdays"))
    assert "国庆节 10-01 至 10-07、休息日 11 天 不计" in said


def test_a_shops_own_holiday_is_named(cal):
    shop = make_shop()
    day = datetime(2026, 11, 24).date()
    days.put([days.CalendarDay(date=day, kind="off", name="盘点")], by="lead", at=timezone.now(), shop=shop)
    own = policy.of(shop.pk).calendar
    start = datetime(2026, 11, 23, 18, tzinfo=SHANGHAI)
    assert "盘点 11-24 不计" in own.explain(start, 24 * H, "workdays", own.add(start, 24 * H, "workdays"))
    assert cal.is_workday(day)
