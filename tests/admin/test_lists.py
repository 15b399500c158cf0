"""Queues: what stands in them, in which order, at what cost; batches with a result per row; the search."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from flows import lists, queues
from flows.sweep import sweep
from orders.models import Order
from shops import policy
from shops.models import Member

from .pages import LATE, LIST, STOCK_OUTS, page_of, text
from .scenes import Desk

pytestmark = pytest.mark.django_db
CANARY = "<script>alert(1)</script>{{7*7}}\"'><img src=x onerror=alert(2)>"


def statements(client, address):
    policy.forget()
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


# ---- cost
@pytest.mark.parametrize(
    "address",
    [
        f"{LIST}?queue=to_confirm",
        LIST,
        f"{LATE}?show=late",
        "/admin/",
        "/admin/live/",
        f"{STOCK_OUTS}?queue=stock_outs",
    ],
)
def test_a_list_costs_the_same_whatever_its_length(desk, sits, address):
    client = sits("lead")
    for _ in range(2):
        desk.order("awaiting_confirmation", minutes=60 * 24 * 6)
        desk.stock_out(minutes=60 * 24 * 6)
    sweep(at=timezone.now())
    client.get(address)
    few = statements(client, address)
    for _ in range(6):
        desk.order("awaiting_confirmation", minutes=60 * 24 * 6)
        desk.stock_out(minutes=60 * 24 * 6)
    sweep(at=timezone.now())
    assert statements(client, address) == few
    assert few < 45  # each queue of the shell is counted by a statement


def test_a_case_costs_the_same_however_much_belongs_to_it(desk, sits):
    desk.products()
    client, small = sits("agent"), desk.order("awaiting_confirmation", goods=(0,))
    big = desk.stock_out(goods=(0, 1, 2, 3, 4))
    for words in ("一", "二", "三"):
        desk.take(big, "contact", "agent", channel="im", words=words, offered=["S-303"])
    client.get(page_of(small))
    first = statements(client, page_of(small))
    assert statements(client, page_of(big.order)) <= first + 3
    assert first < 45


def test_nothing_counts_a_whole_table(desk, sits):
    desk.order("awaiting_confirmation")
    client = sits("lead")
    for address in (LIST, f"{LIST}?queue=to_confirm", LATE, "/admin/"):
        with CaptureQueriesContext(connection) as caught:
            client.get(address)
        counts = [q["sql"] for q in caught if "COUNT(" in q["sql"].upper()]
        assert [sql for sql in counts if "LIMIT" not in sql.upper()] == []


# ---- order and pages
def test_a_queue_is_in_the_order_in_which_it_falls_due(desk, sits):
    late = desk.order("awaiting_confirmation", number="LATE", minutes=60 * 24 * 7)
    desk.order("awaiting_confirmation", number="FRESH", minutes=1)
    desk.order("awaiting_confirmation", number="MIDDLE", minutes=60 * 24 * 3)
    sweep(at=timezone.now())
    page = text(sits("agent").get(f"{LIST}?queue=to_confirm"))
    assert page.index("LATE") < page.index("MIDDLE") < page.index("FRESH")
    assert "超时" in page
    assert late.number in text(sits("agent").get(f"{LATE}?show=late"))


def test_every_row_is_on_exactly_one_page(desk, sits, monkeypatch):
    monkeypatch.setattr(lists, "PAGE", 3)
    numbers = {desk.order("awaiting_confirmation", minutes=m).number for m in range(10, 18)}
    client = sits("agent")
    for address in (f"{LIST}?queue=to_confirm", LIST):
        assert walked(client, address) == sorted(numbers)
    monkeypatch.setattr(queues, "CAP", 5)
    monkeypatch.setattr(lists, "CAP", 5)
    assert walked(client, f"{LIST}?queue=to_confirm") == sorted(numbers)


def walked(client, address):
    found, query = [], address
    while query:
        page = client.get(query).context["page"]
        found += [row.subject.number for row in page.rows]
        query = page.older and LIST + page.older
    return sorted(found)


def test_a_long_queue_is_counted_only_so_far(desk, sits, monkeypatch):
    monkeypatch.setattr(lists, "CAP", 3)
    monkeypatch.setattr(queues.capped, "__defaults__", (3,))
    monkeypatch.setattr(queues.shown, "__defaults__", (3,))
    for _ in range(5):
        desk.order("awaiting_confirmation")
    page = text(sits("agent").get(f"{LIST}?queue=to_confirm"))
    assert "2+" in page
    assert "队列很长" in page


@pytest.mark.parametrize(
    "odd",
    [
        "queue=nonsense",
        "state=nonsense",
        "before=x",
        "after=-1",
        "from=99999999999999999999",
        "before=%00",
        "queue=to_confirm&from=9999999",
        "kind=%27",
    ],
)
def test_odd_addresses_are_no_errors(desk, sits, odd):
    desk.order("awaiting_confirmation")
    assert sits("agent").get(f"{LIST}?{odd}").status_code == 200
    assert sits("agent").get(f"{LATE}?show=x&clock=%00.{odd}").status_code == 200


def test_a_nul_in_an_address_is_no_error_on_any_list(sits):
    """PostgreSQL's text holds none; Django's own filters hand it on."""
    client = sits("lead")
    for model, page in dict(admin.site._registry).items():
        names = ["q", "o", "p", "e", *(f"{f}__exact" for f in page.list_filter if isinstance(f, str))]
        for name in names:
            address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/?{name}=%00"
            assert client.get(address).status_code in (200, 302, 403), address


def test_an_empty_queue_says_what_will_appear(sits):
    assert "客户付款后" in text(sits("agent").get(f"{LIST}?queue=to_confirm"))
    assert "到期而没有人处理的单子会出现在这里" in text(sits("agent").get(LATE))


def test_htmx_gets_the_rows_alone(desk, sits):
    desk.order("awaiting_confirmation")
    part = sits("agent").get(f"{LIST}?queue=to_confirm", headers={"HX-Request": "true", "HX-Target": "queue"})
    assert part.content.decode().lstrip().startswith('<div id="queue"')


# ---- roles
@pytest.mark.parametrize(
    ("role", "sees", "not_sees"),
    [
        ("agent", ["待确认", "缺货", "客户要求取消", "即将到期", "已超时"], ["待审单", "待打包", "收件箱异常"]),
        ("auditor", ["待审单", "换货重拍"], ["待打包", "客户要求取消"]),
        ("warehouse", ["待打包", "待发货"], ["待审单", "客户要求取消"]),
        ("lead", ["待确认", "待审单", "待打包", "待发货", "缺货", "收件箱异常"], []),
    ],
)
def test_the_shell_holds_the_queues_of_the_role(sits, role, sees, not_sees):
    shown = [str(link.entry.label) for link in sits(role).get("/admin/").context["shell"].links]
    assert set(sees) <= set(shown)
    assert not set(not_sees) & set(shown)


def test_a_wish_to_cancel_stands_in_its_queue(desk, sits):
    order = desk.order("awaiting_confirmation", payment="cod", number="WISH")
    desk.hear(order, "ask_cancel", by="customer", reason="不要了")
    page = text(sits("agent").get(f"{LIST}?queue=cancel_asked"))
    assert "WISH" in page
    assert "要求取消" in page


# ---- batches
def test_a_batch_moves_those_that_may_and_says_why_of_each_other(desk, sits):
    good = [desk.order("awaiting_confirmation") for _ in range(3)]
    broken = desk.order("awaiting_confirmation")
    Order.objects.filter(pk=broken.pk).update(buyer_name="")
    moved = desk.order("awaiting_confirmation")
    desk.take(moved, "confirm", "agent")
    those = [*good, broken, moved]
    posted = {"step": "confirm", "pk": [o.pk for o in those], **{f"v-{o.pk}": o.version for o in those}}
    page = text(sits("agent").post(f"{LIST}batch/", posted))
    assert "5 行，成功 3" in page
    assert "收货人、电话或地址不完整" in page
    assert "有人先动了一步" in page
    assert {Order.objects.get(pk=o.pk).state for o in good} == {"awaiting_audit"}
    assert Order.objects.get(pk=broken.pk).state == "awaiting_confirmation"
    again = text(sits("agent").post(f"{LIST}batch/", posted))
    assert "成功 0" in again
    assert {Order.objects.get(pk=o.pk).version for o in good} == {good[0].version + 1}


def test_a_batch_acts_in_each_shop_by_the_role_there(desk, sits):
    second = Desk(name="第二家")
    person = desk.people["agent"]
    Member.objects.create(user=person, shop=second.shop, roles=["warehouse"])
    mine, theirs = desk.order("awaiting_confirmation"), second.order("awaiting_confirmation")
    page = text(sits(person).post(f"{LIST}batch/", {"step": "confirm", "pk": [mine.pk, theirs.pk]}))
    assert "2 行，成功 1" in page
    assert "仓库不能确认订单" in page
    assert Order.objects.get(pk=theirs.pk).state == "awaiting_confirmation"


@pytest.mark.parametrize("step", ["cancel", "close_refunded", "nonsense", ""])
def test_a_batch_takes_no_step_that_the_queues_do_not_offer(desk, sits, step):
    order = desk.order("awaiting_confirmation")
    assert sits("agent").post(f"{LIST}batch/", {"step": step, "pk": [order.pk]}).status_code == 404
    assert Order.objects.get(pk=order.pk).version == order.version


def test_one_rows_own_button_goes_back_to_the_queue(desk, sits):
    order, client = desk.order("awaiting_confirmation"), sits("agent")
    response = client.post(f"{LIST}batch/", {"step": f"confirm:{order.pk}", "queue": "to_confirm"}, follow=True)
    assert f"{order.number}：已确认订单" in text(response)
    assert response.request["QUERY_STRING"] == "queue=to_confirm"


def test_nothing_ticked_and_odd_keys_are_no_errors(sits):
    client = sits("agent")
    for keys in ([], ["x", "-1", "9" * 30, "１"]):
        response = client.post(f"{LIST}batch/", {"step": "confirm", "pk": keys}, follow=True)
        assert "没有选中任何一行" in text(response)


# ---- search
def test_an_order_is_found_by_anything_that_names_it(desk, sits):
    order = desk.order("packed", number="FIND-1", name="司马相如")
    parcel = {"carrier": "顺丰", "tracking_number": "SF777", "lines": []}
    desk.take(order, "ship", "warehouse", parcels=[parcel])
    desk.order("packed")
    client = sits("agent")
    phone = order.buyer_phone
    spaced = f"+86 {phone[:3]}-{phone[3:7]} {phone[7:]}"
    for asked in ("FIND-1", " FIND-1 ", phone, spaced, "sf777", order.buyer_id, "司马相如"):
        response = client.get("/admin/search/", {"q": asked})
        assert response.status_code == 302, asked
        assert response["Location"] == page_of(order)


@pytest.mark.parametrize("odd", ["", "%", "_", "\\", "'", "\x00", "x" * 10_000, "(((((", CANARY, "10000000000", "—"])
def test_an_odd_search_finds_nothing_and_breaks_nothing(desk, sits, odd):
    desk.order()
    response = sits("agent").get("/admin/search/", {"q": odd})
    assert response.status_code == 200
    assert "<img" not in response.content.decode()


# ---- what others wrote is text
def test_what_customers_and_shops_write_is_shown_as_text(desk, sits):
    desk.shop.name = CANARY[:60]
    desk.shop.save()
    product = desk.products()[0]
    product.title = CANARY
    product.save()
    order = desk.order("picking", name=CANARY[:80], note=CANARY)
    order.lines.update(title=CANARY)
    desk.take(order, "report_stock_out", "warehouse", lines=[{"line": "1", "quantity": 1}])
    stock_out = order.stock_outs.get()
    desk.take(stock_out, "contact", "agent", channel="im", words=CANARY, none_why=CANARY)
    client = sits("lead")
    client.post(page_of(order, "personal"), {"why": CANARY})
    pages = [
        "/admin/",
        LIST,
        STOCK_OUTS,
        LATE,
        page_of(order),
        page_of(order, "slip"),
        page_of(stock_out),
        "/admin/orders/product/",
        f"/admin/orders/product/{product.pk}/change/",
    ]
    for address in [*pages, page_of(stock_out, "step", "agree_refund")]:
        page = client.get(address).content.decode()
        for markup in ("<script>alert", "<img src=x", ">49<"):
            assert markup not in page, address
    assert "&lt;script&gt;alert(1)" in client.get(page_of(order)).content.decode()
