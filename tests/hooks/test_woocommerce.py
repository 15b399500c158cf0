"""WooCommerce's dialect: what an order's status tells us (docs/adr/0010)."""

import copy
import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hooks.models import Inbox
from hooks.platform import Endpoint, Secret
from hooks.platforms import DIALECTS, decode
from hooks.platforms.woocommerce.signature import sign, verify
from hooks.refused import Refused
from tests.factories import make_shop

from .conftest import problem

SAMPLES = Path(__file__).parents[2] / "hooks/platforms/woocommerce/samples"
RAW = (SAMPLES / "woo_order.json").read_bytes()
REFUND = json.loads((SAMPLES / "woo_refund.json").read_bytes())
HERE = Endpoint(1, "s1", "woocommerce", "USD", (Secret(1, "secret"),))
CREATED = datetime(2017, 3, 22, 19, 28, 2, tzinfo=UTC)
PAID = MODIFIED = datetime(2017, 3, 22, 19, 28, 8, tzinfo=UTC)
COMPLETED = datetime(2017, 3, 25, 8, 0, tzinfo=UTC)
TRACKED = [
    {"key": "_wc_shipment_tracking_items", "value": [{"tracking_provider": "sf-express", "tracking_number": "SF1"}]}
]


def order(**changes):
    return {**copy.deepcopy(json.loads(RAW)), **changes}


def told(body=None, topic="order.created", **changes):
    body = order(**changes) if body is None else body
    headers = {"x-wc-webhook-topic": topic, "x-wc-webhook-delivery-id": "d1"}
    return decode("woocommerce", json.dumps(body).encode(), headers, HERE)


def said(**changes):
    return [(event.type, event.at) for event in told(**changes).events]


# --- the signature ----------------------------------------------------------------------------------------------------
def test_the_known_vector():
    assert sign("secret", b'{"id":1}') == b"A971iWIMgT8Zj9A9eWfikrFj7wQ16/Qwcc4OlRl2PLc="


@pytest.mark.parametrize("missing", ["x-wc-webhook-signature", "x-wc-webhook-delivery-id", "x-wc-webhook-topic"])
def test_all_three_headers_are_needed(missing):
    headers = {
        "x-wc-webhook-signature": sign("secret", RAW).decode(),
        "x-wc-webhook-delivery-id": "d",
        "x-wc-webhook-topic": "order.created",
    }
    assert verify(RAW, headers, HERE.secrets, 0.0) == HERE.secrets[0]
    assert verify(RAW, {k: v for k, v in headers.items() if k != missing}, HERE.secrets, 0.0) is None
    assert verify(RAW + b" ", headers, HERE.secrets, 0.0) is None


# --- the documented order ---------------------------------------------------------------------------------------------
def test_the_documented_order_was_placed_and_paid():
    message = told()
    assert said() == [("order.placed", CREATED), ("order.paid", PAID)]
    assert [event.position for event in message.events] == [0, 1]
    assert {event.who for event in message.events} == {"platform"}
    assert {event.data.version for event in message.events} == {int(MODIFIED.timestamp())}
    assert (message.number, message.outcome, message.flag) == ("727", "", "")


def test_the_documented_order_adds_up_with_its_tax():
    placed = told().events[0].data
    assert [(line.line, line.sku, line.quantity, line.unit_price, line.paid) for line in placed.lines] == [
        ("315", "93", 2, 322, 645),
        ("316", "Bar3", 1, 1290, 1290),
    ]
    assert (placed.freight, placed.total, placed.payment, placed.currency) == (1000, 2935, "online", "USD")
    assert placed.lines[1].title == "Ship Your Idea – Color: Black, Size: M Test"
    assert (placed.buyer.name, placed.buyer.id, placed.buyer.phone) == ("John Doe", "", "(555) 555-5555")
    assert (placed.address.detail, placed.address.city, placed.address.province) == (
        "969 Market",
        "San Francisco",
        "CA",
    )


def test_a_chinese_address_is_read_as_one():
    shipping = {
        "first_name": "三",
        "last_name": "张",
        "address_1": "文三路 1 号",
        "city": "杭州市",
        "state": "CN12",
        "country": "CN",
    }
    placed = told(shipping=shipping).events[0].data
    assert (placed.buyer.name, placed.address.province, placed.address.city) == ("张三", "浙江", "杭州市")


# --- every status -----------------------------------------------------------------------------------------------------
UNPAID = {"date_paid": None, "date_paid_gmt": None}
DONE = {"status": "completed", "date_completed_gmt": "2017-03-25T08:00:00"}


