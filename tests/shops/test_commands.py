"""Shops and keys from the command line, as the contract says."""

import json
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from shops import hook_secrets, policy
from shops.access import Caller
from shops.models import ApiKey, HookSecret, Policy, Shop

pytestmark = pytest.mark.django_db


def run(*args):
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def test_createshop_prints_how_to_reach_the_shop(settings):
    settings.PUBLIC_URL = "https://desk.example.com"
    made = json.loads(run("createshop", "dy-1", "--name", "抖店一号", "--platform", "douyin", "--json"))
    assert sorted(made) == ["api_key", "hook_secret", "hook_url", "shop"]
    assert (made["shop"], made["hook_url"]) == ("dy-1", "https://desk.example.com/hooks/dy-1/")
    shop = Shop.objects.get(code="dy-1")
    assert (shop.platform, shop.dialect) == ("douyin", "native")
    assert [row.secret for row in hook_secrets.live_secrets(shop, timezone.now())] == [made["hook_secret"]]
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", made["hook_secret"])
    caller = Caller.of_key(ApiKey.find(made["api_key"], timezone.now()))
    assert caller.roles_in(shop.pk) == ("agent", "auditor", "warehouse", "lead", "shop")
    assert policy.of(shop.pk).version == 1


def test_createshop_without_json_is_for_people():
    said = run("createshop", "x1", "--name", "N", "--platform", "native", "--dialect", "youzan")
    assert "/hooks/x1/" in said
    assert "whsec_" in said
    assert "只显示这一次" in said


def test_createshop_says_what_to_do_where_there_is_no_database_yet(monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", list)
    with pytest.raises(CommandError, match="migrate"):
        run("createshop", "x1", "--name", "N", "--platform", "native")
    assert not Shop.objects.exists()


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (["taken", "--platform", "native"], "已存在"),
        (["TAKEN", "--platform", "native"], "不分大小写"),
        (["new", "--platform", "amazon"], "未知的平台：amazon"),
        (["new", "--platform", "native", "--dialect", "klingon"], "未知的接口方言"),
        (["a b", "--platform", "native"], "代码"),
        (["new", "--platform", "native", "--zone", "Mars"], "未知的时区"),
    ],
)
def test_createshop_refuses_what_cannot_be_and_writes_nothing(args, why):
    run("createshop", "taken", "--name", "N", "--platform", "native")
    before = [model.objects.count() for model in (Shop, Policy, HookSecret, ApiKey)]
    with pytest.raises(CommandError, match=why):
        run("createshop", *args, "--name", "N", "--json")
    assert [model.objects.count() for model in (Shop, Policy, HookSecret, ApiKey)] == before


def test_createapikey_makes_a_key_of_that_shop_with_those_roles():
    run("createshop", "s1", "--name", "N", "--platform", "native")
    made = json.loads(run("createapikey", "s1", "--role", "warehouse", "--role", "agent", "--expires", "90d", "--json"))
    key = ApiKey.find(made["api_key"], timezone.now())
    assert [shop.code for shop in key.shops.all()] == ["s1"]
    assert (key.roles, made["roles"], key.sees_personal) == (["agent", "warehouse"], ["agent", "warehouse"], False)
    assert 89 <= (key.expires_at - timezone.now()).days <= 90
    assert "售后客服" in run("createapikey", "s1", "--role", "agent")


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (["nope", "--role", "agent"], "没有这个店铺：nope"),
        (["s1", "nope", "--role", "agent"], "没有这个店铺：nope"),
        (["s1", "--role", "clock"], "不可用的角色：clock"),
        (["s1", "--role", "agent", "--expires", "soon"], "时长"),
    ],
)
def test_createapikey_refuses_what_cannot_be_and_writes_nothing(args, why):
    run("createshop", "s1", "--name", "N", "--platform", "native")
    before = ApiKey.objects.count()
    with pytest.raises(CommandError, match=why):
        run("createapikey", *args, "--json")
    assert ApiKey.objects.count() == before
