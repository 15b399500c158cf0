"""A lost or broken parcel is made good by a return whose decision is made; a return's own parcel is asked after too."""

import pytest

from flows.effects import Refused
from orders.models import LogisticsQuery, Order, Refund
from returns.models import Return, ReturnLine
from shops import policy
from tests.factories import make_shop
from tests.orders.queried import D, H, T, asked, fresh, hear, in_state, take, track, under_way, written
from tests.returns.hands import Hands


@pytest.fixture
def shop(db):
    return make_shop()


def made_good(order, kind="refund_only", number="", **inputs):
    query = in_state(order, "lost", number)
    return take(query, "make_good", at=T + H, kind=kind, **inputs)


def refused(query, code="refused", **inputs):
    before = (*written(), list(Return.objects.values()), list(ReturnLine.objects.values()))
    with pytest.raises(Refused) as why:
        take(query, "make_good", at=T + H, **inputs)
    assert why.value.code == code
    assert (*written(), list(Return.objects.values()), list(ReturnLine.objects.values())) == before
    return why.value.why


# --- money
def test_a_lost_parcel_is_refunded_with_what_was_paid_for_all_that_was_in_it(shop):
    [order] = under_way(shop)
    query = made_good(order)
    ret, refund = Return.objects.get(), Refund.objects.get()
    assert (query.state, query.ended_at) == ("closed", T + H)
    assert (ret.number, ret.kind, ret.reason, ret.state, ret.opened_by) == (
        f"{order.number}-R1", "refund_only", "not_received", "refunding", "logistics")  # fmt: skip
    assert {x.line.line: (x.quantity, x.refunded) for x in ret.lines.select_related("line")} == {
        "1": (1, 6000), "2": (2, 4000)}  # fmt: skip
    assert (refund.goods, refund.freight, refund.amount, refund.about) == (10000, 0, 10000, ret.number)
    assert (refund.asked_by, refund.asked_as, refund.state) == ("agent", "agent", "sent")


def test_of_two_parcels_only_the_lost_ones_goods_are_refunded(shop):
    [order] = under_way(shop, parcels=("SF8", "SF9"))
    made_good(order, number="SF9")
    assert Refund.objects.get().amount == 4000
    assert [x.line.line for x in ReturnLine.objects.select_related("line")] == ["2"]


def test_only_the_lines_named_are_refunded(shop):
    [order] = under_way(shop)
    query = made_good(order, lines=[{"line": "2", "quantity": 1}])
    assert query.made_good == {"kind": "refund_only", "lines": [{"line": "2", "quantity": 1}]}
    assert Refund.objects.get().amount == 2000


def test_broken_goods_are_a_reason_of_their_own(shop):
    [order] = under_way(shop)
    query = take(take(asked(order), "look_up"), "declare_lost", what="damaged", words="瓶子碎了")
    take(query, "make_good", kind="refund_only", lines=[{"line": "2"}])
    assert Return.objects.get().reason == "damaged"
    assert Refund.objects.get().amount == 4000


def test_above_the_agents_authority_a_lead_decides(shop):
    policy.edit(shop, {"authority": {"agent": {"refund_case": 5000, "refund_day": 5000}}}, "lea", T)
    policy.forget()
    [order] = under_way(shop)
    made_good(order)
    refund = Refund.objects.get()
    assert (refund.state, refund.asked_by, refund.asked_as) == ("drafted", "agent", "agent")
    assert Return.objects.get().state == "refunding"


def test_the_money_has_come_and_ends_return_and_order(shop):
    [order] = under_way(shop)
    made_good(order)
    refund = Refund.objects.get()
    hear([order], "refund_succeeded", T + D, key=refund.key, amount=10000)
    assert (Return.objects.get().state, fresh(order).state, fresh(order).refunded) == ("completed", "closed", 10000)