@pytest.mark.parametrize(
    ("changes", "types"),
    [
        ({"status": "pending", **UNPAID}, "placed"),
        ({"status": "failed", **UNPAID}, "placed"),
        ({"status": "on-hold", **UNPAID}, "placed"),
        ({"status": "processing"}, "placed paid"),
        ({"status": "processing", **UNPAID}, "placed paid"),
        ({"status": "processing", "payment_method": "cod"}, "placed"),
        (DONE, "placed paid completed"),
        ({**DONE, "payment_method": "cod"}, "placed completed"),
        ({**DONE, "meta_data": TRACKED}, "placed paid shipped"),
        ({"status": "cancelled", **UNPAID}, "placed closed"),
        ({"status": "cancelled"}, "placed paid closed"),
        ({"status": "refunded"}, "placed paid closed"),
        ({"status": "wc-at-the-tailor"}, "placed paid"),
        ({"status": "checkout-draft"}, ""),
        ({"status": "trash"}, ""),
    ],
)
def test_a_status_tells(changes, types):
    assert [event.type for event in told(**changes).events] == [f"order.{t}" for t in types.split()]


def test_completed_happened_when_it_was_completed():
    assert said(**DONE)[-1] == ("order.completed", COMPLETED)
    assert said(**DONE, meta_data=TRACKED)[-1] == ("order.shipped", COMPLETED)


def test_tracking_numbers_are_read_where_a_plugin_keeps_them():
    (parcel,) = told(**DONE, meta_data=TRACKED).events[-1].data.parcels
    assert (parcel.carrier, parcel.tracking_number, parcel.lines) == ("sf-express", "SF1", None)


@pytest.mark.parametrize(
    "value", [None, "SF1", [], [1], [{}], [{"tracking_number": "SF1"}], {"0": {"tracking_number": "SF1"}}]
)
def test_tracking_data_of_another_shape_is_no_parcel(value):
    meta = [{"key": "_wc_shipment_tracking_items", "value": value}]
    assert told(**DONE, meta_data=meta).events[-1].type == "order.completed"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "cancelled", **UNPAID}, "unpaid"),
        ({"status": "cancelled"}, "cancelled"),
        ({"status": "cancelled", "payment_method": "cod", **UNPAID}, "cancelled"),
        ({"status": "refunded"}, "refunded"),
    ],
)
def test_why_an_order_was_closed(changes, reason):
    closed = told(**changes).events[-1]
    assert (closed.data.reason, closed.at) == (reason, MODIFIED)


def test_an_unknown_status_is_kept_raw_and_flagged():
    assert told(status="wc-at-the-tailor").flag == "status: wc-at-the-tailor"


def test_a_draft_is_no_order_yet():
    message = told(status="checkout-draft")
    assert (message.outcome, message.why) == ("ignored", "status checkout-draft: not placed")


@pytest.mark.parametrize("status", ["pending", "on-hold", "processing", "failed"])
def test_an_update_tells_the_whole_order_again_while_nothing_has_left(status):
    amended = told(topic="order.updated", status=status).events[1]
    assert (amended.type, amended.at, amended.data.snapshot) == ("order.amended", MODIFIED, True)
    assert [line.paid for line in amended.data.lines] == [645, 1290]


def test_an_update_amends_nothing_once_it_is_done():
    assert "order.amended" not in {event.type for event in told(topic="order.updated", **DONE).events}


def test_a_refund_in_the_order_is_told_under_its_own_key():
    refunds = [{"id": REFUND["id"], "reason": "", "total": "-" + REFUND["amount"]}]
    refund = told(topic="order.updated", refunds=refunds).events[-1]
    assert (refund.type, refund.data.key, refund.data.order, refund.data.amount) == (
        "refund.succeeded",
        "woocommerce-726",
        "727",
        1000,
    )


# --- sums -------------------------------------------------------------------------------------------------------------
def test_a_fee_and_what_rounding_leaves_over_are_the_freights():
    placed = (
        told(fee_lines=[{"id": 9, "name": "礼盒", "total": "5.00", "total_tax": "0.00"}], total="34.36").events[0].data
    )
    assert ([line.paid for line in placed.lines], placed.freight, placed.total) == ([645, 1290], 1501, 3436)


def test_a_discount_kept_as_a_negative_fee_is_the_lines():
    placed = (
        told(fee_lines=[{"id": 9, "name": "折扣", "total": "-3.00", "total_tax": "0.00"}], total="26.35").events[0].data
    )
    assert ([line.paid for line in placed.lines], placed.freight, placed.total) == ([545, 1090], 1000, 2635)


AMOUNTS = st.integers(min_value=0, max_value=10**6).map(lambda n: f"{n // 100}.{n % 100:02}")


@settings(max_examples=200)
@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), max_size=5), AMOUNTS, AMOUNTS, st.lists(AMOUNTS, max_size=2))
def test_whatever_the_lines_say_the_sum_is_the_total(lines, shipping, total, discounts):
    items = [{"id": i, "quantity": 1, "total": a, "total_tax": b} for i, (a, b) in enumerate(lines)] or [
        {"id": 0, "total": "0"}
    ]
    fees = [{"id": i, "total": f"-{amount}"} for i, amount in enumerate(discounts)]
    placed = told(line_items=items, shipping_total=shipping, total=total, fee_lines=fees).events[0].data
    assert min(*[line.paid for line in placed.lines], placed.freight) >= 0
    assert sum(line.paid for line in placed.lines) + placed.freight == placed.total


