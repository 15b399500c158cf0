"""Tickets in a real browser: answered by keyboard alone, live without a reload, two people at one, at three widths."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from flows.sweep import sweep
from tests.browsers import fits
from tickets.models import Message, QuickReply

from .pages import page_of as order_page
from .return_scenes import Scenes, jpeg
from .test_browser import LOOKS, sit  # noqa: F401 (a fixture)
from .ticket_scenes import TICKETS, Talks, fresh, page_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SOON = 15_000


@pytest.fixture
def talks(desk):
    desk.products()
    return Talks(desk)


def words(page):
    return page.get_by_label("内容", exact=True)


def test_an_agent_answers_with_the_keyboard_alone(talks, sit):  # noqa: F811
    ticket = talks.says(words="在吗？什么时候发货")
    page = sit("agent")
    page.goto(f"{TICKETS}?queue=unassigned")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{page_of(ticket)}")
    page.keyboard.press("r")
    page.keyboard.type("您好，今天下午发货")
    page.keyboard.press("Control+Enter")
    page.locator("#timeline .side-agent", has_text="您好，今天下午发货").wait_for(timeout=SOON)
    expect(words(page)).to_have_value("", timeout=SOON)
    assert words(page).evaluate("e => e === document.activeElement")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("催一下仓库")
    page.keyboard.press("Control+Enter")
    page.locator("#timeline .side-note", has_text="催一下仓库").wait_for(timeout=SOON)
    assert fresh(ticket).state == "awaiting_customer"
    assert fresh(ticket).agent == talks.login("agent")


class OnTheWay:
    """What is said waits on its way to the server until it is let go."""

    def __init__(self, page):
        self.page, self.held = page, []
        page.route("**/say/", lambda route: self.held.append(route))

    def let_go(self):
        for _ in range(100):
            if self.held:
                return self.held.pop(0).continue_()
            self.page.wait_for_timeout(50)
        raise AssertionError("nothing is on its way")


def write(page, text):
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def spoken():
    return list(Message.objects.filter(side__in=("agent", "note")).order_by("pk").values_list("words", flat=True))


def test_what_is_typed_while_an_answer_is_on_its_way_stays_and_goes_after_it(talks, sit):  # noqa: F811
    ticket = talks.mine(words="在吗")
    page = sit("agent")
    page.goto(page_of(ticket))
    way = OnTheWay(page)
    words(page).click()
    write(page, "您好，")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")  # the same words again: said once
    way.let_go()
    page.locator("#timeline .side-agent", has_text="您好，").wait_for(timeout=SOON)
    expect(words(page)).to_have_value("", timeout=SOON)
    write(page, "衣服有货的")
    page.keyboard.press("Control+Enter")
    write(page, "今天就能发")
    page.keyboard.press("Control+Enter")
    way.let_go()
    way.let_go()
    page.locator("#timeline .side-agent", has_text="今天就能发").wait_for(timeout=SOON)
    expect(words(page)).to_have_value("", timeout=SOON)
    assert spoken() == ["您好，", "衣服有货的", "今天就能发"]


@pytest.mark.parametrize("turns", [False, True], ids=["words", "a note"])
def test_what_went_with_an_answer_on_its_way_is_not_said_of_the_next_words(talks, sit, turns):  # noqa: F811
    """A lead's reason, a quick reply and who is called go out once; what is set meanwhile stays."""
    ticket = talks.mine(words="在吗")
    ready = QuickReply.objects.create(
        shop=talks.desk.shop, scope="shop", title="好评", words="好评返现五元", scene="other", updated_at=timezone.now()
    )
    page = sit("lead")
    page.goto(page_of(ticket))
    way = OnTheWay(page)
    why, reply = page.locator("#quality-why [name=why]"), page.locator("[name=quick_reply]")
    calls = page.locator("[name=mentions]")
    one, other = calls.nth(0), calls.nth(1)
    words(page).fill("好评返现五元")
    why.evaluate("e => { e.value = '店长同意' }")
    reply.evaluate(f"e => {{ e.value = '{ready.pk}' }}")
    one.evaluate("e => { e.checked = true }")
    page.keyboard.press("Control+Enter")
    if turns:
        page.get_by_text("内部备注", exact=True).click()
    write(page, "再返五元")
    other.evaluate("e => { e.checked = true }")
    way.let_go()
    page.locator("#timeline .side-agent", has_text="好评返现五元").wait_for(timeout=SOON)
    expect(why).to_have_value("", timeout=SOON)
    expect(reply).to_have_value("")
    expect(one).not_to_be_checked()
    expect(other).to_be_checked()
    expect(words(page)).to_have_value("再返五元")


