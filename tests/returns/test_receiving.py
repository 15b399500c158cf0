"""The goods at the warehouse: scanned, counted, judged, told to the stock; late, fewer, other."""

import pytest
from django.utils import timezone

from flows.effects import Refused
from flows.models import Move
from returns.models import BackParcel, Evidence
from tests.returns.hands import ADDRESS
from tests.returns.tracks import inbox, line, live, told

SF = "SF1000000000002"
BOTH = [{"line": "1", "quantity": 1}, {"line": "2", "quantity": 2}]


@pytest.fixture
def sent(hands):
    """Everything of A1 is on its way to us in one parcel."""
    hands.rules(return_address=ADDRESS)
    hands.signed()
    ret = hands.ask(lines=BOTH)
    return hands.go(ret, ("approve", "agent"), ("send_back", "customer", {"tracking_number": SF}))


def judged(name, quantity, condition, **more):
    return {"line": name, "quantity": quantity, "condition": condition, **more}


def test_a_scan_is_enough_what_was_announced_is_there(hands, sent):
    ret = hands.take(sent, "receive", "warehouse", tracking_number=SF)
    assert (ret.state, line(ret).received, line(ret, "2").received) == ("received", 1, 2)
    assert (live(ret)[0].counted, live(ret)[0].received_by, live(ret)[0].status) == (
        {"1": 1, "2": 2}, "warehouse", "signed")  # fmt: skip
    assert ret.received_at is not None
    assert told("return.goods_differ") == []


def test_the_same_scan_again_adds_nothing(hands, sent):
    ret = hands.take(sent, "receive", "warehouse", tracking_number=SF)
    first = ret.received_at
    ret = hands.take(ret, "receive", "warehouse", tracking_number=SF)
    assert (ret.state, ret.received_at, line(ret, "2").received, live(ret)[0].scans) == ("received", first, 2, 2)


def test_fewer_goods_are_booked_as_such_and_told(hands, sent):
    ret = hands.take(sent, "receive", "warehouse", tracking_number=SF, lines=[{"line": "2", "quantity": 1}])
    assert (line(ret).received, line(ret, "2").received, ret.missing_pieces) == (0, 1, 2)
    [differ] = told("return.goods_differ")
    assert differ["lines"] == [
        {"line": "1", "announced": 1, "received": 0}, {"line": "2", "announced": 2, "received": 1}]  # fmt: skip


def test_goods_that_nobody_announced_get_a_line_of_their_own(hands):
    hands.signed()
    ret = hands.go(hands.ask(), ("approve", "agent"), ("send_back", "customer", {"tracking_number": SF}))
    ret = hands.take(ret, "receive", "warehouse", tracking_number=SF, lines=[{"line": "2", "quantity": 2}])
    assert (line(ret, "2").quantity, line(ret, "2").received, line(ret).received) == (0, 2, 0)
    ret = hands.take(ret, "inspect", "warehouse", lines=[judged("2", 2, "sellable")])
    assert (ret.state, line(ret, "2").sellable) == ("inspected", 2)


def test_more_than_was_ever_sold_is_refused(hands, sent):
    with pytest.raises(Refused, match="只卖出 2 件"):
        hands.take(sent, "receive", "warehouse", tracking_number=SF, lines=[{"line": "2", "quantity": 3}])
    assert (hands.ret(sent.number).state, line(sent, "2").received) == ("returning", 0)


def test_a_second_parcel_is_a_second_scan(hands):
    hands.signed()
    ret = hands.go(
        hands.ask(lines=BOTH), ("approve", "agent"),
        ("send_back", "customer", {"tracking_number": SF, "lines": [{"line": "1", "quantity": 1}]}),
        ("send_back", "customer", {"tracking_number": "ZT2"}),
        ("receive", "warehouse", {"tracking_number": "ZT2"}),
    )  # fmt: skip
    assert (line(ret).received, line(ret, "2").received) == (0, 2)
    ret = hands.take(ret, "receive", "warehouse", tracking_number=SF)
    assert (line(ret).received, line(ret, "2").received) == (1, 2)


def test_a_parcel_under_another_number_is_received_all_the_same(hands, sent):
    ret = hands.take(sent, "receive", "warehouse", tracking_number="YT9", lines=BOTH)
    assert [(p.tracking_number, p.counted) for p in BackParcel.objects.order_by("pk")] == [
        (SF, None), ("YT9", {"1": 1, "2": 2})]  # fmt: skip
    assert (line(ret).received, line(ret, "2").received) == (1, 2)


def test_what_the_shop_receives_before_anybody_agreed_is_received(hands):
    hands.signed()
    hands.request()
    event = hands.tell("return.received", 30, number="R1", tracking_number=SF)
    assert (hands.ret().state, inbox(event)[0], line(hands.ret()).received) == ("received", "applied", 1)


