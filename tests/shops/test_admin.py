"""The settings' pages: what a lead can do, what others cannot, and what stays inside a shop."""

import re
from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from shops import days, hook_secrets, policy
from shops.models import ApiKey, CalendarChange, CalendarDay, HookSecret, Member, Policy, Shop
from shops.policy_form import PolicyForm
from tests.factories import AT, make_key, make_member, make_shop, make_user

pytestmark = pytest.mark.django_db
MODELS = ("shop", "member", "policy", "calendarday", "apikey")


def address(model, view="changelist", *args):
    return reverse(f"admin:shops_{model}_{view}", args=args)


@pytest.fixture
def shop():
    return make_shop(name="我的店")


@pytest.fixture
def lead(client, shop):
    member = make_member(shop, "lead")
    client.force_login(member.user)
    return member.user


@pytest.fixture
def agent(client, shop):
    member = make_member(shop, "agent")
    client.force_login(member.user)
    return member.user


@pytest.fixture
def root(client):
    user = make_user(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def other():
    """A shop of somebody else, with a row of each kind."""
    shop = make_shop(name="别人的店", secret=True)
    make_member(shop, "lead")
    make_key(shop)
    days.put([CalendarDay(date=date(2026, 12, 24), kind="off", name="别人的假")], by="x", at=AT, shop=shop)
    return shop


def rows_of(shop):
    day = CalendarDay.objects.get(shop=shop)
    return {
        "shop": shop.pk,
        "member": shop.members.get().pk,
        "policy": shop.policies.get().pk,
        "calendarday": day.pk,
        "apikey": shop.api_keys.get().pk,
    }


def form_of(row, **changes):
    """What the policy's page posts, with some fields changed (underscore pairs for the dash)."""
    form = PolicyForm(policy.at_version(row.shop_id, row.version))
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value not in (None, False)}
    return {**data, **{name.replace("__", "-"): value for name, value in changes.items()}}


# --- the wall -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("model", MODELS)
def test_a_lead_sees_nothing_of_another_shop_in_lists_or_by_address(client, lead, other, model):
    said = client.get(address(model)).content.decode()
    assert "别人的" not in said
    row = rows_of(other)[model]
    for view in ("change", "history", "delete"):
        assert client.get(address(model, view, row)).status_code in (302, 403, 404)
    assert "别人的" not in client.get(address(model, "change", row), follow=True).content.decode()


@pytest.mark.parametrize("model", MODELS)
def test_who_is_no_member_of_any_shop_gets_no_page(client, other, model):
    client.force_login(make_user(is_staff=True))
    assert client.get(address(model)).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_an_agent_changes_no_settings(client, agent, shop, model):
    make_key(shop)
    days.put([CalendarDay(date=date(2026, 12, 24), kind="off")], by="x", at=AT, shop=shop)
    before = (
        Shop.objects.get(pk=shop.pk).name,
        Member.objects.count(),
        Policy.objects.count(),
        CalendarDay.objects.count(),
    )
    row = rows_of(shop)[model]
    assert client.post(address(model, "change", row), {"name": "x"}).status_code == 403
    assert client.post(address(model, "delete", row), {"post": "yes"}).status_code == 403
    assert client.get(address(model, "add")).status_code == 403
    after = (
        Shop.objects.get(pk=shop.pk).name,
        Member.objects.count(),
        Policy.objects.count(),
        CalendarDay.objects.count(),
    )
    assert after == before


@pytest.mark.parametrize("model", MODELS)
def test_a_superuser_opens_every_page(client, root, other, model):
    assert "别人的店" in client.get(address(model)).content.decode() or model == "apikey"
    assert client.get(address(model, "change", rows_of(other)[model])).status_code == 200


# --- policy -------------------------------------------------------------------------------------------------------
def test_a_lead_previews_a_change_and_then_makes_it_a_new_version(client, lead, shop):
    row = shop.policies.get()
    url, form = (
        address("policy", "change", row.pk),
        form_of(row, ship__after="24h", ship__warn="6h", auto_confirm_below="99.50"),
    )
    preview = client.post(url, {**form, "_preview": "1"}).content.decode()
    assert "将要改动" in preview
    assert "¥99.50" in preview
    assert Policy.objects.count() == 1
    saved = client.post(url, {**form, "_save": "1"})
    made = Policy.objects.get(shop=shop, version=2)
    assert (saved.status_code, saved["Location"]) == (302, address("policy", "change", made.pk))
    rules = policy.of(shop.pk)
    assert (rules.limits["ship"].after, rules.auto_confirm_below, made.by) == (86400, 9950, lead.username)
    page = client.get(saved["Location"]).content.decode()
    assert "与上一版的不同" in page
    assert "24 小时（工作日）" in page
    assert "发货" in LogEntry.objects.get().change_message