def test_a_note_that_is_begun_while_an_answer_is_on_its_way_stays(talks, sit):  # noqa: F811
    ticket = talks.mine(words="在吗")
    page = sit("agent")
    page.goto(page_of(ticket))
    way = OnTheWay(page)
    words(page).click()
    write(page, "您好，")
    page.keyboard.press("Control+Enter")
    page.get_by_text("内部备注", exact=True).click()
    write(page, "问一下仓库")
    way.let_go()
    page.locator("#timeline .side-agent", has_text="您好，").wait_for(timeout=SOON)
    page.get_by_text("回复客户", exact=True).click()
    expect(words(page)).to_have_value("", timeout=SOON)
    page.get_by_text("内部备注", exact=True).click()
    expect(words(page)).to_have_value("问一下仓库", timeout=SOON)
    assert spoken() == ["您好，"]


def test_a_message_arrives_without_a_reload_and_the_draft_stays(talks, sit):  # noqa: F811
    ticket = talks.mine(words="第一句")
    page = sit("agent")
    page.goto(page_of(ticket))
    page.evaluate("window.same = true")
    words(page).fill("我正在写的回复")
    talks.hears(ticket, "第二句来了")
    page.locator("#timeline .side-customer", has_text="第二句来了").wait_for(timeout=SOON)
    assert words(page).input_value() == "我正在写的回复"
    assert page.evaluate("window.same")
    end = "(e) => Math.abs(e.scrollTop) < 4"  # the newest is in sight
    assert page.locator("#scroll").evaluate(end)
    page.reload()
    assert words(page).input_value() == "我正在写的回复"
    page.get_by_role("button", name="发送", exact=True).click()
    page.locator("#timeline .side-agent", has_text="我正在写的回复").wait_for(timeout=SOON)
    page.reload()
    assert words(page).input_value() == ""


def test_a_colleague_who_was_first_is_said_and_the_words_stay(talks, sit):  # noqa: F811
    ticket = talks.mine(words="在吗")
    page = sit("agent")
    sit.expected.append("409")
    page.goto(page_of(ticket))
    page.route("**/live/**", lambda route: route.fulfill(status=204))  # a page that has not asked yet
    talks.does(ticket, "reply", "lead", words="我先答了")
    words(page).fill("我也答")
    page.keyboard.press("Control+Enter")
    page.locator("#composer-told").get_by_text("我先答了").wait_for()
    assert words(page).input_value() == "我也答"
    page.get_by_role("button", name="仍然发送").click()
    expect(words(page)).to_have_value("", timeout=SOON)
    assert Message.objects.latest("pk").words == "我也答"


def test_a_photo_is_sent_with_the_words(talks, sit, tmp_path):  # noqa: F811
    ticket, photo = talks.mine(), tmp_path / "size.jpg"
    photo.write_bytes(jpeg().read())
    page = sit("agent")
    page.goto(page_of(ticket))
    page.locator("input[name=files]").set_input_files(str(photo))
    page.get_by_text("size.jpg").wait_for()
    words(page).fill("尺码表")
    page.get_by_role("button", name="发送", exact=True).click()
    page.locator("#timeline .side-agent img").wait_for(timeout=SOON)
    assert page.locator("input[name=files]").evaluate("e => e.files.length") == 0


def test_what_is_picked_for_a_note_stays_with_the_note_when_the_customer_is_answered(talks, sit, tmp_path):  # noqa: F811
    ticket = talks.mine()
    for name in ("internal.jpg", "size.jpg"):
        (tmp_path / name).write_bytes(jpeg().read())
    page = sit("agent")
    page.goto(page_of(ticket))
    kind, chosen = page.get_by_role("radiogroup"), page.locator("input[name=files]")
    kind.get_by_text("内部备注").click()
    chosen.set_input_files(str(tmp_path / "internal.jpg"))
    kind.get_by_text("回复客户").click()
    expect(page.get_by_text("internal.jpg")).to_have_count(0)
    words(page).fill("您好")
    page.get_by_role("button", name="发送", exact=True).click()
    expect(words(page)).to_have_value("", timeout=SOON)
    assert Message.objects.latest("pk").files == []
    kind.get_by_text("内部备注").click()
    page.get_by_text("internal.jpg").wait_for()
    page.get_by_role("button", name="发送", exact=True).click()
    page.locator("#timeline .side-note img").wait_for(timeout=SOON)
    assert Message.objects.latest("pk").side == "note"


def test_words_that_could_not_be_sent_stay_and_say_so(talks, sit):  # noqa: F811
    ticket = talks.mine()
    page = sit("agent")
    page.goto(page_of(ticket))
    words(page).fill("断线了")
    page.route("**/say/", lambda route: route.fulfill(status=503, body="away"))
    sit.expected += ["503", "/say/"]
    page.get_by_role("button", name="发送", exact=True).click()
    page.get_by_text("没有发出").wait_for()
    assert words(page).input_value() == "断线了"
    assert fresh(ticket).version == ticket.version


