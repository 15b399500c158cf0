"""Any text at all: nothing raises, nothing hangs, and a passage stands where the finding says."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.quality import Line, Scene, Speaker, check, rules
from tickets.quality.plain import plain

BITS = [word for rule in rules() for example in (*rule.hits, *rule.misses) for word in (example[:6], example[-5:])]
CHINESE = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=20)
MIXED = st.lists(
    st.one_of(st.sampled_from(BITS), st.text(max_size=8), CHINESE, st.sampled_from("，。！？“”\n *❤🧧返1"))
).map("".join)


@settings(max_examples=150, deadline=None)
@given(MIXED)
def test_a_passage_is_what_stands_between_its_ends(words) -> None:
    for finding in check(words, Scene()):
        assert 0 <= finding.start <= finding.end <= len(words)
        assert finding.passage == words[finding.start : finding.end]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_every_plain_character_knows_where_it_was_written(words) -> None:
    result = plain(words)
    assert len(result.text) == len(result.at) == len(result.ends)
    assert list(result.at) == sorted(result.at)
    assert all(0 <= at < end <= len(words) for at, end in zip(result.at, result.ends, strict=True))


@pytest.mark.parametrize(
    "bomb",
    [
        "好评返" * 3333,
        "您" * 10000,
        "不" * 10000,
        "“" * 5000,
        "加 微 信 " * 1600,
        "a" * 10000,
        "，" * 10000,
        "😊" * 5000,
        "返1" * 5000,
    ],
    ids=range(9),
)
def test_ten_thousand_characters_made_to_hurt_are_checked_in_seconds(bomb) -> None:
    started = time.thread_time()
    check(bomb, Scene(before=(Line(Speaker.CUSTOMER, bomb),)))
    assert time.thread_time() - started < 5


def test_a_draft_is_checked_well_below_fifty_milliseconds() -> None:
    words = "您好亲，非常抱歉让您久等了，我查到包裹停在武汉转运中心，已经帮您催快递网点了，预计后天到，我明天再帮您跟"
    scene = Scene(kind="logistics", before=(Line(Speaker.CUSTOMER, "我的快递三天没动了 怎么回事"),))
    check(words, scene)
    best = min(_seconds(words, scene) for _ in range(5))
    assert best < 0.05


def _seconds(words: str, scene: Scene) -> float:
    started = time.thread_time()
    check(words, scene)
    return time.thread_time() - started