def test_a_page_posted_back_as_it_was_changes_nothing(client, lead, shop):
    row = shop.policies.get()
    said = client.post(address("policy", "change", row.pk), {**form_of(row), "_save": "1"}).content.decode()
    assert "没有改动" in said
    assert Policy.objects.count() == 1


def test_every_column_of_a_limit_can_be_edited(client, lead, shop):
    row = shop.policies.get()
    changes = {
        "after_sale_window__by_category": "鞋=30d 包=7d",
        "resolve__by_colour": "red=2h",
        "stock_out_answer__acts": "否",
        "handle_return__acts": "exchange:no_reason、return_refund:no_reason、reship:missing",
        "greet__channels": "im",
        "deliver__hours": "workdays",
        "ship__day_off": "",
        "week__sat": "10:00-16:00",
        "auto_audit": "on",
    }
    client.post(address("policy", "change", row.pk), {**form_of(row, **changes), "_save": "1"})
    rules = policy.of(shop.pk)
    limits = rules.limits
    assert limits["after_sale_window"].by == {"category": {"鞋": 30 * 86400, "包": 7 * 86400}}
    assert limits["resolve"].by == {"colour": {"red": 7200}}
    assert limits["stock_out_answer"].acts is False
    assert limits["handle_return"].covers("reship:missing")
    assert limits["greet"].channels == ("im",)
    assert (limits["deliver"].hours, limits["ship"].day_off) == ("workdays", "")
    assert rules.calendar.is_workday(date(2026, 11, 21))
    assert rules.auto_audit


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"ship__after": "-5h"}, "时长须写成"),
        ({"ship__warn": "49h"}, "提醒须早于到期"),
        ({"no_reason_window__after": "36h"}, "整天"),
        ({"week__mon": "18:00-09:00"}, "晚于开始"),
        ({"resolve__by_colour": "red"}, "时长须写成"),
        ({"auto_confirm_below": "-1"}, "大于或等于"),
    ],
)
def test_a_wrong_value_is_said_beside_its_field_and_nothing_is_written(client, lead, shop, changes, why):
    row = shop.policies.get()
    said = client.post(address("policy", "change", row.pk), {**form_of(row, **changes), "_save": "1"}).content.decode()
    assert why in said
    assert Policy.objects.count() == 1


def test_an_older_version_is_read_and_not_edited(client, lead, shop):
    old = shop.policies.get()
    form = form_of(old, ship__after="24h")
    policy.edit(shop, {"auto_audit": True}, "x", AT)
    url = address("policy", "change", old.pk)
    page = client.get(url).content.decode()
    assert "48 小时（工作日）" in page
    assert "policy-form" not in page
    assert client.post(url, {**form, "_save": "1"}).status_code == 403
    assert Policy.objects.count() == 2


def test_an_agent_reads_the_rules(client, agent, shop):
    page = client.get(address("policy", "change", shop.policies.get().pk)).content.decode()
    assert "售后有效期" in page
    assert "policy-form" not in page


# --- shops and members --------------------------------------------------------------------------------------------
def test_a_superuser_makes_a_shop_with_its_platforms_rules(client, root):
    fields = {
        "code": "n1",
        "name": "新店",
        "platform": "jd",
        "dialect": "native",
        "zone": "Asia/Shanghai",
        "currency": "CNY",
    }
    client.post(address("shop", "add"), {**fields, "active": "on"})
    assert policy.of(Shop.objects.get(code="n1").pk).version == 1


def test_a_lead_makes_no_shop_and_the_code_of_a_shop_stays(client, lead, shop):
    assert client.get(address("shop", "add")).status_code == 403
    fields = {
        "code": "other",
        "name": "改名",
        "platform": "jd",
        "dialect": "native",
        "zone": "Asia/Shanghai",
        "currency": "CNY",
    }
    client.post(address("shop", "change", shop.pk), {**fields, "active": "on"})
    changed = Shop.objects.get(pk=shop.pk)
    assert (changed.code, changed.name) == (shop.code, "改名")


def test_a_rotated_secret_is_shown_once_and_the_old_one_goes_on_for_a_day(client, lead, shop):
    old = hook_secrets.add_secret(shop, AT)
    answer = client.post(address("shop"), {"action": "rotate_secret", "_selected_action": [shop.pk]})
    new = HookSecret.objects.exclude(pk=old.pk).get()
    assert f'value="{new.secret}"' in answer.content.decode().replace("&#x2B;", "+")
    assert "no-store" in answer["Cache-Control"]
    assert len(hook_secrets.live_secrets(shop, timezone.now())) == 2


def test_a_forged_selection_of_another_shop_is_ignored(client, lead, other):
    before = (HookSecret.objects.count(), Policy.objects.count())
    for action in ("rotate_secret", "back_to_preset"):
        client.post(address("shop"), {"action": action, "_selected_action": [other.pk]})
    key = other.api_keys.get()
    client.post(address("apikey"), {"action": "revoke", "_selected_action": [key.pk]})
    assert (HookSecret.objects.count(), Policy.objects.count()) == before
    assert ApiKey.objects.get(pk=key.pk).revoked_at is None


