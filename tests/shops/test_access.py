"""Who asks, and what is theirs; keys and secrets of machines."""

import base64
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from shops import hook_secrets, roles
from shops.access import NOBODY, Caller, scope
from shops.models import ApiKey, HookSecret, Member, Shop
from tests.factories import AT, make_key, make_member, make_shop, make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


# --- callers ------------------------------------------------------------------------------------------------------
def test_a_person_acts_in_each_shop_with_the_roles_held_there(django_assert_num_queries):
    one, two, other = make_shop(), make_shop(), make_shop()
    member = make_member(one, "warehouse", "agent", sees_personal=True)
    make_member(two, "lead", user=member.user)
    with django_assert_num_queries(1):
        caller = Caller.of_user(member.user)
    assert caller.shops == {one.pk, two.pk}
    assert caller.roles_in(one.pk) == ("agent", "warehouse")
    assert (caller.roles_in(two.pk), caller.roles_in(other.pk)) == (("lead",), ())
    assert (caller.may_unmask(one.pk), caller.may_unmask(two.pk), caller.may_unmask(other.pk)) == (True, False, False)
    assert (caller.leads(one.pk), caller.leads(two.pk), caller.leads(other.pk)) == (False, True, False)
    assert (caller.by, caller.person) == (member.user.username, f"user:{member.user.pk}")


def test_a_superuser_sees_every_shop_and_acts_only_where_a_member():
    one, two = make_shop(), make_shop()
    root = make_user(is_superuser=True, is_staff=True)
    make_member(two, "agent", user=root)
    caller = Caller.of_user(root)
    assert caller.shops == {one.pk, two.pk}
    assert (caller.roles_in(one.pk), caller.roles_in(two.pk)) == ((), ("agent",))
    assert caller.leads(one.pk)
    assert not caller.may_unmask(one.pk)


def test_nobody_in_particular_sees_nothing():
    shop = make_shop()
    gone = make_member(shop).user
    gone.is_active = False
    gone.save()
    for caller in (Caller.of_user(AnonymousUser()), Caller.of_user(gone), Caller.of_user(make_user()), NOBODY):
        assert caller.shops == frozenset()
        assert list(scope(Shop.objects.all(), caller, "pk")) == []


def test_a_query_holds_only_the_rows_of_the_callers_shops():
    mine, theirs = make_shop(secret=True), make_shop(secret=True)
    caller = Caller.of_user(make_member(mine).user)
    assert [row.shop_id for row in scope(HookSecret.objects.all(), caller)] == [mine.pk]
    assert list(scope(Member.objects.filter(shop=theirs), caller, "shop_id")) == []


def test_a_key_acts_in_its_open_shops_as_its_roles_in_their_fixed_order(django_assert_num_queries):
    one, two, closed = make_shop(), make_shop(), make_shop(active=False)
    key, _token = make_key(one, closed, roles=["shop", "agent"])
    with django_assert_num_queries(1):
        caller = Caller.of_key(key)
    assert caller.shops == {one.pk}
    assert (caller.roles_in(one.pk), caller.roles_in(two.pk)) == (("agent", "shop"), ())
    assert caller.person == f"key:{key.pk}"
    assert not caller.may_unmask(one.pk)


# --- keys ---------------------------------------------------------------------------------------------------------
def test_a_key_is_found_by_its_token_which_nothing_keeps():
    key, token = make_key(make_shop())
    assert token.startswith(f"kf_{key.prefix}")
    assert len(token) == 51
    assert ApiKey.find(token, AT) == key
    assert all(token[11:] not in str(value) for value in ApiKey.objects.filter(pk=key.pk).values_list()[0])


def test_a_wrong_token_finds_no_key():
    _key, token = make_key(make_shop())
    other = make_key(make_shop())[1]
    wrong = (
        token[:-1],
        token[:-1] + ("a" if token[-1] != "a" else "b"),
        token.upper(),
        token + "a",
        token[3:],
        "kf_",
        "",
    )
    for bad in (
        *wrong,
        token[:11] + other[11:],
        "kf_口令口令口令口令",
        "kf_\x00\ud800",
        "kf_" + "\x00" * 48,
        token + "\n",
    ):
        assert ApiKey.find(bad, AT) is None