def test_what_arrives_while_no_step_is_open_is_booked_beside_and_told(hands):
    hands.shipped()
    hands.request(kind="refund_only", reason="not_received")
    hands.take(hands.ret(), "intercept", "agent", why="客户要求退款")
    event = hands.tell("return.received", 40, number="R1", tracking_number="YT9")
    assert (hands.ret().state, inbox(event)[0], line(hands.ret()).received) == ("intercepting", "applied", 1)
    assert told("return.arrived_late")[0]["lines"] == [{"line": "1", "quantity": 1}]


# ---- judged
def test_nothing_said_means_all_sellable_and_the_stock_hears_it_once(hands, sent):
    ret = hands.go(sent, ("receive", "warehouse", {"tracking_number": SF}), ("inspect", "warehouse"))
    assert (ret.state, line(ret).sellable, line(ret, "2").sellable) == ("inspected", 1, 2)
    assert [[(x["line"], x["sku"], x["quantity"]) for x in e["lines"]] for e in told("stock.returned")] == [
        [("1", "S-1", 1), ("2", "S-2", 2)]]  # fmt: skip
    ret = hands.go(ret, ("receive", "warehouse", {"tracking_number": SF}), ("inspect", "warehouse"))
    assert len(told("stock.returned")) == 1


def test_a_line_may_have_several_conditions_and_the_photos_stay(hands, sent):
    ret = hands.take(sent, "receive", "warehouse", tracking_number=SF)
    photo = hands.proof(ret, stage="inspection", giver="warehouse")
    ret = hands.take(
        ret, "inspect", "warehouse", photos=[photo], fault="customer", words="鞋底有磨损",
        lines=[judged("1", 1, "defective", words="磨损"), judged("2", 1, "sellable"), judged("2", 1, "not_ours")],
    )  # fmt: skip
    assert (line(ret).defective, line(ret).words) == (1, "磨损")
    assert (line(ret, "2").sellable, line(ret, "2").not_ours) == (1, 1)
    assert (ret.fault, ret.judged_badly, ret.inspected_at is not None) == ("customer", True, True)
    assert [x["quantity"] for x in told("stock.returned")[0]["lines"]] == [1]
    assert Evidence.objects.filter(of=ret, stage="inspection", words="鞋底有磨损").exists()


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([judged("1", 2, "sellable"), judged("2", 2, "sellable")], "不能验出更多"),
        ([judged("2", 2, "sellable")], "还有 1 件没有验货结果"),
        ([judged("2", 1, "sellable"), judged("2", 2, "defective"), judged("1", 1, "sellable")], "不能验出更多"),
        ([judged("9", 1, "sellable")], "没有行号"),
    ],
)
def test_more_or_less_than_was_received_is_not_judged(hands, sent, lines, why):
    ret = hands.take(sent, "receive", "warehouse", tracking_number=SF)
    with pytest.raises(Refused, match=why):
        hands.take(ret, "inspect", "warehouse", lines=lines)
    assert (hands.ret(ret.number).state, line(ret).sellable, told("stock.returned")) == ("received", 0, [])


def test_photos_of_another_return_are_refused(hands, sent):
    other = hands.ask(order=hands.signed("A2"))
    ret = hands.take(sent, "receive", "warehouse", tracking_number=SF)
    with pytest.raises(Refused, match="凭证不属于"):
        hands.take(ret, "inspect", "warehouse", photos=[hands.proof(other, stage="inspection")])
    assert hands.ret(ret.number).state == "received"


def test_a_second_verdict_takes_back_from_the_stock_what_cannot_be_sold(hands, sent):
    ret = hands.go(
        sent, ("receive", "warehouse", {"tracking_number": SF}), ("inspect", "warehouse"),
        ("receive", "warehouse", {"tracking_number": SF}),
        ("inspect", "warehouse", {"lines": [judged("1", 1, "defective")]}),
    )  # fmt: skip
    assert (line(ret).defective, line(ret, "2").sellable) == (1, 2)
    assert [[(x["line"], x["quantity"]) for x in e["lines"]] for e in told("stock.taken_out")] == [[("1", 1)]]


def test_judged_pieces_cannot_be_counted_away(hands, sent):
    ret = hands.go(sent, ("receive", "warehouse", {"tracking_number": SF}), ("inspect", "warehouse"))
    with pytest.raises(Refused, match="已验 2 件"):
        hands.take(ret, "receive", "warehouse", tracking_number=SF, lines=[{"line": "1", "quantity": 1}])
    assert hands.ret(ret.number).state == "inspected"