def test_a_lead_takes_a_person_in_by_login_name_and_only_into_the_own_shop(client, lead, shop, other):
    person = make_user("wang")
    fields = {"username": "wang", "roles": ["warehouse", "agent"]}
    refused = client.post(address("member", "add"), {**fields, "shop": other.pk})
    assert refused.status_code == 200
    assert not person.memberships.exists()
    client.post(address("member", "add"), {**fields, "shop": shop.pk})
    assert person.memberships.get().roles == ["agent", "warehouse"] or person.memberships.get().roles == [
        "warehouse",
        "agent",
    ]
    again = client.post(address("member", "add"), {**fields, "shop": shop.pk})
    assert "已是该店铺的成员" in again.content.decode()
    assert (
        "没有这个登录名"
        in client.post(address("member", "add"), {**fields, "username": "x", "shop": shop.pk}).content.decode()
    )


def test_nobody_becomes_the_clock_or_the_platform(client, lead, shop):
    make_user("wang")
    for role in ("clock", "platform", "shop", "system"):
        client.post(address("member", "add"), {"username": "wang", "roles": [role], "shop": shop.pk})
    assert shop.members.count() == 1


# --- days ---------------------------------------------------------------------------------------------------------
def test_a_lead_sets_a_day_of_the_own_shop_and_not_of_all(client, lead, shop):
    fields = {"date": "2026-12-24", "kind": "off", "name": "盘点"}
    assert client.post(address("calendarday", "add"), fields).status_code == 200  # asked for the shop
    assert not CalendarDay.objects.filter(name="盘点").exists()
    client.post(address("calendarday", "add"), {**fields, "shop": shop.pk})
    assert not policy.of(shop.pk).calendar.is_workday(date(2026, 12, 24))
    change = CalendarChange.objects.first()
    assert (change.shop_id, change.by) == (shop.pk, lead.username)
    common = CalendarDay.objects.filter(shop=None).first()
    assert client.post(address("calendarday", "change", common.pk), fields).status_code == 403
    assert client.post(address("calendarday", "delete", common.pk), {"post": "yes"}).status_code == 403


def test_a_moved_day_leaves_its_old_date(client, root, shop):
    client.post(address("calendarday", "add"), {"date": "2027-03-01", "kind": "off", "name": "a"})
    row = CalendarDay.objects.get(name="a")
    client.post(address("calendarday", "change", row.pk), {"date": "2027-03-02", "kind": "off", "name": "b"})
    assert [str(d.date) for d in CalendarDay.objects.filter(date__year=2027)] == ["2027-03-02"]
    row = CalendarDay.objects.get(name="b")
    client.post(address("calendarday"), {"action": "confirm_years", "_selected_action": [row.pk]})
    assert policy.of(shop.pk).calendar.confirmed(2027)
    client.post(address("calendarday", "delete", row.pk), {"post": "yes"})
    assert not CalendarDay.objects.filter(date__year=2027).exists()


# --- keys ---------------------------------------------------------------------------------------------------------
def test_a_new_key_is_shown_once_and_never_again(client, lead, shop):
    answer = client.post(address("apikey", "add"), {"name": "ERP", "shops": [shop.pk], "roles": ["agent", "shop"]})
    token = re.search(r"kf_\w{48}", answer.content.decode())[0]
    key = ApiKey.find(token, timezone.now())
    assert (key.name, key.roles) == ("ERP", ["agent", "shop"])
    assert "no-store" in answer["Cache-Control"]
    for url in (address("apikey"), address("apikey", "change", key.pk)):
        assert token not in client.get(url).content.decode()
    assert token not in str(client.cookies)


def test_a_key_is_revoked_not_edited(client, lead, shop):
    key, _token = make_key(shop)
    assert client.post(address("apikey", "change", key.pk), {"roles": ["lead"]}).status_code == 403
    client.post(address("apikey"), {"action": "revoke", "_selected_action": [key.pk]})
    assert not ApiKey.objects.get(pk=key.pk).live(timezone.now())


def test_a_key_of_two_shops_is_not_revoked_by_the_lead_of_one(client, lead, shop, other):
    key, _token = make_key(shop, other)
    client.post(address("apikey"), {"action": "revoke", "_selected_action": [key.pk]})
    assert ApiKey.objects.get(pk=key.pk).revoked_at is None


def test_a_lead_makes_no_key_for_another_shop(client, lead, other):
    before = ApiKey.objects.count()
    client.post(address("apikey", "add"), {"name": "x", "shops": [other.pk], "roles": ["agent"]})
    assert ApiKey.objects.count() == before