# --- refused ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"currency": "EUR"}, "currency", "/currency"),
        ({"total": "-1.00"}, "validation", "/total"),
        ({"total": "1e3"}, "validation", "/total"),
        ({"total": "ten"}, "validation", "/total"),
        ({"number": None}, "validation", "/number"),
        ({"line_items": []}, "validation", "/lines"),
        ({"date_created_gmt": None, "date_modified_gmt": None}, "validation", "/date_created_gmt"),
        ({"date_modified_gmt": "yesterday"}, "validation", "/date_modified_gmt"),
    ],
)
def test_what_is_no_order_is_refused(changes, code, pointer):
    with pytest.raises(Refused) as refused:
        told(**changes)
    assert (refused.value.status, refused.value.code, refused.value.pointer) == (422, code, pointer)


@settings(max_examples=200)
@given(
    st.sampled_from(sorted(json.loads(RAW))),
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just([1]) | st.just({}),
)
def test_any_value_in_any_field_is_read_or_refused(name, value):
    with suppress(Refused):
        assert told(**{name: value}).type == "order.created"


@pytest.mark.parametrize("topic", ["order.deleted", "product.updated", "action.woocommerce_add_to_cart"])
def test_another_topic_is_ignored(topic):
    message = told({"id": 727}, topic=topic)
    assert (message.outcome, message.events, message.flag) == ("ignored", (), topic)


def test_an_order_that_woocommerce_could_not_read_is_ignored():
    body = {"code": "woocommerce_rest_shop_order_invalid_id", "message": "Invalid ID.", "data": {"status": 404}}
    assert told(body, topic="order.updated").outcome == "ignored"


# --- at its address ---------------------------------------------------------------------------------------------------
@pytest.fixture
def shop(db):
    return make_shop(dialect="woocommerce", currency="USD", secret=True, preset=False)


@pytest.fixture
def deliver(client, shop):
    def send(raw=RAW, delivery="d1", topic="order.created", secret=""):
        headers = {
            "x-wc-webhook-signature": sign(secret or shop.hook_secrets.get().secret, raw).decode(),
            "x-wc-webhook-delivery-id": delivery,
            "x-wc-webhook-topic": topic,
        }
        return client.post(f"/hooks/{shop.code}/", raw, "application/json", headers=headers)

    return send


def test_a_delivery_is_stored_under_its_id_and_its_order(deliver):
    assert deliver().status_code == 202
    row = Inbox.objects.get()
    assert (row.source, row.key, row.type, row.number, row.outcome) == (
        "woocommerce",
        "d1:727",
        "order.created",
        "727",
        "",
    )
    assert decode(row.source, bytes(row.body), row.headers, HERE).events[0].type == "order.placed"


def test_the_same_delivery_again_is_a_duplicate(deliver):
    assert [deliver().status_code, deliver().status_code] == [202, 200]


def test_another_order_of_the_same_second_is_another_message(deliver):
    other = json.dumps(order(id=728, number="728")).encode()
    assert [deliver().status_code, deliver(other).status_code] == [202, 202]


def test_the_same_order_with_another_body_under_one_delivery_is_a_conflict(deliver):
    other = json.dumps(order(status="completed")).encode()
    assert [deliver().status_code, deliver(other).status_code] == [202, 409]
    assert bytes(Inbox.objects.get().body) == RAW


def test_a_bad_signature_is_refused_and_nothing_stays(deliver):
    response = deliver(secret="another")
    assert (response.status_code, problem(response)["code"]) == (401, "signature")
    assert not Inbox.objects.exists()


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded; charset=UTF-8", ""])
def test_the_first_ping_is_answered_and_not_stored(client, shop, kind):
    for code in (shop.code, "nobody"):
        response = client.post(f"/hooks/{code}/", b"webhook_id=12", kind, CONTENT_TYPE=kind)
        assert response.status_code == 200
    assert client.post(f"/hooks/{shop.code}/", b"webhook_id=12&x=1", kind, CONTENT_TYPE=kind).status_code == 415
    assert not Inbox.objects.exists()


def test_an_order_in_another_currency_is_kept_as_rejected(deliver):
    response = deliver(json.dumps(order(currency="EUR")).encode())
    assert (response.status_code, problem(response)["code"]) == (422, "currency")
    assert Inbox.objects.get().outcome == "rejected"


def test_every_folder_is_a_dialect():
    assert {"native", "woocommerce"} <= DIALECTS.keys()
    assert all(name == dialect.name for name, dialect in DIALECTS.items())
