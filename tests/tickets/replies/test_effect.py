"""Figures counted by hand: uses, edits, waiting, what came after; few uses claim nothing."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from tests.factories import make_shop
from tickets.replies import effect


@pytest.fixture
def story(hands):
    """Two replies of one scene and an answer in own words, over three conversations."""
    hands.t0 = datetime(2026, 11, 23, 2, tzinfo=UTC)  # Monday, 10:00 in Shanghai: the desk is open
    hands.person()
    quick, slow = hands.made("快", "马上查", "tracking"), hands.made("慢", "您好", "tracking")
    one = hands.says("到哪了", at=0, conversation="c-1")
    hands.does(one, "reply", at=1, words="马上查", quick_reply=quick.pk)  # waited 60 s
    hands.hears(one, "好的", at=3)  # 120 s later
    hands.does(one, "reply", at=5, words="您好，改过了", quick_reply=slow.pk)  # waited 120 s, edited
    hands.does(one, "resolve", at=6)
    hands.hears(one, "还是没到", at=10)  # came back
    two = hands.says("到哪了", at=0, conversation="c-2", buyer="b-2")
    hands.does(two, "reply", at=3, words="马上查", quick_reply=quick.pk)  # waited 180 s
    hands.does(two, "resolve", at=4)
    three = hands.says("在吗", at=0, conversation="c-3", buyer="b-3")
    hands.does(three, "reply", at=10, words="自己写的")  # waited 600 s
    return quick, slow


def report(hands, shops=None, **changes):
    return effect.report(shops or [hands.shop.pk], hands.at(-1), changes.pop("until", hands.at(60)), **changes)


def test_every_figure_is_what_one_counts_by_hand(hands, story):
    quick, slow = story
    found = report(hands)
    one, two = found.effects
    assert (one.reply, two.reply) == (quick, slow)
    assert (one.own.uses, one.own.edited, one.own.waits) == (2, 0, [180, 60])
    assert (one.own.waited, one.own.pauses, one.own.answered) == (120, [120], 120)
    assert (one.own.solved, one.own.reopened) == (2, 1)
    assert (two.own.uses, two.own.edited, two.own.waited) == (1, 1, 120)
    assert (two.own.pauses, two.own.reopened) == ([300], 1)
    assert one.scene is two.scene
    assert (one.scene.uses, one.scene.share("edited"), one.scene.share("solved")) == (3, 1 / 3, 1)
    assert (found.plain_uses, found.plain_waited, found.cut) == (1, 600, False)


def test_few_uses_claim_nothing(hands, story):
    (one, _two) = report(hands).effects
    assert not one.enough
    assert one.verdict == "样本太少（2 次，至少 20 次）"


def test_enough_uses_are_compared_with_their_scene(hands):
    quick, slow = hands.made("快"), hands.made("慢")
    scene, fast, late = effect.Tally(), effect.Tally(), effect.Tally()
    fast.waits, late.waits = [10] * 20, [50] * 20
    scene.waits = [*fast.waits, *late.waits]
    assert effect.Effect(quick, fast, scene).verdict == "比场景平均快 20 秒"
    assert effect.Effect(slow, late, scene).verdict == "比场景平均慢 20 秒"
    assert effect.Effect(slow, scene, scene).verdict == "与场景平均相当"


def test_only_the_period_and_the_shops_asked_for_count(hands, story):
    assert [e.own.uses for e in report(hands, until=hands.at(2)).effects] == [1]
    assert report(hands, shops=[make_shop().pk]).effects == []
    assert report(hands, scene="stock").effects == []


def test_what_a_colleague_keeps_for_himself_is_counted_in_its_scene_and_not_named(hands):
    hands.person("amy")
    mine, theirs = (
        hands.made("本店", scene="stock"),
        hands.made("我的", scene="stock", scope="own", owner=hands.user("amy")),
    )
    ticket = hands.says()
    for n, reply in enumerate([mine, theirs, theirs], 1):
        hands.does(ticket, "reply", at=n, words="有", quick_reply=reply.pk)
    (only,) = report(hands, person=hands.user("boss", "lead").pk).effects
    assert (only.reply, only.own.uses, only.scene.uses) == (mine, 1, 3)
    assert [e.reply for e in report(hands, person=hands.user("amy").pk).effects] == [theirs, mine]


def test_it_costs_three_statements_however_many_uses(hands, story, django_assert_num_queries):
    with django_assert_num_queries(3):
        report(hands)


def test_too_many_uses_are_cut_and_said(hands, story, monkeypatch):
    monkeypatch.setattr(effect, "MOST", 2)
    found = report(hands)
    assert found.cut
    assert sum(e.own.uses for e in found.effects) == 2


def test_the_page_tells_them_with_their_definitions(hands, story):
    client = Client()
    client.force_login(hands.user("boss", "lead"))
    page = client.get("/admin/tickets/quickreply/effect/", {"days": "90"}).content.decode()
    assert str(effect.DEFINED["reopened"]) in page


def test_the_page_takes_any_question(hands):
    client = Client()
    client.force_login(hands.user("boss", "lead"))
    for asked in ({"days": "x"}, {"scene": "nowhere"}, {"days": "9" * 30}):
        assert client.get("/admin/tickets/quickreply/effect/", asked).status_code == 200