def test_two_people_see_each_other(talks, sit):  # noqa: F811
    ticket = talks.mine()
    one, two = sit("agent"), sit("lead")
    one.goto(page_of(ticket))
    two.goto(page_of(ticket))
    one.locator("#here").get_by_text(talks.login("lead")).wait_for(timeout=SOON)
    words(two).fill("我来")
    one.locator("#here").get_by_text("正在输入").wait_for(timeout=SOON)


def test_the_queue_and_the_tabs_title_follow(talks, sit):  # noqa: F811
    talks.mine(words="等着呢")
    page = sit("agent")
    page.goto(f"{TICKETS}?queue=unassigned")
    page.get_by_text("没有未分派的售后工单").wait_for()
    assert page.title().startswith("(1) ")
    ticket = talks.says(words="新来的")
    page.get_by_role("link", name=ticket.number).wait_for(timeout=SOON)
    page.get_by_role("button", name="我来接").last.click()
    page.get_by_text(f"{ticket.number}：已接单").wait_for()
    assert page.title().startswith("(2) ")


def test_a_note_calls_a_colleague_by_a_letter(talks, sit):  # noqa: F811
    ticket, lead = talks.mine(), talks.login("lead")
    page = sit("agent")
    page.goto(page_of(ticket))
    page.keyboard.press("n")
    page.keyboard.type(f"看一下 @{lead[:4]}")
    page.get_by_role("option", name=re.compile(lead)).wait_for()
    page.keyboard.press("Enter")
    assert words(page).input_value() == f"看一下 @{lead} "
    page.keyboard.press("Control+Enter")
    page.get_by_text(f"提醒 @{lead}").wait_for(timeout=SOON)


def test_a_ticket_is_worked_without_script(talks, sit):  # noqa: F811
    ticket = talks.says(words="没有脚本也行")
    page = sit("agent", script=False)
    page.goto(page_of(ticket))
    words(page).fill("您好")
    page.get_by_role("button", name="发送", exact=True).click()
    page.get_by_text("已发送").wait_for()
    page.goto(page_of(ticket, "step", "follow_up"))
    page.get_by_role("button", name="明天 10:00").click()
    page.get_by_text("已约定回访").wait_for()
    assert fresh(ticket).follow_up_at is not None


def test_a_batch_is_assigned_by_keyboard(talks, sit):  # noqa: F811
    those = [talks.says(words=w) for w in ("一", "二")]
    page = sit("lead")
    page.goto(f"{TICKETS}?queue=unassigned")
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    page.get_by_role("group", name="批量").get_by_role("button", name="分派").press("Enter")
    page.get_by_label(re.compile(talks.login("agent"))).check()
    page.get_by_role("button", name="分派").click()
    page.get_by_text("2 行，成功 2").wait_for()
    assert {fresh(t).agent for t in those} == {talks.login("agent")}


# A date is at its longest some days ahead; the test must not pass on the other days only.
LONGEST_DATE = "document.querySelectorAll('.until').forEach(x => { x.textContent = '周三 12-30 09:00 到期' })"


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_no_page_of_a_ticket_scrolls_sideways_or_says_an_error(talks, desk, sit, width, scheme):  # noqa: F811
    ret = Scenes(desk).requested()
    ticket = talks.mine(words="长" * 300 + "\n" + "x" * 200, order=ret.order, title="很长的标题" * 12)
    talks.does(ticket, "reply", words="https://example.com/" + "y" * 180)
    talks.does(ticket, "note", words="备注" * 80, mentions=[talks.login("lead")])
    loose = talks.says(words="没有订单")
    sweep(at=timezone.now())
    page = sit("agent", width, scheme)
    addresses = [page_of(ticket), page_of(loose), TICKETS, f"{TICKETS}?queue=mine", f"{TICKETS}?queue=unassigned"]
    addresses += [f"{TICKETS}open/", f"{TICKETS}open/{ret.order_id}/", order_page(ret.order)]
    addresses += [page_of(ticket, "step", s) for s in ("transfer", "merge", "link", "follow_up", "resolve", "classify")]
    for address in addresses:
        page.goto(address)
        fits(page)
        page.evaluate(LONGEST_DATE)
        fits(page)


def test_on_a_phone_the_conversation_comes_before_the_rarer_steps(talks, sit):  # noqa: F811
    ticket = talks.mine(words="裙子什么时候发货")
    page = sit("agent", 390)
    page.goto(page_of(ticket))
    tops = [page.locator(at).bounding_box()["y"] for at in (".answer", ".clocks", "#composer", ".now .steps", ".facts")]
    assert tops == sorted(tops)
    page.goto(page_of(ticket, "step", "transfer"))
    form, talk = (page.locator(at).bounding_box()["y"] for at in (".now form", ".story"))
    assert form < talk
