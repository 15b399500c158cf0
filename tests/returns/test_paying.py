"""The refund that ends a return: promised once, stopped, paid by others, come."""

import pytest

from deadlines.models import Deadline
from flows.effects import Refused
from orders.models import Entry, Refund
from outbox.models import Event
from returns.models import ReturnLine


def refunds(order):
    return {r.cause: r for r in Refund.objects.filter(order=order).exclude(state="cancelled")}


def inspected(hands, **changes):
    """A return whose goods are here and sellable."""
    hands.signed()
    ret = hands.request(**changes)
    return here(hands, ret)


def here(hands, ret):
    kept = hands.rules(return_address={"name": "退货组", "phone": "13900000000", "detail": "杭州"})
    assert kept is None
    steps = [("approve", "agent"), ("send_back", "customer", {"tracking_number": f"YT{ret.pk:010d}"})]
    steps += [("receive", "warehouse"), ("inspect", "warehouse")]
    return hands.go(ret, *steps)


def succeed(hands, refund, at=60.0, **changes):
    hands.tell("refund.succeeded", at, **{"key": refund.key, "amount": yuan(refund.amount), **changes})


def yuan(fen):
    return f"{fen // 100}.{fen % 100:02d}"


def test_the_refund_of_what_is_here_settles_the_return(hands):
    ret = hands.take(inspected(hands), "refund", "agent")
    found = refunds(ret.order)[f"return:{ret.pk}"]
    assert (ret.state, found.state, found.goods, found.about) == ("refunding", "sent", 18900, ret.number)
    assert ReturnLine.objects.get(of=ret.pk).refunded == 18900
    succeed(hands, found)
    ret = hands.ret()
    assert ret.state == "completed"
    assert ret.ended_at is not None
    assert hands.order().refunded == 18900
    assert not Deadline.objects.filter(flow="return", subject=ret.pk, ended_at=None).exists()


def test_less_needs_the_reason_and_nothing_is_promised_without(hands):
    ret = inspected(hands)
    with pytest.raises(Refused) as refused:
        hands.take(ret, "refund", "agent", goods=10000)
    assert refused.value.code == "input"
    assert not Refund.objects.exists()
    assert ReturnLine.objects.get(of=ret.pk).refunded == 0
    ret = hands.take(ret, "refund", "agent", goods=10000, why="有使用痕迹")
    assert refunds(ret.order)[ret.money].note == "有使用痕迹"
    assert (ReturnLine.objects.get(of=ret.pk).share, ReturnLine.objects.get(of=ret.pk).refunded) == (18900, 10000)


def test_a_refund_of_nothing_is_a_refusal_and_wants_its_own_step(hands):
    ret = inspected(hands)
    with pytest.raises(Refused, match="验货不通过"):
        hands.take(ret, "refund", "agent", goods=0, why="磨损")
    assert (hands.ret().state, refunds(hands.order())) == ("inspected", {})


def test_more_than_was_paid_for_the_line_is_no_goods_money(hands):
    ret = inspected(hands)
    with pytest.raises(Refused):
        hands.take(ret, "refund", "agent", goods=18901, why="补偿")
    ret = hands.take(ret, "refund", "agent", compensation=500, why="补偿")
    assert refunds(ret.order)[ret.money].parts == {"goods": 18900, "freight": 0, "compensation": 500}


def test_never_more_than_the_order_holds(hands):
    ret = inspected(hands)
    with pytest.raises(Refused):
        hands.take(ret, "refund", "agent", compensation=10**7, why="赔偿")
    assert not Refund.objects.exists()


def test_a_rejected_refund_leads_back_to_who_decides_and_its_line_is_free_again(hands):
    ret = inspected(hands)
    hands.rules(evidence_reasons=[])
    ret = hands.take(ret, "refund", "agent", compensation=6000, why="补偿")  # above an agent's authority
    refund = refunds(ret.order)[ret.money]
    assert refund.state == "drafted"
    hands.take(refund, "reject", "lead", why="太多")
    ret = hands.ret()
    assert (ret.state, ret.money) == ("inspected", "")
    assert ReturnLine.objects.get(of=ret.pk).refunded == 0
    ret = hands.take(ret, "refund", "agent")
    assert refunds(ret.order)[ret.money].amount == 18900


