"""Returns in a real browser: from the order's page to the refund, by four hands, at three widths, light and dark."""

import pytest
from django.core.files.base import ContentFile

from returns.models import Evidence, Return
from tests.browsers import fits

from .pages import page_of
from .return_scenes import Scenes, fresh, jpeg
from .test_browser import LOOKS, sit  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RETURNS = "/admin/returns/return/"


@pytest.fixture
def scenes(desk):
    desk.products()
    return Scenes(desk)


@pytest.fixture
def photo(tmp_path):
    """A photo on the agent's own disk."""
    path = tmp_path / "proof.jpg"
    path.write_bytes(ContentFile(jpeg().read()).read())
    return str(path)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_return_goes_from_the_orders_page_to_the_refund(scenes, sit, photo, width, scheme):  # noqa: F811
    order = scenes.signed()
    agent = sit("agent", width, scheme)
    agent.goto(page_of(order))
    agent.get_by_role("link", name="登记售后").click()
    fits(agent)
    agent.get_by_label("退货退款").check()
    agent.get_by_label("原因").select_option("quality")
    agent.get_by_role("button", name="多一件").first.click()
    agent.get_by_label("客户怎么说").fill("鞋底开胶了")
    agent.get_by_label("上传新的").set_input_files(photo)
    agent.get_by_role("button", name="登记售后").click()
    agent.get_by_text("已登记售后单").wait_for()
    fits(agent)
    ret = Return.objects.get(order=order)
    assert Evidence.objects.filter(of=ret).count() == 1
    agent.locator(".timeline .thumb img").first.wait_for()
    agent.get_by_role("link", name="同意申请").click()
    fits(agent)
    agent.get_by_label("寄回时请客户注意").fill("请保留吊牌")
    agent.get_by_role("button", name="同意申请").click()
    agent.get_by_text("已同意申请").wait_for()
    agent.get_by_role("link", name="登记寄回单号").click()
    agent.get_by_label("快递单号").fill("YT1234567890123")
    agent.get_by_role("button", name="登记寄回单号").click()
    agent.get_by_text("已登记寄回单号").wait_for()
    scenes.take(fresh(ret), "receive", "warehouse")
    warehouse = sit("warehouse", width, scheme)
    warehouse.goto(f"{RETURNS}{ret.pk}/step/inspect/")
    fits(warehouse)
    warehouse.get_by_role("button", name="验货", exact=True).click()
    warehouse.get_by_text("已验货", exact=True).first.wait_for()
    agent.goto(f"{RETURNS}?queue=to_decide")
    fits(agent)
    agent.get_by_role("link", name=ret.number).click()
    agent.get_by_role("link", name="退款", exact=True).click()
    agent.get_by_text("退款 ¥189.00").first.wait_for()
    agent.get_by_role("button", name="退款", exact=True).click()
    agent.get_by_text("已退款", exact=True).first.wait_for()
    fits(agent)
    assert fresh(ret).state == "refunding"


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_no_page_of_a_return_scrolls_sideways_or_says_an_error(scenes, sit, width, scheme):  # noqa: F811
    ret = scenes.requested(words="长" * 300, order=scenes.signed(number="X" * 40, name="很长的名字" * 10))
    scenes.photo(ret)
    dispute, inspected = scenes.dispute(ret, reason="理由" * 100), scenes.inspected(reason="no_reason")
    page = sit("agent", width, scheme)
    steps = [(ret, s) for s in ("approve", "refuse", "offer", "revise", "ask_evidence")]
    steps += [(inspected, s) for s in ("refund", "refuse_receipt", "hand_back")]
    addresses = [f"{RETURNS}{r.pk}/step/{s}/" for r, s in steps]
    addresses += [f"{RETURNS}{r.pk}/change/" for r in (ret, inspected)]
    addresses += [
        RETURNS, f"{RETURNS}?queue=to_handle", f"{RETURNS}?queue=to_inspect",
        f"/admin/returns/dispute/{dispute.pk}/change/",
        "/admin/returns/dispute/?queue=disputes",
        f"{RETURNS}open/{inspected.order_id}/",
        f"{RETURNS}{inspected.pk}/dispute/", page_of(ret.order),
    ]  # fmt: skip
    for address in addresses:
        page.goto(address)
        fits(page)


def test_returns_are_worked_through_with_the_keyboard_alone(scenes, sit):  # noqa: F811
    those = [scenes.requested(reason="no_reason") for _ in range(3)]
    page = sit("agent")
    page.goto(f"{RETURNS}?queue=to_handle")
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    page.get_by_role("group", name="批量").get_by_role("button").press("Enter")
    page.get_by_text("2 行，成功 2").wait_for()
    assert sorted(fresh(r).state for r in those) == ["awaiting_return", "awaiting_return", "requested"]
    page.keyboard.press("Enter")
    page.wait_for_url("**queue=to_handle")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/")
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    page.wait_for_url("**/step/approve/")


def test_a_return_is_handled_without_script(scenes, sit, photo):  # noqa: F811
    ret = scenes.requested(reason="quality")
    page = sit("agent", script=False)
    page.goto(f"{RETURNS}{ret.pk}/step/refuse/")
    page.get_by_label("拒绝理由").fill("照片里看不出问题")
    page.get_by_label("上传新的").set_input_files(photo)
    page.get_by_role("button", name="确定拒绝申请").click()
    page.get_by_text("已拒绝申请").wait_for()
    assert fresh(ret).state == "refused"
    page.get_by_role("button", name="复制客户页面链接").click()
    assert "/c/" in page.get_by_label("链接").input_value()


def test_the_customers_link_is_copied(scenes, sit):  # noqa: F811
    ret = scenes.requested()
    page = sit("agent")
    page.goto(f"{RETURNS}{ret.pk}/change/")
    page.get_by_role("button", name="复制客户页面链接").click()
    page.get_by_role("button", name="复制链接").click()
    page.get_by_role("button", name="已复制").wait_for()
