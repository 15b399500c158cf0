"""The codes of both services, each in its own table, end in one set."""

import json

import pytest

from orders.couriers import canonical
from orders.couriers.kdniao import codes as bird
from orders.couriers.kuaidi100 import codes as hundred
from orders.couriers.links import PAGES, page
from orders.couriers.outcomes import Outcome
from orders.couriers.services import COURIERS
from orders.states import TRACKED

HUNDRED = {
    "0": "in_transit", "1001": "in_transit", "1002": "in_transit", "1003": "in_transit", "1": "picked_up", "101": "",
    "102": "", "103": "picked_up", "2": "problem", "201": "problem", "202": "problem", "203": "refused",
    "204": "problem", "205": "problem", "206": "problem", "207": "problem", "208": "problem", "209": "problem",
    "210": "problem", "3": "signed", "301": "signed", "302": "signed", "303": "signed", "304": "locker",
    "4": "returned", "401": "problem", "5": "out_for_delivery", "501": "locker", "6": "returning", "7": "in_transit",
    "8": "in_transit", "10": "in_transit", "11": "in_transit", "12": "in_transit", "13": "problem", "14": "refused",
}  # fmt: skip
BIRD = {
    "0": "", "1": "picked_up", "2": "in_transit", "3": "signed", "4": "problem", "5": "in_transit", "6": "in_transit",
    "10": "", "201": "in_transit", "202": "out_for_delivery", "204": "in_transit", "205": "in_transit",
    "206": "in_transit", "211": "locker", "301": "signed", "302": "signed", "304": "signed", "311": "locker",
    "401": "", "402": "problem", "403": "problem", "404": "refused", "405": "problem", "406": "returned",
    "407": "returning", "412": "problem", "413": "returning", "414": "problem", "415": "problem", "416": "problem",
    "417": "problem", "418": "in_transit", "419": "out_for_delivery", "420": "problem", "421": "problem",
    "422": "problem", "423": "problem", "601": "in_transit", "602": "in_transit", "603": "in_transit",
    "604": "problem",
}  # fmt: skip
SERVICES = pytest.mark.parametrize("name", list(COURIERS))


def hundred_answer(state, newest=""):
    point = {"ftime": "2026-11-20 18:00:00", "context": "x", **({"statusCode": newest} if newest else {})}
    return json.dumps({"message": "ok", "status": "200", "state": state, "nu": "YT123456", "com": "yuantong",
                       "data": [point]}).encode()  # fmt: skip


def bird_answer(state, extended="", action=""):
    point = {"AcceptTime": "2026/11/20 18:00:00", "AcceptStation": "x", "Action": action}
    return json.dumps({"Success": True, "State": state, "StateEx": extended, "LogisticCode": "YT123456",
                       "ShipperCode": "YTO", "Traces": [point]}).encode()  # fmt: skip


@pytest.mark.parametrize(("table", "expected"), [(hundred.STATES, HUNDRED), (bird.STATES, BIRD)])
def test_every_code_of_a_table_means_what_it_should(table, expected):
    assert dict(table) == expected
    assert set(table.values()) <= {*TRACKED, ""}


@pytest.mark.parametrize("code", HUNDRED)
def test_every_code_is_read_from_an_answer_of_kuaidi100(code):
    track = COURIERS["kuaidi100"].answered(hundred_answer(code)).track
    assert (track.state, track.flag, track.carrier) == (HUNDRED[code], "", "圆通")


@pytest.mark.parametrize("code", BIRD)
def test_every_code_is_read_from_an_answer_of_kdniao(code):
    basic = code[0] if len(code) == 3 else code
    track = COURIERS["kdniao"].answered(bird_answer(basic, code)).track
    assert (track.state, track.flag, track.carrier) == (BIRD[code], "", "圆通")


@pytest.mark.parametrize(
    ("code", "by_hundred", "by_bird"),
    [("0", "in_transit", ""), ("1", "picked_up", "picked_up"), ("2", "problem", "in_transit"),
     ("4", "returned", "problem"), ("5", "out_for_delivery", "in_transit"), ("202", "problem", "out_for_delivery"),
     ("204", "problem", "in_transit"), ("304", "locker", "signed")],
)  # fmt: skip
def test_one_code_means_two_things(code, by_hundred, by_bird):
    assert (hundred.STATES[code], bird.STATES[code]) == (by_hundred, by_bird)


@pytest.mark.parametrize("code", ["99", "77777", "x", "-1", "二", 99])
def test_an_unknown_code_is_kept_and_what_moves_is_on_its_way(code):
    for answer in (
        COURIERS["kuaidi100"].answered(hundred_answer(code)), COURIERS["kdniao"].answered(bird_answer(code)),
    ):  # fmt: skip
        assert (answer.track.state, answer.track.flag) == ("in_transit", str(code))


def test_the_newest_points_code_says_it_more_precisely_but_only_of_the_same_state():
    read = COURIERS["kuaidi100"].answered
    assert read(hundred_answer("3", "304")).track.state == "locker"  # signed, by a locker
    assert read(hundred_answer("3", "1002")).track.state == "signed"  # a note after the signature
    assert read(hundred_answer("0", "1001")).track.state == "in_transit"
    assert read(hundred_answer("", "501")).track.state == "locker"
    read = COURIERS["kdniao"].answered
    assert read(bird_answer("2", "", "202")).track.state == "out_for_delivery"
    assert read(bird_answer("3", "301", "202")).track.state == "signed"


def test_a_code_that_stands_twice_or_means_nothing_cannot_be_tabled():
    for groups in ([("signed", "3 3")], [("signed", "3"), ("locker", "3")], [("gone", "3")]):
        with pytest.raises(LookupError):
            canonical.table(*groups)


@SERVICES
def test_a_service_names_every_courier_that_we_know_and_has_its_own_page(name):
    courier = COURIERS[name]
    assert set(courier.codes) == set(PAGES)
    assert courier.phoned <= set(courier.codes)
    assert courier.phoned == ({"顺丰", "中通"} if name == "kuaidi100" else {"顺丰"})
    assert courier.name_of(courier.codes["极兔"]) == "极兔"


def test_a_page_is_of_the_courier_that_is_named_else_of_the_likeliest():
    assert page("顺丰速运", "sf 1000000001234").endswith("/SF1000000001234")
    assert page("", "JDX123456789012").endswith("waybillCodes=JDX123456789012")
    assert page("小黄蜂", "SF1000000001234") == ""
    assert all(address.startswith("https://") for address in PAGES.values())
    assert "%26" in page("中通", "a&b")


def test_every_outcome_has_its_words():
    assert all(str(outcome.label) for outcome in Outcome)