def test_another_refund_of_the_order_moves_this_return_nowhere(hands):
    """The goods of R1 and R2 are of one order: each refund ends its own return."""
    first = hands.take(inspected(hands), "refund", "agent")
    second = hands.request("R2", lines=[{"line": "2", "quantity": 1}], at=30)
    second = hands.take(here(hands, second), "refund", "agent")
    succeed(hands, refunds(first.order)[second.money])
    assert hands.ret("R1").state == "refunding"
    assert hands.ret("R2").state == "completed"


# ---- paid by the platform
def test_what_the_platform_has_paid_is_never_sent_from_here(hands):
    hands.signed()
    ret = hands.request()
    hands.tell("return.platform_refunded", 30, number="R1")
    ret = hands.ret()
    found = refunds(ret.order)
    assert ret.state == "refunding"
    assert [(r.cause, r.state, r.paid_by, r.amount) for r in found.values()] == [
        (f"platform:{ret.pk}", "sent", "platform", 18900)
    ]
    assert not Event.objects.filter(topic="refund.send").exists()
    hands.tell("refund.succeeded", 40, key="P-1", order="A1", amount="189.00")
    hands.tell("refund.succeeded", 41, key="P-1", order="A1", amount="189.00")
    assert hands.ret().state == "completed"
    assert hands.order().refunded == 18900
    assert Refund.objects.count() == 1


def test_told_the_other_way_round_it_is_the_same_money(hands):
    hands.signed()
    hands.request()
    hands.tell("refund.succeeded", 40, key="P-1", order="A1", amount="189.00")
    hands.tell("return.platform_refunded", 30, number="R1")
    assert hands.ret().state == "completed"
    assert hands.order().refunded == 18900
    assert Refund.objects.count() == 1


def test_our_own_unsent_refund_is_cancelled_where_the_platform_pays(hands):
    ret = hands.take(inspected(hands), "refund", "agent", compensation=6000, why="补偿")
    assert refunds(ret.order)[f"return:{ret.pk}"].state == "drafted"
    hands.tell("return.platform_refunded", 90, number="R1", amount="189.00")
    found = refunds(ret.order)
    assert list(found) == [f"platform:{ret.pk}"]
    assert found[f"platform:{ret.pk}"].amount == 18900
    assert hands.ret().state == "refunding"
    assert not Event.objects.filter(topic="return.paid_twice").exists()


def test_where_ours_has_left_already_people_hear_that_the_customer_may_be_paid_twice(hands):
    ret = hands.take(inspected(hands), "refund", "agent")
    hands.tell("return.platform_refunded", 90, number="R1")
    assert Event.objects.filter(topic="return.paid_twice").count() == 1
    assert refunds(ret.order)[f"return:{ret.pk}"].state == "sent"


def test_told_twice_the_platform_has_paid_once(hands):
    hands.signed()
    hands.request()
    for at in (30, 31):
        hands.tell("return.platform_refunded", at, number="R1")
    assert Refund.objects.count() == 1


# ---- paid by others
def test_an_outside_refund_that_names_the_return_and_covers_it_settles_it(hands):
    inspected(hands)
    hands.tell("refund.succeeded", 90, **{"key": "X-1", "return": "R1", "order": "A1", "amount": "189.00"})
    ret = hands.ret()
    assert (ret.state, ret.money) == ("completed", "outside:X-1")
    assert hands.order().refunded == 18900


def test_one_that_covers_a_part_lessens_what_is_owed(hands):
    ret = inspected(hands)
    hands.tell("refund.succeeded", 90, **{"key": "X-1", "return": "R1", "order": "A1", "amount": "89.00"})
    ret = hands.ret()
    assert ret.state == "inspected"
    ret = hands.take(ret, "refund", "agent")
    assert refunds(ret.order)[ret.money].amount == 10000


# ---- the books
def test_the_ledger_is_what_was_paid_less_what_went_back(hands):
    ret = hands.take(inspected(hands), "refund", "agent")
    succeed(hands, refunds(ret.order)[ret.money])
    order = hands.order()
    assert sum(e.amount for e in Entry.objects.filter(order=order)) == order.paid - order.refunded
