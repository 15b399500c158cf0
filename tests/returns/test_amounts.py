"""What goes back for a return, to the fen."""

import pytest

from returns import amounts
from returns.models import Offer, ReturnLine
from tests.factories import AT
from tests.returns.scenes import bought, fresh, promised, returned

pytestmark = pytest.mark.django_db


def line(name="1", quantity=1, paid=10000, **more):
    return {"line": name, "quantity": quantity, "paid": paid, **more}


def due(ret):
    found = amounts.due(ret)
    assert sum(fen for _words, fen in found.made_of) == found.total, found
    assert sum(found.lines.values()) == found.goods
    return found


def test_what_was_really_paid_goes_back():
    assert due(returned(bought(line(paid=9900, unit_price=12000)), ("1", 1))).goods == 9900


def test_shares_are_rounded_down_and_the_last_takes_the_rest():
    order = bought(line(quantity=3, paid=1000))
    found = [promised(returned(order, ("1", 1))).goods for _ in range(3)]
    assert found == [333, 333, 334]


@pytest.mark.parametrize("stopped", [0, 1, 2])
def test_no_fen_is_lost_where_one_of_several_returns_was_stopped(stopped):
    """Four pieces of 25, 26, 25 and 26 fen: whichever is called off, its pieces get what is left."""
    order = bought(line(quantity=4, paid=102))
    first = [returned(order, ("1", 1)) for _ in range(3)]
    for ret in first:
        promised(fresh(ret))
    ReturnLine.objects.filter(of=first[stopped].pk).update(share=0, refunded=0)
    promised(fresh(first[stopped]))
    promised(returned(order, ("1", 1)))
    assert sum(x.refunded for x in ReturnLine.objects.all()) == 102


def test_what_was_deducted_before_does_not_come_back_with_the_last_piece():
    order = bought(line(quantity=2, paid=1000))
    first = returned(order, ("1", 1))
    found = amounts.due(first)
    found.deduct("使用痕迹", 200)
    promised(first, found)
    assert due(returned(order, ("1", 1))).goods == 500


def test_only_what_is_here_and_ours_is_paid_for():
    order = bought(line(quantity=3, paid=3000))
    ret = returned(order, ("1", 3), here=True)
    ReturnLine.objects.filter(of=ret.pk).update(received=2, sellable=1, not_ours=1)
    assert due(fresh(ret)).goods == 1000


def test_the_orders_freight_goes_back_with_the_last_piece_where_the_seller_is_to_blame():
    order = bought(line("1", 2, 2000), freight=800)
    first = returned(order, ("1", 1), reason="quality")
    assert due(first).freight == 0
    promised(first)
    assert due(returned(order, ("1", 1), reason="quality")).freight == 800


def test_without_fault_the_freight_of_the_way_out_stays():
    assert due(returned(bought(line(), freight=800), ("1", 1))).freight == 0


def test_where_the_shop_lets_the_customer_bear_the_way_back_only_the_way_out_goes_back(hands):
    hands.rules(no_reason_freight="return")
    assert due(returned(bought(line(), freight=800, shop=hands.shop), ("1", 1))).freight == 800


# ---- 满包邮
@pytest.mark.parametrize(
    ("reason", "returned_line", "expected"),
    [
        ("no_reason", "2", 3000),  # 70.00 stay: still enough
        ("no_reason", "1", 7000 - 600),  # 30.00 stay: no longer
        ("quality", "1", 7000),  # not the customer's fault
    ],
)
def test_threshold_freight_falls_due_where_the_rest_no_longer_reaches_it(hands, reason, returned_line, expected):
    hands.rules(free_shipping_from=5000, threshold_freight=600)
    order = bought(line("1", paid=7000), line("2", paid=3000), shop=hands.shop)
    assert due(returned(order, (returned_line, 1), reason=reason)).goods == expected


