"""The warehouse desk in a real browser: a hand scanner, gloves on a phone, the keyboard alone, and no script at all."""

import io

import pytest
from PIL import Image

from flows.models import Move
from returns.models import BackParcel, Evidence
from shops.models import Member
from tests.browsers import Console, fits
from tests.factories import make_shop

from .scenes import DESK, STRAYS, page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = {1280: 860, 390: 844}
LOOKS = [(width, scheme) for width in WIDTHS for scheme in ("light", "dark")]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sit(desk, live_server, browser):
    """A page at which the person of this role has logged in; it fails on any error of the console or the policy."""
    opened, console = [], Console()

    def sit(role="warehouse", width=1280, scheme="light", script=True, touch=False):
        context = browser.new_context(
            viewport={"width": width, "height": WIDTHS[width]}, color_scheme=scheme, java_script_enabled=script,
            base_url=live_server.url, locale="zh-CN", has_touch=touch, is_mobile=touch,
        )  # fmt: skip
        opened.append(context)
        it = context.new_page()
        console.listens(it)
        it.goto(f"/admin/login/?next={DESK}")
        it.get_by_label("用户名").fill(desk.people[role].get_username())
        it.get_by_label("密码").fill("secret")
        it.get_by_role("button", name="登录").click()
        it.wait_for_url(f"**{DESK}")
        return it

    sit.expected = console.expected
    yield sit
    for context in opened:
        context.close()
    assert console.complaints == []


def gun(it, number):
    """A hand scanner: faster than fingers, then Enter, wherever the focus is."""
    it.keyboard.type(number, delay=1)
    it.keyboard.press("Enter")


def judging(sit, parcel):
    """A page at which this parcel was received and its first line is under the cursor."""
    it = sit()
    gun(it, parcel.tracking_number)
    verdict(it, "收货成功")
    it.keyboard.press("ArrowDown")
    return it


def verdict(it, words):
    it.locator(".verdict").get_by_text(words).first.wait_for()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_carton_goes_from_the_scanner_to_the_agent(desk, sit, width, scheme):
    ret, parcel = desk.coming(reason="quality")
    it = sit(width=width, scheme=scheme)
    fits(it)
    assert it.evaluate("document.activeElement.id") == "scan"
    gun(it, parcel.tracking_number)
    verdict(it, "收货成功")
    fits(it)
    assert it.evaluate("document.activeElement.id") == "scan" and it.locator("#scan").input_value() == ""
    rows = it.locator("[data-line]")
    rows.nth(1).get_by_text("可二次销售").first.click()
    rows.nth(0).get_by_label("少一件").first.click()
    rows.nth(0).get_by_text("残次").first.click()
    fits(it)
    it.get_by_role("button", name="登记验货").click()
    verdict(it, "验货完成")
    fits(it)
    lines = desk.lines(ret)
    assert (lines["2"].sellable, lines["1"].received, lines["1"].defective) == (1, 1, 1)
    assert desk.fresh(ret).state == "inspected"


def test_with_the_keyboard_alone(desk, sit):
    ret, parcel = desk.coming()
    it = sit()
    gun(it, parcel.tracking_number)
    verdict(it, "收货成功")
    for key in ("ArrowDown", "ArrowLeft", "2", "ArrowDown", "1"):
        it.keyboard.press(key)
        it.wait_for_timeout(120)
    it.keyboard.press("Enter")
    verdict(it, "验货完成")
    lines = desk.lines(ret)
    assert (lines["2"].sellable, lines["1"].received, lines["1"].defective) == (1, 1, 1)
    it.keyboard.press("?")
    assert it.get_by_role("dialog").get_by_text("不用点输入框，扫到就登记").is_visible()
    it.keyboard.press("Escape")
    it.wait_for_timeout(300)
    assert it.evaluate("document.activeElement.id") == "scan"


def test_a_scan_amid_the_judging_is_a_scan_and_no_condition(desk, sit):
    first, one = desk.coming()
    second, two = desk.coming()
    it = sit()
    gun(it, one.tracking_number)
    verdict(it, "收货成功")
    it.keyboard.press("ArrowDown")
    gun(it, two.tracking_number)
    it.locator(".wh-ret").get_by_text(second.number).wait_for()
    assert (desk.fresh(first).state, desk.fresh(second).state) == ("received", "received")
    assert it.locator("[data-part] input:checked").count() == 0


