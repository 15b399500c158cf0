"""The desk in a real browser: four people's work, at three widths, in light and dark, with the keyboard alone."""

import re

import pytest
from django.utils import timezone

from flows.sweep import sweep
from orders.models import Order, StockOut
from tests.browsers import Console, fits

from .pages import LATE, LIST, page_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = {1280: 860, 768: 1024, 390: 844}
LOOKS = [(width, scheme) for width in WIDTHS for scheme in ("light", "dark")]


@pytest.fixture
def sit(desk, live_server, browser):
    """A page at which the person of this role has logged in; it fails on any error of the console or the policy."""
    opened, console = [], Console()

    def sit(role, width=1280, scheme="light", script=True):
        context = browser.new_context(
            viewport={"width": width, "height": WIDTHS[width]}, color_scheme=scheme, java_script_enabled=script,
            base_url=live_server.url, locale="zh-CN",
        )  # fmt: skip
        opened.append(context)
        page = context.new_page()
        console.listens(page)
        page.goto("/admin/login/?next=/admin/")
        page.get_by_label("用户名").fill(desk.people[role].get_username())
        page.get_by_label("密码").fill("secret")
        page.get_by_role("button", name="登录").click()
        return page

    sit.expected = console.expected
    yield sit
    for context in opened:
        context.close()
    assert console.complaints == []


def state_of(order):
    return Order.objects.get(pk=order.pk).state


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_an_order_goes_from_hand_to_hand_to_the_courier(desk, sit, width, scheme):
    order = desk.order("awaiting_confirmation")
    agent = sit("agent", width, scheme)
    agent.goto(f"{LIST}?queue=to_confirm")
    fits(agent)
    agent.get_by_role("link", name=order.number).click()
    fits(agent)
    agent.get_by_role("button", name="确认订单").click()
    agent.get_by_text("已确认订单").wait_for()
    auditor = sit("auditor", width, scheme)
    auditor.goto(f"{LIST}?queue=to_audit")
    auditor.get_by_role("row", name=order.number).get_by_role("button", name="审核通过").click()
    auditor.get_by_text(f"{order.number}：已审核通过").wait_for()
    fits(auditor)
    warehouse = sit("warehouse", width, scheme)
    warehouse.goto(page_of(order))
    warehouse.get_by_role("button", name="打包完成").click()
    warehouse.get_by_role("link", name="发货", exact=True).click()
    fits(warehouse)
    warehouse.get_by_label("快递公司").fill("顺丰")
    warehouse.get_by_label("快递单号").fill("SF9001")
    warehouse.get_by_role("button", name="发货", exact=True).click()
    warehouse.get_by_text("已发货", exact=True).first.wait_for()
    fits(warehouse)
    assert state_of(order) == "shipped"


def test_a_stock_out_is_reported_and_settled_with_the_customer(desk, sit):
    desk.products()
    order = desk.order("picking")
    warehouse = sit("warehouse", 390)
    warehouse.goto(page_of(order, "step", "report_stock_out"))
    fits(warehouse)
    warehouse.get_by_role("button", name="多一件").first.click()
    warehouse.get_by_role("button", name="报缺货").click()
    warehouse.get_by_text("缺货待处理").first.wait_for()
    stock_out = StockOut.objects.get(order=order)
    agent = sit("agent")
    agent.goto("/admin/")
    agent.locator("#queues").get_by_role("link", name="缺货").click()
    agent.get_by_role("link", name=stock_out.number).click()
    agent.get_by_role("link", name="登记联系").click()
    agent.get_by_label("电话", exact=True).check()
    agent.get_by_label("对客户说了什么").fill("抱歉，您要的断货了，推荐这一款")
    agent.get_by_label(re.compile("轻薄羽绒服")).check()
    agent.get_by_role("button", name="登记联系").click()
    agent.get_by_text("推荐：S-303").wait_for()
    agent.get_by_role("link", name="同意退款").click()
    agent.get_by_text("退整单").first.wait_for()
    agent.get_by_label("只退缺货商品").check()
    agent.get_by_role("button", name="确定同意退款").click()
    agent.get_by_text("已同意退款").wait_for()
    fits(agent)
    assert StockOut.objects.get(pk=stock_out.pk).state == "refunding"


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_no_page_scrolls_sideways_or_says_an_error(desk, sit, width, scheme):
    desk.products()
    stock_out = desk.stock_out(minutes=60 * 24 * 6)
    order = desk.order("awaiting_confirmation", number="X" * 40, name="很长的名字" * 10, note="长" * 300)
    sweep(at=timezone.now())
    page = sit("lead", width, scheme)
    for address in (
        "/admin/",
        LIST,
        f"{LIST}?queue=to_confirm",
        LATE,
        page_of(order),
        page_of(stock_out),
        page_of(order, "slip"),
        page_of(stock_out.order),
        "/admin/search/?q=nothing",
        "/admin/keys/",
        "/admin/orders/product/import/",
    ):
        page.goto(address)
        fits(page)
    agent = sit("agent", width, scheme)
    for subject, step in ((stock_out, "contact"), (order, "amend"), (order, "cancel")):
        agent.goto(page_of(subject, "step", step))
        fits(agent)


