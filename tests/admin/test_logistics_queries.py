"""The desk's pages of logistics queries: the queue, the case, the forms, and what they cost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from flows import engine
from flows.table import Who
from orders import queries
from orders.models import LogisticsQuery, Order
from returns.models import Return

from .pages import page_of, take, text
from .scenes import Desk
from .test_lists import statements

pytestmark = pytest.mark.django_db
LIST = "/admin/orders/logisticsquery/"
POINTS = ("已揽收", "已离开嘉兴转运中心", "派送中，请保持电话畅通")


class Parcels:
    def __init__(self, desk):
        self.desk, self.count = desk, 0

    def shipped(self, status="in_transit", **order):
        """An order whose parcel has been seen thrice."""
        self.count += 1
        order = self.desk.order("packed", **order)
        self.number = f"SF{order.pk:013d}"
        order = self.desk.take(order, "ship", "warehouse", at=self.desk.now - timedelta(hours=40),
                               parcels=[{"carrier": "顺丰", "tracking_number": self.number}])  # fmt: skip
        at = self.desk.now - timedelta(hours=30)
        points = [{"at": at + timedelta(hours=n), "text": words} for n, words in enumerate(POINTS)]
        self.desk.hear(order, "track", at, tracking_number=self.number, status=status, carrier="顺丰", points=points)
        return Order.objects.get(pk=order.pk)

    def asked(self, words="我的鞋呢", **order):
        order = self.shipped(**order)
        query = queries.begin(order.pk, order.shop_id)
        return engine.start(query, who=Who.AGENT, by="amy", at=self.desk.now, inputs={"words": words})

    def in_trouble(self):
        order = self.shipped()
        self.desk.hear(order, "track", self.desk.now, tracking_number=self.number, status="problem",
                       points=[{"at": self.desk.now, "text": "电话无人接听，转为疑难件"}])  # fmt: skip
        return LogisticsQuery.objects.get(order=order)


@pytest.fixture
def parcels(desk):
    desk.products()
    return Parcels(desk)


def fresh(query):
    return LogisticsQuery.objects.get(pk=query.pk)


def soon(**span):
    """As a browser's field says it: without a zone."""
    return (timezone.localtime() + timedelta(**span)).strftime("%Y-%m-%dT%H:%M")


# --- opened
def test_the_orders_page_opens_a_query_of_the_parcel_and_then_shows_it(parcels, sits):
    client, order = sits("agent"), parcels.shipped()
    address = f"{LIST}open/{order.pk}/"
    assert address in client.get(page_of(order)).content.decode()
    form = text(client.get(address))
    assert parcels.number in form
    answer = client.post(address, {"tracking_number": parcels.number, "words": "三天没动了"})
    query = LogisticsQuery.objects.get()
    assert answer["Location"] == page_of(query)
    assert (query.tracking_number, query.words, query.cause) == (parcels.number, "三天没动了", "asked")
    shown = text(client.get(page_of(order)))
    assert query.number in shown
    assert address not in client.get(page_of(order)).content.decode(), "its parcel is asked after already"


def test_a_second_one_of_the_same_parcel_is_said_and_not_opened(parcels, sits):
    client, query = sits("agent"), parcels.asked()
    answer = client.post(f"{LIST}open/{query.order_id}/", {"tracking_number": query.tracking_number})
    assert answer.status_code == 400
    assert LogisticsQuery.objects.count() == 1


@pytest.mark.parametrize("role", ["auditor", "warehouse"])
def test_who_has_no_say_opens_none(parcels, sits, role):
    order = parcels.shipped()
    client, address = sits(role), f"{LIST}open/{order.pk}/"
    assert address not in client.get(page_of(order)).content.decode()
    assert client.post(address, {}).status_code == 403
    assert not LogisticsQuery.objects.exists()


# --- the queue and the case
def test_the_queues_show_parcel_cause_and_where_it_was_seen_last(parcels, sits):
    query = parcels.in_trouble()
    client = sits("agent")
    row = text(client.get(f"{LIST}?queue=to_look_up"))
    for words in (query.number, query.tracking_number, "疑难件", "电话无人接听", "晚了"):
        assert words in row
    take(client, query, "look_up")
    take(client, fresh(query), "trace", whom="hotline", words="今天再派")
    assert query.number not in text(client.get(f"{LIST}?queue=to_look_up"))
    assert query.number in text(client.get(f"{LIST}?queue=tracing"))


def test_the_case_shows_the_track_the_couriers_page_and_what_to_say_first(parcels, sits):
    query = parcels.in_trouble()
    response = sits("agent").get(page_of(query))
    page = text(response)
    for words in (
        *POINTS,
        "先说什么",
        "因“订单”",
        "先道歉",
        "天气",
        "3–5 天",
        "自动发起",
        "到顺丰官网查",
        query.order.number,
    ):
        assert words in page
    assert (
        f"https://www.sf-express.com/chn/sc/waybill/waybill-detail/{query.tracking_number}" in response.content.decode()
    )


