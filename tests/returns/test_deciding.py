"""Agreed, refused, offered something else, withdrawn, closed and open again: what each leaves, what each refuses."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deadlines.models import Deadline
from flows.effects import Refused
from flows.models import Move
from flows.sweep import sweep
from hooks.models import Inbox
from orders.models import Order
from outbox.models import Event
from returns.models import Evidence, Offer
from returns.states import S
from tests.factories import placed
from tests.returns.hands import ADDRESS
from tests.returns.written import written

SHOPS = {"name": "退货组", "phone": "0571-88888888", "detail": "余杭区良睦路 1 号"}


def refused(hands, subject, step, who, code="refused", **inputs):
    """-> why; nothing was written."""
    before = written()
    with pytest.raises(Refused) as error:
        hands.take(subject, step, who, **inputs)
    assert (error.value.code, written()) == (code, before)
    return error.value.why


def late(hands, ret, clock):
    """Let the clock of this return ring, however long it takes; -> its row."""
    row = Deadline.objects.get(flow="return", subject=ret.pk, clock=clock, ended_at=None)
    sweep(at=row.due_at + timedelta(minutes=1))
    row.refresh_from_db()
    return row


def outdate(hands, days=40, number="A1"):
    """The order was signed so long ago."""
    Order.objects.filter(shop=hands.shop, number=number).update(signed_at=timezone.now() - timedelta(days=days))


def last_hook():
    return Inbox.objects.order_by("-pk")[0]


# ---- approve
def test_an_approval_records_where_to_send_it_what_to_mind_and_who_pays(hands):
    hands.rules(return_address=SHOPS)
    hands.signed()
    ret = hands.take(hands.request(), "approve", "agent", mind="吊牌请保留")
    assert (ret.state, ret.address, ret.mind) == (S.AWAITING_RETURN, SHOPS, "吊牌请保留")
    assert (ret.freight_by, ret.freight_why, ret.override_why) == ("customer", "", "")
    assert "良睦路" not in str(list(Move.objects.values_list("inputs", flat=True)))
    assert {d.clock for d in Deadline.objects.filter(flow="return", ended_at=None)} == {"send_back"}


def test_another_address_and_another_payer_than_the_rules_are_the_persons_who_says_why(hands):
    hands.rules(return_address=SHOPS)
    hands.signed()
    ret = hands.request()
    why = refused(hands, ret, "approve", "agent", code="input", freight_by="seller")
    assert "原因" in why
    ret = hands.take(ret, "approve", "agent", address=ADDRESS, freight_by="seller", freight_why="老客户")
    assert (ret.address, ret.freight_by, ret.freight_why) == (ADDRESS, "seller", "老客户")


def test_going_against_the_rules_needs_a_persons_reason_which_the_log_keeps(hands):
    hands.signed()
    outdate(hands)
    ret = hands.request()
    why = refused(hands, ret, "approve", "agent")
    assert "七天无理由" in why
    refused(hands, ret, "approve", "agent", override_why=" ")
    ret = hands.take(ret, "approve", "agent", override_why="老客户，店长同意")
    assert (ret.state, ret.override_why) == (S.AWAITING_RETURN, "老客户，店长同意")
    assert Move.objects.get(flow="return", step="approve").inputs["override_why"] == "老客户，店长同意"
    assert "no" in {v["verdict"] for v in ret.eligibility}


def test_what_the_platform_has_agreed_to_is_not_asked_for_a_reason(hands):
    hands.signed()
    outdate(hands)
    hands.request()
    hands.tell("return.platform_approved", 60, number="R1")
    ret = hands.ret()
    assert (ret.state, ret.approvals[0][3]) == (S.AWAITING_RETURN, "platform")


def test_the_platform_may_agree_to_another_kind_until_the_application_is_revised(hands):
    hands.signed()
    hands.request(kind="exchange", reason="quality")
    hands.tell("return.platform_approved", 60, number="R1", kind="return_refund")
    assert (hands.ret().state, hands.ret().kind) == (S.AWAITING_RETURN, "return_refund")
    hands.tell("return.revised", 61, number="R1", words="还是想换")
    assert (hands.ret().state, hands.ret().kind) == (S.REQUESTED, "exchange")


def test_the_clock_agrees_only_to_what_its_limit_lets_it(hands):
    hands.signed()
    assert late(hands, hands.request(), "handle").ended_at
    ret = hands.ret()
    assert ret.state == S.AWAITING_RETURN
    assert Move.objects.filter(subject=ret.pk, flow="return").latest("seq").who == "clock"
    for number, kind, reason in (("R2", "return_refund", "quality"), ("R3", "reship", "missing")):
        ret = hands.request(number, kind=kind, reason=reason, lines=[{"line": "2", "quantity": 1}])
        row = late(hands, ret, "handle")
        assert (row.breached_at is not None, hands.ret(number).state) == (True, S.REQUESTED)


def test_the_clock_never_agrees_to_what_the_rules_do_not(hands):
    hands.signed()
    outdate(hands)
    ret = hands.request()
    row = late(hands, ret, "handle")
    assert (row.breached_at is not None, hands.ret().state) == (True, S.REQUESTED)


def test_a_late_approval_opens_again_what_our_own_clock_closed_and_nothing_else(hands):
    hands.signed()
    for number, by in (("R1", "clock"), ("R2", "hook")):
        ret = hands.request(number, lines=[{"line": "2", "quantity": 1}])
        ret = hands.take(ret, "ask_evidence", "agent", words="请拍照")
        if by == "clock":
            late(hands, ret, "evidence")
        else:
            hands.tell("return.closed", 40, number=number, reason="expired")
        ret = hands.ret(number)
        assert (ret.state, ret.closed_by) == (S.CLOSED, "clock" if by == "clock" else "platform")
        assert ret.ended_at
        hands.tell("return.platform_approved", 70, number=number)
    ret = hands.ret("R1")
    assert (ret.state, ret.closed_by, ret.ended_at) == (S.AWAITING_RETURN, "", None)
    assert hands.ret("R2").state == S.CLOSED


# ---- refuse
def test_a_refusal_needs_proof_of_this_return_and_is_kept_with_its_reason(hands):
    hands.signed()
    ret = hands.request(reason="quality")
    other = hands.request("R2", lines=[{"line": "2"}])
    refused(hands, ret, "refuse", "agent", code="input", why="照片看不出问题", proof=[hands.proof(other)])
    ret = hands.take(ret, "refuse", "agent", why="照片看不出问题", proof=[hands.proof(ret)])
    assert (ret.state, ret.refusal) == (S.REFUSED, "照片看不出问题")
    assert {d.clock for d in Deadline.objects.filter(flow="return", subject=ret.pk, ended_at=None)} == {"respond"}


def test_no_reason_inside_its_window_and_an_order_that_has_not_left_are_not_refused(hands):
    hands.signed()
    ret = hands.request()
    why = refused(hands, ret, "refuse", "agent", why="不想退", proof=[hands.proof(ret)])
    assert "七天" in why
    hands.picking("A2")
    ret = hands.ask("A2", kind="refund_only", reason="other")
    why = refused(hands, ret, "refuse", "agent", why="不想退", proof=[hands.proof(ret)])
    assert "没有发货" in why


def test_goods_that_have_not_the_seven_days_are_refused_inside_them(hands):
    lines = placed()["lines"]
    hands.signed(lines=[{**lines[0], "exclusion": "made_to_order"}, lines[1]])
    ret = hands.request()
    assert "excluded" in {v["rule"] for v in ret.eligibility if v["verdict"] == "no"}
    ret = hands.take(ret, "refuse", "agent", why="定作商品，不支持七天无理由", proof=[hands.proof(ret)])
    assert ret.state == S.REFUSED


def test_a_refusal_of_the_platforms_is_never_barred_but_one_of_an_older_application_is_only_kept(hands):
    hands.signed()
    hands.request(version=1)
    hands.tell("return.revised", 30, number="R1", reason="quality", version=2)
    hands.tell("return.refused", 29, number="R1", reason="超过时间", version=1, evidence=["https://img.example/n.jpg"])
    assert (hands.ret().state, hands.ret().refusal, last_hook().outcome) == (S.REQUESTED, "", "no_op")
    assert Evidence.objects.get().stage == "refusal"
    hands.tell("return.refused", 31, number="R1", reason="超过时间", version=2)
    assert (hands.ret().state, hands.ret().refusal) == (S.REFUSED, "超过时间")
    hands.tell("return.platform_approved", 32, number="R1", version=2)
    assert (hands.ret().state, hands.ret().refusal) == (S.AWAITING_RETURN, "")


# ---- offers
PLANS = [
    {"kind": "cash", "amount": 2000, "words": "退您 20 元，鞋子留下"},
    {"kind": "coupon", "amount": 3000, "words": "30 元券，今天发到账户"},
]


@pytest.mark.parametrize("frm", [S.REQUESTED, S.AWAITING_RETURN, S.REFUSED])
def test_an_offer_that_is_declined_leads_back_to_where_it_was_made(hands, frm):
    hands.signed()
    ret = hands.request(reason="quality")
    if frm == S.AWAITING_RETURN:
        ret = hands.take(ret, "approve", "agent")
    if frm == S.REFUSED:
        ret = hands.take(ret, "refuse", "agent", why="看不出问题", proof=[hands.proof(ret)])
    ret = hands.take(ret, "offer", "agent", plans=PLANS, leaving_why="尺码偏小")
    assert (ret.state, ret.offered_from) == (S.OFFERED, frm)
    ret = hands.take(ret, "decline_offer", "customer", words="还是想退")
    offer = Offer.objects.get()
    assert (ret.state, offer.ended, offer.answer, offer.chosen) == (frm, "declined", "还是想退", None)
    assert (offer.leaving_why, offer.by, len(offer.plans)) == ("尺码偏小", "agent", 2)


def test_an_offer_that_nobody_answers_expires_and_leads_back(hands):
    hands.signed()
    ret = hands.take(hands.request(), "offer", "agent", plans=PLANS)
    late(hands, ret, "offer")
    assert (hands.ret().state, Offer.objects.get().ended) == (S.REQUESTED, "expired")


def test_a_coupon_that_is_chosen_ends_the_return_and_is_told_to_those_who_send_it(hands):
    hands.signed()
    ret = hands.take(hands.request(), "offer", "agent", plans=PLANS)
    refused(hands, ret, "accept_offer", "customer", code="input", plan=3)
    ret = hands.take(ret, "accept_offer", "customer", plan=2)
    offer = Offer.objects.get()
    assert (ret.state, ret.accepted, ret.closed_by) == (S.COMPLETED, "coupon", "customer")
    assert (offer.ended, offer.chosen, offer.saved) == ("accepted", 2, 18900)
    assert Event.objects.get(topic="return.coupon_due").data["amount"] == 3000
    assert hands.request("R2", at=40), "the customer has kept the goods"


def test_what_happens_meanwhile_overtakes_an_offer(hands):
    hands.signed()
    for number, type_, state in (
        ("R1", "return.platform_approved", S.AWAITING_RETURN), ("R2", "return.withdrawn", S.CLOSED),
    ):  # fmt: skip
        ret = hands.request(number, lines=[{"line": "2", "quantity": 1}])
        hands.take(ret, "offer", "agent", plans=PLANS)
        hands.tell(type_, 300, number=number)
        assert hands.ret(number).state == state
        assert Offer.objects.get(of=ret).ended == "overtaken"


# ---- it ends, and begins again
def test_a_withdrawal_closes_and_says_by_whom_and_when(hands):
    hands.signed()
    ret = hands.take(hands.request(), "withdraw", "customer")
    assert (ret.state, ret.closed_by) == (S.CLOSED, "customer")
    assert ret.ended_at
    assert not Deadline.objects.filter(flow="return", subject=ret.pk, ended_at=None).exists()


@pytest.mark.parametrize(
    ("reason", "step", "who"),
    [("withdrawn", "withdraw", "shop"), ("expired", "expire", "platform"), ("dismissed", "dismiss", "platform")],
)
def test_what_the_platform_has_closed_is_closed_by_its_reason(hands, reason, step, who):
    hands.signed()
    hands.take(hands.request(), "ask_evidence", "agent", words="请拍照")
    hands.tell("return.closed", 60, number="R1", reason=reason, status="REFUND_CLOSED")
    ret = hands.ret()
    assert (ret.state, ret.closed_by, ret.platform["status"]) == (S.CLOSED, who, "REFUND_CLOSED")
    move = Move.objects.filter(flow="return").latest("seq")
    assert (move.step, move.who) == (step, who)


def test_a_closed_return_is_open_again_inside_the_after_sales_window_only(hands):
    hands.signed()
    ret = hands.take(hands.request(), "withdraw", "customer")
    ret = hands.take(ret, "reopen", "customer", why="点错了")
    assert (ret.state, ret.closed_by, ret.ended_at) == (S.REQUESTED, "", None)
    hands.take(ret, "withdraw", "customer")
    outdate(hands)
    assert "售后期" in refused(hands, hands.ret(), "reopen", "agent", why="客户要求")


def test_what_was_said_before_it_was_opened_again_has_lost_its_force(hands):
    hands.signed()
    hands.request()
    hands.tell("return.platform_approved", 25, number="R1")
    hands.tell("return.withdrawn", 30, number="R1")
    hands.take(hands.ret(), "reopen", "agent", why="点错了")
    hands.tell("return.evidence_given", 31, number="R1", words="照片")
    hands.tell("return.withdrawn", 30, number="R1")  # the old one, once more
    assert hands.ret().state == S.REQUESTED
    hands.tell("return.platform_approved", 200, number="R1")
    assert hands.ret().state == S.AWAITING_RETURN


def test_a_return_whose_pieces_are_in_another_by_now_is_not_opened_again(hands):
    hands.signed()
    ret = hands.take(hands.request(), "withdraw", "customer")
    hands.request("R2")
    refused(hands, ret, "reopen", "agent", code="input", why="点错了")


# ---- an order whose money is asked back waits
def test_while_its_money_is_asked_back_nobody_here_sends_an_order(hands):
    order = hands.picking()
    ret = hands.ask(kind="refund_only", reason="other")
    for step, who, inputs in (("pack", "warehouse", {}), ("ship", "warehouse", {"parcels": [PARCEL]})):
        assert ret.number in refused(hands, order, step, who, **inputs)
    hands.take(ret, "withdraw", "customer")
    assert hands.take(order, "pack", "warehouse").state == "packed"


def test_an_order_whose_return_asks_for_goods_or_has_ended_does_not_wait(hands):
    hands.picking()
    hands.request(kind="reship", reason="missing")
    assert hands.take(hands.order(), "pack", "warehouse").state == "packed"


def test_what_leaves_all_the_same_passes_and_people_hear_of_it(hands):
    hands.picking()
    ret = hands.ask(kind="refund_only", reason="other")
    hands.tell("order.shipped", 60, number="A1", parcels=[PARCEL])
    assert hands.order().state == "shipped"
    assert Event.objects.get(topic="return.left_all_the_same").data["return"] == ret.number
    assert hands.ret(ret.number).state == S.REQUESTED


PARCEL = {"carrier": "顺丰", "tracking_number": "SF600"}
