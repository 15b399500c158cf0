"""What is changed in an order: the newest word stands, every word is kept, and personal data stays where it belongs."""

import json
from itertools import permutations

import pytest
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from flows.models import Move
from hooks.models import Inbox
from orders.models import Amendment, Order
from outbox.models import Event
from tests.orders.hands import parcel
from tests.orders.test_cancelling import refused

ELSEWHERE = {"province": "江苏省", "city": "南京市", "detail": "中山路 2 号"}
CANARIES = ("13712345678", "金丝雀", "鸟笼路 7 号")


@pytest.mark.parametrize(
    ("state", "after"),
    [
        ("awaiting_payment", "awaiting_payment"),
        ("awaiting_confirmation", "awaiting_confirmation"),
        ("awaiting_audit", "awaiting_audit"),
        ("picking", "awaiting_audit"),
        ("out_of_stock", "out_of_stock"),
    ],
)
@pytest.mark.parametrize("by", ["agent", "hook"])
def test_before_it_is_packed_an_order_is_amended_and_audited_anew_where_it_was_picked(hands, state, after, by):
    hands.place()
    for step, who, inputs in [
        ("pay", "shop", {}), ("confirm", "agent", {}), ("audit", "auditor", {}),
        ("report_stock_out", "warehouse", {"lines": [{"line": "1"}]}),
    ]:  # fmt: skip
        if hands.order().state != state:
            hands.take(hands.order(), step, who, **inputs)
    assert hands.order().state == state
    if by == "agent":
        hands.take(hands.order(), "amend", "agent", address=ELSEWHERE)
    else:
        hands.tell("order.amended", 110, number="A1", address=ELSEWHERE)
    order = hands.order()
    assert (order.state, order.address["city"]) == (after, "南京市")
    kept = Amendment.objects.get()
    assert (kept.was["address"]["city"], kept.now["address"]["city"], kept.applied) == ("杭州市", "南京市", True)


def test_staff_do_not_amend_what_is_packed_but_a_report_is_kept_and_told(hands):
    order = hands.take(hands.picking(), "pack", "warehouse")
    assert refused(hands, order, "amend", "agent", address=ELSEWHERE) == "state"
    event = hands.tell("order.amended", 110, number="A1", address=ELSEWHERE)
    after = hands.order()
    assert (after.state, after.version, after.address["city"]) == ("packed", order.version, "南京市")
    told = Event.objects.get(topic="order.amended_late")
    assert told.data["what"] == ["address"]
    assert Inbox.objects.get(pk=event).outcome == "no_op"
    hands.tell("order.amended", 110, number="A1", address=ELSEWHERE)
    assert Event.objects.filter(topic="order.amended_late").count() == 1


def test_the_newest_word_stands_in_whatever_order_the_words_arrive(hands):
    for n, arrival in enumerate(permutations([(10, "甲"), (11, "乙"), (12, "丙")])):
        hands.place(f"A{n}")
        for at, name in arrival:
            hands.tell("order.amended", at, number=f"A{n}", buyer={"name": name})
        assert hands.order(f"A{n}").buyer_name == "丙"
        assert Amendment.objects.filter(order=hands.order(f"A{n}")).count() == 3


def test_versions_that_are_numbers_count_as_numbers(hands):
    hands.place()
    for version, name in ((9, "旧"), (10, "新"), (2, "老")):
        hands.tell("order.amended", 10, number="A1", version=version, buyer={"name": name})
    assert hands.order().buyer_name == "新"


def test_another_quantity_changes_what_is_owed_and_never_below_what_has_left(hands):
    order = hands.picking()
    order = hands.take(order, "amend", "agent", lines=[{"line": "2", "quantity": 1, "paid": 3000}])
    assert (order.total, order.state) == (22900, "awaiting_audit")
    order = hands.take(order, "audit", "auditor")
    hands.take(order, "ship_part", "warehouse", parcels=[parcel("SF1", ("1", 1))])
    event = hands.tell("order.amended", 130, number="A1", lines=[
        {"line": "1", "sku": "S-1", "title": "鞋", "quantity": 2, "unit_price": "189.00", "paid": "378.00"}
    ])  # fmt: skip
    assert Inbox.objects.get(pk=event).outcome == "no_op"
    assert hands.order().total == 41800


def test_nothing_that_differs_is_no_amendment(hands):
    hands.place()
    event = hands.tell("order.amended", 10, number="A1", buyer={"name": "张三"})
    assert Inbox.objects.get(pk=event).outcome == "no_op"
    assert not Amendment.objects.exists()
    assert hands.order().version == 1


def everything_else():
    """The text of every row of every table but those that are made to hold personal data."""
    made_for_it = {"orders.Order", "orders.Amendment", "hooks.Inbox"}
    for model in apps.get_models():
        if model._meta.label in made_for_it or model._meta.app_label in ("errands",) or not model._meta.managed:
            continue
        for row in model._default_manager.values():
            yield model._meta.label, json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False, default=str)


