"""The switch, the lead's page and the plans in a real browser: at two widths, with the keyboard, without script."""

import pytest

from tests.admin.test_browser import WIDTHS
from tests.browsers import Console, fits
from tests.tickets.assign.rooms import LOAD, RULES, SEATS, SHIFTS, Room

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def room(transactional_db):
    room = Room()
    room.now()
    room.sits("cat", capacity=2, status="away")
    room.works("amy", weekday=0, hours=[("09:00", "12:00"), ("13:00", "18:00")])
    room.works("bob", date=room.noon().date())
    for n in range(4):
        room.says("这件什么时候发货？", conversation=f"c-{n}", buyer=f"b-{n}")
    room.rule("presale", on=False)
    room.opens("presale")
    room.opens("complaint")
    for n, t in enumerate(room.waiting()[:3]):
        room.does(t, "claim", ("amy", "bob", "amy")[n], 1)
    room.now()
    return room


@pytest.fixture
def sit(room, live_server, browser):
    """A page at which this person has logged in; it fails on any error of the console or the policy."""
    opened, console = [], Console()

    def sit(name, width=1280, script=True, scheme="light"):
        context = browser.new_context(
            viewport={"width": width, "height": WIDTHS[width]}, color_scheme=scheme, java_script_enabled=script,
            base_url=live_server.url, locale="zh-CN",
        )  # fmt: skip
        opened.append(context)
        page = context.new_page()
        console.listens(page)
        page.goto("/admin/login/?next=/admin/")
        page.get_by_label("用户名").fill(name)
        page.get_by_label("密码").fill("secret")
        page.get_by_role("button", name="登录").click()
        return page

    yield sit
    for context in opened:
        context.close()
    assert console.complaints == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "light"), (390, "dark"), (768, "dark")])
def test_no_page_scrolls_sideways_or_says_an_error(room, sit, width, scheme):
    page = sit("lee", width, scheme=scheme)
    addresses = [
        LOAD, f"{LOAD}?agent=amy", SHIFTS, f"{SHIFTS}{room.people['amy'].pk}/plan/", SEATS,
        f"{SEATS}{room.seat('amy').pk}/change/", RULES, f"{RULES}add/", "/admin/",
    ]  # fmt: skip
    for address in addresses:
        page.goto(address)
        fits(page)


@pytest.mark.parametrize(("width", "script"), [(1280, True), (390, True), (1280, False)])
def test_a_status_is_said_by_one_press(room, sit, width, script):
    page = sit("amy", width, script)
    page.goto("/admin/keys/")
    page.locator("#seat-away").click()
    page.locator("#seat-away[aria-pressed=true]").wait_for()
    assert page.url.endswith("/admin/keys/")
    assert room.seat("amy").status == "away"


def test_a_status_is_said_with_the_keyboard_alone_and_what_was_typed_stays(room, sit):
    page = sit("amy")
    page.goto("/admin/keys/")
    page.locator("#find").fill("一半的话")
    page.locator("#find").blur()  # a search field forgets what was typed on Escape
    page.keyboard.press("s")
    page.keyboard.press("3")
    page.locator("#seat-off[aria-pressed=true]").wait_for()
    assert page.locator("#find").input_value() == "一半的话"
    assert room.seat("amy").status == "off"


@pytest.mark.parametrize("script", [True, False])
def test_a_lead_moves_load_and_turns_a_switch(room, sit, script):
    page = sit("lee", script=script)
    page.goto(f"{LOAD}?agent=amy")
    for box in page.locator("#queue input[name=pk]").all():
        box.check()
    page.get_by_label("移给").select_option("bob")
    page.get_by_role("button", name="移动").click()
    page.get_by_text("2 行，成功 2").wait_for()
    page.get_by_role("link", name="回到负载").click()
    page.get_by_role("form", name="amy 的状态").get_by_role("button", name="下线").click()
    page.get_by_text("amy 已改为下线").wait_for()
    assert room.seat("amy").status == "off"
