"""stock.changed: what is in store, per product the newest word. No subject's: each message has its outcome at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hooks import process
from hooks.models import Inbox
from orders.models import Product
from rows import claim as queue
from tests.orders.hands import Hands


class Store(Hands):
    def sells(self, *skus, shop=None):
        shop = shop or self.shop
        return [Product.objects.create(shop=shop, sku=sku, title=f"商品 {sku}", price=9900) for sku in skus]

    def counts(self, at=0.0, *, apply=True, **goods):
        """So many pieces of each. -> the inbox row."""
        told = [{"sku": sku, "quantity": n} for sku, n in goods.items()]
        return self.says(told, at, apply=apply)

    def says(self, goods, at=0.0, *, apply=True):
        return Inbox.objects.get(pk=self.tell("stock.changed", at, apply=apply, goods=goods))

    def left(self):
        return dict(Product.objects.filter(shop=self.shop).values_list("sku", "stock"))


@pytest.fixture
def store(db):
    return Store()


def test_what_is_in_store_stands_beside_the_product_with_its_moment(store):
    shoe, _sock = store.sells("S1", "S2")
    row = store.counts(3, S1=12)
    assert (row.outcome, row.why, row.flow, row.subject) == ("applied", "", "", None)
    assert store.left() == {"S1": 12, "S2": None}
    shoe.refresh_from_db()
    assert (shoe.stock_at, shoe.in_store) == (store.t0 + timezone.timedelta(minutes=3), "库存 12")


def test_the_newest_word_stays_in_whatever_order_they_come(store):
    store.sells("S1", "S2")
    for at, n in ((2, 7), (1, 99), (3, 0), (2.5, 50)):
        store.counts(at, apply=False, S1=n)
    store.apply()
    assert store.left()["S1"] == 0
    late = store.counts(2.9, S1=4)
    assert (late.outcome, late.why) == ("no_op", "已有更新的库存")
    half = store.counts(2.9, S1=4, S2=4)
    assert (half.outcome, half.why, store.left()) == ("applied", "", {"S1": 0, "S2": 4})


def test_of_two_words_of_one_moment_the_later_told_stays(store):
    store.sells("S1", "S2")
    store.counts(2, S1=7, S2=5)
    row = store.counts(2, S1=6)
    assert (row.outcome, row.why, store.left()["S1"]) == ("applied", "", 6)
    for n in (9, 4):
        store.counts(2, apply=False, S2=n)
    store.apply()
    assert (store.left()["S2"], set(Inbox.objects.values_list("outcome", flat=True))) == (4, {"applied"})


def test_a_product_that_is_not_known_is_named_and_begun_where_its_title_is_told(store):
    store.sells("S1")
    row = store.counts(S1=1, **{f"X{n}": 1 for n in range(7)})
    assert row.outcome == "applied"
    assert row.why == ("本店商品里没有这 7 个货号：X0、X1、X2、X3、X4。请在“商品”里添加，或在消息里附上名称")
    assert store.counts(1, X9=1).outcome == "no_op"
    row = store.says([{"sku": "X1", "quantity": 3, "title": "乐福鞋 39 码", "price": "219.00"}], 2)
    assert (row.outcome, row.why) == ("applied", "")
    made = Product.objects.get(sku="X1")
    assert (made.shop, made.title, made.price, made.stock, made.on_sale) == (store.shop, "乐福鞋 39 码", 21900, 3, True)
    store.says([{"sku": "X1", "quantity": 2, "title": "别的名称", "price": "1.00"}], 3)
    made.refresh_from_db()
    assert (made.title, made.price, made.stock) == ("乐福鞋 39 码", 21900, 2)


def test_another_shops_product_of_the_same_name_keeps_its_own(store):
    other = Store()
    store.sells("S1")
    other.sells("S1", shop=other.shop)
    store.counts(S1=5)
    assert (store.left(), other.left()) == ({"S1": 5}, {"S1": None})


@pytest.mark.parametrize("goods", [
    [], [{"sku": "S1"}], [{"sku": "S1", "quantity": -1}], [{"sku": "S1", "quantity": 1.5}],
    [{"sku": "", "quantity": 1}], [{"sku": "S1", "quantity": 3_000_000_000}],
    [{"sku": "S1", "quantity": 1, "price": "-1"}], [{"sku": f"S{n}", "quantity": 1} for n in range(501)],
])  # fmt: skip
def test_what_is_no_count_is_refused_and_leaves_the_stock(store, goods):
    store.sells("S1")
    with pytest.raises(AssertionError, match="validation"):
        store.says(goods)
    assert store.left() == {"S1": None}


def test_many_products_and_messages_cost_as_few_statements_as_one(store):
    store.sells(*(f"S{n}" for n in range(300)))

    def cost(*messages):
        for goods in messages:
            store.counts(apply=False, **goods)
        claimed = queue.claim(Inbox, at=timezone.now(), limit=500)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            process.apply(claimed, at=timezone.now())
        return len(captured)

    one = cost({"S0": 1})
    assert cost(*({f"S{n}": n for n in range(i, 300, 3)} for i in range(3))) == one
    assert store.left()["S299"] == 299


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_told_by_many_at_once_a_new_product_begins_once_and_the_newest_count_stays(transactional_db):
    store = Store()
    rows = [
        store.says(
            [{"sku": f"N{k}", "quantity": n, "title": f"新品 {k}"} for k in (n % 3, (n + 1) % 3)], n, apply=False
        )
        for n in range(24)
    ]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _n: _apply_six(), range(len(rows))))
    assert sum(found) == len(rows)
    assert store.left() == {"N0": 23, "N1": 22, "N2": 23}
    assert set(Inbox.objects.values_list("outcome", flat=True)) <= {"applied", "no_op"}


def _apply_six():
    try:
        ended = process.apply(queue.claim(Inbox, at=timezone.now(), limit=6), at=timezone.now())
        return ended["applied"] + ended["no_op"]
    finally:
        connection.close()
