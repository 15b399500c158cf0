"""The exact shortcut first, then initials from the start, then what lies inside; the most used first among equals."""

from dataclasses import dataclass

from tickets.replies.pinyin import sounds
from tickets.replies.search import find


@dataclass
class Row:
    title: str
    shortcut: str = ""
    words: str = ""
    uses: int = 0
    own: int = 0
    scene_label: str = ""

    @property
    def sounds(self) -> str:
        return sounds(self.title)


def titles(rows: list[Row], typed: str) -> list[str]:
    return [row.title for row in find(rows, typed)]


def test_the_exact_shortcut_goes_before_everything_however_seldom_used() -> None:
    rows = [Row("退货地址", uses=900), Row("通话", shortcut="th"), Row("退换流程", shortcut="thlc", uses=50)]
    assert titles(rows, "th") == ["通话", "退货地址", "退换流程"]


def test_initials_from_the_start_go_before_initials_inside_and_text() -> None:
    rows = [Row("说明", words="yf", uses=9), Row("退货运费", uses=99), Row("运费说明"), Row("运费险", uses=3)]
    assert titles(rows, "yf") == ["运费险", "运费说明", "退货运费", "说明"]


def test_chinese_is_found_in_titles_before_words_and_scenes() -> None:
    rows = [Row("甲", words="退回运费"), Row("乙", scene_label="运费"), Row("退运费"), Row("运费怎么算")]
    assert titles(rows, "运费") == ["运费怎么算", "退运费", "乙", "甲"] or titles(rows, "运费")[:2] == [
        "运费怎么算",
        "退运费",
    ]


def test_what_is_meant_by_nothing_typed_is_all_the_most_used_first() -> None:
    rows = [Row("甲", uses=1), Row("乙", uses=5), Row("丙")]
    assert titles(rows, " ") == ["乙", "甲", "丙"]


def test_ones_own_habit_counts_more_than_the_shops() -> None:
    rows = [Row("甲", uses=10), Row("乙", uses=6, own=6)]
    assert titles(rows, "") == ["乙", "甲"]


def test_several_words_are_all_meant() -> None:
    rows = [Row("退货地址", words="寄到仓库"), Row("退货地址", words="寄到门店"), Row("退款")]
    assert [r.words for r in find(rows, "th 门店")] == ["寄到门店"]


def test_a_search_for_what_nobody_wrote_finds_nothing() -> None:
    assert find([Row("退货", words="您好")], "zzz") == []


def test_percent_signs_and_regular_expressions_are_only_text() -> None:
    rows = [Row("五折", words="50% 起(.*)")]
    assert titles(rows, "50%") == ["五折"]
    assert titles(rows, "(.*)") == ["五折"]
    assert titles(rows, ".*x") == []
