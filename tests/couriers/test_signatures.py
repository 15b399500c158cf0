"""Byte by byte: the known vectors, and every request as it leaves the house."""

from urllib.parse import parse_qsl

from orders.couriers.contract import Account, Wanted
from orders.couriers.kdniao import signature as bird
from orders.couriers.kuaidi100 import signature as hundred
from orders.couriers.services import COURIERS

HUNDRED, BIRD = COURIERS["kuaidi100"], COURIERS["kdniao"]
ACCOUNT = Account("CUST", "KEY", "SALT")


def test_the_vectors_of_the_signatures():
    param = '{"com":"yuantong","num":"YT123"}'
    assert hundred.sign_query(param, "KEY", "CUST") == "21B702ABAE0AFBB1356B328C3681F188"
    assert hundred.sign_push(param, "SALT") == "BBB809E32F570412C7E277CB9D09221C"
    data = '{"OrderCode":"","ShipperCode":"SF","LogisticCode":"118650888018"}'
    assert bird.sign(data, "apikey") == "ODdhMTEzMzFlMzA3YzdjNDE5OTcwZjE2NmM1NzIwYmM="


def test_a_query_of_kuaidi100_to_the_byte():
    asked = HUNDRED.query(ACCOUNT, Wanted("shunfeng", "SF1000000001234", "8000"))
    assert asked.url == "https://poll.kuaidi100.com/poll/query.do"
    param = '{"com":"shunfeng","num":"SF1000000001234","phone":"8000","resultv2":"4","show":"0","order":"desc"}'
    assert asked.body == (
        b"customer=CUST&sign=" + hundred.sign_query(param, "KEY", "CUST").encode()
        + b"&param=%7B%22com%22%3A%22shunfeng%22%2C%22num%22%3A%22SF1000000001234%22%2C%22phone%22%3A%228000%22"
        b"%2C%22resultv2%22%3A%224%22%2C%22show%22%3A%220%22%2C%22order%22%3A%22desc%22%7D"
    )  # fmt: skip


def test_a_query_without_a_phone_says_none():
    form = dict(parse_qsl(HUNDRED.query(ACCOUNT, Wanted("yuantong", "YT123456")).body.decode()))
    assert "phone" not in form["param"]
    assert form["sign"] == hundred.sign_query(form["param"], "KEY", "CUST")
    form = dict(parse_qsl(BIRD.query(ACCOUNT, Wanted("YTO", "YT123456")).body.decode()))
    assert "CustomerName" not in form["RequestData"]


def test_a_subscription_to_kuaidi100_says_where_to_push_and_with_which_salt():
    asked = HUNDRED.subscribe(ACCOUNT, Wanted("yuantong", "YT123456"), "https://kefu.example/hooks/s/kuaidi100/")
    assert asked.url == "https://poll.kuaidi100.com/poll"
    assert dict(parse_qsl(asked.body.decode())) == {
        "schema": "json",
        "param": '{"company":"yuantong","number":"YT123456","key":"KEY","parameters":{"callbackurl":'
        '"https://kefu.example/hooks/s/kuaidi100/","salt":"SALT","resultv2":"4","autoCom":"0"}}',
    }


def test_a_query_and_a_subscription_of_kdniao_to_the_byte():
    wanted = Wanted("SF", "118650888018", "8000")
    data = '{"OrderCode":"","ShipperCode":"SF","LogisticCode":"118650888018","CustomerName":"8000"}'
    for kind, asked in {"1002": BIRD.query(ACCOUNT, wanted), "1008": BIRD.subscribe(ACCOUNT, wanted, "")}.items():
        assert asked.url == "https://api.kdniao.com/Ebusiness/EbusinessOrderHandle.aspx"
        assert asked.body == (
            b"RequestData=%7B%22OrderCode%22%3A%22%22%2C%22ShipperCode%22%3A%22SF%22%2C%22LogisticCode%22%3A"
            b"%22118650888018%22%2C%22CustomerName%22%3A%228000%22%7D&EBusinessID=CUST&RequestType=" + kind.encode()
            + b"&DataSign=" + bird.sign(data, "KEY").replace("=", "%3D").encode() + b"&DataType=2"
        )  # fmt: skip


def test_an_own_gateway_takes_the_place_of_the_services_address():
    elsewhere = ACCOUNT._replace(base="https://gateway.example")
    assert HUNDRED.query(elsewhere, Wanted("jd", "JD123456")).url == "https://gateway.example/poll/query.do"
    assert BIRD.query(elsewhere, Wanted("JD", "JD123456")).url.startswith("https://gateway.example/Ebusiness/")


def test_signatures_are_compared_whatever_they_are():
    for given in ("", "x", "\udcff", "签名", "A" * 10_000):
        assert not hundred.is_signed("{}", given, "SALT")
        assert not bird.is_signed("{}", given, "KEY")
    assert hundred.is_signed("{}", hundred.sign_push("{}", "SALT").lower(), "SALT")
    assert not hundred.is_signed("{}", hundred.sign_push("{}", ""), "")
    assert not bird.is_signed("{}", bird.sign("{}", ""), "")
