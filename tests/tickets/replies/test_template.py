"""A template with an unknown variable is refused; one that is known tells what the case leaves empty."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.replies.template import faults, filled, left_open, parts, variables
from tickets.replies.variables import CALLED, EXAMPLE, VARIABLES, nearest


def test_an_unknown_variable_is_named_with_its_place_and_the_nearest_one() -> None:
    (fault,) = faults("您好，订单{定单号}已发出")
    assert (fault.code, fault.start, fault.end, fault.near) == ("unknown", 5, 10, "订单号")
    assert "定单号" in fault.said
    assert "{订单号}" in fault.said
    assert "第 6 个字" in fault.said


def test_what_is_near_to_nothing_is_refused_without_a_guess() -> None:
    (fault,) = faults("{xyz}")
    assert (fault.code, fault.near) == ("unknown", "")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("运单号", "快递单号"),
        ("快递单", "快递单号"),
        ("退款金额元", "退款金额"),
        ("顾客", "买家"),
        ("店名", "店铺"),
        ("承诺时问", "承诺时间"),
    ],
)
def test_the_nearest_variable_is_the_one_that_was_meant(written: str, meant: str) -> None:
    assert nearest(written) == meant


def test_every_other_name_points_to_a_variable_that_exists() -> None:
    assert set(CALLED.values()) <= set(VARIABLES)
    assert not set(CALLED) & set(VARIABLES)


def test_a_brace_without_its_fellow_is_refused_at_its_place() -> None:
    assert [(f.code, f.start) for f in faults("您好{买家，在吗")] == [("unpaired", 2)]
    assert [(f.code, f.start) for f in faults("{{买家}}")] == [("unpaired", 0), ("unpaired", 5)]


def test_braces_without_a_name_are_refused() -> None:
    assert [f.code for f in faults("您好{ }")] == ["empty-name"]


def test_every_fault_is_told_not_only_the_first() -> None:
    assert [f.code for f in faults("{甲甲甲}和{}和}")] == ["unknown", "empty-name", "unpaired"]


def test_full_width_braces_and_spaces_are_how_people_type() -> None:
    assert faults("｛买家｝您好，{ 订单号 }") == []
    assert variables("｛买家｝您好，{ 订单号 }，{买家}") == ("买家", "订单号")


def test_what_the_case_lacks_stays_in_its_braces_and_is_told() -> None:
    made = filled("{快递公司} {快递单号}，请{买家}查收", {"快递公司": "圆通", "买家": "  "})
    assert made.words == "圆通 {快递单号}，请{买家}查收"
    assert made.empty == ("快递单号", "买家")
    assert made.parts[0] == ("value", "圆通")
    assert left_open(made.words) == ("快递单号", "买家")


def test_a_value_with_braces_is_never_read_as_a_template() -> None:
    made = filled("您好{买家}", {"买家": "{订单号}", "订单号": "N1"})
    assert made.words == "您好(订单号)"
    assert made.empty == ()
    assert left_open(made.words) == ()


def test_every_variable_has_an_example_and_says_where_it_comes_from() -> None:
    assert [v.name for v in VARIABLES.values() if not (v.example and str(v.comes))] == []
    made = filled("".join(f"{{{name}}}" for name in VARIABLES), EXAMPLE)
    assert made.empty == ()


@given(st.text(alphabet="{}｛｝买家订单号 ab，", max_size=40))
def test_whatever_is_written_no_character_is_lost_and_nothing_unfaulty_is_unknown(words: str) -> None:
    pieces = list(parts(words))
    assert "".join(words[p.start : p.end] for p in pieces) == words
    if not faults(words):
        assert all(p.text in VARIABLES for p in pieces if p.variable)
        assert filled(words, EXAMPLE).empty == ()
