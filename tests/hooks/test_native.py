"""The native dialect: Standard Webhooks, and each event of the contract in its decoded form."""

import base64
import json
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from hooks.events import EVENTS, convert
from hooks.events.fields import fen
from hooks.platform import Endpoint, Secret
from hooks.platforms import decode
from hooks.platforms.native import DIALECT
from hooks.platforms.native.signature import sign, verify
from hooks.refused import Refused
from tests.factories import AT, hook_body, placed

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
HERE = Endpoint(1, "s1", "native", "CNY", (Secret(1, SECRET),))
HEADERS = {"webhook-id": "m"}


def told(type, **data):  # noqa: A002
    return decode("native", hook_body(type, **data), HEADERS, HERE)


def event(type, **data):  # noqa: A002
    (only,) = told(type, **data).events
    return only


# --- the signature ----------------------------------------------------------------------------------------------------
def test_the_reference_library_verifies_what_we_sign():
    body = hook_body("order.placed", **placed())
    headers = sign(SECRET, "msg_1", int(time.time()), body)
    assert Webhook(SECRET).verify(body, headers) == json.loads(body)


def test_we_verify_what_the_reference_library_signs():
    body, now = hook_body("order.placed", **placed()), datetime.now(UTC)
    signature = Webhook(SECRET).sign("msg_1", now, body.decode())
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}
    assert verify(body, headers, HERE.secrets, now.timestamp()).id == 1