def test_a_key_ends_when_it_expires_or_is_revoked():
    key, token = make_key(make_shop(), expires_at=AT + DAY)
    assert ApiKey.find(token, AT + DAY - timedelta(seconds=1)) == key
    assert ApiKey.find(token, AT + DAY) is None
    key.revoke(AT)
    key.revoke(AT + DAY)
    assert key.revoked_at == AT
    assert ApiKey.find(token, AT) is None


def test_the_use_of_a_key_is_noted_once_a_minute(django_assert_num_queries):
    key, _token = make_key(make_shop())
    key.used(AT)
    with django_assert_num_queries(0):
        key.used(AT + timedelta(seconds=59))
    key.used(AT + timedelta(seconds=60))
    assert ApiKey.objects.get(pk=key.pk).last_used == AT + timedelta(seconds=60)


@pytest.mark.parametrize("wrong", [["platform"], ["clock"], ["system"], ["customer"], ["boss"], []])
def test_a_key_cannot_have_the_roles_of_platform_clock_or_nobody(wrong):
    shop = make_shop()
    with pytest.raises(ValueError, match="角色"):
        ApiKey.make("x", [shop], wrong)
    assert ApiKey.objects.count() == 0


def test_roles_stand_in_the_order_that_decides_which_one_is_recorded():
    assert roles.ROLES == ("customer", "agent", "auditor", "warehouse", "lead", "shop", "platform", "clock", "system")
    assert roles.checked(["shop", "lead", "agent", "lead"], roles.MACHINE) == ("agent", "lead", "shop")
    assert roles.words(["agent", "warehouse"]) == "售后客服、仓库"


# --- hook secrets -------------------------------------------------------------------------------------------------
def test_a_secret_is_rotated_with_an_overlap_in_which_both_are_live():
    shop, other = make_shop(), make_shop(secret=True)
    old = hook_secrets.add_secret(shop, AT)
    new = hook_secrets.rotate(shop, AT + DAY)
    assert len(base64.b64decode(old.secret.removeprefix("whsec_"), validate=True)) == 32
    assert hook_secrets.live_secrets(shop, AT + DAY) == [new, old]
    assert hook_secrets.live_secrets(shop.pk, AT + 2 * DAY) == [new]
    assert len(hook_secrets.live_secrets(other, AT + 9 * DAY)) == 1


def test_a_leaked_secret_ends_at_once():
    shop = make_shop(secret=True)
    hook_secrets.rotate(shop, AT)
    newest = hook_secrets.rotate(shop, AT, timedelta(0))
    assert hook_secrets.live_secrets(shop, AT) == [newest]


# --- shops --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "fields",
    [
        {"code": "店"},
        {"code": "a b"},
        {"code": "../x"},
        {"code": "-a"},
        {"code": "a" * 51},
        {"code": "ok\n"},
        {"platform": "amazon"},
        {"dialect": "klingon"},
        {"zone": "Mars/Base"},
        {"name": ""},
    ],
)
def test_a_shop_that_cannot_be_is_refused(fields):
    with pytest.raises(ValidationError):
        Shop(**{"code": "ok", "name": "N", "platform": "native", **fields}).full_clean()


def test_codes_that_differ_only_in_case_are_the_same_shop():
    make_shop("Taobao-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Shop.objects.create(code="taobao-1", name="x", platform="native")
    assert Shop.objects.count() == 1


def test_a_person_is_a_member_once_and_only_with_roles_of_people():
    member = make_member(make_shop())
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.create(user=member.user, shop=member.shop, roles=["lead"])
    for wrong in (["shop"], ["platform"], [], "agent2"):
        with pytest.raises(ValidationError):
            Member(user=make_user(), shop=member.shop, roles=wrong).full_clean()
