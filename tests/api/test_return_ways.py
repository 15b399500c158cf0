"""Each documented way of goods and money back, told once from the first word to the end, through hooks and REST alone.

The numbers are those of the order A1: shoes for 189.00, two pairs of socks for 60.00, 10.00 of freight, 259.00 in all.
"""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

import outbox.models
from flows.sweep import sweep
from hooks.process import run
from orders.money.window import send_due
from tests.api.callers import Api
from tests.factories import hook_body, make_key, make_shop, placed, post_hook

pytestmark = pytest.mark.django_db
SHOES = [{"line": "1", "quantity": 1}]


class Way:
    """A shop whose back end speaks hooks, and one colleague for each role who speaks REST."""

    def __init__(self):
        self.shop = make_shop(secret=True, platform="taobao")
        for role in ("agent", "auditor", "warehouse", "lead"):
            setattr(self, role, Api(make_key(self.shop, roles=(role,))[1]))
        self.since, self.minutes = timezone.now() - timedelta(days=2), 0

    # ---- what the shop's back end, the courier and the platform say
    def tell(self, kind, /, *, outcome="applied", minutes=5, **data):
        self.minutes += minutes
        past = kind.startswith("order.") and data.get("number") == "A1"
        at = self.since + timedelta(minutes=self.minutes) if past else timezone.now()
        answer = post_hook(Client(), self.shop, hook_body(kind, at, occurred_at=at.isoformat(), **data))
        assert answer.status_code == 202, answer.content
        run(at=timezone.now())
        told = self.lead.get(f"/inbox/{answer.json()['event']}/").data
        assert told["outcome"] == outcome, told
        return told

    def signed(self, **order):
        """Paid, shipped and signed two days ago."""
        self.tell("order.placed", **placed("A1", **order))
        if order.get("payment") != "cod":
            self.tell("order.paid", number="A1", transaction="p1")
        self.shipped()
        self.tell("order.signed", number="A1")

    def shipped(self):
        self.tell("order.shipped", number="A1", parcels=[{"carrier": "顺丰", "tracking_number": "SF0001"}])

    def requested(self, kind, reason, *, lines=SHOES, **more):
        told = {"number": "T1", "order": "A1", "kind": kind, "reason": reason, "version": 1, **more}
        self.tell("return.requested", **told, **({"lines": lines} if lines else {}))
        return self.ret

    def paid_back(self, *, number="T1"):
        """The back end carries out every refund that it was told of, and says so."""
        send_due(at=timezone.now() + timedelta(hours=1))
        for sent in outbox.models.Event.objects.filter(topic="refund.send").order_by("pk"):
            data = {k: sent.data[k] for k in ("key", "amount")}
            if self.known(data["key"])["state"] != "sent":
                continue
            self.tell("refund.succeeded", **data, voucher="V1")

    def known(self, key):
        return next(r for r in self.lead.get("/refunds/", {"page_size": 50}).data["results"] if r["key"] == key)

    # ---- what people do
    def step(self, who, path, name, **body):
        answer = getattr(self, who).post(f"/{path}/steps/{name}/", body)
        assert answer.status_code == 200, answer.data
        return answer.data

    def ret_step(self, who, name, **body):
        return self.step(who, "returns/T1", name, **body)

    def refused(self, who, path, name, code="refused", **body):
        before = self.lead.get(f"/{path}/").data
        answer = getattr(self, who).post(f"/{path}/steps/{name}/", body)
        assert (answer.status_code, answer.data.get("code")) == (409, code), answer.data
        assert self.lead.get(f"/{path}/").data == before
        return answer.data["detail"]

    def photo(self, who="agent", stage="application"):
        raw = BytesIO()
        Image.new("RGB", (40, 30), "red").save(raw, "JPEG")
        raw.seek(0)
        raw.name = "photo.jpg"
        api = getattr(self, who)
        answer = api.client.post("/api/v1/returns/T1/evidence/", {"files": [raw], "stage": stage}, headers=api.headers)
        assert answer.status_code in (200, 201), answer.content
        return [e["id"] for e in answer.json()["results"]]

    # ---- what can be read
    @property
    def ret(self):
        return self.agent.get("/returns/T1/").data

    def order(self, number="A1"):
        return self.agent.get(f"/orders/{number}/").data

    def state(self, number="A1"):
        return self.order(number)["state"]

    def balance(self, number="A1"):
        return sum(Decimal(entry["amount"]) for entry in self.order(number)["money"]["ledger"])

    def refunds(self):
        return {r["cause"]: (r["state"], r["amount"]) for r in self.lead.get("/refunds/").data["results"]}

    def steps_of(self, path="returns/T1"):
        return [row["step"] for row in self.agent.get(f"/{path}/history/").data["results"]]

    def clocks(self, path="returns/T1"):
        return {d["clock"] for d in self.agent.get(f"/{path}/").data["deadlines"]}