def test_the_specifications_own_example_verifies():
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secret = Secret(7, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert verify(b'{"test": 2432232314}', headers, [secret], 1614265330.0) == secret


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_*", "whsec_ä", "whsec_A"])
def test_a_secret_without_a_key_proves_nothing(text):
    headers = sign(text, "m", 1000, b"{}")
    assert verify(b"{}", headers, [Secret(1, text)], 1000.0) is None


@given(st.binary(max_size=300), st.text(max_size=20), st.text(max_size=20), st.text(max_size=200))
def test_no_header_breaks_the_verification(raw, id, timestamp, signature):  # noqa: A002
    headers = {"webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature}
    assert verify(raw, headers, HERE.secrets, 1000.0) is None


# --- amounts ----------------------------------------------------------------------------------------------------------
@given(st.integers(min_value=0, max_value=10**14))
def test_an_amount_is_read_to_the_fen(amount):
    assert fen(f"{amount // 100}.{amount % 100:02}") == amount


@given(st.text(max_size=20) | st.integers() | st.floats() | st.booleans() | st.none())
def test_whatever_is_no_amount_is_refused_and_what_is_one_is_what_python_says(text):
    try:
        read = fen(text)
    except ValueError:
        return
    assert isinstance(text, str)
    assert text.isascii()
    assert read == Decimal(text) * 100
    assert 0 <= read <= 10**14


# --- the events -------------------------------------------------------------------------------------------------------
def test_an_order_that_was_placed():
    happened = event("order.placed", **placed("A1", ship_by="2026-11-23T18:00:00+08:00", version=3))
    assert (happened.position, happened.type, happened.at, happened.who) == (0, "order.placed", AT, "shop")
    order = happened.data
    assert (order.number, order.payment, order.freight, order.total, order.version) == ("A1", "online", 1000, 25900, 3)
    assert [(li.line, li.sku, li.quantity, li.unit_price, li.paid, li.gift) for li in order.lines] == [
        ("1", "S-1", 1, 19900, 18900, False),
        ("2", "S-2", 2, 3000, 6000, False),
    ]
    assert order.ship_by == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert {type(n) for n in (order.total, order.lines[0].paid)} == {int}
    assert type(order.lines[0].line) is str
    assert (order.buyer.name, order.address.city, order.placed_at) == ("张三", "杭州市", AT)


def test_a_line_may_be_named_by_a_whole_number():
    lines = placed()["lines"]
    order = event("order.placed", **placed(lines=[{**lines[0], "line": 1}, {**lines[1], "line": 2}])).data
    assert [line.line for line in order.lines] == ["1", "2"]


def test_occurred_at_wins_over_the_envelopes_timestamp():
    at = AT - timedelta(hours=1)
    assert event("order.paid", number="A1", occurred_at=at.isoformat()).at == at
    assert event("order.paid", number="A1").at == AT


PARCEL = {"carrier": "SF", "tracking_number": "SF1234567890123", "lines": [{"line": "1", "quantity": 1}]}
TELL = {
    "order.paid": {"number": "A1", "amount": "259.00", "transaction": "T1", "method": "alipay"},
    "order.abandoned": {"number": "A1", "by": "customer"},
    "order.amended": {"number": "A1", "address": {"detail": "文三路 2 号"}, "version": 2},
    "order.cancel_requested": {"number": "A1", "by": "merchant", "reason": "断货"},
    "order.closed": {"number": "A1", "reason": "unpaid"},
    "order.packed": {"number": "A1"},
    "order.shipped": {"number": "A1", "parcels": [PARCEL, {"carrier": "SF", "tracking_number": "SF2"}]},
    "order.signed": {"number": "A1"},
    "order.parcel_rejected": {"number": "A1", "parcels": [{"tracking_number": "SF2"}]},
    "order.bounced": {"number": "A1", "parcels": [{"tracking_number": "SF2"}]},
    "order.completed": {"number": "A1"},
    "order.out_of_stock": {"number": "A1", "lines": [{"line": "1", "quantity": 1}, {"line": "2"}]},
    "parcel.tracked": {
        "carrier": "SF",
        "tracking_number": "SF2",
        "state": "in_transit",
        "points": [{"at": AT.isoformat(), "text": "已到达杭州"}],
    },
    "deadline.changed": {"flow": "order", "number": "A1", "clock": "ship", "due_at": AT.isoformat()},
    "return.requested": {
        "number": "R1",
        "order": "A1",
        "kind": "return_refund",
        "reason": "quality",
        "amount": "189.00",
        "words": "开胶",
        "lines": [{"line": "1", "quantity": 1}],
        "evidence": ["https://img.example/1.jpg"],
        "due_at": AT.isoformat(),
        "version": 1,
        "status": "WAIT_SELLER_AGREE",
    },
    "return.revised": {"number": "R1", "kind": "exchange", "version": 2},
    "return.withdrawn": {"number": "R1"},
    "return.evidence_given": {"number": "R1", "evidence": ["https://img.example/2.jpg"], "words": "鞋底也开了"},
    "return.refused": {"number": "R1", "stage": "application", "reason": "超出时间"},
    "return.closed": {"number": "R1", "reason": "expired"},
    "return.platform_approved": {"number": "R1", "kind": "return_refund", "version": 2},
    "return.sent_back": {
        "number": "R1",
        "carrier": "顺丰",
        "tracking_number": "SF1000000000002",
        "lines": [{"line": "1", "quantity": 1}],
    },
    "return.received": {"number": "R1", "tracking_number": "SF1000000000002", "words": "外箱破损"},
    "return.freight_paid": {"number": "R1", "amount": "12.00", "transaction": "T-9"},
    "return.replacement_sent": {"number": "R1", "carrier": "中通", "tracking_number": "75000000000001"},
    "return.replacement_signed": {"number": "R1"},
    "return.intercepted": {"number": "R1", "result": "succeeded"},
    "return.handed_back": {"number": "R1", "carrier": "中通", "tracking_number": "75000000000002"},
    "return.platform_refunded": {"number": "R1", "amount": "189.00"},
    "dispute.opened": {"return": "R1", "reason": "卖家拒绝退款", "due_at": AT.isoformat(), "status": "10"},
    "dispute.ruled": {"return": "R1", "number": "TB-7", "ruling": "buyer", "remedy": "refund", "amount": "189.00"},
    "dispute.enforced": {"return": "R1"},
    "dispute.withdrawn": {"return": "R1"},
    "refund.succeeded": {"key": "RF1", "order": "A1", "amount": "10.00", "voucher": "V1", "paid_by": "platform"},
    "refund.failed": {"key": "RF1", "return": "R1", "reason": "账户已注销"},
    "refund.confirmed": {"key": "RF1"},
    "message.received": {
        "conversation": "c-1",
        "message": "m-1",
        "channel": "im",
        "buyer": {"id": "b-1", "name": "张三", "phone": "13800138000"},
        "text": "在吗？",
        "attachments": [{"url": "https://img.example/1.jpg", "name": "1.jpg"}],
        "order": "A1",
    },
    "review.posted": {"order": "A1", "review": "v-1", "rating": 2, "text": "一般", "images": ["https://img.example/1"]},
    "stock.changed": {"goods": [{"sku": "A1", "quantity": 3}, {"sku": "A2", "quantity": 0, "title": "袜子"}]},
    "order.placed": placed("A1"),
}
RETURNS = [name for name in TELL if name.startswith(("return.", "dispute.")) and name != "return.requested"]
ABOUT = {
    **dict.fromkeys(RETURNS, "R1"), "parcel.tracked": "SF2", "refund.failed": "R1", "refund.confirmed": "RF1",
    "message.received": "c-1",
}  # fmt: skip
DISPUTES = {name for name in TELL if name.startswith("dispute.")}
PLATFORMS_OWN = {"order.closed", "return.closed", "return.platform_approved", "return.platform_refunded", *DISPUTES}


def test_every_event_of_this_version_is_told_here():
    assert TELL.keys() == EVENTS.keys()


@pytest.mark.parametrize("type", TELL)
def test_every_event_is_decoded_and_named(type):  # noqa: A002
    message = told(type, **TELL[type])
    (only,) = message.events
    assert isinstance(only.data, EVENTS[type])
    assert (message.type, message.number, message.outcome, message.flag) == (type, ABOUT.get(type, "A1"), "", "")
    assert only.who == ("platform" if type in PLATFORMS_OWN else "shop")


@pytest.mark.parametrize("type", TELL)
def test_no_event_does_without_what_names_it(type):  # noqa: A002
    names = {"parcel.tracked": "tracking_number", "deadline.changed": "flow", "message.received": "conversation",
             "review.posted": "order", "stock.changed": "goods"}  # fmt: skip
    name = names.get(type, "key" if type.startswith("refund") else "return" if type in DISPUTES else "number")
    with pytest.raises(Refused) as refused:
        told(type, **{k: v for k, v in TELL[type].items() if k != name})
    assert refused.value.pointer == f"/data/{name}"


def test_a_withdrawal_is_the_shops_word_an_expiry_the_platforms():
    assert event("return.closed", number="R1", reason="withdrawn").who == "shop"
    assert event("return.closed", number="R1", reason="dismissed").who == "platform"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"kind": "gift"}, "/data/kind"),
        ({"reason": "whim"}, "/data/reason"),
        ({"lines": []}, "/data/lines"),
        ({"lines": [{"line": "1", "quantity": 0}]}, "/data/lines/0/quantity"),
        ({"lines": [{"line": "1"}, {"line": "1"}]}, "/data/lines"),
        ({"amount": "-1.00"}, "/data/amount"),
        ({"currency": "USD"}, "/data/currency"),
        ({"evidence": ["javascript:alert(1)"]}, "/data/evidence/0"),
        ({"evidence": ["file:///etc/passwd"]}, "/data/evidence/0"),
        ({"evidence": ["https://img.example/a b"]}, "/data/evidence/0"),
        ({"evidence": ["https://img.example/1.jpg"] * 31}, "/data/evidence"),
        ({"due_at": "tomorrow"}, "/data/due_at"),
        ({"order": ""}, "/data/order"),
    ],
)
def test_a_request_that_is_not_the_schema_is_refused_with_where(changes, pointer):
    with pytest.raises(Refused) as refused:
        told("return.requested", **{**TELL["return.requested"], **changes})
    assert (refused.value.status, refused.value.pointer) == (422, pointer)
    assert "example" not in refused.value.detail


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"conversation": ""}, "/data/conversation"),
        ({"conversation": "c" * 121}, "/data/conversation"),
        ({"conversation": "c\n1"}, "/data/conversation"),
        ({"channel": "internal"}, "/data/channel"),
        ({"channel": "fax"}, "/data/channel"),
        ({"text": "", "attachments": []}, "/data/text"),
        ({"text": "  ", "attachments": []}, "/data/text"),
        ({"text": "字" * 4001}, "/data/text"),
        ({"attachments": [{"url": "javascript:alert(1)"}]}, "/data/attachments/0/url"),
        ({"attachments": [{"name": "1.jpg"}]}, "/data/attachments/0/url"),
        ({"attachments": [{"url": "https://img.example/1.jpg"}] * 21}, "/data/attachments"),
        ({"message": ""}, "/data/message"),
        ({"buyer": "b-1"}, "/data/buyer"),
        ({"order": 7}, "/data/order"),
    ],
)
def test_a_message_that_is_not_the_schema_is_refused_with_where(changes, pointer):
    with pytest.raises(Refused) as refused:
        told("message.received", **{**TELL["message.received"], **changes})
    assert (refused.value.status, refused.value.pointer) == (422, pointer)
    assert "example" not in refused.value.detail