def test_the_rest_is_asked_for_where_something_is_missing(hands, sent):
    ret = hands.go(
        sent, ("receive", "warehouse", {"tracking_number": SF, "lines": [{"line": "1", "quantity": 1}]}),
        ("inspect", "warehouse"), ("await_rest", "agent", {"why": "还差两双袜子"}),
    )  # fmt: skip
    assert ret.state == "returning"
    ret = hands.go(
        ret, ("send_back", "customer", {"tracking_number": "ZT2"}),
        ("receive", "warehouse", {"tracking_number": "ZT2"}), ("inspect", "warehouse"),
    )  # fmt: skip
    assert (ret.state, line(ret, "2").sellable) == ("inspected", 2)
    with pytest.raises(Refused, match="全部收到"):
        hands.take(ret, "await_rest", "agent", why="还差")


# ---- refused, sent home
def test_goods_that_are_not_accepted_go_home_and_leave_the_stock(hands, sent):
    ret = hands.go(sent, ("receive", "warehouse", {"tracking_number": SF}), ("inspect", "warehouse"))
    proof = hands.proof(ret)
    ret = hands.take(ret, "refuse_receipt", "agent", why="吊牌已剪", proof=[proof])
    assert (ret.state, ret.refusal) == ("receipt_refused", "吊牌已剪")
    ret = hands.take(ret, "hand_back", "agent", why="客户要求寄回")
    assert (ret.state, line(ret).stocked, len(told("stock.taken_out"))) == ("handing_back", 0, 1)
    ret = hands.take(ret, "handed_back", "warehouse", carrier="", tracking_number="SF1000000000077")
    assert (ret.state, ret.went_home["carrier"], ret.closed_by) == ("closed", "顺丰", "warehouse")
    assert (ret.ended_at is not None, ret.goods_here, line(ret).gone) == (True, False, 1)


def test_what_is_withdrawn_while_the_goods_are_here_goes_home(hands, sent):
    ret = hands.go(
        sent, ("receive", "warehouse", {"tracking_number": SF}), ("inspect", "warehouse"),
        ("refuse_receipt", "agent", {"why": "已使用", "proof": []}), ("withdraw", "customer"),
    )  # fmt: skip
    assert (ret.state, len(told("stock.taken_out"))) == ("handing_back", 1)
    hands.tell("return.handed_back", 60, number=ret.number, tracking_number="75000000000001")
    ret = hands.ret(ret.number)
    assert (ret.state, ret.went_home["carrier"], ret.closed_by) == ("closed", "中通", "customer")


def test_the_platform_may_refuse_the_receipt_before_anybody_judged(hands, sent):
    event = hands.tell("return.refused", 40, number=sent.number, stage="receipt", reason="空包裹")
    assert (hands.ret(sent.number).state, inbox(event)[0]) == ("receipt_refused", "applied")


# ---- late
def test_goods_of_a_closed_return_make_it_received_again(hands, sent):
    hands.tell("return.withdrawn", 30, number=sent.number)
    assert hands.ret(sent.number).state == "closed"
    ret = hands.take(hands.ret(sent.number), "arrive_late", "warehouse", tracking_number=SF)
    assert (ret.state, ret.ended_at, ret.closed_by, line(ret).received) == ("received", None, "", 1)


def test_the_shops_own_receipt_of_a_closed_return_is_a_late_arrival(hands, sent):
    hands.tell("return.withdrawn", 30, number=sent.number)
    hands.tell("return.received", 50, number=sent.number, tracking_number=SF)
    assert hands.ret(sent.number).state == "received"
    assert Move.objects.get(flow="return", subject=sent.pk, step="arrive_late").who == "shop"


def test_goods_that_go_home_and_come_again_are_counted_anew(hands, sent):
    ret = hands.go(
        sent, ("receive", "warehouse", {"tracking_number": SF}), ("inspect", "warehouse"),
        ("hand_back", "agent", {"why": "客户反悔"}), ("handed_back", "warehouse", {"tracking_number": "ZT7"}),
        ("arrive_late", "warehouse", {"tracking_number": "ZT8"}),
    )  # fmt: skip
    assert (ret.state, line(ret).received, line(ret).here, ret.missing_pieces) == ("received", 2, 1, 0)
    ret = hands.take(ret, "inspect", "warehouse")
    assert (ret.state, line(ret).stocked) == ("inspected", 1)


def test_a_receipt_at_a_time_of_its_own_starts_the_legal_clock_there(hands, sent):
    from deadlines.models import Deadline

    at = hands.t0.replace(microsecond=0)
    hands.tell("return.received", 30, number=sent.number, tracking_number=SF)
    clock = Deadline.objects.get(flow="return", subject=sent.pk, clock="legal", ended_at=None)
    assert clock.started_at == hands.ret(sent.number).received_at
    assert at < clock.started_at < timezone.now()
