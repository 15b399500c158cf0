"""What the guide of conversations shows, walked through on a running desk. `make pictures` takes the pictures anew."""

from datetime import timedelta

import pytest
from django.utils import timezone

from flows import engine
from flows.table import Who
from outbox import listening
from outbox.fanout import fan_out
from shops.models import Member
from tickets import customers
from tickets.figures import counting
from tickets.page import links as rating_links
from tickets.replies import loading
from tickets.steps.opening import begun

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TICKETS = "/admin/tickets/ticket/"
SAID = (
    ("小雨", "你们这是骗人吧，说好48小时发货，三天了还没动静，我要投诉", 9),
    ("阿哲", "快递到哪里了？怎么一直没更新", 4),
    ("林林", "这件有M码现货吗？", 2),
    ("大壮", "收到了，很满意，谢谢", 30),
    ("小丸子", "退款什么时候到账？", 12),
)


class Talks:
    def __init__(self, desk):
        self.desk, self.shop, self.now = desk, desk.shop, timezone.now()
        self.agent = desk.people["agent"].get_username()

    def says(self, name, words, minutes, order=None, agent=True):
        """A customer opens a conversation, so many minutes ago."""
        at = self.now - timedelta(minutes=minutes)
        told = customers.Told(self.shop.pk, f"tb-{name}", name)
        ticket = begun(
            shop_id=self.shop.pk, channel="im", conversation=f"c-{name}", order=order, opened_by="message",
            customer=customers.known([told], at=at)[told.key],
        )  # fmt: skip
        ticket = engine.start(
            ticket, who=Who.SHOP, by="hook:native", at=at, inputs={"words": words, "side": "customer"}
        )
        if agent:
            self.does(ticket, "assign", Who.SYSTEM, "system", minutes, to=self.agent, why="最空闲")
        return ticket

    def does(self, ticket, step, who=Who.AGENT, by="", minutes=0.0, **inputs):
        at = self.now - timedelta(minutes=minutes)
        ticket = type(ticket).objects.get(pk=ticket.pk)
        return engine.take(ticket, step, who=who, by=by or self.agent, at=at, inputs=inputs)


@pytest.fixture
def talks(desk):
    Member.objects.filter(user=desk.people["agent"]).update(sees_personal=False)
    loading.load(desk.shop, "wangdian", timezone.now())
    return Talks(desk)


def at(ticket, *rest):
    return f"{TICKETS}{ticket.pk}/{'/'.join(rest) or 'change'}/"


def test_the_agent_reads_the_queue_and_answers(desk, talks, sit, shows):
    found = [talks.says(name, words, minutes, agent=name != "林林") for name, words, minutes in SAID]
    agent = sit("agent")
    agent.goto(f"{TICKETS}?queue=mine")
    shows(agent, "talk-queue", most=760)
    order = desk.order("shipped")
    ticket = talks.does(found[1], "link", minutes=3, order=order.pk)
    talks.does(ticket, "reply", minutes=3, words="非常抱歉让您久等了，我马上帮您查一下包裹到哪里了。")
    talks.does(ticket, "note", minutes=2.5, words="已催网点，下午回电")
    talks.does(ticket, "hear", Who.SHOP, "hook:native", 1, words="好的，那大概什么时候能到？")
    agent.goto(at(ticket))
    agent.locator("#timeline li").first.wait_for()
    shows(agent, "talk-ticket", whole=True, most=1180)


def test_quick_replies_open_by_a_semicolon(desk, talks, sit, shows):
    ticket = talks.says("阿哲", "快递到哪里了？怎么一直没更新", 1, order=desk.order("shipped"))
    agent = sit("agent")
    agent.goto(at(ticket))
    agent.locator("#words").click()
    agent.keyboard.type(";cwl")
    agent.locator(".replies-pop [role=option]").first.wait_for()
    shows(agent, "talk-replies", most=860)


def test_hints_stand_beneath_while_one_writes(desk, talks, sit, shows):
    ticket = talks.says("大壮", "质量不错，就是慢了点", 1)
    agent = sit("agent")
    agent.goto(at(ticket))
    agent.locator("#words").fill("亲，给个五星好评，返您5元红包哦")
    agent.locator("#composer-below .hint, .quality-hints li, .hints li").first.wait_for()
    shows(agent, "talk-hints", most=860)


def test_the_customer_rates_on_a_phone(desk, talks, opens, shows):
    ticket = talks.says("大壮", "收到了，很满意，谢谢", 60)
    talks.does(ticket, "reply", minutes=50, words="谢谢您的支持！")
    talks.does(ticket, "resolve", minutes=40)
    ticket = talks.does(ticket, "close", minutes=30)
    page = opens("phone")
    page.goto(f"/c/rate/{rating_links.token_of(ticket, timezone.now())}/")
    page.get_by_text("非常满意").wait_for()
    shows(page, "talk-rating", most=844)
    page.get_by_label("非常满意").check()
    page.get_by_role("button", name="提交评价").click()
    page.get_by_text("谢谢您的评价").wait_for()


def test_the_lead_sees_load_findings_and_figures(desk, talks, sit, shows):
    for name, words, minutes in SAID:
        talks.says(name, words, minutes, agent=name not in ("林林", "小丸子"))
    said = talks.says("阿真", "东西收到了，还可以", 50)
    talks.does(said, "reply", minutes=48, words="亲，加微信 kefu88 给您返现，下次直接找我。", who=Who.LEAD, why="测试")
    talks.does(talks.does(said, "resolve", minutes=40), "close", minutes=30)
    at = timezone.now()
    while fan_out(at=at) or listening.listen(at=at):
        pass
    counting.count(at=at)
    lead = sit("lead")
    lead.goto("/admin/load/")
    shows(lead, "lead-load", most=860)
    lead.goto("/admin/tickets/qualityfinding/")
    shows(lead, "lead-quality", most=760)
    lead.goto("/admin/reports/")
    shows(lead, "lead-figures", most=900)