def test_threshold_freight_falls_due_once(hands):
    hands.rules(free_shipping_from=5000, threshold_freight=600)
    order = bought(line("1", paid=7000), line("2", paid=3000), shop=hands.shop)
    promised(returned(order, ("1", 1)))
    assert due(returned(order, ("2", 1))).goods == 3000


def test_exactly_the_threshold_is_still_enough(hands):
    hands.rules(free_shipping_from=5000, threshold_freight=600)
    order = bought(line("1", paid=5000), line("2", paid=3000), shop=hands.shop)
    assert due(returned(order, ("2", 1))).goods == 3000


def test_who_paid_freight_already_pays_none_again(hands):
    hands.rules(free_shipping_from=50000, threshold_freight=600)
    assert due(returned(bought(line(), freight=800, shop=hands.shop), ("1", 1))).goods == 10000


# ---- gifts and sets
GIFT = line("G", paid=0, gift=True, unit_price=1500)


def test_a_gift_that_is_kept_costs_what_was_marked_on_it():
    assert due(returned(bought(line(), GIFT), ("1", 1))).goods == 8500


def test_a_gift_that_comes_back_too_costs_nothing():
    assert due(returned(bought(line(), GIFT), ("1", 1), ("G", 1))).goods == 10000


def test_who_keeps_some_of_the_goods_keeps_the_gift():
    assert due(returned(bought(line(quantity=2, paid=10000), GIFT), ("1", 1))).goods == 5000


def test_where_the_seller_is_to_blame_no_gift_is_deducted():
    assert due(returned(bought(line(), GIFT), ("1", 1), reason="quality")).goods == 10000


def test_what_is_kept_of_a_set_costs_its_own_price():
    """Two of 100.00 each for 150.00 together: who keeps one has had no offer."""
    order = bought(
        line("1", paid=7500, unit_price=10000, bundle="两件"), line("2", paid=7500, unit_price=10000, bundle="两件")
    )
    assert due(returned(order, ("1", 1))).goods == 5000


def test_a_whole_set_goes_back_at_what_was_paid():
    order = bought(
        line("1", paid=7500, unit_price=10000, bundle="两件"), line("2", paid=7500, unit_price=10000, bundle="两件")
    )
    assert due(returned(order, ("1", 1), ("2", 1))).goods == 15000


# ---- what was asked for
def test_who_asks_for_less_gets_less():
    assert due(returned(bought(line()), ("1", 1), kind="refund_only", reason="agreed", amount=300)).total == 300


def test_who_asks_for_more_gets_what_was_paid():
    assert due(returned(bought(line()), ("1", 1), amount=99999)).total == 10000


@pytest.mark.parametrize(("amount", "expected"), [(1200, 1200), (None, 0)])
def test_price_protection_is_the_difference_alone(amount, expected):
    ret = returned(bought(line()), ("1", 1), kind="refund_only", reason="price_protection", amount=amount)
    assert due(ret).total == expected


def test_an_accepted_plan_is_a_compensation_and_the_goods_stay():
    ret = returned(bought(line()), ("1", 1), accepted="money")
    Offer.objects.create(
        of=ret, plans=[{"kind": "cash", "amount": 2000, "freight": 500, "words": "x"}], by="x", at=AT, chosen=1,
        ended="accepted",
    )  # fmt: skip
    found = due(fresh(ret))
    assert (found.goods, found.freight, found.compensation) == (0, 500, 2000)


# ---- never more than there is
def test_never_more_than_the_order_holds():
    order = bought(line(), paid=False)
    assert due(returned(order, ("1", 1))).total == 0


def test_what_somebody_else_has_paid_is_told_as_it_is():
    ret = returned(bought(line(paid=10000)), ("1", 1))
    less, more = amounts.exactly(ret, 4000), amounts.exactly(ret, 12000)
    assert (less.goods, less.compensation) == (4000, 0)
    assert (more.goods, more.compensation) == (10000, 2000)
