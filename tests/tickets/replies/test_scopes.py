"""For whom a reply is: all shops, one, one queue there, one person. Nobody sees what is another's."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from shops.access import NOBODY, Caller
from tests.factories import make_key, make_member, make_shop, make_user
from tickets.models import QuickReply
from tickets.replies.rights import may_edit, scopes, seen, usable


def titles(replies):
    return sorted(r.title for r in replies)


def test_ones_own_is_not_seen_by_a_colleague_nor_by_the_lead(hands):
    amy, bob, boss = hands.user("amy"), hands.caller("bob"), hands.caller("boss", "lead")
    mine = hands.made("我的", scope="own", owner=amy)
    for caller in (bob, boss):
        assert mine not in seen(caller)
        assert usable(caller, hands.shop) == []
        assert not may_edit(caller, mine)
    assert mine in seen(Caller.of_user(amy))
    assert usable(Caller.of_user(amy), hands.shop) == [mine]


def test_another_shops_are_not_there(hands):
    other = make_shop()
    theirs = hands.made("他店", shop=other)
    caller = hands.caller("boss", "lead")
    assert theirs not in seen(caller)
    assert usable(caller, hands.shop) == []
    assert not may_edit(caller, theirs)


def test_a_teams_are_offered_on_its_own_queue_only(hands):
    hands.made("售前", scope="team", desk="presale")
    hands.made("本店")
    caller = hands.caller()
    assert titles(usable(caller, hands.shop, "presale")) == ["售前", "本店"]
    assert titles(usable(caller, hands.shop, "after_sales")) == ["本店"]
    assert titles(seen(caller)) == ["售前", "本店"]


def test_a_global_one_is_said_in_every_shop_and_edited_by_no_lead(hands):
    everywhere = hands.made("通用", scope="global")
    assert usable(hands.caller(), hands.shop) == [everywhere]
    assert not may_edit(hands.caller("boss", "lead"), everywhere)
    assert may_edit(Caller.of_user(make_user(is_superuser=True, is_staff=True)), everywhere)


def test_a_platforms_own_words_take_the_place_of_the_general_ones(hands):
    hands.shop.platform = "taobao"
    general = hands.made("问候", "您好", "greeting", scope="global")
    special = hands.made("问候", "亲，您好", "greeting", scope="global", platform="taobao")
    hands.made("问候", "您好！", "greeting", scope="global", platform="jd")
    assert usable(hands.caller(), hands.shop) == [special]
    hands.shop.platform = "douyin"
    assert usable(hands.caller(), hands.shop) == [general]


def test_a_retired_one_is_offered_no_more_but_still_seen(hands):
    reply = hands.made(active=False)
    assert usable(hands.caller(), hands.shop) == []
    assert reply in seen(hands.caller())


def test_an_agent_edits_only_what_is_the_agents_own(hands):
    agent, lead = hands.caller("amy"), hands.caller("boss", "lead")
    reply = hands.made()
    assert not may_edit(agent, reply)
    assert may_edit(lead, reply)
    assert scopes(agent) == ["own"]
    assert scopes(lead) == ["shop", "team", "own"]


def test_a_lead_of_one_shop_is_no_lead_of_the_other(hands):
    other = make_shop()
    user = hands.user("boss", "lead")
    make_member(other, "agent", user=user)
    theirs = hands.made("他店", shop=other)
    assert theirs in seen(Caller.of_user(user))
    assert not may_edit(Caller.of_user(user), theirs)


def test_a_machine_keeps_nothing_of_its_own(hands):
    key, _token = make_key(hands.shop, roles=("agent", "lead"))
    caller = Caller.of_key(key)
    hands.made("我的", scope="own", owner=hands.user())
    assert scopes(caller) == ["shop", "team"]
    assert list(seen(caller)) == []


def test_nobody_sees_nothing(hands):
    hands.made("通用", scope="global")
    assert list(seen(NOBODY)) == []


def test_an_unknown_variable_is_refused_and_nothing_is_saved(hands):
    with pytest.raises(ValidationError) as refused:
        hands.made(words="订单{定单号}已发")
    assert "{订单号}" in refused.value.message_dict["words"][0]
    assert QuickReply.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": " "}, "title"),
        ({"shortcut": "运费"}, "shortcut"),
        ({"scope": "team"}, "desk"),
        ({"scope": "shop", "shop": None}, "shop"),
        ({"platform": "nowhere"}, "platform"),
        ({"words": "长" * 1001}, "words"),
    ],
)
def test_what_is_missing_or_too_much_is_named_at_its_field(hands, fields, wrong):
    with pytest.raises(ValidationError) as refused:
        hands.made(**fields)
    assert wrong in refused.value.message_dict
    assert QuickReply.objects.count() == 0


@pytest.mark.parametrize("fields", [{"scope": "own"}, {"scope": "global"}, {"scope": "shop", "desk": "presale"}])
def test_the_database_refuses_a_scope_that_contradicts_itself(hands, fields):
    row = QuickReply(shop=hands.shop, title="x", words="x", scene="stock", updated_at=timezone.now(), **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_every_edit_is_a_version_and_is_found_by_its_new_title(hands):
    reply = hands.made("退换货")
    assert (reply.version, reply.sounds) == (1, "tui huan huo")
    reply.title = "重发"
    reply.keep("boss", timezone.now())
    reply.refresh_from_db()
    assert (reply.version, reply.updated_by) == (2, "boss")
    assert "chong" in reply.sounds
