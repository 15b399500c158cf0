"""May this be returned? One table a rule, each with the case just beyond its edge."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings

from orders.models import Line, Order, Product
from returns import eligibility
from returns.eligibility.rule import Rule
from returns.models import Evidence, Return

SHANGHAI = ZoneInfo("Asia/Shanghai")
MICRO = timedelta(microseconds=1)


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def order(hands):
    hands.signed()
    return hands.order()


def sign(order, text):
    Order._base_manager.filter(pk=order.pk).update(signed_at=local(text))
    return Order.objects.get(pk=order.pk)


def asked(order, at=None, *, kind="return_refund", reason="no_reason", lines=(("1", 1),), proofs=False, **fields):
    """An application that is looked at, not written."""
    from returns.belongings import bring
    from returns.models import ReturnLine

    ret = Return(
        shop_id=order.shop_id, order_id=order.pk, number="X", kind=kind, reason=reason, state="requested", **fields
    )
    bring([ret])
    ret.created_at = at
    ret.given = {"photo"} if proofs else set()
    for name, quantity in lines:
        line = ret.order.goods.line(name)
        ret.belongings.lines.append(ReturnLine(of=ret, line=line, quantity=quantity))
    return ret


def verdict(rule, ret, at=None):
    """What this rule says; "" where it says nothing."""
    at = at or ret.created_at or local("2026-11-22T12:00")
    found = {v.rule: v for v in eligibility.judge(ret, at=at)}
    return found[rule].verdict if rule in found else ""


# ---- the seven days
@pytest.mark.parametrize(
    ("signed", "asked_at", "expected"),
    [
        ("2026-11-10T18:00", "2026-11-10T18:01", "eligible"),  # the day itself does not count
        ("2026-11-10T00:00", "2026-11-17T23:59:59", "eligible"),  # from the first minute of its day
        ("2026-11-10T23:59:59", "2026-11-17T23:59:59", "eligible"),  # to the last
        ("2026-11-10T23:59:59", "2026-11-18T00:00", "no"),  # the next second is the eighth day
        ("2026-11-11T00:00", "2026-11-18T00:00", "eligible"),
        ("2026-02-25T12:00", "2026-03-04T23:59:59", "eligible"),  # over a month's end, no leap day
        ("2026-02-25T12:00", "2026-03-05T00:00", "no"),
        ("2026-10-01T12:00", "2026-10-08T23:59:59", "eligible"),  # holidays count: natural days
        ("2026-10-01T12:00", "2026-10-09T00:00", "no"),
        ("2026-03-28T12:00", "2026-04-04T23:59:59", "eligible"),  # clocks elsewhere change; Shanghai's never
    ],
)
def test_no_reason_is_asked_for_within_seven_days_from_the_day_after_signing(order, signed, asked_at, expected):
    ret = asked(sign(order, signed), local(asked_at))
    assert verdict("no_reason_window", ret) == expected


def test_the_notice_counts_not_when_it_is_judged_again(order):
    ret = asked(sign(order, "2026-11-10T18:00"), local("2026-11-17T10:00"))
    assert verdict("no_reason_window", ret, local("2026-11-25T10:00")) == "eligible"


def test_a_shop_may_give_more_than_the_law(hands, order):
    from shops import policy

    policy.edit(hands.shop, {"limits": {"no_reason_window": {"after": "15d"}}}, "test", local("2026-11-01T00:00"))
    assert verdict("no_reason_window", asked(sign(order, "2026-11-01T12:00"), local("2026-11-16T23:59"))) == "eligible"
    assert verdict("no_reason_window", asked(sign(order, "2026-11-01T12:00"), local("2026-11-17T00:00"))) == "no"


def test_before_signing_a_person_decides_what_becomes_of_the_parcel(hands):
    hands.shipped()
    assert verdict("no_reason_window", asked(hands.order(), local("2026-11-22T12:00"))) == "person"


# ---- the after-sales period
@pytest.mark.parametrize(
    ("asked_at", "reason", "expected"),
    [
        ("2026-11-25T23:59:59", "quality", "eligible"),
        ("2026-11-26T00:00", "quality", "person"),  # beyond the shop's period it is no plain no: 三包 goes on
        ("2026-11-26T00:00", "no_reason", ""),  # has a window of its own
    ],
)
def test_the_after_sales_period_is_another_thing_than_the_seven_days(order, asked_at, reason, expected):
    ret = asked(sign(order, "2026-11-10T18:00"), local(asked_at), reason=reason)
    assert verdict("after_sale_window", ret) == expected


def test_the_after_sales_period_is_that_of_the_returned_goods_category(hands, order):
    from shops import policy

    limits = {"after_sale_window": {"by_category": {"家电": "30d"}}}
    policy.edit(hands.shop, {"limits": limits}, "test", local("2026-11-01T00:00"))
    Line.objects.filter(order=order, line="2").update(category="家电")
    order, at = sign(order, "2026-11-01T12:00"), local("2026-11-20T12:00")
    assert verdict("after_sale_window", asked(order, at, reason="quality", lines=[("1", 1)])) == "person"
    assert verdict("after_sale_window", asked(order, at, reason="quality", lines=[("2", 1)])) == "eligible"


# ---- excluded goods
@pytest.mark.parametrize(
    ("exclusion", "confirmed", "reason", "expected"),
    [
        ("made_to_order", False, "no_reason", "no"),
        ("fresh", False, "no_reason", "no"),
        ("digital", False, "no_reason", "no"),
        ("periodical", False, "no_reason", "no"),
        ("unsealed", True, "no_reason", "no"),
        ("activated", True, "no_reason", "no"),
        ("flawed", True, "no_reason", "no"),
        ("unsealed", False, "no_reason", ""),  # nobody confirmed it at purchase: no ground (art. 20)
        ("activated", False, "no_reason", ""),
        ("flawed", False, "no_reason", ""),
        ("fresh", False, "quality", ""),  # a fault is a fault
        ("", True, "no_reason", ""),
    ],
)
def test_excluded_goods_have_not_the_seven_days(order, exclusion, confirmed, reason, expected):
    Line.objects.filter(order=order, line="1").update(exclusion=exclusion, confirmed=confirmed)
    assert verdict("excluded", asked(order, local("2026-11-22T12:00"), reason=reason)) == expected


def test_what_the_product_says_counts_where_nothing_was_said_at_the_sale(hands, order):
    Product.objects.update_or_create(
        shop=hands.shop, sku=Line.objects.get(order=order, line="1").sku, defaults={"exclusion": "fresh", "title": "梨"}
    )
    assert verdict("excluded", asked(order)) == "no"
    assert verdict("excluded", asked(order, lines=[("2", 1)])) == ""


def test_a_shop_may_take_excluded_goods_back_all_the_same(hands, order):
    Line.objects.filter(order=order, line="1").update(exclusion="fresh")
    hands.rules(exclusions_off=["fresh"])
    assert verdict("excluded", asked(order)) == ""


# ---- quantity
@pytest.mark.parametrize(("quantity", "expected"), [(1, ""), (2, ""), (3, "no")])
def test_not_more_than_was_bought(order, quantity, expected):
    assert verdict("quantity", asked(order, lines=[("2", quantity)])) == expected


def test_nothing_that_is_in_another_return_already(hands, order):
    hands.request(lines=[{"line": "2", "quantity": 1}])
    assert verdict("quantity", asked(order, lines=[("2", 1)])) == ""
    assert verdict("quantity", asked(order, lines=[("2", 2)])) == "no"


def test_an_application_for_more_than_is_left_is_not_taken(hands, order):
    hands.request("R1", lines=[{"line": "2", "quantity": 2}])
    assert hands.request("R2", at=21, lines=[{"line": "2", "quantity": 1}]) is None
    assert Return.objects.count() == 1


def test_the_pieces_of_a_closed_return_are_free_again(hands, order):
    hands.request("R1", lines=[{"line": "2", "quantity": 2}])
    hands.tell("return.withdrawn", 21, number="R1")
    assert hands.request("R2", at=22, lines=[{"line": "2", "quantity": 2}]) is not None


# ---- evidence
@pytest.mark.parametrize(
    ("reason", "proofs", "expected"),
    [("quality", False, "person"), ("quality", True, "person"), ("no_reason", False, ""), ("other", False, "")],
)
def test_some_reasons_ask_for_evidence(order, reason, proofs, expected):
    assert verdict("proof", asked(order, local("2026-11-22T12:00"), reason=reason, proofs=proofs)) == expected


def test_which_reasons_ask_for_evidence_is_the_shops_own_setting(hands, order):
    hands.rules(evidence_reasons=["other"])
    assert verdict("proof", asked(order, reason="quality")) == ""
    assert verdict("proof", asked(order, reason="other")) == "person"


def test_a_photo_that_was_given_is_known(hands, order):
    ret = hands.request(reason="quality")
    before = next(v for v in ret.eligibility if v["rule"] == "proof")
    assert "还没有凭证" in before["why"]
    Evidence.objects.create(shop=ret.shop, of=ret, kind="photo", giver="customer", by="x", at=ret.created_at)
    again = {v.rule: v for v in eligibility.judge(Return.objects.get(pk=ret.pk), at=ret.created_at)}
    assert "请核实" in again["proof"].why


# ---- what has not left, what is on its way
@pytest.mark.parametrize(
    ("kind", "expected"), [("refund_only", "eligible"), ("return_refund", "no"), ("exchange", "no")]
)
def test_what_has_not_left_is_only_refunded(hands, kind, expected):
    hands.picking()
    assert verdict("unshipped", asked(hands.order(), kind=kind)) == expected


def test_what_has_left_is_not_refunded_without_a_person(hands):
    hands.shipped()
    assert verdict("unshipped", asked(hands.order(), kind="refund_only", reason="not_received")) == ""
    assert verdict("left", asked(hands.order(), kind="refund_only", reason="not_received")) == "person"
    assert verdict("left", asked(hands.order(), kind="refund_only", reason="agreed")) == ""


# ---- price protection
@pytest.mark.parametrize(
    ("days", "kind", "asked_at", "expected"),
    [
        (0, "refund_only", "2026-11-11T12:00", "no"),  # the shop offers none
        (7, "refund_only", "2026-11-17T23:59:59", "person"),
        (7, "refund_only", "2026-11-18T00:00", "no"),
        (7, "return_refund", "2026-11-11T12:00", "no"),  # the goods stay
    ],
)
def test_price_protection_is_the_shops_own_promise(hands, order, days, kind, asked_at, expected):
    hands.rules(price_protection_days=days)
    Order._base_manager.filter(pk=order.pk).update(paid_at=local("2026-11-10T20:00"))
    ret = asked(Order.objects.get(pk=order.pk), local(asked_at), kind=kind, reason="price_protection")
    assert verdict("price_protection", ret) == expected


# ---- money
def test_only_what_was_paid_can_be_refunded(hands):
    hands.place(payment="cod")
    assert verdict("paid", asked(hands.order(), kind="refund_only")) == "no"
    assert verdict("paid", asked(hands.order(), kind="exchange")) == ""


# ---- all of them
def test_every_rule_says_where_it_comes_from():
    assert len(eligibility.rules()) >= 8
    for rule in eligibility.rules():
        assert rule.name
        assert str(rule.label)
        assert str(rule.source)
        assert "Source" in type(rule).__doc__


@pytest.mark.parametrize(
    ("said", "expected"),
    [([], "eligible"), (["eligible"], "eligible"), (["eligible", "person"], "person"), (["person", "no"], "no")],
)
def test_the_worst_verdict_stands(said, expected):
    assert eligibility.standing([{"rule": "x", "verdict": word} for word in said]) == expected


def test_a_no_tells_the_customer_what_to_do(order):
    for v in eligibility.judge(
        asked(sign(order, "2026-11-01T12:00"), local("2026-11-20T12:00")), at=local("2026-11-20T12:00")
    ):
        assert v.verdict != "no" or v.say


def test_a_shop_switches_a_rule_off(hands, order):
    ret = asked(sign(order, "2026-11-01T12:00"), local("2026-11-20T12:00"))
    assert verdict("no_reason_window", ret) == "no"
    hands.rules(rules_off=["no_reason_window"])
    assert verdict("no_reason_window", ret) == ""


class BigOrders(Rule):
    """Source: this deployment."""

    name, label, source = "big_orders", "大额订单", "本店"

    def judge(self, ret, at):
        return self.person("金额大，请主管确认") if ret.order.total > 100 else None


def test_a_deployment_adds_a_rule_by_a_setting(order):
    eligibility.rules.cache_clear()
    try:
        with override_settings(KEFU_ELIGIBILITY_RULES=[f"{__name__}.BigOrders"]):
            assert verdict("big_orders", asked(order)) == "person"
    finally:
        eligibility.rules.cache_clear()
