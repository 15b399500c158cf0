"""Money asked back for what has not left: one refund, whoever says so first, and in whatever order it becomes known."""

import pytest
from django.utils import timezone

from flows.effects import Refused
from flows.engine import take_many
from flows.table import Who
from orders.models import Refund
from returns.models import ReturnLine
from returns.states import S
from returns.tables import RETURN
from tests.returns.hands import parcel
from tests.returns.written import written

ALL = [{"line": "1"}, {"line": "2"}]


def live():
    """{cause: (fen, state)} of the refunds that count."""
    return {r.cause: (r.amount, r.state) for r in Refund.objects.exclude(state="cancelled")}


def refund_only(hands, who="agent", lines=ALL):
    hands.picking()
    return hands.ask(kind="refund_only", reason="other", lines=lines, who=who)


def test_agreeing_cancels_the_order_with_its_one_refund_which_settles_the_return(hands):
    ret = hands.take(refund_only(hands), "approve", "agent")
    assert (ret.state, ret.money, hands.order().state) == (S.REFUNDING, "cancel", "closed")
    assert live() == {"cancel": (25900, "sent")}
    hands.tell("refund.succeeded", 200, key=Refund.objects.get().key, amount="259.00")
    ret = hands.ret(ret.number)
    assert (ret.state, hands.order().refunded) == (S.COMPLETED, 25900)
    assert ret.ended_at


def test_agreeing_to_a_part_takes_its_lines_out_of_the_order_and_refunds_them(hands):
    ret = refund_only(hands, lines=[{"line": "2", "quantity": 1}])
    ret = hands.take(ret, "approve", "agent")
    order = hands.order()
    assert (ret.state, ret.money, order.state, order.total) == (S.REFUNDING, f"return:{ret.pk}", "picking", 22900)
    assert live() == {f"return:{ret.pk}": (3000, "sent")}
    assert order.lines.get(line="2").dropped == 1
    assert ReturnLine.objects.get().dropped == 1
    assert hands.take(order, "pack", "warehouse").state == "packed"
    later = hands.ask(kind="refund_only", reason="other", lines=[{"line": "2"}])
    assert ReturnLine.objects.get(of=later).quantity == 1


def test_two_parts_agreed_to_in_one_batch_both_leave_the_order(hands):
    hands.picking()
    piece = [{"line": "2", "quantity": 1}]
    asked = [hands.ask(kind="refund_only", reason="other", lines=piece) for _ in "12"]
    taken = take_many(RETURN, "approve", [r.pk for r in asked], who=Who.AGENT, by="agent", at=timezone.now())
    assert [t.moved for t in taken] == [True, True]
    assert hands.order().lines.get(line="2").dropped == 2
    assert live() == {f"return:{r.pk}": (3000, "sent") for r in asked}


def test_what_a_hook_alone_has_agreed_to_waits_the_reorder_window(hands):
    hands.picking()
    hands.request(kind="refund_only", reason="other", lines=ALL)
    hands.tell("return.platform_approved", 119, number="R1")
    assert (hands.ret().state, hands.order().state) == (S.REFUNDING, "closed")
    assert live() == {"cancel": (25900, "approved")}


def test_an_order_for_which_nothing_was_paid_has_nothing_to_refund(hands):
    hands.picking(payment="cod")
    ret = hands.ask(kind="refund_only", reason="other", lines=ALL)
    ret = hands.take(ret, "approve", "agent", override_why="货到付款，未付款")
    assert (hands.ret(ret.number).state, hands.order().state, live()) == (S.COMPLETED, "closed", {})


def test_an_order_that_others_cancel_meanwhile_pays_the_return_that_asked_for_it(hands):
    ret = refund_only(hands)
    hands.take(hands.order(), "cancel", "agent", by="customer", reason="不要了")
    assert (hands.ret(ret.number).state, hands.ret(ret.number).money) == (S.REQUESTED, "cancel")
    assert list(live()) == ["cancel"]
    ret = hands.take(hands.ret(ret.number), "approve", "agent")
    assert (ret.state, list(live())) == (S.REFUNDING, ["cancel"])
    hands.tell("refund.succeeded", 200, key=Refund.objects.get().key, amount="259.00")
    assert hands.ret(ret.number).state == S.COMPLETED


def test_the_refund_of_a_cancelled_order_settles_a_return_that_nobody_has_decided(hands):
    ret = refund_only(hands)
    hands.take(hands.order(), "cancel", "agent", by="customer", reason="不要了")
    hands.tell("refund.succeeded", 200, key=Refund.objects.get().key, amount="259.00")
    assert hands.ret(ret.number).state == S.COMPLETED
    assert hands.order().refunded == 25900


