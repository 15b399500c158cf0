"""The set that a shop begins with: every scene, only known variables, in words of our own that break no rule."""

import re

import pytest

from shops.presets import PLATFORMS
from tickets.quality import Line, Speaker, check
from tickets.quality import Scene as Surroundings
from tickets.replies.defaults import defaults
from tickets.replies.scenes import Scene
from tickets.replies.template import faults, filled
from tickets.replies.variables import EXAMPLE
from tickets.states import Kind

from .test_suggest import SAID

EVERY = [(f"{d.key}/{p}", words) for d in defaults() for p, words in (("", d.words), *d.variants.items())]
APOLOGY = re.compile("抱歉|对不起|不好意思|让您久等|道歉")
NEVER = (
    "返现", "红包", "五星", "给.{0,3}好评", "保证(能|会|发|到)", "绝对", "最低价", "全网",
    r"\d+\s*(小时|天)内(发|到|退)", "微信", "加我", "你自己", "不可能",
)  # fmt: skip
ASKED_FIRST = (Scene.DELAY, Scene.FAULT, Scene.WRONG_GOODS, Scene.STOCK_OUT, Scene.COMPENSATION)


def test_there_are_the_21_scenes_with_at_least_four_replies_each() -> None:
    counted = {scene: sum(d.scene == scene for d in defaults()) for scene in Scene}
    assert len(counted) == 21
    assert [scene for scene, n in counted.items() if n < 4] == []


@pytest.mark.parametrize(("key", "words"), EVERY)
def test_every_wording_may_be_saved_as_it_stands(key: str, words: str) -> None:
    assert faults(words) == []
    assert 10 <= len(words) <= 200


@pytest.mark.parametrize("scene", ASKED_FIRST)
def test_where_something_went_wrong_every_wording_apologises(scene: Scene) -> None:
    own = [words for key, words in EVERY if key.startswith(f"{scene.value}.")]
    assert [words for words in own if not APOLOGY.search(words)] == []


@pytest.mark.parametrize("never", NEVER)
def test_nothing_unlawful_provoking_or_unpromised_stands_in_any(never: str) -> None:
    assert [key for key, words in EVERY if re.search(never, words)] == []


def test_keys_titles_and_shortcuts_are_each_given_once() -> None:
    keys, shortcuts = [d.key for d in defaults()], [d.shortcut for d in defaults() if d.shortcut]
    assert len(set(keys)) == len(keys)
    assert len(set(shortcuts)) == len(shortcuts)
    assert len({(d.scene, d.title) for d in defaults()}) == len(keys)
    assert all(re.fullmatch("[a-z0-9]{2,8}", s) for s in shortcuts)


def test_where_a_platform_speaks_otherwise_its_own_words_are_taken() -> None:
    hello = next(d for d in defaults() if d.key == "greeting.hello")
    assert hello.wording("taobao").startswith("亲")
    assert "亲" not in hello.wording("douyin")
    assert hello.wording("native") == hello.words
    assert {p for d in defaults() for p in d.variants} <= set(PLATFORMS)
    assert {"taobao", "douyin", "jd", "pinduoduo"} <= {p for d in defaults() for p in d.variants}


@pytest.mark.parametrize(("key", "words"), EVERY)
def test_the_house_has_nothing_to_find_in_any_wording(key: str, words: str) -> None:
    """Where something went wrong it is the very first answer; elsewhere the conversation has begun in a civil way."""
    scene = Scene(key.partition(".")[0])
    begun = (
        () if scene in ASKED_FIRST else (Line(Speaker.CUSTOMER, "在吗"), Line(Speaker.AGENT, "您好，抱歉让您久等了"))
    )
    asked = next(said for said, about in SAID if about == scene)
    before = (*begun, Line(Speaker.CUSTOMER, asked))
    said = filled(words, EXAMPLE).words
    for kind in Kind.values:
        assert [f.rule for f in check(said, Surroundings(kind=kind, before=before))] == []