@pytest.mark.parametrize("rating", [0, 6, "5", 2.5, None])
def test_a_review_has_one_to_five_stars(rating):
    with pytest.raises(Refused) as refused:
        told("review.posted", **{**TELL["review.posted"], "rating": rating})
    assert refused.value.pointer == "/data/rating"


def test_a_review_names_its_order_by_either_name():
    assert event("review.posted", number="A1", rating=5).data.about == "A1"


def test_who_closed_an_order_follows_from_why():
    who = {
        reason: event("order.closed", number="A1", reason=reason).who for reason in ("unpaid", "refunded", "cancelled")
    }
    assert who == {"unpaid": "platform", "refunded": "platform", "cancelled": "shop"}


def test_shipped_parcels_say_what_is_in_them_or_mean_all():
    first, second = event("order.shipped", **TELL["order.shipped"]).data.parcels
    assert [(some.line, some.quantity) for some in first.lines] == [("1", 1)]
    assert second.lines is None


def test_an_amendment_says_only_what_changed():
    amended = event("order.amended", **TELL["order.amended"]).data
    assert (amended.address.detail, amended.lines, amended.buyer, amended.total) == ("文三路 2 号", None, None, None)
    assert not amended.snapshot


def test_the_documented_samples_decode():
    samples = sorted((Path(__file__).parents[2] / "hooks/platforms/native/samples").glob("*.json"))
    assert samples
    for sample in samples:
        message = decode("native", sample.read_bytes(), HEADERS, HERE)
        assert message.events, sample.name