@pytest.mark.parametrize("left_at", [61, 100])
@pytest.mark.parametrize("told_first", ["approval", "shipment"])
def test_agreed_and_left_in_either_order_pays_once_the_same_sum(hands, left_at, told_first):
    """Agreed at minute 80: what left before is a return of what is on its way, what left after is to be stopped."""
    hands.picking()
    hands.request(kind="refund_only", reason="other", lines=ALL)
    news = [
        ("return.platform_approved", 80, {"number": "R1"}),
        ("order.shipped", left_at, {"number": "A1", "parcels": [parcel("SF700")]}),
    ]
    for type_, at, data in news if told_first == "approval" else reversed(news):
        hands.tell(type_, at, **data)
    assert hands.ret().state == S.REFUNDING
    assert hands.order().state == ("shipped" if left_at < 80 else "closed")
    assert [fen for fen, _state in live().values()] == [24900 if left_at < 80 else 25900]  # the freight was used


def test_a_withdrawal_of_what_is_cancelled_already_leaves_the_orders_refund_alone(hands):
    hands.picking()
    hands.request(kind="refund_only", reason="other", lines=ALL)
    hands.tell("return.platform_approved", 118, number="R1")
    hands.tell("return.withdrawn", 119, number="R1")
    assert (hands.ret().state, hands.ret().money) == (S.CLOSED, "")
    assert live() == {"cancel": (25900, "approved")}


def test_a_withdrawal_pulls_back_the_refund_that_nobody_has_heard_of(hands):
    hands.shipped()
    hands.request(kind="refund_only", reason="quality")
    hands.tell("return.platform_approved", 130, number="R1")
    assert list(live().values()) == [(18900, "approved")]
    hands.tell("return.withdrawn", 131, number="R1")
    assert (hands.ret().state, hands.ret().money, live()) == (S.CLOSED, "", {})


def test_a_revision_while_the_refund_has_not_left_pulls_it_back(hands):
    hands.shipped()
    hands.request(kind="refund_only", reason="quality", version=1)
    hands.tell("return.platform_approved", 130, number="R1", version=1)
    hands.tell("return.revised", 131, number="R1", kind="return_refund", version=2)
    assert (hands.ret().state, hands.ret().money, live()) == (S.REQUESTED, "", {})


# ---- offers of money
def cash(fen):
    return [{"kind": "cash", "amount": fen, "words": "退您一部分，商品留下"}]


def test_cash_that_the_customer_accepts_is_paid_on_the_word_of_who_offered_it(hands):
    hands.signed()
    ret = hands.take(hands.request(reason="quality"), "offer", "agent", plans=cash(2000))
    ret = hands.take(ret, "accept_offer", "customer")
    assert (ret.state, ret.accepted) == (S.REFUNDING, "money")
    refund = Refund.objects.get()
    assert (refund.compensation, refund.goods, refund.freight, refund.state) == (2000, 0, 0, "sent")
    assert (refund.asked_by, refund.asked_as, refund.about) == ("agent", "agent", "R1")
    assert ret.offers.get().saved == 18900 - 2000
    hands.tell("refund.succeeded", 200, key=refund.key, amount="20.00")
    assert hands.ret().state == S.COMPLETED
    assert hands.request("R2", at=300), "the customer has kept the goods"


def test_more_than_the_agent_may_give_away_is_not_offered(hands):
    hands.signed()
    ret, before = hands.request(reason="quality"), written()
    with pytest.raises(Refused) as error:
        hands.take(ret, "offer", "agent", plans=cash(5001))
    assert ("50.01" in error.value.why, written()) == (True, before)
    assert hands.take(ret, "offer", "agent", plans=cash(5000)).state == S.OFFERED


def test_a_gift_that_is_chosen_is_sent_by_an_order_of_its_own(hands):
    hands.signed()
    plans = [{"kind": "gift", "sku": "S-2", "words": "补寄一双袜子"}]
    ret = hands.take(hands.request(reason="quality"), "offer", "agent", plans=plans)
    ret = hands.take(ret, "accept_offer", "customer")
    assert (ret.state, ret.accepted, ret.replacement.state) == (S.EXCHANGING, "goods", "awaiting_audit")
    assert [(x.sku, x.paid) for x in ret.replacement.lines.all()] == [("S-2", 0)]
    assert not Refund.objects.exists()
