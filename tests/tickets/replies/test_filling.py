"""Variables are filled from the very case: its order, parcel, stock-out, return, money, and the shop's rules."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from flows.asks import yuan
from orders.models import Product, Related
from returns.models import Offer
from tests.factories import make_shop
from tests.orders.hands import parcel
from tests.returns.hands import ADDRESS
from tests.returns.hands import Hands as ReturnHands
from tests.tickets.replies.conftest import Replies
from tickets.models import ShopPromise, Ticket
from tickets.replies.case import ReplyCase
from tickets.replies.filling import FILLS, Values
from tickets.replies.offered import Shelf, situation
from tickets.replies.variables import VARIABLES


class Both(Replies, ReturnHands):
    """Hands that let customers speak, and goods come back."""

    def approved(self):
        self.rules(return_address=ADDRESS)
        self.signed()
        return self.take(self.ask(), "approve", "agent", mind="请保留吊牌")


@pytest.fixture
def hands(db):
    return Both()


def case_of(ticket, at, **how):
    return ReplyCase(Ticket.objects.select_related("shop", "order", "customer").get(pk=ticket.pk), at, **how)


def values(ticket, at, *names, **how):
    found = Values(case_of(ticket, at, **how))
    return [found[name] for name in names]


def test_every_variable_of_the_vocabulary_is_filled_and_nothing_else():
    assert set(FILLS) == set(VARIABLES)


def test_a_ticket_without_an_order_fills_what_it_knows_and_leaves_the_rest_empty(hands):
    ticket = hands.says()
    found = Values(case_of(ticket, hands.at(1), speaker="小美", clear=True))
    told = {name: found[name] for name in found if found[name]}
    assert told == {"买家": "张三", "客服": "小美", "店铺": hands.shop.name}


def test_order_and_parcel_fill_the_words_of_tracking(hands):
    hands.picking("A1")
    hands.tell("order.shipped", 30, number="A1", parcels=[parcel("YT1234567890123", carrier="YTO")])
    points = [{"at": hands.at(40).isoformat(), "text": "已到达 杭州转运中心"}]
    hands.tell(
        "parcel.tracked", 40, carrier="圆通", tracking_number="YT1234567890123", state="in_transit", points=points
    )
    ticket = hands.says(order=hands.order("A1"), at=50)
    assert values(ticket, hands.at(51), "订单号", "快递公司", "快递单号", "物流动态", "实付金额", "商品") == [
        "A1", "圆通", "YT1234567890123", "已到达 杭州转运中心", "259.00", "跑步鞋等 3 件",
    ]  # fmt: skip
    expected, promised, ship = values(ticket, hands.at(51), "预计送达", "承诺时间", "发货时限")
    assert expected
    assert promised == expected
    assert ship == ""  # it has gone


def test_the_money_is_the_returns_and_no_favour_of_ours(hands):
    """The customer would read the wrong amount."""
    ret = hands.approved()
    ticket = hands.says(order=ret.order, at=50)
    asked = values(ticket, hands.at(51), "退款金额")
    hands.does(ticket, "compensate", at=51, gives="cash", amount=500, reason="late")
    assert values(ticket, hands.at(52), "退款金额") == asked == [yuan(ret.amount) if ret.amount else ""]


def test_a_favour_alone_is_no_refund_that_one_waits_for(hands):
    ticket = hands.says(order=hands.picking("A1"), at=50)
    hands.does(ticket, "compensate", at=51, gives="cash", amount=500, reason="late")
    assert values(ticket, hands.at(52), "退款金额") == [""]


def test_an_order_that_waits_names_the_moment_by_which_it_leaves(hands):
    order = hands.picking("A1")
    ticket = hands.says(order=order, at=5)
    ship, promised, number = values(ticket, hands.at(6), "发货时限", "承诺时间", "快递单号")
    assert ship
    assert promised == ship
    assert number == ""


def test_a_moment_that_has_passed_is_promised_to_nobody(hands):
    ticket = hands.says(order=hands.picking("A1"), at=5)
    ship, promised = values(ticket, hands.at(60 * 24 * 30), "发货时限", "承诺时间")
    assert ship
    assert promised == ""


def test_a_stock_out_offers_what_is_sold_instead_and_the_moment_that_was_promised(hands):
    order = hands.picking("A1")
    shoes = Product.objects.create(shop=hands.shop, sku="S-1", title="跑步鞋", price=18900)
    other = Product.objects.create(shop=hands.shop, sku="S-9", title="越野跑鞋", price=19900)
    Related.objects.create(product=shoes, instead=other, rank=1)
    hands.take(order, "report_stock_out", "warehouse", lines=[{"line": "1", "quantity": 1}])
    until = hands.at(60 * 24 * 5)
    hands.take(hands.stock_out(), "contact", "agent", channel="im", words="缺货", offered=["S-9"])
    hands.take(hands.stock_out(), "agree_wait", "agent", promised_for=until)
    ticket = hands.says(order=hands.order("A1"), at=200)
    instead, restock, promised = values(ticket, hands.at(201), "推荐商品", "到货时间", "承诺时间")
    assert instead == "越野跑鞋"
    Product.objects.filter(pk=other.pk).update(stock=0)
    assert values(ticket, hands.at(202), "推荐商品") == [""]
    assert restock
    assert promised == restock


def test_a_return_fills_address_mind_deadline_and_money(hands):
    ret = hands.approved()
    ticket = hands.says(order=ret.order, at=300)
    number, where, mind, due = values(ticket, hands.at(301), "售后单号", "退货地址", "寄回注意", "寄回期限")
    assert (number, mind) == (ret.number, "请保留吊牌")
    assert where == "杭州市余杭区良睦路 1 号 2 号库 退货组 13900000000"
    assert due


def test_the_plan_that_was_offered_names_its_money(hands):
    ret = hands.approved()
    Offer.objects.create(
        of=ret, plans=[{"kind": "gift", "sku": "S"}, {"kind": "cash", "amount": 2000}], by="x", at=hands.t0
    )
    ticket = hands.says(order=ret.order, at=300)
    assert values(ticket, hands.at(301), "补偿金额") == ["20.00"]


def test_the_shops_rules_name_thresholds_and_days(hands):
    rules = {
        "free_shipping_from": 9900,
        "threshold_freight": 800,
        "price_protection_days": 15,
        "exchange_freight": 1200,
    }
    hands.rules(**rules)
    assert values(hands.says(), hands.at(1), "包邮门槛", "价保天数", "应补运费") == ["99.00", "15", "12.00"]


def test_personal_data_is_masked_for_who_may_not_see_it(hands):
    ticket = hands.says(order=hands.place("A1"))
    assert values(ticket, hands.at(1), "买家", "收货地址") == ["张*", "浙江省杭州市西湖区****"]
    assert values(ticket, hands.at(1), "买家", "收货地址", clear=True) == ["张三", "浙江省杭州市西湖区文三路 1 号"]


def test_what_runs_today_is_quoted_as_the_shop_promises_it(hands):
    ticket, day = hands.says(), timedelta(days=1)
    assert values(ticket, hands.at(1), "活动") == [""]
    today = timezone.localtime(hands.at(1), ZoneInfo("Asia/Shanghai")).date()
    for words, kind, begins, ends in [
        ("满 200 减 30", "price", None, today), ("送防尘袋", "gift", today, None),
        ("昨天的", "price", None, today - day), ("明天的", "gift", today + day, None),
        ("48 小时发货", "date", None, None),
    ]:  # fmt: skip
        ShopPromise.objects.create(shop=hands.shop, kind=kind, words=words, begins=begins, ends=ends)
    ShopPromise.objects.create(shop=make_shop(), kind="price", words="别家的")
    assert values(ticket, hands.at(1), "活动") == ["满 200 减 30，送防尘袋"]


def test_a_variable_that_nobody_asks_for_costs_no_statement(hands, django_assert_num_queries):
    case = case_of(hands.says(order=hands.picking("A1")), hands.at(1))
    with django_assert_num_queries(0):
        assert Values(case)["订单号"] == "A1"


def test_all_variables_of_a_full_case_cost_a_handful_of_statements(hands, django_assert_max_num_queries):
    ret = hands.approved()
    case = case_of(hands.says(order=ret.order, at=300), hands.at(301))
    with django_assert_max_num_queries(13):
        assert dict(Values(case))


# ---- what the case calls for
def test_a_late_parcel_and_an_angry_customer_call_for_an_apology(hands):
    hands.picking("A1")
    hands.tell("order.shipped", 30, number="A1", parcels=[parcel()])
    ticket = hands.says("怎么还没到", order=hands.order("A1"), at=50)
    later = hands.at(30) + timedelta(days=6)
    now = situation(case_of(ticket, later))
    assert (now.words, now.order, now.late >= {"deliver"}) == ("怎么还没到", "shipped", True)
    hands.made("延误道歉", "抱歉，{快递公司}{快递单号}晚了。", "delay")
    hands.made("别的", "您好", "stock")
    (first, *_rest) = Shelf(hands.caller(), case_of(ticket, later)).suggested()
    assert first.reply.title == "延误道歉"
    assert "怎么还没到" in first.why
    assert "送达时限已过" in first.why
    assert first.filled.empty == ()


def test_only_what_was_said_since_our_last_answer_counts(hands):
    ticket = hands.says("怎么还没到", at=0)
    hands.person()
    hands.does(ticket, "reply", at=1, words="抱歉")
    hands.hears(ticket, "好的", at=2)
    hands.hears(ticket, "谢谢", at=3)
    now = situation(case_of(ticket, hands.at(4)))
    assert (now.words, now.answered) == ("好的\n谢谢", True)


def test_of_a_scene_the_reply_that_leaves_least_empty_is_suggested(hands):
    ticket = hands.says("什么时候发货")
    hands.made("有空", "订单{订单号}在 {发货时限} 前发出。", "urging")
    whole = hands.made("没空", "正在为您催促仓库。", "urging")
    (first, *_rest) = Shelf(hands.caller(), case_of(ticket, hands.at(1))).suggested()
    assert first.reply == whole


def test_a_list_is_found_by_initials_and_filled(hands):
    ticket = hands.says(order=hands.place("A1"))
    hands.made("退换货流程", "订单{订单号}可以退。", "no_reason")
    hands.made("别的", "您好", "stock")
    (found,) = Shelf(hands.caller(), case_of(ticket, hands.at(1))).found("thh")
    assert found.filled.words == "订单A1可以退。"


def test_a_list_of_the_whole_default_set_costs_a_fixed_number_of_statements(hands, django_assert_max_num_queries):
    from tickets.replies.loading import load

    load(hands.shop, "test", hands.t0)
    ret = hands.approved()
    case, caller = case_of(hands.says(order=ret.order, at=300), hands.at(301)), hands.caller()
    with django_assert_max_num_queries(18):
        shelf = Shelf(caller, case)
        assert len(shelf.found(most=500)) > 120
        shelf.suggested()
