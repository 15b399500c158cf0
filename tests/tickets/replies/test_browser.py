"""Quick replies in a real browser: the list that `;` opens, worked with the keyboard alone, wide and on a phone."""

import os
import re

import pytest
from playwright.sync_api import expect

from tests.admin.scenes import Desk
from tests.admin.test_browser import LOOKS, sit  # noqa: F401 (a fixture)
from tests.browsers import fits
from tickets import customers
from tickets.models import Message, QuickReply, ReplyUse
from tickets.replies import habits
from tickets.replies.loading import load
from tickets.steps.opening import begun

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = "/admin/tickets/quickreply/"
SOON = 15_000
SHOTS = os.environ.get("KEFU_SHOTS", "")  # a folder for pictures to look at


@pytest.fixture
def desk(transactional_db):
    habits.forget()
    made = Desk()
    load(made.shop, "test", made.now)
    return made


@pytest.fixture
def ticket(desk):
    return asked(desk, "怎么还没发货，都两天了", order=desk.order("picking"))


def asked(desk, words, **fields):
    from flows import engine
    from flows.table import Who

    told = customers.Told(desk.shop.pk, "b-1", "张三丰")
    ticket = begun(
        shop_id=desk.shop.pk, channel="im", conversation="c-1", opened_by="message",
        customer=customers.known([told], at=desk.now)[told.key], **fields,
    )  # fmt: skip
    return engine.start(ticket, who=Who.SHOP, by="hook:x", at=desk.now, inputs={"words": words, "side": "customer"})


def page_of(ticket):
    return f"/admin/tickets/ticket/{ticket.pk}/change/"


def shot(page, name):
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "light"), (1280, "dark")])
def test_a_semicolon_opens_the_list_and_enter_fills_in_and_sends(desk, ticket, sit, width, scheme):  # noqa: F811
    agent = sit("agent", width, scheme)
    agent.goto(page_of(ticket))
    words = agent.locator("textarea[name=words]")
    agent.locator(".replies-chips .chip").first.wait_for()
    shot(agent, f"composer-{width}-{scheme}")
    words.click()
    agent.keyboard.type(";")
    search = agent.get_by_role("combobox", name="搜索快捷回复")
    search.wait_for()
    agent.get_by_role("option").first.wait_for()
    agent.keyboard.type("gzfhsx")
    agent.get_by_role("option", name="告知发货时限").wait_for()
    shot(agent, f"list-{width}-{scheme}")
    fits(agent)
    agent.keyboard.press("ArrowDown")
    agent.keyboard.press("ArrowUp")
    agent.keyboard.press("Enter")
    search.wait_for(state="hidden")  # where the letters are still on their way, Enter waits for what they find
    assert words.input_value().startswith("您好，让您着急了，抱歉。您的订单")
    assert "{" not in words.input_value()
    assert words.evaluate("it => it === document.activeElement")
    agent.keyboard.press("Control+Enter")
    agent.locator(".side-agent .words").first.wait_for()
    use = ReplyUse.objects.get()
    assert (use.reply.key, use.edited) == ("urging.due", False)
    expect(words).to_have_value("", timeout=SOON)
    fits(agent)


def test_what_the_case_leaves_empty_is_asked_about_before_it_is_sent(desk, sit):  # noqa: F811
    ticket = asked(desk, "我的快递到哪了")
    agent = sit("agent")
    agent.goto(page_of(ticket))
    agent.locator("textarea[name=words]").fill("")
    agent.locator("body").press(";")
    agent.keyboard.type("dh")
    agent.get_by_role("option", name="提供快递单号").wait_for()
    agent.keyboard.press("Enter")
    words = agent.locator("textarea[name=words]")
    assert words.evaluate("it => it.value.slice(it.selectionStart, it.selectionEnd)") == "{订单号}"
    agent.keyboard.press("Control+Enter")
    asks = agent.get_by_role("alertdialog", name="还有没填的变量")
    asks.wait_for()
    assert "{快递单号}" in asks.inner_text()
    shot(agent, "blanks-1280")
    assert Message.objects.filter(side="agent").count() == 0
    asks.get_by_role("button", name="回去补上").click()
    assert asks.is_hidden()
    agent.keyboard.press("Control+Enter")
    asks.get_by_role("button", name="照样发送").click()
    agent.locator(".side-agent .words").first.wait_for()
    assert "{快递单号}" in Message.objects.get(side="agent").words


