"""What scanners and hands type, read as numbers."""

import pytest

from returns.warehouse.barcode import bars_of
from returns.warehouse.reading import Unreadable, number_of, tracking_numbers, without_phones


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("SF1234567890123", "SF1234567890123"),
        ("  sf1234567890123\r\n", "sf1234567890123"),
        ("\x1dSF1234567890123\t", "SF1234567890123"),
        ("ＳＦ１２３４５６７８", "SF12345678"),
        ("SF 1234  5678", "SF 1234 5678"),
        ("A1-R1", "A1-R1"),
    ],
)
def test_what_a_scanner_puts_around_a_number_is_left_out(typed, number):
    assert number_of(typed) == number


@pytest.mark.parametrize(
    "typed", ["", "   ", "\r\n", "9" * 10_000, "SF12\x0034", "SF12\r\n34", "SF\u202e1234", "x" * 81, "\ud800"]
)
def test_what_is_no_number_is_refused_with_words(typed):
    with pytest.raises(Unreadable) as refused:
        number_of(typed)
    assert "扫" in str(refused.value)


@pytest.mark.parametrize(
    ("number", "called"),
    [
        ("sf1234567890123", ["SF1234567890123"]),
        ("SF 1234 5678", ["SF12345678"]),
        ("JDVA00012345678-1-2-", ["JDVA00012345678", "JDVA00012345678-1-2-"]),
        ("A1-R1", ["A1-R1"]),
        ("123", []),
        ("订单1234", []),
        ("9" * 41, []),
    ],
)
def test_a_parcels_number_is_looked_for_as_it_is_kept(number, called):
    assert tracking_numbers(number) == called


@pytest.mark.parametrize("words", ["打我电话13800138000", "138 0013 8000 下午", "0571-8888-6666"])
def test_phones_in_a_customers_words_are_hidden_from_the_warehouse(words):
    assert not any(part in without_phones(words) for part in ("8000", "6666", "138"))
    assert "***" in without_phones(words)


def test_small_numbers_in_a_customers_words_stay():
    assert without_phones("买了 42 码，2 双，穿了 3 天开胶 1 处") == "买了 42 码，2 双，穿了 3 天开胶 1 处"


def decoded(bars):
    """The widths of bars and gaps, as a scanner sees them."""
    edges = [(x, x + width) for x, width in bars.bars]
    widths = []
    for (left, right), following in zip(edges, [*edges[1:], None], strict=True):
        widths.append(right - left)
        if following:
            widths.append(following[0] - right)
    return widths


def test_a_barcode_is_code_128_with_its_margins():
    """Code 128 B of "A1-R1": start 104, the characters, check sum, stop; as the standard's table draws them."""
    bars = bars_of("A1-R1")
    start_b, stop = [2, 1, 1, 2, 1, 4], [2, 3, 3, 1, 1, 1, 2]
    letter_a = [1, 1, 1, 3, 2, 3]
    widths = decoded(bars)
    assert widths[:6] == start_b
    assert widths[6:12] == letter_a
    assert widths[-7:] == stop
    assert bars.bars[0][0] == 10 and bars.width == sum(widths) + 20


def test_a_number_that_has_no_bars_is_only_printed():
    assert bars_of("订单一号") is None