def test_names_phones_and_addresses_are_in_no_log_and_no_event(hands):
    phone, name, street = CANARIES
    address = {"province": "浙江省", "city": "杭州市", "detail": street}
    hands.picking(buyer={"id": "b", "name": name, "phone": phone}, address=address, buyer_note=f"请打 {phone} 找{name}")
    hands.take(hands.order(), "amend", "agent", buyer={"name": name + "二", "phone": phone}, address=address)
    hands.tell("order.amended", 20, number="A1", buyer={"name": name + "三"}, address={**address, "district": street})
    hands.tell("order.cancel_requested", 30, number="A1", by="merchant")
    hands.take(hands.order(), "audit", "auditor")
    order = hands.take(hands.order(), "report_stock_out", "warehouse", lines=[{"line": "1"}])
    hands.take(hands.stock_out(), "contact", "agent", channel="im", words="缺货", none_why="无")
    hands.take(hands.stock_out(), "agree_swap", "agent", sku="S", title="另一款", price=18900)
    hands.take(hands.stock_out(), "swap", "auditor")
    hands.take(hands.take(hands.order("A1-H1"), "audit", "auditor"), "ship", "warehouse", parcels=[parcel()])
    assert order.buyer_name.startswith(name)
    found = {(label, canary) for label, text in everything_else() for canary in CANARIES if canary in text}
    assert not found
    assert Move.objects.count() > 10
    assert Event.objects.count() > 10


def test_an_amendment_says_in_the_log_that_there_was_one_but_not_what(hands):
    hands.place()
    hands.take(hands.order(), "amend", "agent", buyer={"name": "李四"}, lines=[{"line": "1", "title": "跑鞋"}])
    move = Move.objects.get(step="amend")
    assert "buyer" not in move.inputs
    assert Event.objects.get(topic="order.amend").data.get("inputs", {}).keys() <= {"lines"}


def test_a_phone_is_found_by_its_key_after_it_was_amended(hands):
    from orders.phones import phone_key

    hands.place()
    hands.take(hands.order(), "amend", "agent", buyer={"phone": "+86 139-0013-9000"})
    assert Order.objects.get(phone_key=phone_key("13900139000")).number == "A1"


def test_a_ship_by_of_the_platforms_is_the_clock_and_an_older_word_changes_nothing(hands):
    from datetime import timedelta

    from deadlines.models import Deadline

    hands.picking()
    first = (timezone.now() + timedelta(days=1)).replace(microsecond=0)
    later = first + timedelta(days=3)
    hands.tell("order.amended", 60, number="A1", ship_by=later.isoformat())
    hands.tell("order.amended", 50, number="A1", ship_by=first.isoformat())
    clock = Deadline.objects.get(flow="order", subject=hands.order().pk, clock="ship", ended_at=None)
    assert clock.due_at == later


def test_an_order_made_dearer_by_hand_waits_for_the_difference(hands):
    order = hands.take(hands.picking(), "amend", "agent", lines=[{"line": "1", "paid": 20900}])
    assert (order.state, order.total, order.received) == ("awaiting_audit", 27900, 25900)
    before = Move.objects.count()
    assert refused(hands, order, "audit", "auditor") == "refused"
    assert Move.objects.count() == before
    hands.tell("order.paid", 90, number="A1", transaction="more", amount="20.00")
    assert hands.take(hands.order(), "audit", "auditor").state == "picking"


def test_of_an_order_made_cheaper_by_hand_the_difference_goes_back_once(hands):
    order = hands.take(hands.picking(), "amend", "agent", lines=[{"line": "1", "paid": 15000}])
    assert order.total == 22000
    [refund] = order.refunds.all()
    assert (refund.amount, refund.state) == (3900, "sent")
    order = hands.take(hands.take(order, "audit", "auditor"), "amend", "agent", address=ELSEWHERE)
    assert order.refunds.count() == 1
    hands.tell("refund.succeeded", 100, key=refund.key, amount="39.00")
    order = hands.order()
    assert (order.state, order.received) == ("awaiting_audit", 22000)


def test_what_the_outside_has_made_cheaper_it_settles_itself(hands):
    hands.picking()
    hands.tell("order.amended", 110, number="A1", lines=[
        {"line": "1", "sku": "S-1", "title": "跑步鞋", "quantity": 1, "unit_price": "150.00", "paid": "150.00"},
        {"line": "2", "sku": "S-2", "title": "袜子", "quantity": 2, "unit_price": "30.00", "paid": "60.00"},
    ])  # fmt: skip
    assert hands.order().total == 22000
    assert not hands.order().refunds.exists()