def test_a_suggestion_says_why_and_is_taken_with_a_click(desk, ticket, sit):  # noqa: F811
    agent = sit("agent")
    agent.goto(page_of(ticket))
    chip = agent.locator(".replies-chips .chip").first
    chip.wait_for()
    assert "客户说到" in chip.get_attribute("title")
    chip.click()
    assert agent.locator("textarea[name=words]").input_value()
    agent.keyboard.press("Control+Enter")
    agent.locator(".side-agent .words").first.wait_for()
    assert ReplyUse.objects.count() == 1


def test_who_types_fast_and_presses_enter_gets_what_the_letters_mean(desk, ticket, sit):  # noqa: F811
    agent = sit("agent")
    agent.goto(page_of(ticket))
    words = agent.locator("textarea[name=words]")
    words.click()
    agent.keyboard.type(";thdz")
    agent.keyboard.press("Enter")
    expect(words).to_have_value(re.compile("请寄到"), timeout=SOON)


def test_escape_closes_and_a_semicolon_within_a_sentence_is_only_a_semicolon(desk, ticket, sit):  # noqa: F811
    agent = sit("agent")
    agent.goto(page_of(ticket))
    words, search = agent.locator("textarea[name=words]"), agent.get_by_role("combobox", name="搜索快捷回复")
    words.click()
    agent.keyboard.type("好的;明天")
    assert search.is_hidden()
    assert words.input_value() == "好的;明天"
    words.fill("")
    agent.keyboard.type(";")
    search.wait_for()
    agent.keyboard.press("Escape")
    assert search.is_hidden()
    assert words.evaluate("it => it === document.activeElement")
    assert words.input_value() == ""


def test_a_note_to_colleagues_is_left_alone(desk, ticket, sit):  # noqa: F811
    agent = sit("agent")
    agent.goto(page_of(ticket))
    agent.get_by_text("内部备注", exact=True).first.click()
    words = agent.locator("textarea[name=words]")
    words.click()
    agent.keyboard.type("; {订单号}")
    assert agent.get_by_role("combobox", name="搜索快捷回复").is_hidden()
    agent.keyboard.press("Control+Enter")
    agent.locator(".side-note").first.wait_for()
    assert Message.objects.get(side="note").words == "; {订单号}"


def test_without_script_one_is_picked_from_a_page(desk, ticket, sit):  # noqa: F811
    agent = sit("agent", script=False)
    agent.goto(page_of(ticket))
    agent.get_by_role("link", name="快捷回复").first.click()
    agent.get_by_role("link", name="用“已为您催促仓库”").first.click()
    words = agent.locator("textarea[name=words]")
    assert words.input_value().startswith("您好，抱歉让您久等")
    agent.get_by_role("button", name="发送").click()
    agent.get_by_text("已发送").wait_for()
    assert ReplyUse.objects.get().reply.key == "urging.urged"


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_no_page_scrolls_sideways_or_says_an_error(desk, ticket, sit, width, scheme):  # noqa: F811
    lead = sit("lead", width, scheme)
    reply = QuickReply.objects.get(key="urging.due")
    addresses = {
        "all": PAGES, "form": f"{PAGES}{reply.pk}/change/", "new": f"{PAGES}add/", "effect": f"{PAGES}effect/",
        "import": f"{PAGES}import/", "page": f"{PAGES}for/{ticket.pk}/",
    }  # fmt: skip
    for name, address in addresses.items():
        lead.goto(address)
        shot(lead, f"{name}-{width}-{scheme}")
        fits(lead)


def test_the_form_shows_what_the_customer_will_read_while_it_is_written(desk, sit):  # noqa: F811
    lead = sit("lead")
    lead.goto(f"{PAGES}add/")
    lead.get_by_label("内容").fill("您好，")
    lead.get_by_role("button", name="{订单号}").click()
    lead.locator(".replies-preview").get_by_text("20261120000123").wait_for()
    lead.get_by_label("内容").fill("订单{定单号}")
    lead.locator(".replies-preview").get_by_text("{订单号}").wait_for()
    shot(lead, "preview-1280")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_preview_covers_no_field_that_is_typed_in(desk, sit, width):  # noqa: F811
    lead = sit("lead", width)
    for address in (f"{PAGES}add/", f"{PAGES}{QuickReply.objects.get(key='urging.due').pk}/change/"):
        lead.goto(address)
        lead.get_by_label("内容").fill("您好，订单{订单号}\n" * 12)
        lead.locator(".replies-preview .said").first.wait_for()
        assert lead.evaluate(COVERED) == []


COVERED = """() => Array.from(document.querySelectorAll("#content-main form :is(input, select, textarea)"))
    .filter((e) => e.checkVisibility() && !e.disabled)
    .filter((e) => {
        e.focus();
        const box = e.getBoundingClientRect();
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return !(e.contains(top) || top?.closest("label")?.control === e);
    })
    .map((e) => e.name)"""
