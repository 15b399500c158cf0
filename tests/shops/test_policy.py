"""A shop's rules: found without a query, changed only as a new version."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from shops import days, durations, policy, presets, terms
from shops.limits import Limit
from shops.models import Limit as LimitRow
from shops.models import Policy, Shop
from shops.models.policy import Frozen
from tests.factories import AT, make_shop

pytestmark = pytest.mark.django_db
HOUR = 3600


def numbers():
    return Policy.objects.count(), LimitRow.objects.count()


# --- lengths ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "seconds"),
    [("48h", 172800), ("15s", 15), ("7d", 604800), ("30m", 1800), ("0s", 0), (90, 90), (" 2h ", 7200)],
)
def test_a_length_is_read_as_it_is_written(text, seconds):
    assert durations.seconds_of(text) == seconds
    assert durations.seconds_of(durations.written(seconds)) == seconds


@pytest.mark.parametrize(
    "bad", ["", "48", "-1h", "1.5h", "48 h", "h", "２h", "1h30m", None, True, -5, 4.0, "99999d", "4000d"]
)
def test_what_is_no_length_is_refused(bad):
    with pytest.raises(ValueError, match="时长"):
        durations.seconds_of(bad)


def test_lengths_are_said_as_the_trade_says_them():
    said = [durations.words(s) for s in (15, 1800, 48 * HOUR, 72 * HOUR, 5 * 24 * HOUR, 90 * 60, 0)]
    assert said == ["15 秒", "30 分钟", "48 小时", "72 小时", "5 天", "90 分钟", "0 秒"]
    assert Limit("x", 48 * HOUR).words() == "48 小时（自然时间）"


# --- presets ------------------------------------------------------------------------------------------------------
def test_every_platforms_preset_can_be_made_and_read_back():
    for platform in presets.PLATFORMS:
        shop = make_shop(platform=platform)
        assert policy.of(shop.pk).limits == presets.limits_for(platform)


def test_a_preset_has_the_numbers_of_its_platform():
    douyin, jd, youzan = (presets.limits_for(name) for name in ("douyin", "jd", "youzan"))
    assert (douyin["unpaid_close"].after, douyin["unpaid_close"].source) == (24 * HOUR, "procedure")
    assert (douyin["ship"].hours, douyin["ship"].day_off) == ("natural", "")
    assert (jd["ship"].hours, jd["ship"].day_off) == ("workdays", "next_workday_end")
    assert (jd["dispatch"].after, jd["dispatch"].acts, jd["dispatch"].source) == (72 * HOUR, False, "platform")
    assert (youzan["unpaid_close"].after, youzan["unpaid_close"].warn) == (HOUR, 600)
    assert presets.limits_for("native") == presets.DEFAULTS
    assert len(presets.DEFAULTS) == 48


def test_every_limit_can_be_written_and_read_back():
    for platform in presets.PLATFORMS:
        old = terms.preset(platform)
        assert terms.changed(old, {"limits": {n: limit.as_data() for n, limit in old.limits.items()}}) == old


def test_a_limit_knows_its_cases():
    resolve, answer = presets.DEFAULTS["resolve"], presets.DEFAULTS["stock_out_answer"]
    assert [resolve.seconds_for({"colour": c}) // HOUR for c in ("red", "yellow", "green", "")] == [4, 9, 27, 9]
    assert resolve.seconds_for({}) == 9 * HOUR
    assert (answer.covers("cod"), answer.covers("online"), answer.covers()) == (True, False, False)
    assert presets.DEFAULTS["unpaid_close"].covers("anything")
    assert not presets.DEFAULTS["confirm_receipt"].covers("cod")
    assert (presets.DEFAULTS["greet"].heard_on("im"), presets.DEFAULTS["greet"].heard_on("email")) == (True, False)


# --- editing ------------------------------------------------------------------------------------------------------
def test_an_edit_is_a_new_version_and_the_old_one_stands():
    shop = make_shop()
    edited = policy.edit(shop, {"limits": {"ship": {"after": "24h", "warn": "6h"}}, "auto_confirm": True}, "lily", AT)
    rules = policy.of(shop.pk)
    assert (edited.version, edited.by, edited.since) == (2, "lily", AT)
    assert (rules.version, rules.auto_confirm, rules.limits["ship"].after) == (2, True, 24 * HOUR)
    assert (rules.limits["ship"].source, rules.limits["deliver"].source) == ("shop", "procedure")
    assert policy.at_version(shop.pk, 1).limits["ship"].after == 48 * HOUR


def test_an_edit_by_category_and_in_short():
    shop = make_shop()
    policy.edit(shop, {"limits": {"after_sale_window": {"by_category": {"鞋": "30d"}}, "evidence": "48h"}}, "lily", AT)
    limits = policy.of(shop.pk).limits
    assert limits["after_sale_window"].seconds_for({"category": "鞋"}) == 30 * 24 * HOUR
    assert limits["after_sale_window"].seconds_for({"category": "包"}) == 15 * 24 * HOUR
    assert limits["evidence"].after == 48 * HOUR


def test_working_hours_of_an_edit_move_the_calendar():
    shop = make_shop()
    policy.edit(shop, {"weekly": {"sat": [["10:00", "16:00"]]}}, "lily", AT)
    cal = policy.of(shop.pk).calendar
    assert (cal.is_workday(date(2026, 11, 21)), cal.is_workday(date(2026, 11, 20))) == (True, False)


@pytest.mark.parametrize(
    ("changes", "place", "why"),
    [
        ({"limits": {"shipp": "24h"}}, "limits.shipp", "没有这个时限"),
        ({"limits": {"ship": {"hours": "business"}}}, "limits.ship.hours", "不可用的值"),
        ({"limits": {"ship": "-24h"}}, "limits.ship.after", "整数加单位"),
        ({"limits": {"ship": {"after": -1}}}, "limits.ship.after", "不能为负"),
        ({"limits": {"ship": {"warn": "48h"}}}, "limits.ship.warn", "早于到期"),
        ({"limits": {"ship": {"colour": "red"}}}, "limits.ship.colour", "没有这个设置"),
        ({"limits": {"ship": {"day_off": "monday"}}}, "limits.ship.day_off", "不可用的值"),
        ({"limits": {"ship": {"acts": "cod"}}}, "limits.ship.acts", "列表"),
        ({"limits": {"ship": {"by_category": {"鞋": "x"}}}}, "limits.ship.by_category", "整数加单位"),
        ({"limits": {"greet": {"channels": ["fax"]}}}, "limits.greet.channels", "不可用的值"),
        ({"limits": {"no_reason_window": "36h"}}, "limits.no_reason_window.after", "整天"),
        ({"limits": {"inspect": "400d"}}, "limits.inspect.after", "一年"),
        ({"limits": {"ship": ["24h"]}}, "limits.ship", "时长"),
        ({"limits": []}, "limits", "时限"),
        ({"auto_confirm": "yes"}, "auto_confirm", "是"),
        ({"auto_confirm_below": -1}, "auto_confirm_below", "不小于零"),
        ({"auto_confirm_below": "9.9"}, "auto_confirm_below", "整数分"),
        ({"weekly": {"mon": [["18:00", "09:00"]]}}, "weekly", "晚于开始"),
        ({"state": "x"}, "state", "没有这个设置"),
    ],
)
def test_a_wrong_edit_is_refused_with_its_place_and_nothing_is_written(changes, place, why):
    shop = make_shop()
    before = numbers()
    with pytest.raises(policy.PolicyError) as refused:
        policy.edit(shop, changes, "lily", AT)
    assert why in refused.value.errors[place]
    assert numbers() == before
    assert policy.of(shop.pk).version == 1


def test_all_faults_of_an_edit_are_told_at_once():
    with pytest.raises(policy.PolicyError) as refused:
        policy.edit(make_shop(), {"limits": {"ship": "x", "nope": "1h"}, "auto_audit": 1}, "lily", AT)
    assert sorted(refused.value.errors) == ["auto_audit", "limits.nope", "limits.ship.after"]


def test_an_edit_that_changes_nothing_makes_no_version():
    shop = make_shop()
    before = numbers()
    assert policy.edit(shop, {"limits": {"ship": {"after": "48h"}}}, "lily", AT).version == 1
    assert numbers() == before


def test_an_edit_based_on_an_older_version_is_refused():
    shop = make_shop()
    policy.edit(shop, {"auto_audit": True}, "lily", AT, base=1)
    before = numbers()
    with pytest.raises(policy.PolicyMoved):
        policy.edit(shop, {"auto_audit": False}, "wang", AT, base=1)
    assert numbers() == before


def test_the_preset_comes_back_as_a_new_version():
    shop = make_shop(platform="douyin")
    policy.edit(shop, {"limits": {"ship": "72h"}}, "lily", AT)
    assert policy.copy_preset(shop, "lily", AT).version == 3
    assert policy.of(shop.pk).limits == presets.limits_for("douyin")


def test_a_version_is_not_changed_or_deleted():
    row = make_shop().policies.get()
    row.auto_confirm = True
    for change in (
        row.save,
        row.delete,
        lambda: Policy.objects.update(auto_confirm=True),
        lambda: Policy.objects.all().delete(),
        row.limits.first().save,
        lambda: LimitRow.objects.filter(policy=row).update(after=1),
    ):
        with pytest.raises(Frozen):
            change()
    assert not Policy.objects.filter(auto_confirm=True).exists()


@pytest.mark.postgres
@pytest.mark.parametrize("statement", ["UPDATE shops_policy SET version = 9", "DELETE FROM shops_limit"])
def test_the_database_refuses_to_change_a_version(statement):
    make_shop()
    before = numbers()
    with pytest.raises(DatabaseError, match="new version"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert numbers() == before


def test_differences_are_told_in_words():
    old = terms.preset("native")
    new = terms.changed(
        old, {"limits": {"ship": {"after": "24h"}}, "auto_confirm_below": 9950, "weekly": {"mon": [["09:00", "18:00"]]}}
    )
    assert terms.differences(old, old) == []
    assert terms.differences(old, new) == [
        ("自动确认金额上限", "不限", "¥99.50"),
        ("工作时间", "周一至周五 09:00–12:00、13:00–18:00", "周一 09:00–18:00"),
        (
            "发货",
            "48 小时（工作日）；休息日起算的，顺延至下一个工作日结束；提前 12 小时 提醒",
            "24 小时（工作日）；休息日起算的，顺延至下一个工作日结束；提前 12 小时 提醒",
        ),
    ]


# --- looking up ---------------------------------------------------------------------------------------------------
def test_fresh_rules_cost_no_query_and_stale_ones_a_single_small_one(django_assert_num_queries, monkeypatch):
    shop = make_shop()
    clock = [1000.0]
    monkeypatch.setattr(policy, "FRESH", 2.0)
    monkeypatch.setattr(policy.time, "monotonic", lambda: clock[0])
    first = policy.of(shop.pk)
    clock[0] += 1.9
    with django_assert_num_queries(0):
        assert policy.of(shop.pk) is first
    clock[0] += 0.2
    with django_assert_num_queries(1):
        assert policy.of(shop.pk) is first


def test_many_shops_are_looked_up_together(django_assert_num_queries):
    shops = [make_shop(platform=name) for name in ("douyin", "jd", "native")]
    with django_assert_num_queries(4):
        rules = policy.of_many([shop.pk for shop in shops] * 2)
    assert [rules[shop.pk].platform for shop in shops] == ["douyin", "jd", "native"]
    with django_assert_num_queries(0):
        policy.of_many([shop.pk for shop in shops])


@pytest.mark.parametrize(
    "change",
    [
        lambda shop: Shop.objects.filter(pk=shop.pk).update(zone="Europe/Berlin"),
        lambda shop: policy.edit(shop, {"auto_audit": True}, "lily", AT),
        lambda shop: days.put([days.CalendarDay(date=date(2026, 12, 1), kind="off")], by="lily", at=AT, shop=shop),
        lambda shop: days.put([days.CalendarDay(date=date(2026, 12, 1), kind="off")], by="root", at=AT),
    ],
)
def test_what_another_process_changed_is_seen_after_two_seconds(change, monkeypatch):
    shop = make_shop()
    clock = [1000.0]
    monkeypatch.setattr(policy, "FRESH", 2.0)
    monkeypatch.setattr(policy.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(policy, "forget", lambda: None)
    monkeypatch.setattr(policy, "_drop", lambda shop_id: None)
    old = policy.of(shop.pk)
    change(shop)
    clock[0] += 2.1
    assert policy.of(shop.pk) is not old


def test_an_edit_is_in_force_at_once_in_its_own_process():
    shop = make_shop()
    policy.of(shop.pk)
    policy.edit(shop, {"auto_audit": True}, "lily", AT)
    assert policy.of(shop.pk).auto_audit


def test_a_shop_that_was_never_edited_goes_by_its_platforms_preset():
    rules = policy.of(make_shop(platform="douyin", preset=False).pk)
    assert (rules.version, rules.limits) == (0, presets.limits_for("douyin"))
    assert rules.terms == policy.at_version(rules.shop_id, 0)


def test_a_limit_that_an_old_version_does_not_know_is_the_presets():
    shop = make_shop(preset=False)
    row = Policy.objects.create(shop=shop, version=1, since=AT)
    LimitRow.objects.create(policy=row, name="ship", after=HOUR, hours="natural")
    limits = policy.of(shop.pk).limits
    assert (limits["ship"].after, limits["deliver"]) == (HOUR, presets.DEFAULTS["deliver"])


def test_unknown_shops_and_versions_are_errors():
    shop = make_shop()
    for ask in (lambda: policy.of(10**9), lambda: policy.at_version(10**9, 1), lambda: policy.at_version(shop.pk, 7)):
        with pytest.raises(LookupError):
            ask()


# --- days ---------------------------------------------------------------------------------------------------------
def test_a_shops_own_day_goes_before_the_common_one_and_for_it_alone():
    shop, other = make_shop(), make_shop()
    day = date(2026, 10, 5)  # a Monday of the national holiday
    days.put([days.CalendarDay(date=day, kind="makeup", name="大促")], by="lily", at=AT, shop=shop)
    assert (policy.of(shop.pk).calendar.is_workday(day), policy.of(other.pk).calendar.is_workday(day)) == (True, False)
    days.drop([day], by="lily", at=AT, shop=shop)
    assert not policy.of(shop.pk).calendar.is_workday(day)


def test_every_change_of_days_is_told_to_the_floor_that_keeps_clocks():
    shop = make_shop()
    last = policy.of(shop.pk).calendar_change
    first, second = date(2026, 12, 1), date(2026, 12, 9)
    days.put([days.CalendarDay(date=d, kind="off") for d in (second, first)], by="lily", at=AT, shop=shop)
    days.drop([second], by="wang", at=AT + timedelta(hours=1), shop=shop)
    assert [(c.shop_id, c.first, c.last, c.by) for c in days.changes_since(last)] == [
        (shop.pk, first, second, "lily"),
        (shop.pk, second, second, "wang"),
    ]
    assert policy.of(shop.pk).calendar_change > last


def test_days_that_are_written_again_take_the_place_of_the_old_ones():
    day = date(2026, 12, 1)
    for kind in ("off", "makeup"):
        days.put([days.CalendarDay(date=day, kind=kind)], by="root", at=timezone.now())
    assert [d.kind for d in days.CalendarDay.objects.filter(date=day)] == ["makeup"]
    assert days.put([], by="root", at=AT) is None
    assert days.drop([date(2026, 12, 2)], by="root", at=AT) is None
