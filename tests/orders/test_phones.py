"""Numbers in free words are masked, however their digits are drawn or parted; what nobody can call stays readable."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from orders.phones import masked_words

CHINESE = "零一二三四五六七八九"
DRAWN = (
    "0123456789",
    "０１２３４５６７８９",
    "⓪①②③④⑤⑥⑦⑧⑨",
    "٠١٢٣٤٥٦٧٨٩",
    "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
    CHINESE,
    "〇壹贰叁肆伍陆柒捌玖",
)
SEEN = st.text(st.characters(exclude_categories=("L", "N", "Cs")), max_size=3)
UNSEEN = st.text(st.sampled_from("\u200b\u2060\ufe0f\u20e3\u3164\u202e\u0336"), max_size=8)
mobile = st.from_regex(r"\A1[3-9][0-9]{9}\Z")


@pytest.mark.parametrize("number", [
    "138\u200b0013\u200b8000", "138.0013.8000", "138–0013–8000", "138_0013_8000", "138/0013/8000", "138  0013  8000",
    "138（0013）8000", "138，0013，8000", "①③⑧⓪⓪①③⑧⓪⓪⓪", "一三八零零一三八零零零", "幺三八零零幺三八零零零",
    "1三8零零13八000", "+86 138.0013.8000", "0138.0013.8000", "0571-88886666", "13800138000",
    "138(0013)8000", "13:80:01:38:00:0", "13:00 138 0013", "138.00.13.80.00", "138.00 138000", "138-2001-12-12",
    "1 3 8 0 0 1 3 8 0 0 0", "138ㅤㅤㅤㅤㅤ00138000", "1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣",
])  # fmt: skip
def test_a_number_that_could_be_called_is_masked(number):
    said = masked_words(f"打我电话：{number}，谢谢")
    assert said in ("打我电话：****，谢谢", "打我电话：+****，谢谢")


@given(mobile, st.data())
def test_a_mobile_is_masked_whatever_parts_its_digits(number, data):
    drawn = "".join(data.draw(st.sampled_from(DRAWN))[int(d)] + data.draw(st.one_of(SEEN, UNSEEN)) for d in number[:-1])
    assume(sum(map(drawn.count, ".:：")) < 2)  # two may make times or prices of it, which stay
    assert masked_words(f"电话{drawn}{number[-1]}谢谢") == "电话****谢谢"


@pytest.mark.parametrize("words", [
    "2026-11-30 10:00 前能到吗", "2026-11-30", "2026年11月30日", "订单 A1024 共 3 件", "¥1,380.00", "199.00、299.00",
    "一共 13,500.00 元", "下午13:00-14:00都在", "160/84A 和 165/88A", "一三五号发货，二四六号到",
    "18:30-20:30 100元", "19:00-21:30 139元", "139.00/129.00 5件", "1998-10-12 150斤", "1998/10/12 150斤",
    "1998.10.12 150斤", "1,380.00-580.00", "19：00～21：30 139元", "15:30 2026-11-3", "5/13 18:30-20:30 2件",
    "19:00 139-150元", "1 39.00/129.00 5件",
    "第一、第二、第三", "满200减20，满300减40", "",
])  # fmt: skip
def test_what_nobody_can_call_stays(words):
    assert masked_words(words) == words


@pytest.mark.parametrize("number", ["13800138000", "138.0013.8000", "0571-88886666"])
@pytest.mark.parametrize("plain", ["2026-11-30", "18:30", "18:30-20:30", "139.00/129.00", "1998-10-12 18:30"])
def test_a_number_after_a_date_or_a_time_is_masked_alone(plain, number):
    assert masked_words(f"{plain} {number}") == f"{plain} ****"


def test_a_mobile_that_is_written_as_two_times_passes_for_two_times():
    assert masked_words("13:50 - 01:38 000") == "13:50 - 01:38 000"


@given(st.text())
def test_words_without_digits_stay_as_they_are(words):
    without = "".join(c for c in words if not c.isnumeric())
    assert masked_words(without) == without
