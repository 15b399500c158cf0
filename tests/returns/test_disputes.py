"""The platform steps in: what hooks and people say of a dispute, what it holds, what a ruling does to its return."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deadlines.models import Deadline
from flows import engine
from flows.effects import Refused
from flows.models import Move, Reported
from flows.sweep import sweep
from flows.table import Who
from hooks.models import Inbox
from outbox.models import Event
from returns.models import Dispute, Evidence, PackTaken, Return
from returns.states import D


@pytest.fixture
def ret(hands):
    hands.signed()
    return hands.request()


def opened(hands, at=30.0, number="R1", **more):
    hands.tell("dispute.opened", at, **{"return": number, **more})
    return Dispute.objects.filter(about=number).order_by("pk").last()


def ruled(hands, at, ruling="buyer", number="R1", **more):
    hands.tell("dispute.ruled", at, ruling=ruling, **{"return": number, **more})
    return Dispute.objects.filter(about=number).order_by("pk").last()


def clocks(flow="return"):
    return {d.clock: d for d in Deadline.objects.filter(flow=flow, ended_at=None)}


def outcomes():
    return list(Inbox.objects.order_by("pk").values_list("type", "outcome"))


# ---- opened
def test_a_dispute_is_opened_by_its_returns_number_and_counts_up(hands, ret):
    d = opened(hands, reason="卖家拒绝退款", words="商品有划痕", due_at=(hands.t0 + timedelta(hours=30)).isoformat())
    assert (d.number, d.state, d.about, d.of_id, d.opened_by, d.reason) == (
        "R1-D1", "opened", "R1", ret.pk, "hook", "卖家拒绝退款",
    )  # fmt: skip
    assert (Move.objects.get(flow="dispute").who, d.created_at) == ("platform", hands.t0 + timedelta(minutes=30))
    assert Evidence.objects.values_list("words", "stage", "giver").get() == ("商品有划痕", "dispute", "platform")
    clock = clocks("dispute")["evidence"]
    assert (clock.due_at, clock.source) == (hands.t0 + timedelta(hours=30), Deadline.PLATFORM)


def test_a_return_that_is_not_known_yet_is_waited_for(hands):
    hands.signed()
    assert opened(hands) is None
    ruled(hands, 40, "seller")
    assert outcomes()[-2:] == [("dispute.opened", "parked"), ("dispute.ruled", "parked")]
    hands.request()
    hands.apply()
    assert outcomes()[-3:] == [
        ("dispute.opened", "applied"), ("dispute.ruled", "applied"), ("return.requested", "applied"),
    ]  # fmt: skip
    assert Dispute.objects.get().state == "ruled_for_seller"
    assert hands.ret().state == "closed"


def test_opened_again_while_one_is_open_changes_nothing_and_after_its_end_a_new_one_begins(hands, ret):
    opened(hands)
    before = Dispute.objects.values().get()
    opened(hands, 30)
    assert Dispute.objects.values().get() == before
    assert outcomes()[-1] == ("dispute.opened", "no_op")
    opened(hands, 31)
    assert Dispute.objects.count() == 1
    hands.tell("dispute.withdrawn", 40, **{"return": "R1"})
    assert Dispute.objects.get().state == "withdrawn"
    opened(hands, 30)  # an old word again
    assert Dispute.objects.count() == 1
    assert opened(hands, 50).number == "R1-D2"
    assert Move.objects.filter(flow="dispute", step="start").count() == 2


def test_an_opening_that_was_told_before_the_end_that_came_before_it_begins_the_next(hands, ret):
    opened(hands, 30)
    opened(hands, 50)
    assert Dispute.objects.count() == 1
    hands.tell("dispute.withdrawn", 40, **{"return": "R1"})
    states = list(Dispute.objects.order_by("pk").values_list("number", "state", "created_at"))
    assert states == [
        ("R1-D1", "withdrawn", hands.t0 + timedelta(minutes=30)),
        ("R1-D2", "opened", hands.t0 + timedelta(minutes=50)),
    ]
    ruled(hands, 60, "seller")
    assert list(Dispute.objects.order_by("pk").values_list("state", flat=True)) == ["withdrawn", "ruled_for_seller"]


def test_the_platforms_own_number_is_kept_and_finds_it(hands, ret):
    hands.tell("dispute.opened", 30, **{"return": "R1", "number": "TB-77"})
    assert Dispute.objects.get().number == "TB-77"
    hands.tell("dispute.withdrawn", 40, **{"return": "R1", "number": "TB-77"})
    hands.tell("dispute.opened", 50, **{"return": "R1", "number": "TB-78"})
    hands.tell("dispute.ruled", 35, **{"return": "R1", "number": "TB-77", "ruling": "seller"})
    assert list(Dispute.objects.order_by("pk").values_list("number", "state")) == [
        ("TB-77", "ruled_for_seller"), ("TB-78", "opened"),
    ]  # fmt: skip


def test_a_number_that_another_dispute_has_is_kept_beside_ours(hands, ret):
    hands.tell("dispute.opened", 30, **{"return": "R1", "number": "TB-77"})
    hands.signed("A2")
    hands.request("R2", "A2")
    hands.tell("dispute.opened", 31, **{"return": "R2", "number": "TB-77"})
    d = Dispute.objects.get(about="R2")
    assert (d.number, d.platform["number"]) == ("R2-D1", "TB-77")
    hands.tell("dispute.withdrawn", 40, **{"return": "R2", "number": "TB-77"})
    assert list(Dispute.objects.order_by("pk").values_list("state", flat=True)) == ["opened", "withdrawn"]


def test_people_record_one_too_but_not_a_second(hands, ret):
    def begin():
        d = Dispute(shop=ret.shop, order=ret.order, of=ret, state=D.OPENED, opened_by="desk")
        return engine.start(d, who=Who.AGENT, by="amy", at=timezone.now(), inputs={"words": "平台来电"})

    assert begin().number == "R1-D1"
    before = (Dispute.objects.count(), Move.objects.count(), Evidence.objects.count())
    with pytest.raises(Refused, match="还没有结束"):
        begin()
    assert (Dispute.objects.count(), Move.objects.count(), Evidence.objects.count()) == before
    opened(hands, 200)
    assert (Dispute.objects.count(), outcomes()[-1]) == (1, ("dispute.opened", "no_op"))


def test_what_the_platform_said_before_people_recorded_it_is_heard_then(hands, ret):
    ruled(hands, 30, "seller")
    assert outcomes()[-1] == ("dispute.ruled", "parked")
    d = Dispute(shop=ret.shop, order=ret.order, of=ret, state=D.OPENED)
    engine.start(d, who=Who.LEAD, by="lily", at=hands.t0, inputs={})
    hands.apply()
    assert Dispute.objects.get().state == "ruled_for_seller"


def test_another_shops_return_is_never_found(hands, ret):
    other = type(hands)()
    other.tell("dispute.opened", 30, **{"return": "R1"})
    assert not Dispute.objects.exists()
    assert outcomes()[-1] == ("dispute.opened", "parked")


@pytest.mark.parametrize(
    "wrong",
    [{"ruling": "both"}, {"ruling": "buyer", "remedy": "money"}, {"ruling": "buyer", "amount": "0"}, {}],
)
def test_a_ruling_that_says_nothing_is_refused(hands, ret, wrong):
    from tests.factories import hook_body, post_hook

    body = hook_body("dispute.ruled", hands.t0, **{"return": "R1", **wrong})
    assert post_hook(hands.client, hands.shop, body).status_code == 422
    assert not Reported.objects.filter(flow="dispute").exists()


# ---- what it holds
def test_while_it_is_open_the_returns_clocks_wait_and_then_they_go_on(hands, ret):
    due = clocks()["handle"].due_at
    opened(hands, 30)
    held = clocks()["handle"]
    assert held.due_at is None
    assert held.held_at is not None
    assert sweep(at=timezone.now() + timedelta(days=300)) >= 0
    assert hands.ret().state == "requested"
    hands.tell("dispute.withdrawn", 90, **{"return": "R1"})
    assert clocks()["handle"].due_at > due


def test_the_orders_clocks_wait_as_well(hands):
    hands.shipped()
    hands.request(kind="refund_only", reason="not_received")
    opened(hands, 30)
    hands.tell("return.withdrawn", 35, number="R1")  # which alone would let it go on
    assert clocks("order")["sign"].held_at is not None
    ruled(hands, 40, "seller")
    assert clocks("order")["sign"].due_at is not None


def test_it_holds_a_clock_that_begins_while_it_is_open(hands, ret):
    opened(hands, 30)
    hands.take(ret, "approve", "agent")
    assert clocks()["send_back"].held_at is not None


def test_the_platforms_own_moment_is_never_held(hands, ret):
    due = hands.t0 + timedelta(days=2)
    hands.tell("deadline.changed", 25, flow="return", number="R1", clock="handle", due_at=due.isoformat())
    opened(hands, 30)
    assert (clocks()["handle"].due_at, clocks()["handle"].held_at) == (due, None)


def test_it_holds_nothing_of_another_order(hands, ret):
    hands.signed("A2")
    hands.request("R2", "A2")
    opened(hands, 30)
    other = Deadline.objects.get(flow="return", subject=hands.ret("R2").pk, clock="handle")
    assert other.held_at is None


# ---- its own clocks
def test_its_clocks_are_late_and_enforcing_stays_the_platforms(hands, ret):
    d = opened(hands, 30)
    sweep(at=timezone.now() + timedelta(days=5))
    assert Deadline.objects.get(flow="dispute", clock="evidence").breached_at is not None
    assert Dispute.objects.get().state == "opened"
    hands.take(d, "give_evidence", "agent", words="已发货，见证据包")
    assert set(clocks("dispute")) == {"ruling"}
    ruled(hands, 60, "buyer", remedy="exchange")
    assert set(clocks("dispute")) == {"comply"}
    sweep(at=timezone.now() + timedelta(days=90))
    assert Dispute.objects.get().state == "ruled_for_buyer"
    assert Deadline.objects.get(flow="dispute", clock="comply").breached_at is not None


def test_the_platforms_due_moment_wins_for_complying(hands, ret):
    opened(hands, 30)
    due = hands.t0 + timedelta(hours=20)
    ruled(hands, 40, "buyer", remedy="return_refund", due_at=due.isoformat())
    clock = clocks("dispute")["comply"]
    assert (clock.due_at, clock.source) == (due, Deadline.PLATFORM)


def test_goods_that_come_back_first_are_waited_for(hands, ret):
    opened(hands, 30)
    ruled(hands, 40, "buyer", remedy="return_refund")
    clock = clocks("dispute")["comply"]
    assert clock.source == Deadline.PROMISE
    assert clock.due_at - hands.t0 > timedelta(days=10)


def test_a_deadline_of_the_disputes_own_number_is_heard(hands, ret):
    opened(hands, 30)
    due = hands.t0 + timedelta(hours=9)
    hands.tell("deadline.changed", 35, flow="dispute", number="R1-D1", clock="evidence", due_at=due.isoformat())
    assert clocks("dispute")["evidence"].due_at == due


# ---- evidence
def test_evidence_is_given_with_the_fingerprint_of_the_pack_that_was_taken(hands, ret):
    from returns import pack

    d = opened(hands)
    made = pack.made(ret, clear=True)
    pack.take(made, by="amy", at=timezone.now())
    d = hands.take(d, "give_evidence", "agent", words="照片和物流见证据包，客户电话 13800138000")
    assert (d.state, d.pack, d.statement[:5]) == ("evidence_given", made.sha256, "照片和物流")
    assert PackTaken.objects.get().sha256 == made.sha256
    assert "13800138000" not in str(Move.objects.get(step="give_evidence").inputs)
    assert Evidence.objects.get(stage="dispute").giver == "agent"
    d = hands.take(d, "give_evidence", "lead", words="补充说明")
    assert (d.state, Evidence.objects.filter(stage="dispute").count()) == ("evidence_given", 2)


def test_where_nobody_took_a_pack_the_one_of_now_is_meant(hands, ret):
    from returns import pack

    d = opened(hands)
    now = pack.made(ret, clear=False).sha256
    assert hands.take(d, "give_evidence", "agent", words="见附件").pack == now


def test_evidence_of_another_return_is_not_named(hands, ret):
    hands.signed("A2")
    other = hands.proof(hands.request("R2", "A2"))
    d = opened(hands)
    with pytest.raises(Refused):
        hands.take(d, "give_evidence", "agent", words="见附件", evidence=[other])
    assert Dispute.objects.get(pk=d.pk).state == "opened"
    assert not Evidence.objects.filter(stage="dispute").exists()


# ---- rulings that send goods
@pytest.mark.parametrize(("remedy", "state"), [("return_refund", "awaiting_return"), ("exchange", "awaiting_return")])
def test_a_ruling_for_goods_approves_that_kind_as_the_platform(hands, ret, remedy, state):
    opened(hands, 30)
    d = ruled(hands, 40, "buyer", remedy=remedy, words="支持买家")
    now = hands.ret()
    assert (d.state, now.state, now.kind) == ("ruled_for_buyer", state, remedy)
    move = Move.objects.get(flow="return", step="approve")
    assert (move.who, move.by, move.at) == ("platform", "dispute.rule_for_buyer", hands.t0 + timedelta(minutes=40))
    assert "send_back" in clocks()


def test_a_reship_that_was_ruled_is_complied_with_by_what_starts_it(hands, ret):
    opened(hands, 30)
    d = ruled(hands, 40, "buyer", remedy="reship")
    now = hands.ret()
    assert (now.state, now.kind, d.state) == ("exchanging", "reship", "complied")
    assert now.replacement.number == "A1-H1"
    assert "dispatch" in clocks()
    assert "comply" not in clocks("dispute")


def test_a_ruling_opens_what_was_refused(hands, ret):
    quality = hands.request("R2", reason="quality", lines=[{"line": "2", "quantity": 1}])
    hands.take(quality, "refuse", "agent", why="没有凭证", proof=[hands.proof(quality)])
    opened(hands, 30, "R2")
    ruled(hands, 40, "buyer", "R2", remedy="return_refund")
    assert hands.ret("R2").state == "awaiting_return"


def test_a_ruling_for_the_seller_dismisses_the_return(hands, ret):
    opened(hands, 30)
    d = ruled(hands, 40, "seller", words="证据充分")
    now = hands.ret()
    assert (d.state, now.state, now.closed_by, now.recover) == ("ruled_for_seller", "closed", "system", 0)
    assert not Event.objects.filter(topic="dispute.recover").exists()


def test_a_later_ruling_opens_what_an_earlier_one_dismissed(hands, ret):
    hands.take(ret, "approve", "agent", at=hands.t0 + timedelta(minutes=25))
    opened(hands, 30)
    ruled(hands, 40, "seller")
    assert hands.ret().state == "closed"
    d = ruled(hands, 50, "buyer", remedy="return_refund")
    assert (d.state, hands.ret().state) == ("ruled_for_buyer", "awaiting_return")


def test_nothing_older_opens_what_a_ruling_dismissed(hands, ret):
    hands.take(ret, "approve", "agent", at=hands.t0 + timedelta(minutes=25))
    opened(hands, 30)
    ruled(hands, 40, "seller")
    hands.tell("return.platform_approved", 35, number="R1", kind="return_refund")
    assert hands.ret().state == "closed"
    assert Return.objects.get().struck is not None


# ---- appeal, enforcement, withdrawal
def test_an_appeal_is_answered_by_a_later_ruling_only(hands, ret):
    opened(hands, 30)
    d = ruled(hands, 40, "buyer", remedy="exchange")
    d = hands.take(d, "appeal", "lead", at=hands.t0 + timedelta(minutes=50), why="买家恶意")
    assert (d.state, d.ended_at, set(clocks("dispute"))) == ("appealed", None, {"ruling"})
    ruled(hands, 40, "buyer", remedy="exchange")
    assert Dispute.objects.get().state == "appealed"
    ruled(hands, 60, "seller")
    assert Dispute.objects.get().state == "ruled_for_seller"


def test_only_a_lead_appeals(hands, ret):
    opened(hands, 30)
    d = ruled(hands, 40, "buyer", remedy="exchange")
    with pytest.raises(Refused):
        hands.take(d, "appeal", "agent", why="买家恶意")
    assert Dispute.objects.get().state == "ruled_for_buyer"


@pytest.mark.parametrize("order", [("dispute.ruled", "dispute.enforced"), ("dispute.enforced", "dispute.ruled")])
def test_enforcement_is_the_platforms_fact_whenever_it_is_told(hands, ret, order):
    opened(hands, 30)
    said = {
        "dispute.ruled": (40, {"ruling": "buyer", "remedy": "exchange"}), "dispute.enforced": (50, {}),
    }  # fmt: skip
    for name in order:
        at, more = said[name]
        hands.tell(name, at, **{"return": "R1", **more})
    d = Dispute.objects.get()
    assert (d.state, d.enforced_at) == ("enforced", hands.t0 + timedelta(minutes=50))
    assert outcomes()[-1][1] == "applied"


def test_a_dispute_that_was_withdrawn_may_be_ruled_all_the_same(hands, ret):
    opened(hands, 30)
    hands.tell("dispute.withdrawn", 40, **{"return": "R1"})
    ruled(hands, 35, "buyer", remedy="exchange")
    assert Dispute.objects.get().state == "ruled_for_buyer"


# ---- rulings that pay
def refunds():
    from orders.models import Refund

    return list(Refund.objects.order_by("pk").values_list("amount", "paid_by", "state"))


def test_a_ruling_for_money_is_the_platforms_own_refund(hands, ret):
    opened(hands, 30)
    d = ruled(hands, 40, "buyer", remedy="refund", amount="150.00")
    now = hands.ret()
    assert (d.state, d.awarded, d.moved, now.state) == ("complied", 15000, True, "refunding")
    assert now.platform_paid_at == hands.t0 + timedelta(minutes=40)
    assert refunds() == [(15000, "platform", "sent")]
    assert not Event.objects.filter(topic="refund.send").exists()


def test_without_an_amount_what_was_paid_goes_back(hands, ret):
    opened(hands, 30)
    ruled(hands, 40, "buyer")
    assert refunds()[0][0] == 18900


def test_a_second_ruling_after_an_appeal_moves_no_money_again(hands, ret):
    opened(hands, 30)
    d = ruled(hands, 40, "buyer", amount="150.00")
    hands.take(d, "appeal", "lead", at=hands.t0 + timedelta(minutes=50), why="买家恶意")
    d = ruled(hands, 60, "buyer", amount="180.00")
    assert (d.state, d.awarded) == ("complied", 18000)
    assert refunds() == [(15000, "platform", "sent")]


def test_the_same_ruling_told_five_times_pays_once(hands, ret):
    opened(hands, 30)
    for _again in range(5):
        ruled(hands, 40, "buyer")
    hands.tell("dispute.ruled", 41, **{"return": "R1", "ruling": "buyer"})
    assert len(refunds()) == 1


def test_our_own_refund_that_nobody_has_heard_of_is_pulled_back(hands):
    hands.signed()
    ret = hands.request(kind="refund_only", reason="quality")
    hands.tell("return.platform_approved", 25, number="R1")
    assert refunds() == [(18900, "shop", "approved")]
    opened(hands, 30)
    d = ruled(hands, 40, "buyer", amount="189.00")
    assert refunds() == [(18900, "shop", "cancelled"), (18900, "platform", "sent")]
    assert (hands.ret().state, d.state) == ("refunding", "complied")
    assert ret.pk == hands.ret().pk


def test_after_the_money_went_a_ruling_for_us_leaves_the_return_and_keeps_what_is_to_be_recovered(hands, ret):
    opened(hands, 30)
    d = ruled(hands, 40, "buyer", amount="150.00")
    hands.take(d, "appeal", "lead", at=hands.t0 + timedelta(minutes=50), why="买家恶意")
    d = ruled(hands, 60, "seller")
    now = hands.ret()
    assert (d.state, now.state, now.recover) == ("ruled_for_seller", "refunding", 15000)
    told = Event.objects.get(topic="dispute.recover").data
    assert (told["amount"], told["dispute"], told["goods"]) == ("150.00", "R1-D1", False)
    hands.tell("refund.succeeded", 70, key=now.order.refunds.get().key, amount="150.00")
    assert (hands.ret().state, hands.ret().recover) == ("completed", 15000)
    assert Event.objects.filter(topic="dispute.recover").count() == 1
    ruled(hands, 80, "buyer", amount="150.00")
    assert (hands.ret().recover, len(refunds())) == (0, 1)


def test_a_ruling_for_us_stops_our_own_refund_and_dismisses(hands):
    hands.signed()
    hands.request(kind="refund_only", reason="quality")
    hands.tell("return.platform_approved", 25, number="R1")
    opened(hands, 30)
    ruled(hands, 40, "seller")
    assert (hands.ret().state, hands.ret().recover) == ("closed", 0)
    assert refunds() == [(18900, "shop", "cancelled")]


def test_money_that_leaves_after_a_ruling_for_us_is_to_be_recovered(hands, ret):
    opened(hands, 30)
    ruled(hands, 60, "seller")
    assert hands.ret().state == "closed"
    ruled(hands, 40, "buyer", amount="150.00")
    now = hands.ret()
    assert (now.state, now.recover, refunds()) == ("refunding", 15000, [(15000, "platform", "sent")])
    assert Dispute.objects.get().state == "ruled_for_seller"


# ---- many at once
def test_rulings_cost_as_many_statements_for_many_as_for_few(hands):
    from tests.orders.test_statements import counted

    def many(kind, numbers, at, **more):
        for number in numbers:
            hands.tell(kind, at, apply=False, **{"return": number, **more})
        return len(counted(hands.apply))

    few, more = ["RA0", "RA1"], [f"RB{n}" for n in range(6)]
    for number in (*few, *more):
        hands.signed(number[1:])
        hands.request(number, number[1:])
    assert many("dispute.opened", more, 30) <= many("dispute.opened", few, 30)
    ruling = {"ruling": "buyer", "remedy": "return_refund"}
    moved_clocks = 3 * (len(more) - len(few))  # a promised moment is set one by one
    assert many("dispute.ruled", more, 40, **ruling) <= many("dispute.ruled", few, 40, **ruling) + moved_clocks
    assert set(Return.objects.values_list("state", flat=True)) == {"awaiting_return"}
    assert many("dispute.ruled", more, 50, ruling="seller") <= many("dispute.ruled", few, 50, ruling="seller")
    assert set(Return.objects.values_list("state", flat=True)) == {"closed"}