@pytest.fixture
def way():
    return Way()


def test_a_no_reason_return_ends_with_what_was_paid_for_the_goods(way):
    """Procedure 4: the freight of the way back is the customer's; the order shipped at a freight of its own."""
    way.signed()
    asked = way.requested("return_refund", "no_reason", words="不喜欢颜色")
    assert (asked["state"], asked["eligibility"]["standing"]) == ("requested", "eligible")
    assert (asked["freight"]["by"], way.clocks()) == ("customer", {"handle"})
    assert "handle" not in way.clocks("orders/A1")

    approved = way.ret_step("agent", "approve", mind="请保留吊牌和原包装")
    assert (approved["state"], way.clocks()) == ("awaiting_return", {"send_back"})
    way.tell("return.sent_back", number="T1", tracking_number="SF9000000000001")
    assert (way.ret["state"], way.ret["parcels"][0]["carrier"]) == ("returning", "顺丰")
    way.ret_step("warehouse", "receive", tracking_number="SF9000000000001")
    assert {"inspect", "legal", "receive"} == way.clocks()
    judged = [{"line": "1", "quantity": 1, "condition": "sellable"}]
    assert way.ret_step("warehouse", "inspect", lines=judged)["state"] == "inspected"

    preview = way.agent.get("/returns/T1/preview/", {"step": "refund"}).data
    assert preview["amounts"]["total"] == "189.00"
    assert way.ret_step("agent", "refund")["state"] == "refunding"
    assert list(way.refunds().values()) == [("sent", "189.00")]
    way.paid_back()
    assert (way.ret["state"], way.balance()) == ("completed", Decimal("70.00"))
    assert way.steps_of() == ["start", "approve", "send_back", "receive", "inspect", "refund", "settle"]
    assert way.clocks() == set()
    stocked = outbox.models.Event.objects.filter(topic="stock.returned").count()
    assert stocked == 1


def test_a_no_reason_exchange_is_sent_once_the_customer_has_paid_the_freight(way):
    """Procedure 4: freight first, then the replacement order through the auditor, picked, packed, shipped, signed."""
    way.signed()
    way.requested("exchange", "no_reason")
    way.ret_step("agent", "approve")
    way.tell("return.sent_back", number="T1", tracking_number="YT9000000001")
    way.ret_step("warehouse", "receive", tracking_number="YT9000000001")
    way.ret_step("warehouse", "inspect", lines=[{"line": "1", "quantity": 1, "condition": "sellable"}])
    assert "运费" in way.refused("agent", "returns/T1", "exchange")
    assert way.ret_step("agent", "ask_freight", amount="12.00")["state"] == "awaiting_freight"
    way.tell("return.freight_paid", number="T1", amount="12.00", transaction="f1")
    assert (way.ret["state"], way.ret["replacement"]) == ("exchanging", "A1-H1")
    assert way.state("A1-H1") == "awaiting_audit"
    assert (way.balance(), way.balance("A1-H1")) == (Decimal("70.00"), Decimal("189.00"))

    way.step("auditor", "orders/A1-H1", "audit")
    way.step("warehouse", "orders/A1-H1", "ship", carrier="中通", tracking_number="73000000000001")
    assert (way.ret["state"], way.clocks()) == ("reshipped", {"confirm"})
    way.tell("parcel.tracked", carrier="中通", tracking_number="73000000000001", state="signed")
    assert (way.state("A1-H1"), way.ret["state"]) == ("signed", "completed")
    assert way.refunds() == {}


