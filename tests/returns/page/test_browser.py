"""The customer's page in a real browser: at a phone's width first, with and without script, in light and dark."""

import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from orders.models import Refund
from returns.models import BackParcel, Evidence, Return
from returns.page import links
from tests import browsers
from tests.browsers import Console
from tests.returns.hands import ADDRESS, Hands

from .scenes import SAID, Shop, photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = {390: 844, 768: 1024, 1280: 860}
LOOKS = [(width, scheme) for width in WIDTHS for scheme in ("light", "dark")]
SHOTS = os.environ.get("KEFU_TEST_SHOTS", "")


@pytest.fixture
def opens(live_server, browser):
    """A customer's browser at the page of this return; it fails on any error of the console or the policy."""
    opened, console = [], Console("status of 40")

    def opens(ret, width=390, scheme="light", script=True):
        context = browser.new_context(
            viewport={"width": width, "height": WIDTHS[width]}, color_scheme=scheme, java_script_enabled=script,
            base_url=live_server.url, locale="zh-CN", has_touch=width == 390,
            permissions=["clipboard-read", "clipboard-write"],
        )  # fmt: skip
        opened.append(context)
        page = context.new_page()
        console.listens(page)
        page.goto(f"/c/{links.token_of(ret, timezone.now())}/")
        return page

    yield opens
    for context in opened:
        context.close()
    assert console.complaints == []


