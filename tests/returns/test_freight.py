"""Who bears the freight of a return."""

import pytest

from flows.effects import Refused
from returns import freight
from tests.returns.scenes import bought, returned

pytestmark = pytest.mark.django_db
LINE = {"line": "1", "quantity": 1, "paid": 10000}


def bears(order, **fields):
    return freight.bears(returned(order, ("1", 1), **fields))


@pytest.mark.parametrize(
    ("kind", "reason", "fault", "paid_freight", "payer", "ways"),
    [
        # no fault: the way back only where the order was shipped free, else both
        ("return_refund", "no_reason", "", 0, "customer", "return"),
        ("return_refund", "no_reason", "", 1000, "customer", "both"),
        ("return_refund", "other", "", 0, "customer", "return"),
        # an exchange without fault is both ways the customer's, however the order was shipped
        ("exchange", "no_reason", "", 0, "customer", "both"),
        ("exchange", "no_reason", "", 1000, "customer", "both"),
        ("repair", "other", "", 0, "customer", "both"),
        # the seller's fault
        ("return_refund", "quality", "", 0, "seller", "both"),
        ("return_refund", "wrong_item", "", 1000, "seller", "both"),
        ("exchange", "not_as_described", "", 0, "seller", "both"),
        ("return_refund", "late", "", 0, "seller", "both"),
        # the courier's: none of the customer's, so the seller's first
        ("return_refund", "damaged", "", 0, "seller", "both"),
        # what somebody has seen is stronger than what was said
        ("return_refund", "quality", "customer", 0, "customer", "return"),
        ("return_refund", "no_reason", "seller", 1000, "seller", "both"),
        ("return_refund", "no_reason", "courier", 0, "seller", "both"),
        # nothing has to come back
        ("refund_only", "quality", "", 0, "nobody", "none"),
        ("reship", "missing", "", 0, "nobody", "none"),
        # refused at the door without a fault
        ("return_refund", "rejected", "", 0, "customer", "both"),
    ],
)
def test_who_bears_the_freight(kind, reason, fault, paid_freight, payer, ways):
    found = bears(bought(LINE, freight=paid_freight), kind=kind, reason=reason, fault=fault)
    assert (found.payer, found.ways) == (payer, ways)
    assert found.why


@pytest.mark.parametrize(
    ("switch", "paid_freight", "ways"),
    [("return", 1000, "return"), ("both", 0, "both"), ("by_order", 0, "return"), ("by_order", 1000, "both")],
)
def test_the_shops_switch_decides_a_return_without_fault(hands, switch, paid_freight, ways):
    hands.rules(no_reason_freight=switch)
    assert bears(bought(LINE, freight=paid_freight, shop=hands.shop)).ways == ways


@pytest.mark.parametrize("reason", ["no_reason", "quality"])
def test_what_is_insured_is_never_paid_a_second_time(reason):
    assert bears(bought(LINE, insured=True), reason=reason).payer == "insurance"
    assert bears(bought(LINE, insured=True, number="B2"), reason="quality", kind="repair").payer == "seller"


def test_another_payer_than_the_rules_needs_the_reason():
    ret = returned(bought(LINE), ("1", 1))
    with pytest.raises(Refused) as refused:
        freight.decide(ret, "seller")
    assert refused.value.code == "input"
    assert (ret.freight_by, ret.freight_why) == ("", "")
    freight.decide(ret, "seller", "老客户，店铺承担")
    assert (freight.bears(ret).payer, freight.bears(ret).why) == ("seller", "老客户，店铺承担")


def test_the_rules_own_payer_needs_none():
    ret = returned(bought(LINE), ("1", 1))
    freight.decide(ret, "customer")
    assert (ret.freight_by, ret.freight_why) == ("customer", "")
    freight.decide(ret)
    assert ret.freight_by == "customer"