def test_a_quality_fault_is_proved_and_goods_and_freight_come_back(way):
    """Procedure 5: photos first, an agent verifies; the freight back is refunded with the goods."""
    way.signed()
    assert way.requested("return_refund", "quality", words="开胶")["eligibility"]["standing"] == "person"
    way.ret_step("agent", "ask_evidence", words="请拍鞋底开胶处，两张")
    assert way.clocks() == {"handle", "evidence"}
    way.tell("return.evidence_given", number="T1", evidence=["https://img.example/1.jpg"], words="见图")
    assert (way.ret["state"], len(way.ret["evidence"]) >= 1) == ("requested", True)
    way.ret_step("agent", "approve", mind="请用原盒", override_why="照片已核实")
    assert way.ret["freight"]["by"] == "seller"
    way.tell("return.sent_back", number="T1", tracking_number="SF9000000000002")
    way.tell("parcel.tracked", carrier="SF", tracking_number="SF9000000000002", state="signed")
    way.ret_step("warehouse", "receive", tracking_number="SF9000000000002")
    way.ret_step("warehouse", "inspect", lines=[{"line": "1", "quantity": 1, "condition": "defective"}], fault="seller")
    assert (
        way.ret_step("agent", "refund", goods="189.00", freight="10.00", why="质量问题，退运费")["state"] == "refunding"
    )
    way.paid_back()
    assert (way.ret["state"], way.balance()) == ("completed", Decimal("60.00"))


def test_wrong_goods_are_exchanged_at_the_sellers_cost(way):
    """Procedure 5: re-ordered through the auditor; the customer's freight is refunded beside it and settles nothing."""
    way.signed()
    way.requested("exchange", "wrong_item")
    way.ret_step("agent", "approve", override_why="照片已核实")
    way.tell("return.sent_back", number="T1", tracking_number="SF9000000000003")
    way.ret_step("warehouse", "receive", tracking_number="SF9000000000003")
    way.ret_step("warehouse", "inspect", lines=[{"line": "1", "quantity": 1, "condition": "sellable"}], fault="seller")
    assert way.ret_step("agent", "exchange", freight_back="10.00")["state"] == "exchanging"
    way.paid_back()
    assert way.ret["state"] == "exchanging"
    way.step("auditor", "orders/A1-H1", "audit")
    way.tell("order.shipped", number="A1-H1", parcels=[{"carrier": "顺丰", "tracking_number": "SF0009"}])
    way.tell("order.signed", number="A1-H1")
    assert (way.ret["state"], way.balance(), way.balance("A1-H1")) == ("completed", Decimal("60.00"), Decimal("189.00"))


def test_a_missing_piece_is_sent_after(way):
    """Procedure 6: nothing comes back, nothing is paid; a real tracking number in time."""
    way.signed()
    way.requested("reship", "missing", lines=[{"line": "2", "quantity": 1}])
    assert way.ret_step("agent", "approve", override_why="称重核实少一双")["state"] == "exchanging"
    assert way.clocks() == {"dispatch"}
    replacement = way.order("A1-H1")
    assert (replacement["state"], replacement["money"]["total"]) == ("awaiting_audit", "0.00")
    way.step("auditor", "orders/A1-H1", "audit")
    way.step("warehouse", "orders/A1-H1", "ship", carrier="中通", tracking_number="73000000000002")
    way.tell("order.signed", number="A1-H1")
    assert (way.ret["state"], way.balance()) == ("completed", Decimal("259.00"))


def test_a_customer_who_takes_a_compensation_keeps_the_goods(way):
    """Procedure 5: the retention offer, one to three plans; the reason for leaving is kept."""
    way.signed()
    way.requested("return_refund", "quality")
    plans = [
        {"kind": "cash", "amount": "20.00", "words": "退 20 元，鞋子留下，今天到账"},
        {"kind": "coupon", "words": "50 元优惠券，下次可用"},
    ]
    offered = way.ret_step("agent", "offer", plans=plans, leaving_why="线头")
    assert (offered["state"], way.clocks()) == ("offered", {"handle", "offer"})
    assert way.ret_step("agent", "accept_offer", plan=1)["state"] == "refunding"
    way.paid_back()
    assert (way.ret["state"], way.balance()) == ("completed", Decimal("239.00"))
    assert way.ret["offers"][0]["chosen"] == 1


def test_money_asked_for_an_unshipped_order_holds_it_and_comes_back_once(way):
    """effects.md: audit, pack and ship wait until it is decided; approving cancels the order with its one refund."""
    way.tell("order.placed", **placed("A1"))
    way.tell("order.paid", number="A1", transaction="p1")
    way.step("agent", "orders/A1", "confirm")
    way.requested("refund_only", "other", lines=None, words="不想要了")
    assert "退款" in way.refused("auditor", "orders/A1", "audit")
    detail = way.refused("agent", "returns/T1", "refuse", why="已经在备货", proof=way.photo())
    assert "还没有发货" in detail
    way.ret_step("agent", "approve")
    assert (way.state(), way.ret["state"], way.refunds()) == ("closed", "refunding", {"cancel": ("sent", "259.00")})
    way.paid_back()
    assert (way.ret["state"], way.balance()) == ("completed", 0)
    assert len(way.refunds()) == 1