def test_a_couriers_code_is_shown_by_its_common_name(parcels, sits):
    """As a platform told it: ZTO. What nobody knows stays as it was told."""
    query = parcels.asked()
    LogisticsQuery.objects.filter(pk=query.pk).update(carrier="ZTO")
    query.order.parcels.update(carrier="ZTO")
    client = sits("agent")
    take(client, query, "look_up")
    case, form = page_of(query), page_of(query, "step", "answer")
    for address in (case, f"{LIST}?queue=all", form, page_of(query.order)):
        page = text(client.get(address))
        assert "中通" in page and "ZTO" not in page, address
    page = text(client.get(case))
    assert f"中通 {query.tracking_number}" in page and "到中通官网查" in page
    LogisticsQuery.objects.filter(pk=query.pk).update(carrier="蜗牛快运")
    assert f"蜗牛快运 {query.tracking_number}" in text(client.get(case))


def test_a_parcel_that_is_not_late_asks_for_no_apology(parcels, sits):
    assert "先道歉" not in text(sits("agent").get(page_of(parcels.asked())))


def test_an_answer_is_drafted_and_needs_its_time(parcels, sits):
    client, query = sits("agent"), parcels.in_trouble()
    take(client, query, "look_up")
    form = client.get(page_of(query, "step", "answer")).content.decode()
    assert "非常抱歉让您久等了" in form
    assert query.tracking_number in form
    answer = take(client, fresh(query), "answer", words="明天到", expected_at="", reason="none")
    assert (answer.status_code, fresh(query).state) == (400, "checking")
    answer = take(
        client, fresh(query), "answer", words="明天到", expected_at=soon(days=1), reason="absent", apologised="on"
    )
    assert (answer.status_code, fresh(query).state) == (302, "answered")
    story = text(client.get(page_of(query)))
    for words in ("明天到", "已先道歉", "原因：派送时无人接收", "预计送达"):
        assert words in story


def test_making_good_says_what_it_gives_back_and_opens_the_return(parcels, sits):
    client, query = sits("agent"), parcels.asked()
    take(client, query, "look_up")
    take(client, fresh(query), "declare_lost", what="lost", words="网点确认丢失")
    assert query.number in text(client.get(f"{LIST}?queue=lost_parcels"))
    form = text(client.get(page_of(query, "step", "make_good")))
    assert "补寄售后单" in form
    assert "¥408.00" in form
    take(client, fresh(query), "make_good", kind="refund_only")
    ret = Return.objects.get()
    assert (fresh(query).state, ret.state) == ("closed", "refunding")
    assert ret.number in text(client.get(page_of(query)))


def test_the_search_finds_it_by_its_number_and_by_its_parcels(parcels, sits):
    client, query = sits("agent"), parcels.asked()
    for asked in (query.number, query.tracking_number.lower()):
        assert page_of(query) in client.get("/admin/search/", {"q": asked}, follow=True).content.decode()


def test_what_the_customer_said_is_in_no_log_of_the_desk(parcels, sits, caplog):
    client, query = sits("agent"), parcels.asked(words="张三丰的私事")
    client.get(page_of(query))
    assert "张三丰的私事" not in caplog.text


# --- other people's
def test_another_shops_query_is_not_there(parcels, sits):
    query, other = parcels.asked(), Desk(name="别家")
    client = sits(other.people["agent"])
    for address in (page_of(query), page_of(query, "step", "look_up"), f"{LIST}open/{query.order_id}/"):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    assert query.number not in text(client.get(LIST))
    assert (fresh(query).state, LogisticsQuery.objects.count()) == ("asked", 1)


# --- cost
@pytest.mark.parametrize("address", [LIST, f"{LIST}?queue=to_look_up", f"{LIST}?state=asked"])
def test_a_list_costs_the_same_whatever_its_length(parcels, sits, address):
    client = sits("lead")
    parcels.asked()
    client.get(address)
    few = statements(client, address)
    for _ in range(5):
        parcels.in_trouble()
    assert statements(client, address) == few
    assert few < 60


def test_a_case_costs_the_same_however_much_was_said(parcels, sits):
    client, small, big = sits("agent"), parcels.asked(), parcels.asked()
    for _ in range(5):
        take(client, fresh(big), "trace", whom="hotline", words="又问了一次")
        take(client, fresh(big), "look_up")
    for query in (small, big):
        client.get(page_of(query))
    few = statements(client, page_of(small))
    assert statements(client, page_of(big)) == few
    assert few < 60
    order = statements(client, page_of(Order.objects.get(pk=small.order_id)))
    assert order < 60
