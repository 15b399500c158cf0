"""Couriers are guessed from the number, never insisted on."""

import pytest

from orders import couriers


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("SF1000000001234", "顺丰"), ("sf 1000000001234", "顺丰"), ("JT1234567890123", "极兔"),
        ("JDX123456789012", "京东"), ("JDVA12345678901", "京东"), ("DPK12345678901", "德邦"),
        ("EA123456789CN", "EMS"), ("9512345678901", "EMS"), ("773123456789012", "申通"), ("YT1234567890123", "圆通"),
        ("75123456789012", "中通"), ("43123456789012", "中通"), ("weird", ""), ("", ""),
    ],
)  # fmt: skip
def test_the_courier_is_guessed_from_the_number(number, name):
    assert couriers.guess(number) == name


def test_thirteen_digits_may_be_of_several_couriers():
    assert couriers.fitting("4312345678901") == ["韵达", "邮政"]


@pytest.mark.parametrize(
    ("written", "name"), [("顺丰速运", "顺丰"), ("zto", "中通"), ("中通快递", "中通"), ("小黄蜂", "小黄蜂")]
)
def test_a_courier_is_known_by_its_code_and_by_its_longer_names(written, name):
    assert couriers.known_as(written) == name


def test_a_number_that_does_not_fit_its_courier_is_doubted_in_words():
    assert couriers.doubt("顺丰", "SF1000000001234") == ""
    assert "极兔" in couriers.doubt("顺丰速运", "JT1234567890123")
    assert couriers.doubt("中通", "A1") == "单号不像中通的，请核对"
    assert couriers.doubt("小黄蜂", "A1") == ""