def test_money_asked_for_goods_on_their_way_waits_for_the_courier(way):
    """The courier is told to bring them back; what it brings back is inspected, then paid."""
    way.tell("order.placed", **placed("A1"))
    way.tell("order.paid", number="A1", transaction="p1")
    way.shipped()
    way.requested("refund_only", "late", lines=None)
    assert way.ret_step("agent", "intercept", why="客户要求退款，包裹在途")["state"] == "intercepting"
    way.tell("return.intercepted", number="T1", result="succeeded", refund_now=True)
    assert way.ret["state"] == "refunding"
    way.paid_back()
    assert (way.ret["state"], way.balance()) == ("completed", 0)


def test_a_rejected_parcel_comes_back_by_itself_and_is_paid_after_inspection(way):
    way.tell("order.placed", **placed("A1"))
    way.tell("order.paid", number="A1", transaction="p1")
    way.shipped()
    way.tell("parcel.tracked", carrier="顺丰", tracking_number="SF0001", state="refused")
    [ret] = way.agent.get("/returns/").data["results"]
    assert (ret["state"], ret["reason"], ret["parcels"][0]["tracking_number"]) == ("returning", "rejected", "SF0001")
    path = f"returns/{ret['number']}"
    way.step("warehouse", path, "receive", tracking_number="SF0001")
    way.step("warehouse", path, "inspect")
    assert way.step("agent", path, "refund")["state"] == "refunding"
    way.paid_back()
    assert way.agent.get(f"/{path}/").data["state"] == "completed"
    assert way.balance() == Decimal("10.00")  # the freight that was spent on it


def test_a_rejected_parcel_of_cash_on_delivery_is_booked_in(way):
    way.tell("order.placed", **placed("A1", payment="cod"))
    way.shipped()
    way.tell("order.parcel_rejected", number="A1")
    [ret] = way.agent.get("/returns/").data["results"]
    path = f"returns/{ret['number']}"
    way.step("warehouse", path, "receive", tracking_number="SF0001")
    assert way.step("warehouse", path, "inspect")["state"] == "completed"
    assert way.steps_of(path)[-1] == "book_in"
    assert way.refunds() == {}


def test_a_dispute_ruled_for_the_buyer_is_paid_by_the_platform_and_won_back_by_an_appeal(way):
    """Procedure 7: clocks stand still, the ruling drives the return, an appeal after the money went."""
    way.signed()
    way.requested("return_refund", "counterfeit")
    way.ret_step("agent", "refuse", why="有授权书，正品", proof=way.photo(stage="refusal"))
    way.tell("dispute.opened", **{"return": "T1"}, due_at=(timezone.now() + timedelta(hours=20)).isoformat())
    [held] = [d for d in way.ret["deadlines"] if d["clock"] == "respond"]
    assert held["held"]
    way.step("lead", "disputes/T1-D1", "give_evidence", words="附授权书与进货单")
    way.tell("dispute.ruled", **{"return": "T1"}, ruling="buyer", remedy="refund")
    assert way.ret["state"] == "refunding"
    assert way.agent.get("/disputes/T1-D1/").data["state"] == "complied"
    [(cause, refund)] = way.refunds().items()
    assert (cause.partition(":")[0], refund[0]) == ("platform", "sent")
    assert not outbox.models.Event.objects.filter(topic="refund.send").exists()
    key = way.lead.get("/refunds/").data["results"][0]["key"]
    way.tell("refund.succeeded", key=key, amount=refund[1], paid_by="platform")
    assert way.ret["state"] == "completed"
    way.step("lead", "disputes/T1-D1", "appeal", why="恶意投诉，补充鉴定书")
    way.tell("dispute.ruled", **{"return": "T1"}, ruling="seller")
    assert way.agent.get("/disputes/T1-D1/").data["state"] == "ruled_for_seller"
    assert (way.ret["state"], way.ret["recover"]) == ("completed", refund[1])


def test_a_platform_that_decides_in_our_stead_is_followed(way):
    """Procedure 6: a reship without a real number in time, and the platform refunds."""
    way.signed()
    way.requested("reship", "missing", lines=[{"line": "2", "quantity": 2}])
    way.tell("return.platform_approved", number="T1", kind="reship", version=1)
    assert way.ret["state"] == "exchanging"
    way.tell("return.platform_refunded", number="T1", amount="60.00")
    assert (way.ret["state"], way.state("A1-H1")) == ("refunding", "closed")
    [(cause, refund)] = way.refunds().items()
    assert (cause.partition(":")[0], refund) == ("platform", ("sent", "60.00"))