def test_a_queue_is_worked_through_with_the_keyboard_alone(desk, sit):
    orders = [desk.order("awaiting_confirmation", minutes=m) for m in (300, 200, 100)]
    page = sit("agent")
    page.goto(f"{LIST}?queue=to_confirm")
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    assert page.locator("input[name=pk]:checked").count() == 2
    page.get_by_role("group", name="批量").get_by_role("button").press("Enter")
    page.get_by_text("2 行，成功 2").wait_for()
    assert [state_of(o) for o in orders] == ["awaiting_audit", "awaiting_audit", "awaiting_confirmation"]
    page.keyboard.press("Enter")  # back to the queue has the focus
    page.wait_for_url("**queue=to_confirm")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{page_of(orders[2])}")
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    page.get_by_text("已确认订单").wait_for()
    page.keyboard.press("/")
    page.keyboard.type(orders[0].number)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{page_of(orders[0])}")
    page.keyboard.press("?")
    assert page.get_by_role("dialog").get_by_text("选中这一行").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()


def test_everything_works_without_script(desk, sit):
    order = desk.order("awaiting_confirmation")
    page = sit("agent", script=False)
    page.goto(f"{LIST}?queue=to_confirm")
    page.get_by_role("row", name=order.number).get_by_role("button", name="确认订单").click()
    page.get_by_text(f"{order.number}：已确认订单").wait_for()
    page.goto(page_of(order, "step", "cancel"))
    page.get_by_label("客户").check()
    page.get_by_label("原因").fill("不想要了")
    page.get_by_role("button", name="确定取消订单").click()
    page.get_by_text("交易关闭").first.wait_for()
    assert state_of(order) == "closed"


def test_the_explanation_of_a_due_moment_opens_on_hover_and_on_focus(desk, sit):
    order = desk.order("awaiting_confirmation")
    page = sit("agent")
    page.goto(page_of(order))
    due, tip = page.locator(".clock .due"), page.get_by_role("tooltip")
    assert not tip.is_visible()
    due.hover()
    assert tip.get_by_text("起算").is_visible()
    page.mouse.move(0, 0)
    assert not tip.is_visible()
    due.focus()
    assert tip.is_visible()


def test_counts_queue_and_case_follow_without_a_reload(desk, sit):
    order = desk.order("awaiting_confirmation")
    queue, case = sit("agent"), sit("agent")
    queue.goto(f"{LIST}?queue=to_confirm")
    case.goto(page_of(order))
    desk.take(order, "confirm", "agent")
    queue.get_by_text("客户付款后").wait_for(timeout=15_000)
    case.get_by_text("看最新情况").wait_for(timeout=15_000)
    count = queue.locator("#queues").get_by_role("link", name="待确认").locator(".count")
    queue.wait_for_function("e => e.textContent === '0'", arg=count.element_handle(), timeout=15_000)


def test_a_slow_hand_presses_only_once(desk, sit):
    order = desk.order("awaiting_confirmation")
    page = sit("agent")
    page.goto(page_of(order))
    page.get_by_role("button", name="确认订单").dblclick(no_wait_after=True)
    page.get_by_text("已确认订单").wait_for()
    assert Order.objects.get(pk=order.pk).version == order.version + 1


def test_a_products_name_is_read_across_on_a_phone(desk, sit):
    desk.products()
    page = sit("agent", 390)
    page.goto("/admin/orders/product/")
    fits(page)
    for cell in ("sku", "title"):
        box = page.locator(f"#result_list tbody tr:first-child .field-{cell}").bounding_box()
        assert box["width"] > box["height"], (cell, box)