def test_scans_that_come_faster_than_answers_are_each_booked(desk, sit):
    those = [desk.coming() for _n in range(4)]
    it = sit()
    for _ret, parcel in those:
        gun(it, parcel.tracking_number)
    it.locator(".wh-scans li").nth(3).wait_for()
    assert {desk.fresh(ret).state for ret, _parcel in those} == {"received"}
    assert Move.objects.filter(flow="return", step="receive").count() == 4


@pytest.mark.parametrize("pause", [40, 70, 130, 250])
def test_a_slow_scanner_is_heard_whole_wherever_the_focus_is(desk, sit, pause):
    ret, parcel = desk.coming()
    it = sit()
    it.locator("#scan").fill("begun by hand")
    it.evaluate("document.activeElement.blur()")
    it.keyboard.type(parcel.tracking_number, delay=pause)
    assert it.locator("#scan").input_value() == parcel.tracking_number
    it.keyboard.press("Enter")
    verdict(it, "收货成功")
    assert desk.fresh(ret).state == "received"
    assert not BackParcel.objects.filter(of=None).exists()


def test_a_slow_scanner_is_no_command_while_a_line_is_judged(desk, sit):
    _ret, parcel = desk.coming()
    other, next_parcel = desk.coming("12345678901")
    it = judging(sit, parcel)
    it.keyboard.type(next_parcel.tracking_number, delay=70)
    assert it.locator("#scan").input_value() == next_parcel.tracking_number
    it.keyboard.press("Enter")
    it.locator(".wh-ret").get_by_text(other.number).wait_for()
    assert desk.fresh(other).state == "received"
    assert not BackParcel.objects.filter(of=None).exists()


def test_a_key_that_says_nothing_leaves_the_line_as_it_is(desk, sit):
    _ret, parcel = desk.coming()
    it = judging(sit, parcel)
    it.keyboard.press("7")
    it.wait_for_timeout(300)
    assert it.locator("#scan").input_value() == ""
    assert it.locator(".wh-part.cursor").count() == 1


def test_all_well_is_one_key(desk, sit):
    ret, parcel = desk.coming()
    it = judging(sit, parcel)
    it.keyboard.press("a")
    verdict(it, "验货完成")
    assert [x.sellable for x in desk.lines(ret).values()] == [2, 1]


def test_a_question_is_answered_by_a_digit(desk, sit):
    other = make_shop(name="云栖家居")
    Member.objects.create(user=desk.people["warehouse"], shop=other, roles=["warehouse"])
    it = sit()
    gun(it, "SF9900112233445")
    verdict(it, "寄给哪家店")
    it.keyboard.press("2")
    verdict(it, "已记下")
    assert BackParcel.objects.get(of=None).tracking_number == "SF9900112233445"


def test_a_scan_that_did_not_reach_the_server_says_so_and_is_scanned_again(desk, sit):
    ret, parcel = desk.coming()
    it = sit()
    sit.expected.append("DISCONNECTED")  # the browser's own words about the cut line
    it.context.set_offline(True)
    gun(it, parcel.tracking_number)
    verdict(it, "这一件没有登记")
    verdict(it, parcel.tracking_number)
    assert desk.fresh(ret).state == "returning"
    it.context.set_offline(False)
    gun(it, parcel.tracking_number)
    verdict(it, "收货成功")
    assert desk.fresh(ret).state == "received"


def test_what_is_wrong_stands_beside_its_line_and_nothing_is_lost(desk, sit):
    ret, parcel = desk.coming()
    it = sit(width=390)
    gun(it, parcel.tracking_number)
    verdict(it, "收货成功")
    it.get_by_label("验货说明").fill("包装破了")
    it.get_by_role("button", name="登记验货").click()
    it.get_by_text("请判断成色").first.wait_for()
    fits(it)
    assert it.get_by_label("验货说明").input_value() == "包装破了"
    assert desk.fresh(ret).state == "received"