def test_goods_are_repaired_and_go_home(way):
    way.signed()
    way.requested("repair", "quality")
    way.ret_step("agent", "approve", override_why="照片已核实")
    way.tell("return.sent_back", number="T1", tracking_number="SF9000000000005")
    way.ret_step("warehouse", "receive", tracking_number="SF9000000000005")
    way.ret_step("warehouse", "inspect", lines=[{"line": "1", "quantity": 1, "condition": "defective"}])
    way.ret_step("agent", "repair", why="换鞋底")
    assert way.ret_step("warehouse", "repaired", result="repaired")["state"] == "exchanging"
    way.tell("return.replacement_sent", number="T1", carrier="顺丰", tracking_number="SF0010")
    way.tell("return.replacement_signed", number="T1")
    assert (way.ret["state"], way.balance()) == ("completed", Decimal("259.00"))


def test_goods_that_spoil_a_second_sale_are_refused_with_proof_and_handed_back(way):
    """The second refusal is a state of its own; the goods are the customer's and go home."""
    way.signed()
    way.requested("return_refund", "no_reason")
    assert "不允许拒绝" in way.refused("agent", "returns/T1", "refuse", why="不想退", proof=way.photo())
    way.ret_step("agent", "approve")
    way.tell("return.sent_back", number="T1", tracking_number="SF9000000000006")
    way.ret_step("warehouse", "receive", tracking_number="SF9000000000006")
    way.ret_step("warehouse", "inspect", lines=[{"line": "1", "quantity": 1, "condition": "defective"}])
    proof = way.photo("warehouse", "inspection")
    refused = way.ret_step("agent", "refuse_receipt", why="鞋底有明显磨损，影响二次销售", proof=proof)
    assert (refused["state"], way.clocks() & {"respond"}) == ("receipt_refused", {"respond"})
    way.ret_step("agent", "hand_back", why="客户同意取回")
    sent = way.ret_step("warehouse", "handed_back", carrier="顺丰", tracking_number="SF0011")
    assert (sent["state"], way.balance(), way.refunds()) == ("closed", Decimal("259.00"), {})


def test_a_false_number_is_struck_and_the_real_parcel_counts(way):
    way.signed()
    way.requested("return_refund", "no_reason")
    way.ret_step("agent", "approve")
    way.tell("return.sent_back", number="T1", tracking_number="FALSE0001")
    assert way.ret_step("agent", "bounce", why="快递公司查无此单")["state"] == "awaiting_return"
    way.tell("return.sent_back", number="T1", tracking_number="SF9000000000007")
    assert way.ret["state"] == "returning"
    way.tell("return.received", number="T1", tracking_number="SF9000000000007")
    assert way.ret["state"] == "received"


def test_goods_that_come_after_the_end_make_the_return_received_again(way):
    way.signed()
    way.requested("return_refund", "no_reason")
    way.ret_step("agent", "approve")
    sweep(at=timezone.now() + timedelta(days=8))
    assert (way.ret["state"], way.ret["closed_by"]) == ("closed", "clock")
    way.tell("return.received", number="T1", tracking_number="SF9000000000008")
    assert way.ret["state"] == "received"
    way.ret_step("warehouse", "inspect")
    way.ret_step("agent", "refund")
    way.paid_back()
    assert (way.ret["state"], way.balance()) == ("completed", Decimal("70.00"))


def test_two_partial_returns_never_give_back_more_than_was_paid(way):
    way.signed()
    way.requested("return_refund", "no_reason", lines=[{"line": "2", "quantity": 1}])
    more = {"number": "T2", "order": "A1", "kind": "return_refund", "reason": "no_reason"}
    told = way.tell("return.requested", outcome="rejected", lines=[{"line": "2", "quantity": 2}], **more)
    assert told["why"]
    way.tell("return.requested", lines=[{"line": "2", "quantity": 1}], **{**more, "number": "T3"})
    for number in ("T1", "T3"):
        way.step("agent", f"returns/{number}", "approve")
        way.step("warehouse", f"returns/{number}", "receive")
        way.step("warehouse", f"returns/{number}", "inspect")
        way.step("agent", f"returns/{number}", "refund")
    way.paid_back()
    assert sorted(amount for _state, amount in way.refunds().values()) == ["30.00", "30.00"]
    assert way.balance() == Decimal("199.00")