def fits(page):
    """No horizontal scroll, and nothing to press is smaller than a finger."""
    browsers.fits(page)
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, summary, input:not([type=hidden]):not([type=file]), select')]
        .filter(e => e.checkVisibility() && !e.closest('label.plan'))
        .map(e => [e.textContent, e.getBoundingClientRect().height])
        .filter(([, height]) => height > 0 && height < 40)"""
    )
    assert small == [], small


def shot(page, name):
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


@pytest.fixture
def shop(transactional_db):
    return Shop()


SCENES = {
    "requested": {}, "awaiting_evidence": {"evidence_words": "请拍鞋底开胶的地方和鞋盒标签，光线亮一些"}, "offered": {},
    "awaiting_return": {"address": SAID, "mind": "请保留吊牌和鞋盒，不要寄到付件", "freight_by": "seller"},
    "returning": {"address": SAID}, "inspected": {}, "awaiting_freight": {"kind": "exchange", "freight_asked": 1200},
    "reshipped": {"kind": "exchange", "reshipped": {"carrier": "顺丰", "tracking_number": "SF1234567890123"}},
    "refused": {"refusal": "照片里鞋底有明显的户外穿着痕迹，不属于质量问题"}, "refunding": {}, "completed": {},
    "closed": {"closed_by": "clock"},
}  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_no_state_scrolls_sideways_or_says_an_error(shop, opens, width, scheme):
    for state, fields in SCENES.items():
        ret = shop.ret(state, words="鞋底开胶了，才穿两天" + "很长" * 40, **fields)
        if state == "offered":
            shop.offer(ret)
        if state == "returning":
            track = [[timezone.now().isoformat(), "【杭州市】已揽收"], [timezone.now().isoformat(), "离开杭州转运中心"]]
            BackParcel.objects.create(
                shop=ret.shop, of=ret, carrier="顺丰", tracking_number="SF1234567890123", sent_at=timezone.now(),
                status="in_transit", track=track,
            )  # fmt: skip
        page = opens(ret, width, scheme)
        fits(page)
        shot(page, f"{state}-{width}-{scheme}")
        for more in page.locator("details.other > summary").all():
            more.click()
        fits(page)
        page.context.close()


def test_photos_go_up_at_once_and_the_evidence_is_given(shop, opens, tmp_path):
    ret = shop.ret("awaiting_evidence", evidence_words="请拍鞋底")
    page = opens(ret)
    files = []
    for color in ("red", "blue"):
        files.append(tmp_path / f"{color}.jpg")
        files[-1].write_bytes(photo(color, (900, 700)).read())
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no photo")
    page.locator("form.main input[type=file]").set_input_files([*files, broken])
    page.get_by_text("请上传照片（JPEG").wait_for()
    page.locator("input[name=evidence]").nth(1).wait_for(state="attached")
    assert Evidence.objects.filter(of=ret, kind="photo").count() == 2
    page.get_by_label("说明（选填）").fill("鞋底开胶")
    shot(page, "photos-390")
    page.get_by_role("button", name="提交凭证").tap()
    page.get_by_text("凭证已提交").wait_for()
    assert Return.objects.get(pk=ret.pk).state == "requested"
    assert page.locator(".photos img").count() == 2


def test_the_courier_appears_while_the_number_is_typed_and_the_address_is_copied(shop, opens):
    page = opens(shop.ret("awaiting_return", address=SAID))
    page.get_by_role("button", name="复制地址").tap()
    page.get_by_role("button", name="已复制").wait_for()
    assert SAID["phone"] in page.evaluate("navigator.clipboard.readText()")
    page.get_by_label("快递单号").press_sequentially("SF1234567890123")
    expect(page.get_by_label("快递公司")).to_have_value("顺丰")
    page.get_by_label("快递公司").fill("中通")
    page.get_by_label("快递单号").fill("YT1234567890123")
    page.wait_for_timeout(700)
    assert page.get_by_label("快递公司").input_value() == "中通"  # what the customer says is not taken back


def test_everything_works_without_script(shop, opens, tmp_path):
    file = tmp_path / "a.jpg"
    file.write_bytes(photo("green", (300, 200)).read())
    ret = shop.ret("awaiting_evidence", evidence_words="请拍鞋底")
    page = opens(ret, script=False)
    fits(page)
    assert not page.get_by_role("button", name="复制").first.is_visible()
    page.locator("form.main input[type=file]").set_input_files([file])
    page.get_by_role("button", name="提交凭证").click()
    page.get_by_text("凭证已提交").wait_for()
    page.get_by_text("撤销申请", exact=True).first.click()
    page.get_by_role("button", name="确定撤销申请").click()
    page.get_by_text("申请已撤销").wait_for()
    assert Return.objects.get(pk=ret.pk).state == "closed"


def test_a_slow_finger_presses_only_once(shop, opens):
    ret = shop.ret("awaiting_return", address=SAID)
    page = opens(ret)
    page.get_by_label("快递单号").fill("SF1234567890123")
    page.get_by_role("button", name="提交快递单号").dblclick(no_wait_after=True)
    page.get_by_text("快递单号已登记").wait_for()
    assert Return.objects.get(pk=ret.pk).version == ret.version + 1


def test_the_friendly_page_is_readable_in_both_lights(shop, opens):
    ret = shop.ret()
    for scheme in ("light", "dark"):
        page = opens(ret, scheme=scheme)
        page.goto("/c/nothing/", wait_until="load")
        fits(page)
        assert page.get_by_text("再发一个新的链接").is_visible()
        shot(page, f"gone-{scheme}")


@pytest.mark.parametrize("script", [True, False])
def test_a_whole_return_from_the_link_to_the_money(transactional_db, opens, tmp_path, script):
    """Asked for evidence, agreed, sent back, judged, refunded, confirmed: the customer does his part on a phone."""
    hands = Hands()
    hands.signed()
    ret = hands.ask(reason="quality")
    hands.take(ret, "ask_evidence", "agent", words="请拍鞋底开胶的地方")
    file = tmp_path / "a.jpg"
    file.write_bytes(photo("orange", (600, 400)).read())
    page = opens(ret, script=script)
    page.locator("form.main input[type=file]").set_input_files([file])
    if script:
        page.locator("input[name=evidence]").wait_for(state="attached")
    page.get_by_role("button", name="提交凭证").click()
    page.get_by_text("凭证已提交").wait_for()
    hands.take(ret, "approve", "agent", address=ADDRESS)
    page.reload()
    page.get_by_text(ADDRESS["detail"]).wait_for()
    page.get_by_label("快递单号").fill("sf 1234 5678 90123")
    page.get_by_role("button", name="提交快递单号").click()
    page.get_by_text("快递单号已登记").wait_for()
    page.get_by_text("SF1234567890123", exact=True).wait_for()
    hands.go(ret, ("receive", "warehouse", {"tracking_number": "SF1234567890123"}), ("inspect", "warehouse"),
             ("refund", "agent"))  # fmt: skip
    refund = Refund.objects.get(order=ret.order_id, cause=f"return:{ret.pk}")
    page.reload()
    page.get_by_role("heading", name="正在退款").wait_for()
    shot(page, f"walk-refunding-{script}")
    hands.take(refund, "succeed", "shop", amount=refund.amount, voucher="V-1")
    page.reload()
    fits(page)
    shot(page, f"walk-refunded-{script}")
    page.get_by_role("button", name="钱已到账").click()
    page.get_by_text("已确认到账").wait_for()
    fits(page)
    shot(page, f"walk-confirmed-{script}")
    assert Refund.objects.get(pk=refund.pk).state == "confirmed"
    assert Return.objects.get(pk=ret.pk).state == "completed"
