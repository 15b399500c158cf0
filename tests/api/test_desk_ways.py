"""The documented ways of the desk, 1 to 3 (order, stock-out, logistics query), told through hooks and REST alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from flows.sweep import sweep
from outbox import listening
from outbox.fanout import fan_out
from tests.api.test_return_ways import Way

pytestmark = pytest.mark.django_db
BUYER = {"id": "b-1", "name": "张三", "phone": "13800138000"}


class Desk(Way):
    def says(self, words, *, outcome="applied", **more):
        """The customer writes in the one conversation that they have with the shop."""
        self.said = getattr(self, "said", 0) + 1
        told = {"conversation": "c-1", "message": f"m-{self.said}", "channel": "im", "buyer": BUYER, "text": words}
        return self.tell("message.received", outcome=outcome, **told, **more)

    def listens(self, days=0):
        """What happened is heard within the house."""
        at = timezone.now() + timedelta(hours=1, days=days)
        while fan_out(at=at) or listening.listen(at=at):
            pass

    def tickets(self, **asked):
        self.listens()
        return self.agent.get("/tickets/", {"ordering": "oldest", **asked}).data["results"]

    def ticket(self, **asked):
        [found] = self.tickets(**asked)
        return found

    def ticket_step(self, ticket, name, who="agent", **body):
        return self.step(who, f"tickets/{ticket['number']}", name, **body)

    def messages(self, ticket):
        told = self.agent.get(f"/tickets/{ticket['number']}/messages/").data["results"]
        return [(m["side"], m["words"]) for m in told]

    def waited(self, ticket):
        told = self.agent.get(f"/tickets/{ticket['number']}/messages/", {"side": "agent"}).data["results"]
        return [m["waited"] is not None for m in told]

    def placed(self):
        from tests.factories import placed

        self.tell("order.placed", **placed("A1"))
        self.tell("order.paid", number="A1", transaction="p1")

    def picking(self):
        self.placed()
        self.step("agent", "orders/A1", "confirm")
        self.step("auditor", "orders/A1", "audit")


@pytest.fixture
def desk(db):
    return Desk()


def clocks(body):
    return {d["clock"] for d in body["deadlines"]}


def test_an_order_from_the_first_question_to_the_review(desk):
    desk.says("38 码黑色有货吗？")
    ticket = desk.ticket()
    assert (ticket["state"], ticket["kind"], ticket["order"]) == ("new", "presale", None)
    assert clocks(ticket) == {"greet", "resolve"}
    greet = next(d for d in ticket["deadlines"] if d["clock"] == "greet")
    assert greet["why"]
    answered = desk.ticket_step(ticket, "reply", words="您好，有货，今天下单明天发。")
    assert (answered["state"], clocks(answered)) == ("awaiting_customer", {"resolve", "silence"})
    desk.says("好的，拍下了", order="A1")
    heard = desk.ticket()
    assert (heard["state"], heard["order"], heard["order_named"]) == ("awaiting_reply", None, "A1")
    assert clocks(heard) == {"reply", "resolve"}
    desk.placed()
    assert desk.ticket()["order"] == "A1"  # it came after it was named
    desk.step("agent", "orders/A1", "confirm")
    desk.step("auditor", "orders/A1", "audit")
    desk.ticket_step(ticket, "reply", words="订单已确认，仓库正在备货。")
    assert desk.waited(ticket) == [True, True]
    solved = desk.ticket_step(ticket, "resolve", result="solved")
    assert clocks(solved) == {"close"}
    desk.step("warehouse", "orders/A1", "pack")
    desk.shipped()
    desk.tell("order.signed", number="A1")
    desk.tell("review.posted", order="A1", review="v-1", rating=5, text="很快，合脚")
    assert desk.state() == "signed"
    assert [t["number"] for t in desk.tickets()] == [ticket["number"]]  # a good review calls nobody
    sweep(at=timezone.now() + timedelta(hours=73))
    assert desk.ticket()["state"] == "closed"
    assert [side for side, _words in desk.messages(ticket)] == ["customer", "agent", "customer", "agent"]


def test_a_stock_out_that_ends_with_a_refund(desk):
    desk.picking()
    desk.says("什么时候发货？", order="A1")
    talk = desk.ticket()
    desk.ticket_step(talk, "reply", words="马上为您查。")
    desk.ticket_step(talk, "resolve")
    desk.step("warehouse", "orders/A1", "report_stock_out", lines=[{"line": "1", "quantity": 1}])
    alarm = desk.ticket(kind="stock_out")
    assert (alarm["order"], alarm["state"], alarm["spoken"], alarm["opened_by"]) == (
        "A1", "new", False, "stock_out.start",
    )  # fmt: skip
    assert clocks(alarm) == {"greet", "resolve"}
    first = next(d for d in alarm["deadlines"] if d["clock"] == "greet")
    assert first["due"] is not None
    contact = {"channel": "im", "words": "黑色 38 码缺货", "none_why": "没有同款"}
    desk.step("agent", "stock-outs/A1-Q1", "contact", **contact)
    desk.ticket_step(alarm, "reply", words="非常抱歉，黑色 38 码缺货，可以换白色或退款。")
    desk.says("那就退款吧")
    heard = desk.ticket(state="awaiting_reply")
    assert heard["number"] == talk["number"]  # it is said in the conversation that there is
    desk.ticket_step(heard, "merge", into=alarm["number"], why="同一件事")
    owed = desk.ticket(kind="stock_out")
    assert (owed["state"], owed["spoken"]) == ("awaiting_reply", True)
    desk.step("agent", "stock-outs/A1-Q1", "agree_refund", refund_of="lines")
    desk.ticket_step(owed, "reply", words="已为您申请退款，款到即告知。")
    waiting = desk.ticket_step(owed, "ask_internal", team="finance", words="退款", waits_for="A1-Q1")
    assert waiting["waits_for_subject"] == {"flow": "stock_out", "number": "A1-Q1"}
    assert clocks(waiting) == {"internal", "resolve"}
    desk.paid_back()
    desk.says("退了吗？")  # a merged conversation is heard where it went
    resumed = desk.ticket(kind="stock_out")
    assert resumed["state"] == "awaiting_reply"
    assert desk.agent.get("/stock-outs/A1-Q1/").data["state"] == "resolved"
    desk.ticket_step(resumed, "reply", words="189.00 元已原路退回。")
    solved = desk.ticket_step(resumed, "resolve", result="solved")
    assert (solved["state"], clocks(solved)) == ("resolved", {"close"})
    sweep(at=timezone.now() + timedelta(hours=73))
    assert {t["state"] for t in desk.tickets()} == {"closed"}


def test_a_late_parcel_is_asked_after_before_the_customer_asks(desk):
    desk.picking()
    desk.shipped()
    sweep(at=timezone.now() + timedelta(days=8))
    desk.listens(days=8)
    alarm = desk.ticket(kind="logistics")
    assert alarm["order"] == "A1"
    [query] = desk.agent.get("/logistics-queries/", {"order": "A1"}).data["results"]
    at = f"logistics-queries/{query['number']}"
    desk.says("我的快递呢？", order="A1")
    talk = desk.ticket(kind="other")
    assert talk["order"] == "A1"
    merged = desk.ticket_step(talk, "merge", into=alarm["number"], why="同一件事")
    assert (merged["state"], merged["merged_into"]) == ("closed", alarm["number"])
    desk.step("agent", at, "look_up")
    desk.step("agent", at, "trace", whom="hotline", words="催件，今天派送")
    due = (timezone.now() + timedelta(days=10)).isoformat()
    words = "非常抱歉让您久等，受天气影响晚到，预计后天送达。"
    desk.step("agent", at, "answer", words=words, expected_at=due, reason="weather", apologised=True)
    told = desk.ticket_step(alarm, "reply", words=words)
    silence = next(d for d in told["deadlines"] if d["clock"] == "silence")
    assert (silence["due"], silence["held"] is not None) == (None, True)  # the query holds the customer's silence
    desk.tell("order.signed", number="A1")
    assert desk.agent.get(f"/{at}/").data["state"] == "closed"
    free = desk.ticket(kind="logistics")
    assert next(d for d in free["deadlines"] if d["clock"] == "silence")["due"] is not None
    desk.says("收到了，谢谢")
    thanks = desk.ticket(kind="logistics")
    assert thanks["state"] == "awaiting_reply"
    desk.ticket_step(thanks, "reply", words="感谢您的理解，祝您生活愉快。")
    desk.ticket_step(thanks, "resolve", result="solved")
    assert {t["state"] for t in desk.tickets()} == {"closed", "resolved"}