def test_decoding_twice_gives_the_same():
    body = hook_body("order.placed", **placed("A1"))
    assert decode("native", body, HEADERS, HERE) == decode("native", body, HEADERS, HERE)


# --- whatever comes ---------------------------------------------------------------------------------------------------
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(raw):
    with pytest.raises(Refused):
        decode("native", raw, HEADERS, HERE)


@settings(max_examples=300)
@given(st.sampled_from(sorted(TELL)), st.data())
def test_any_value_in_any_field_is_read_or_refused(type, data):  # noqa: A002
    fields = dict(TELL[type])
    name = data.draw(st.sampled_from([*fields, "occurred_at", "version", "shop_id", "currency"]))
    fields[name] = data.draw(ANY)
    raw = json.dumps({"type": type, "timestamp": AT.isoformat(), "data": fields}).encode()
    with suppress(Refused):
        assert decode("native", raw, HEADERS, HERE).events


def test_a_struct_refuses_what_its_hook_does_not_know():
    with pytest.raises(Refused):
        convert({"number": "A1", "amount": {}}, EVENTS["order.paid"])


def test_the_dialect_keeps_the_headers_that_prove_it():
    meta = {"HTTP_WEBHOOK_ID": "m", "HTTP_WEBHOOK_TIMESTAMP": "1", "HTTP_WEBHOOK_SIGNATURE": "v1,x", "HTTP_COOKIE": "c"}
    assert DIALECT.kept(meta) == {"webhook-id": "m", "webhook-timestamp": "1", "webhook-signature": "v1,x"}
