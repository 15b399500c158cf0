"""What nobody sees between the characters of a word, and marks that take it apart, do not hide it."""

import pytest

from tickets.quality import Scene, check

UNSEEN = (
    "\u200b", "\u2060", "\ufeff", "\u00ad", "\u202e", "\u2066", "\u2063", "\u180e", "\u034f", "\u0336", "\u0301",
    "\U000e0100", "\U000e0041", "\u115f", "\u1160", "\u3164", "\uffa0", "\u2800", "\x01", "\u0301\u0336\u200d",
)  # fmt: skip
MARKS = (" ", "  ", "\u3000", "\n", "\r\n", "\n\n", "、", "·", "😀", "*")


def found(words):
    return [(f.rule, f.start, f.end, f.passage) for f in check(words, Scene()) if f.rule not in ("greeting", "apology")]


@pytest.mark.parametrize("between", [*UNSEEN, *MARKS], ids=ascii)
@pytest.mark.parametrize(("bad", "rule"), [("加我微信", "contact"), ("好评返现", "reward")])
def test_a_word_taken_apart_is_found_where_it_was_written(between, bad, rule):
    words = f"您好，亲，{between.join(bad)}，谢谢"
    passage = between.join(bad)
    start = words.index(passage)
    assert found(words) == [(rule, start, start + len(passage), passage)]


@pytest.mark.parametrize(
    "words",
    [
        "您好\n亲，已为您登记\n请留意短信",
        "退、换、修三种都可以，您选一种就行",
        "亲\n\n给您加急了\n微信支付的订单原路退回",
        "黑、白、灰三色都有货",
        "您可以在评价里写真实感受，好、坏都行\n返修件三天内寄回",
    ],
)
def test_lines_and_lists_are_left_apart(words):
    assert found(words) == []
