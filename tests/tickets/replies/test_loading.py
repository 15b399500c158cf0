"""A new shop begins with the default set in its platform's words; loading again changes nothing that was edited."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from shops.models import Shop
from tests.factories import make_shop
from tickets.models import QuickReply
from tickets.replies.defaults import defaults
from tickets.replies.loading import load


def test_a_shop_is_made_with_the_default_set(db, capsys):
    call_command("createshop", "A1", name="甲店", platform="taobao", json=True)
    json.loads(capsys.readouterr().out)
    own = QuickReply.objects.filter(shop=Shop.objects.get(code="A1"))
    assert own.count() == len(defaults())
    hello = own.get(key="greeting.hello")
    assert hello.words.startswith("亲")
    assert (hello.scope, hello.version, hello.active) == ("shop", 1, True)
    assert hello.sounds.startswith("shou")


def test_loading_adds_what_is_missing_and_leaves_what_was_edited(db):
    shop, at = make_shop(), timezone.now()
    assert load(shop, "test", at) == len(defaults())
    edited = QuickReply.objects.get(shop=shop, key="greeting.hello")
    edited.words, edited.active = "您好", False
    edited.keep("boss", at)
    QuickReply.objects.filter(shop=shop, key="greeting.wait").delete()
    assert load(shop, "test", at) == 1
    edited.refresh_from_db()
    assert (edited.words, edited.active, edited.version) == ("您好", False, 2)
    assert load(shop, "test", at) == 0


def test_loading_costs_a_handful_of_statements_not_one_a_reply(db, django_assert_max_num_queries):
    shop = make_shop()
    with django_assert_max_num_queries(4):
        load(shop, "test", timezone.now())


def test_the_command_loads_one_shop_or_all(db, capsys):
    one, other = make_shop("one"), make_shop("other")
    call_command("quickreplies", load=True, shop=["one"])
    assert str(len(defaults())) in capsys.readouterr().out
    assert QuickReply.objects.filter(shop=other).count() == 0
    call_command("quickreplies", load=True)
    assert QuickReply.objects.filter(shop=one).count() == QuickReply.objects.filter(shop=other).count()


def test_the_command_refuses_an_unknown_shop_and_writes_nothing(db):
    make_shop("one")
    with pytest.raises(CommandError, match="nowhere"):
        call_command("quickreplies", load=True, shop=["one", "nowhere"])
    assert QuickReply.objects.count() == 0


def test_the_command_names_what_could_not_be_saved_today(db, capsys):
    shop = make_shop()
    load(shop, "test", timezone.now())
    call_command("quickreplies", check=True)
    QuickReply.objects.filter(key="greeting.hello").update(words="您好{从前的变量}")
    with pytest.raises(SystemExit):
        call_command("quickreplies", check=True)
    assert "从前的变量" in capsys.readouterr().out