# --- goods
def test_a_lost_parcel_is_sent_again_and_no_money_moves(shop):
    [order] = under_way(shop)
    made_good(order, "reship", lines=[{"line": "1"}])
    ret = Return.objects.get()
    assert (ret.kind, ret.state) == ("reship", "exchanging")
    assert (ret.replacement.state, ret.replacement.after_sale) == ("awaiting_audit", True)
    assert [(x.line, x.quantity) for x in ret.replacement.lines.all()] == [("1", 1)]
    assert not Refund.objects.exists()


def test_a_replacement_that_is_lost_goes_on_with_its_return(db):
    hands = Hands()
    hands.signed()
    ret = hands.take(hands.ask(kind="reship", reason="missing"), "approve", "agent")
    new = ret.replacement
    hands.take(new, "audit", "auditor")
    hands.take(new, "ship", "warehouse", parcels=[{"carrier": "顺丰", "tracking_number": "SF77"}])
    assert Return.objects.get().state == "reshipped"
    for kind, state in (("reship", "exchanging"),):
        query = take(take(asked(Order.objects.get(pk=new.pk), "SF77"), "look_up"), "declare_lost")
        take(query, "make_good", kind=kind)
        assert Return.objects.get().state == state
    assert Return.objects.get().replacement_id != new.pk or fresh(new).state == "closed"


def test_a_lost_replacement_may_become_a_refund(db):
    hands = Hands()
    hands.signed()
    ret = hands.take(hands.ask(kind="reship", reason="missing"), "approve", "agent")
    hands.take(ret.replacement, "audit", "auditor")
    hands.take(ret.replacement, "ship", "warehouse", parcels=[{"carrier": "顺丰", "tracking_number": "SF77"}])
    query = take(take(asked(fresh(ret.replacement), "SF77"), "look_up"), "declare_lost")
    take(query, "make_good", kind="refund_only")
    assert (Return.objects.count(), Return.objects.get().state) == (1, "refunding")
    assert Refund.objects.get().amount == 18900


# --- refusals
def test_more_than_was_in_the_parcel_is_refused(shop):
    [order] = under_way(shop, parcels=("SF8", "SF9"))
    query = in_state(order, "lost", "SF9")
    refused(query, "input", kind="refund_only", lines=[{"line": "2", "quantity": 3}])
    refused(query, "input", kind="refund_only", lines=[{"line": "1"}])


def test_goods_that_another_return_has_are_refused(shop):
    [order] = under_way(shop)
    made_good(order)
    track(order, "in_transit", T + 2 * H)
    again = in_state(fresh(order), "lost", at=T + 3 * H)
    assert "别的售后单" in refused(again, kind="refund_only")


# --- parcels that customers send back
@pytest.fixture
def sent_back(db):
    hands = Hands()
    hands.signed()
    ret = hands.take(hands.ask(), "approve", "agent", address={"name": "退货组", "phone": "1", "detail": "杭州"})
    ret = hands.take(ret, "send_back", "customer", carrier="中通", tracking_number="75000000000001")
    return hands, ret


def told(hands, status, at):
    hands.tell("parcel.tracked", at, carrier="中通", tracking_number="75000000000001", state=status)


def test_a_returns_own_parcel_in_trouble_opens_a_query_that_names_the_return(sent_back):
    hands, ret = sent_back
    told(hands, "problem", 60)
    query = LogisticsQuery.objects.get()
    assert (query.about, query.tracking_number, query.carrier, query.cause) == (
        ret.number, "75000000000001", "中通", "problem")  # fmt: skip
    told(hands, "in_transit", 70)
    assert fresh(query).status == "in_transit"
    told(hands, "signed", 80)
    assert fresh(query).state == "closed"


def test_a_returns_own_parcel_is_asked_after_by_its_number_and_lost_on_its_return(sent_back):
    hands, ret = sent_back
    query = take(asked(hands.order(), "75000000000001"), "look_up")
    assert query.about == ret.number
    before = written()
    with pytest.raises(Refused) as why:
        take(query, "declare_lost")
    assert (why.value.code, ret.number in why.value.why) == ("refused", True)
    assert written() == before