def test_a_photo_from_a_phone_goes_up_while_the_person_goes_on(desk, sit):
    ret, parcel = desk.coming()
    it = sit(width=390, touch=True)
    it.locator("#scan").fill(parcel.tracking_number)
    it.keyboard.press("Enter")
    verdict(it, "收货成功")
    camera = it.locator("#camera")
    assert (camera.get_attribute("capture"), camera.get_attribute("accept")) == ("environment", "image/*")
    out = io.BytesIO()
    Image.new("RGB", (800, 600), "teal").save(out, "JPEG")
    camera.set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()})
    it.locator(".wh-photos img").wait_for()
    it.get_by_role("button", name="全部完好").click()
    verdict(it, "验货完成")
    fits(it)
    photo = Evidence.objects.get(of=ret, stage="inspection")
    assert Move.objects.get(flow="return", subject=ret.pk, step="inspect").inputs["photos"] == [photo.pk]


def test_targets_on_a_phone_are_large_enough_for_gloves(desk, sit):
    _ret, parcel = desk.coming()
    it = sit(width=390, touch=True)
    it.locator("#scan").fill(parcel.tracking_number)
    it.keyboard.press("Enter")
    verdict(it, "收货成功")
    small = it.evaluate(
        """() => Array.from(document.querySelectorAll('.wh-unpack button, .wh-conditions label, .wh-camera, #scan'))
        .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 44).map((e) => e.outerHTML)"""
    )
    assert small == []


def test_the_sound_is_off_until_somebody_wants_it_and_the_device_remembers(desk, sit):
    it = sit()
    sound = it.locator("[data-sound]")
    assert sound.get_attribute("aria-pressed") == "false"
    sound.click()
    it.reload()
    assert it.locator("[data-sound]").get_attribute("aria-pressed") == "true"
    gun(it, "SF9900112233446")
    verdict(it, "无主包裹")


def test_everything_works_without_script(desk, sit):
    ret, parcel = desk.coming()
    it = sit(width=390, script=False)
    it.get_by_label("扫快递单号").fill(parcel.tracking_number)
    it.get_by_role("button", name="登记", exact=True).click()
    verdict(it, "收货成功")
    fits(it)
    out = io.BytesIO()
    Image.new("RGB", (80, 60), "teal").save(out, "JPEG")
    it.locator("#camera").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()})
    it.locator("[data-line]").nth(0).get_by_text("可二次销售").first.click()
    it.locator("[data-line]").nth(1).get_by_text("不是本店商品").first.click()
    it.get_by_role("button", name="登记验货").click()
    verdict(it, "验货完成")
    assert desk.fresh(ret).state == "inspected" and Evidence.objects.filter(of=ret).count() == 1


def test_an_unannounced_parcel_is_found_by_its_order_and_matched(desk, sit):
    ret, _parcel = desk.coming()
    it = sit(width=390)
    gun(it, "SF9900112233447")
    verdict(it, "无主包裹")
    it.get_by_label("找售后单").fill(desk.fresh(ret).order.number)
    it.get_by_role("button", name="找", exact=True).click()
    fits(it)
    it.get_by_role("button", name="就是它，收货").click()
    verdict(it, "收货成功")
    assert desk.fresh(ret).state == "received"


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_no_page_scrolls_sideways_or_says_an_error(desk, sit, width, scheme):
    ret, parcel = desk.coming(reason="damaged", words="长" * 300)
    BackParcel.objects.create(shop=desk.shop, tracking_number="X" * 40, received_at=desk.now, received_by="x" * 60)
    stray = BackParcel.objects.create(shop=desk.shop, tracking_number="SF9900112233448", received_at=desk.now)
    it = sit(width=width, scheme=scheme)
    gun(it, parcel.tracking_number)
    verdict(it, "收货成功")
    for address in (DESK, page("return", ret.pk), page("slip", ret.pk), STRAYS, page("stray", stray.pk),
                    page("stray_slip", stray.pk), page("stray", stray.pk) + "?q=nothing"):  # fmt: skip
        it.goto(address)
        fits(it)
