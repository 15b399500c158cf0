"""Titles are found by their letters, whichever way a character is read."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.replies.pinyin import heard, initials, sounds, spelt_at


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("退换货", "thh"), ("退换货", "tui"), ("退换货", "tuihuanhuo"), ("退换货", "tuihh"), ("退换货", "thuanh"),
        ("还没收到", "hmsd"), ("还没收到", "haimei"), ("还没收到", "huanmei"),
        ("重发快递", "cf"), ("重发快递", "zf"), ("重发快递", "zhf"), ("重发快递", "chongfa"),
        ("银行退款", "yhtk"), ("银行退款", "yxtk"), ("银行退款", "yinhang"),
        ("尺码偏长", "cmpc"), ("尺码偏长", "cmpz"), ("便宜一点", "by"), ("便宜一点", "py"),
        ("差价退还", "cjth"), ("绿色款", "lv"), ("绿色款", "lsk"), ("七天无理由7天", "qtwly7t"), ("Ems 查件", "emscj"),
    ],
)  # fmt: skip
def test_every_reading_of_a_character_finds_it(title: str, typed: str) -> None:
    assert spelt_at(typed, sounds(title)) == 0


def test_letters_may_begin_inside_the_title() -> None:
    assert spelt_at("yf", sounds("退货运费")) == 2
    assert spelt_at("yunf", sounds("退货运费")) == 2


@pytest.mark.parametrize("typed", ["x", "thx", "tuihuanhuoa", "", "退"])
def test_letters_that_do_not_spell_it_find_nothing(typed: str) -> None:
    assert spelt_at(typed, sounds("退换货")) is None


def test_capitals_are_letters_too() -> None:
    assert spelt_at("THH", sounds("退换货")) == 0


def test_marks_and_spaces_are_not_heard() -> None:
    assert sounds("您好，（在）！") == sounds("您好在")


def test_initials_are_shown_as_they_are_mostly_said() -> None:
    assert initials(sounds("催发货")) == "cfh"
    assert initials(sounds("退还运费")).startswith("t")


def test_the_dictionary_is_not_loaded_to_search() -> None:
    code = (
        "import sys; from tickets.replies.pinyin import spelt_at; "
        "assert spelt_at('cf', 'zhong/chong fa') == 0; sys.exit('pypinyin' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(st.text(alphabet="退换货还重行长发运费ab1，", min_size=1, max_size=12), st.data())
def test_any_first_letters_of_any_readings_find_the_title(title: str, data: st.DataObject) -> None:
    kept = sounds(title)
    typed = "".join(data.draw(st.sampled_from(readings))[0] for readings in heard(kept))
    assert spelt_at(typed, kept) == (0 if typed else None)
