"""An edited policy or calendar moves no running clock until somebody says so, and why; each move is logged."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from deadlines.models import Change, Deadline
from flows import recount
from flows.table import Who
from shops import days, policy
from shops.models import CalendarDay
from tests.errands.make import H, T, clock, everything, hear, make_call, make_claim, make_job, take

D = 24 * H


def by_policy(shop, at=T + H):
    return recount.by_policy(shop.pk, by="lea", why="新规则", at=at)


def test_nothing_moves_by_itself(shop):
    make_job(shop)
    before = everything()
    policy.edit(shop, {"limits": {"unpaid_close": "24h"}}, "lea", T)
    assert everything() == before


def test_by_policy_every_running_clock_takes_the_newest_limit(shop):
    jobs = [make_job(shop) for _ in range(3)]
    sent = make_job(shop, "sent")
    policy.edit(shop, {"limits": {"unpaid_close": {"after": "24h", "warn": "1h"}}}, "lea", T)
    assert by_policy(shop) == 3
    for job in jobs:
        row = clock(job, "pay")
        assert (row.due_at, row.after, row.warn, row.policy) == (T + D, 86400, 3600, 2)
        assert row.rings_at == T + 23 * H
    assert clock(sent, "sign").policy == 1  # it reads the same: left alone
    changes = Change.objects.values_list("was", "now", "why", "by", "at").distinct()
    assert list(changes) == [(T + 3 * D, T + D, "新规则", "lea", T + H)]
    assert by_policy(shop) == 0


def test_other_kinds_of_hours_count_from_the_start(shop):
    job = make_job(shop, "open")
    policy.edit(shop, {"limits": {"ship": {"after": "10h", "hours": "working", "warn": "0s", "day_off": ""}}}, "lea", T)
    by_policy(shop)
    row = clock(job, "send")
    assert row.due_at == policy.of(shop.pk).calendar.due(T, 36000, "working")


def test_what_is_held_keeps_waiting_with_as_much_more_or_less(shop):
    job = make_job(shop, "sent")
    claim = make_claim(job, at=T + 2 * D)
    policy.edit(shop, {"limits": {"auto_sign": "7d"}}, "lea", T)
    assert by_policy(shop, at=T + 3 * D) == 1
    assert (clock(job, "sign").left, clock(job, "sign").due_at) == (5 * 86400, None)
    take(claim, "void", at=T + 4 * D)
    assert clock(job, "sign").due_at == T + 9 * D
    policy.edit(shop, {"limits": {"auto_sign": "8d"}}, "lea", T)
    by_policy(shop, at=T + 4 * D)
    assert clock(job, "sign").due_at == T + 10 * D  # the hold stays added, also the second time
    policy.edit(shop, {"limits": {"auto_sign": "9d"}}, "lea", T)
    by_policy(shop, at=T + 4 * D)
    assert clock(job, "sign").due_at == T + 11 * D


def test_what_the_platform_named_or_was_promised_stays(shop):
    named, promised = make_job(shop, "sent"), make_job(shop, "sent", promised_for=T + 3 * D)
    hear(named, "deadline", T, clock="sign", due=T + 2 * D)
    take(promised, "bounce")
    Change.objects.all()
    policy.edit(shop, {"limits": {"auto_sign": "7d", "stock_out_promise": "7d"}}, "lea", T)
    assert by_policy(shop) == 0
    assert (clock(named, "sign").due_at, clock(promised, "promise").due_at) == (T + 2 * D, T + 3 * D)


def test_a_clock_that_was_late_and_has_time_again_runs_again(shop):
    from flows.sweep import sweep

    call = make_call(make_job(shop))
    at = clock(call, "greet").due_at + H
    sweep(at=at)
    assert clock(call, "greet").breached_at == at
    policy.edit(shop, {"limits": {"greet": "8h"}}, "lea", T)
    by_policy(shop, at=at)
    row = clock(call, "greet")
    assert (row.breached_at, row.rings_at) == (None, row.due_at)


def test_by_calendar_each_counts_by_its_own_policy(shop):
    job = make_job(shop, "open")  # 48 hours of workdays from Monday
    assert clock(job, "send").due_at == T + 2 * D
    policy.edit(shop, {"limits": {"ship": "24h"}}, "lea", T)
    CalendarDay.objects.create(date=date(2026, 3, 3), kind="off", name="停电", shop=shop)
    assert recount.by_calendar(shop.pk, by="lea", why="停电", at=T + H) == 1
    row = clock(job, "send")
    assert (row.due_at, row.after, row.policy) == (T + 3 * D, 48 * 3600, 1)
    assert Change.objects.get().why == "停电"
    assert recount.by_calendar(shop.pk, by="lea", why="停电", at=T + H) == 0


def test_it_goes_over_many_in_batches_and_leaves_other_shops_alone(shop, monkeypatch):
    from tests.errands.make import make_jobs
    from tests.factories import make_shop

    monkeypatch.setattr(recount, "BATCH", 3)
    make_jobs(shop, 8)
    other = make_job(make_shop(at=T))
    policy.edit(shop, {"limits": {"unpaid_close": "24h"}}, "lea", T)
    assert by_policy(shop) == 8
    assert Change.objects.count() == 8
    assert clock(other, "pay").due_at == T + 3 * D


def test_the_command_says_how_many(shop, capsys):
    take(make_job(shop, "open"), "pack", Who.WAREHOUSE)
    policy.edit(shop, {"limits": {"ship": "96h"}}, "lea", T)
    call_command("recount", shop.code, by="policy", why="节后")
    assert "1 clocks changed" in capsys.readouterr().out
    assert set(Change.objects.values_list("by", "why")) == {("manage.py recount", "节后")}
    assert Deadline.objects.get(ended_at=None).after == 96 * 3600
    with pytest.raises(CommandError, match="no shop"):
        call_command("recount", "nowhere", by="policy", why="x")


def test_a_changed_calendar_is_followed_by_the_clock_with_the_change_as_its_reason(shop):
    recount.follow_calendar(at=T)
    policy.edit(
        shop, {"limits": {"ship": {"after": "48h", "hours": "workdays", "warn": "0s", "day_off": ""}}}, "lea", T
    )
    job = make_job(shop, "open")
    before = clock(job, "send").due_at
    assert recount.follow_calendar(at=T + H) == 0
    days.put([CalendarDay(date=before.date(), kind="off", name="台风")], by="lea", at=T + H)
    assert recount.follow_calendar(at=T + 2 * H) == 1
    assert clock(job, "send").due_at > before
    [change] = Change.objects.filter(deadline=clock(job, "send"))
    assert (change.by, change.was) == ("lea", before)
    assert "日历变更" in change.why
    assert recount.follow_calendar(at=T + 3 * H) == 0


def test_a_fact_from_a_source_whose_clock_runs_ahead_starts_no_clock_in_the_future(shop):
    job = make_job(shop, at=T)
    hear(job, "pay", at=T + 90 * D, now=T + H)
    assert clock(job, "send").started_at == T + H
