"""What services answer: tracks, refusals, and whatever else may come over a line."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orders.couriers import call
from orders.couriers.contract import Answer, Point, Unreadable
from orders.couriers.outcomes import Outcome
from orders.couriers.services import COURIERS

HUNDRED, BIRD = COURIERS["kuaidi100"], COURIERS["kdniao"]


def no(code, words="x"):
    return json.dumps({"result": False, "returnCode": code, "message": words}).encode()


def never(words):
    return json.dumps({"EBusinessID": "1", "Success": False, "Reason": words, "Traces": []}).encode()


@pytest.mark.parametrize(
    ("code", "words", "outcome", "later"),
    [
        ("400", "找不到对应公司", "bad_number", False), ("408", "验证码错误", "bad_phone", False),
        ("500", "查询无结果", "no_record", False), ("501", "服务器错误", "away", True), ("502", "繁忙", "away", True),
        ("503", "验证签名失败", "bad_key", False), ("601", "key已过期", "quota", False),
        ("509", "查询过于频繁", "too_often", False), ("777", "?", "malformed", False),
    ],
)  # fmt: skip
def test_a_refusal_of_kuaidi100_is_a_clear_outcome(code, words, outcome, later):
    answer = HUNDRED.answered(no(code, words))
    assert (answer.outcome, answer.later, answer.track) == (outcome, later, None)
    assert answer.words.startswith(words)
    assert HUNDRED.answered(json.dumps({"status": code, "message": words}).encode()).outcome == outcome


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("数据验签失败", "bad_key"), ("您没有可用套餐，请购买", "quota"), ("余额不足", "quota"),
        ("查询过于频繁", "too_often"), ("请输入正确的手机号后四位", "bad_phone"), ("不支持的快递公司", "unserved"),
        ("单号不正确", "bad_number"), ("暂无轨迹信息", "no_record"),
        ("此单号暂无轨迹信息", "no_record"), ("该单号无物流信息", "no_record"),
        ("系统繁忙", "away"), ("哎呀", "malformed"),
    ],
)  # fmt: skip
def test_a_refusal_of_kdniao_is_told_by_its_words(words, outcome):
    answer = BIRD.answered(never(words))
    assert (answer.outcome, answer.words, answer.later) == (outcome, words, outcome == "away")


@pytest.mark.parametrize(
    ("code", "outcome"),
    [("200", "subscribed"), ("501", "subscribed"), ("600", "bad_key"), ("601", "quota"), ("700", "bad_number"),
     ("701", "unserved"), ("702", "bad_number"), ("500", "away"), ("999", "malformed")],
)  # fmt: skip
def test_what_becomes_of_a_subscription_to_kuaidi100(code, outcome):
    assert HUNDRED.subscribed(no(code)).outcome == outcome


def test_what_becomes_of_a_subscription_to_kdniao():
    assert BIRD.subscribed(json.dumps({"Success": True}).encode()).outcome == Outcome.SUBSCRIBED
    assert BIRD.subscribed(never("重复订阅")).outcome == Outcome.SUBSCRIBED
    assert BIRD.subscribed(never("数据验签失败")).outcome == Outcome.BAD_KEY


def test_times_are_chinas_whatever_way_they_are_written_and_points_stand_in_order():
    rows = [
        {"AcceptTime": "2026/11/20 18:00:05", "AcceptStation": "later"},
        {"AcceptTime": "2026-11-20 18:00:00", "AcceptStation": "first"},
        {"AcceptTime": "2026-11-20 18:00:00", "AcceptStation": "first"},
        {"AcceptTime": "soon", "AcceptStation": "no time"}, {"AcceptTime": "1900-01-01 00:00:00"}, {}, 5,
    ]  # fmt: skip
    body = {"Success": "true", "State": 2, "LogisticCode": "YT123456", "ShipperCode": "YTO", "Traces": rows}
    track = BIRD.answered(json.dumps(body).encode()).track
    assert track.points == (
        Point(datetime(2026, 11, 20, 10, tzinfo=UTC), "first"),
        Point(datetime(2026, 11, 20, 10, 0, 5, tzinfo=UTC), "later"),
    )
    assert track.at == datetime(2026, 11, 20, 10, 0, 5, tzinfo=UTC)


def test_words_are_one_clean_line_that_a_database_takes():
    row = {"ftime": "2026-11-20 18:00:00", "context": "a\x00b\nc\ud800 " + "长" * 500}
    body = {"message": "ok", "status": "200", "state": "0", "nu": "YT123456", "com": "x", "data": [row]}
    [point] = HUNDRED.answered(json.dumps(body).encode()).track.points
    assert point.text.startswith("a b c ")
    assert len(point.text) == 300
    point.text.encode()


def test_a_track_without_an_end_is_cut_to_its_newest_points():
    rows = [{"ftime": f"2026-11-20 {n // 3600 % 24:02d}:{n // 60 % 60:02d}:{n % 60:02d}", "context": str(n)}
            for n in range(1000)]  # fmt: skip
    body = {"message": "ok", "status": "200", "state": "0", "nu": "YT123456", "com": "x", "data": rows}
    points = HUNDRED.answered(json.dumps(body).encode()).track.points
    assert (len(points), points[-1].text) == (200, "999")


BROKEN = (b"", b"\xff\xfe", b"<html>", b"[]", b"null", b"{", b'{"a":' * 200_000, b"{}", b'{"data": {}}')


@pytest.mark.parametrize("courier", [HUNDRED, BIRD])
@pytest.mark.parametrize("raw", BROKEN)
def test_an_answer_that_is_none_is_unreadable_and_nothing_else(courier, raw):
    for read in (courier.answered, courier.subscribed):
        with pytest.raises(Unreadable):
            read(raw)
        assert call._read(raw, read).outcome == Outcome.MALFORMED


def test_a_reader_that_breaks_is_a_malformed_answer():
    def broken(raw):
        raise ZeroDivisionError

    assert call._read(b"", broken) == Answer(Outcome.MALFORMED, "ZeroDivisionError")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=6,
)
NAMES = ("state", "status", "data", "nu", "com", "message", "returnCode", "Success", "Reason", "State", "StateEx",
         "Traces", "LogisticCode", "ShipperCode", "lastResult")  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a slow machine is no fault
@given(st.dictionaries(st.sampled_from(NAMES), json_values, max_size=10))
def test_whatever_a_service_answers_becomes_an_answer_or_is_unreadable(body):
    raw = json.dumps(body).encode()
    for courier in (HUNDRED, BIRD):
        for read in (courier.answered, courier.subscribed):
            try:
                answer = read(raw)
            except Unreadable:
                continue
            assert answer.outcome in Outcome
            if answer.track is not None:
                assert all(len(p.text) <= 300 for p in answer.track.points)
