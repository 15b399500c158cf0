"""What the guides show, walked through on a running desk. `make pictures` takes the pictures anew."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from flows.table import Who
from kefu.demo.photos import photo as drawn
from orders.models import Refund
from returns import store
from returns.models import BackParcel
from shops import policy
from shops.models import Policy
from tests.admin.return_scenes import fresh
from tests.returns.warehouse.scenes import DESK, STRAYS, page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RETURNS, REFUNDS, DISPUTES = "/admin/returns/return/", "/admin/orders/refund/", "/admin/returns/dispute/"
NOW = ".case .now .card"
ADDRESS = {"name": "晨光退货仓", "phone": "0571-88001234", "detail": "浙江省杭州市余杭区仓前路 8 号 3 号仓"}
FREIGHT = {"exchange_freight": 1200, "free_shipping_from": 19900, "threshold_freight": 800}
PLANS = [
    {"kind": "cash", "amount": 3000, "words": "24 小时内原路退回，鞋您留着穿"},
    {"kind": "coupon", "words": "满 100 减 30，30 天有效"},
]


@pytest.fixture(autouse=True)
def rules(desk):
    edit(desk, after_sales={"return_address": ADDRESS, **FREIGHT})


def edit(desk, **changes):
    policy.edit(desk.shop, changes, "wangdian", timezone.now())
    policy.forget()


def keep(ret, name, stage="application", giver="customer"):
    """A photo that somebody gave."""
    file = SimpleUploadedFile(f"{name}.jpg", drawn(name), "image/jpeg")
    return store.keep(ret, file, giver=giver, by="客户", at=timezone.now(), stage=stage)


def at(subject, *rest, of=RETURNS):
    return f"{of}{subject.pk}/{'/'.join(rest) or 'change'}/"


def refund_of(ret):
    return Refund.objects.get(order=ret.order_id, cause=f"return:{ret.pk}")


def paid(scenes, ret):
    refund = refund_of(ret)
    scenes.outside(refund, "succeed", amount=refund.amount, voucher="4200002026112300")
    return fresh(ret)


# ---- the agent
def test_the_agent_reads_the_queue_and_an_application(desk, scenes, sit, shows):
    fault = scenes.asks(hours=40, words="鞋底开胶了，才穿两天")
    fault = scenes.take(fault, "ask_evidence", "agent", words="请拍鞋底开胶的地方和鞋盒标签")
    proof = keep(fault, "sole")
    fault = scenes.outside(fault, "give_evidence", Who.CUSTOMER, evidence=[proof.pk], words="就是这里")
    scenes.asks(hours=50, reason="missing", kind="refund_only", words="少了一双袜子")
    scenes.asks(hours=37, reason="no_reason", order=scenes.late(), words="不喜欢这个颜色")
    scenes.asks(hours=5, kind="exchange", reason="no_reason", words="想换大一码")
    scenes.asks(kind="refund_only", reason="other", order=desk.order("packed"), words="拍错了")
    scenes.dispute(scenes.asks(hours=20, reason="not_as_described", words="颜色不一样"))
    agent = sit("agent")
    agent.goto(f"{RETURNS}?queue=to_handle")
    shows(agent, "agent-queue", most=760)
    agent.goto(at(fault))
    agent.locator(".timeline .thumb img").first.wait_for()
    shows(agent, "agent-application", whole=True, most=1180)


def test_the_agent_decides(desk, scenes, sit, shows):
    good, late = scenes.asks(reason="no_reason"), scenes.asks(reason="no_reason", order=scenes.late())
    fault = scenes.asks(words="鞋底开胶了")
    agent = sit("agent")
    agent.goto(at(good, "step", "approve"))
    shows(agent, "agent-approve", part=NOW)
    agent.goto(at(late, "step", "approve"))
    agent.get_by_role("button", name="同意申请").click()
    agent.get_by_text("要破例，请填写原因").first.wait_for()
    shows(agent, "agent-override", part=NOW)
    agent.goto(at(fault, "step", "refuse"))
    shows(agent, "agent-refuse", part=NOW)
    agent.goto(at(good))
    agent.get_by_text("平台不允许拒绝").first.wait_for()
    agent.goto(at(fault, "step", "offer"))
    shows(agent, "agent-offer", part=NOW)
    agent.goto(at(fault))
    agent.get_by_role("button", name="复制客户页面链接").click()
    agent.get_by_role("button", name="复制链接").wait_for()
    shows(agent, "agent-link", most=420)


def test_the_agent_gives_the_money_back_after_the_inspection(desk, scenes, sit, shows):
    agent = sit("agent")
    ret = inspected(scenes, scenes.asks())
    agent.goto(at(ret, "step", "refund"))
    agent.get_by_text("退款 ¥").first.wait_for()
    shows(agent, "agent-refund", part=NOW)
    swap = inspected(scenes, scenes.asks(kind="exchange", reason="no_reason"))
    agent.goto(at(swap))
    agent.get_by_text("请先“请客户补运费”").first.wait_for()
    agent.goto(at(swap, "step", "ask_freight"))
    shows(agent, "agent-freight", part=NOW)


def inspected(scenes, ret):
    ret = scenes.take(ret, "approve", "agent")
    ret = scenes.take(ret, "send_back", "agent", carrier="圆通速递", tracking_number=f"YT{ret.pk:013d}")
    return scenes.take(scenes.take(ret, "receive", "warehouse"), "inspect", "warehouse")


def test_the_agent_answers_the_platform(desk, scenes, sit, shows):
    ret = scenes.asks(hours=20, reason="not_as_described", words="颜色不一样")
    keep(ret, "colour")
    dispute = scenes.dispute(ret, reason="与商家协商不成", due_at=timezone.now() + timedelta(hours=30))
    agent = sit("agent")
    agent.goto(at(dispute, of=DISPUTES))
    agent.get_by_role("link", name="举证包").wait_for()
    shows(agent, "agent-dispute")


# ---- the customer
def test_the_customer_does_the_own_part_on_a_phone(desk, scenes, visits, shows):
    ret = scenes.take(scenes.asks(words="鞋底开胶了"), "ask_evidence", "agent", words="请拍鞋底开胶的地方和鞋盒标签")
    shows(visits(ret), "customer-evidence", whole=True, most=900)
    shows(visits(scenes.take(scenes.asks(), "offer", "agent", plans=PLANS)), "customer-offer", whole=True, most=900)
    ret = scenes.take(scenes.asks(), "approve", "agent", mind="请保留鞋盒，不要寄到付件")
    shows(visits(ret), "customer-send", whole=True, most=900)
    ret = scenes.take(inspected(scenes, scenes.asks()), "refund", "agent")
    shows(visits(paid(scenes, ret)), "customer-money", whole=True, most=900)


# ---- the warehouse
def scan(it, number, words):
    it.locator("#scan").fill(number)
    it.keyboard.press("Enter")
    verdict(it, words)


def verdict(it, words):
    it.locator(".verdict").get_by_text(words).first.wait_for()


def test_the_warehouse_scans_unpacks_and_judges(desk, sit, shows):
    _ret, parcel = desk.coming(reason="quality")
    it = sit("warehouse", "phone", DESK)
    shows(it, "warehouse-empty", most=600)
    scan(it, parcel.tracking_number, "收货成功")
    shows(it, "warehouse-received", whole=True, most=900)
    it.locator("[data-line]").nth(0).get_by_text("残次").first.click()
    it.locator("[data-line]").nth(1).get_by_text("可二次销售").first.click()
    it.locator("#camera").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": drawn("unpacked")})
    it.locator(".wh-photos img").wait_for()
    shows(it, "warehouse-judged", part=".wh-unpack")
    it.get_by_role("button", name="登记验货").click()
    verdict(it, "验货完成")
    shows(it, "warehouse-done", most=700)


def test_the_warehouse_meets_parcels_that_are_not_as_they_should_be(desk, scenes, sit, shows):
    closed, late = desk.coming()
    it = sit("warehouse", "phone", DESK)
    scan(it, "YT7788990011223", "无主包裹")
    shows(it, "warehouse-stray", most=760)
    scenes.outside(closed, "withdraw", Who.PLATFORM)
    scan(it, late.tracking_number, "已关闭的售后")
    shows(it, "warehouse-closed", most=760)
    it.goto(STRAYS)
    it.get_by_text("还没有售后单登记这个单号").wait_for()
    stray = BackParcel.objects.get(of=None)
    wanted = scenes.take(scenes.asks(reason="no_reason"), "approve", "agent")
    it.goto(page("stray", stray.pk))
    it.get_by_label("找售后单").fill(wanted.order.number)
    it.get_by_role("button", name="找").click()
    it.get_by_role("button", name="就是它，收货").wait_for()
    shows(it, "warehouse-match", most=700)


def test_the_warehouse_sends_home_what_is_the_customers(desk, scenes, sit, shows):
    ret = scenes.take(inspected(scenes, scenes.asks(reason="no_reason")), "hand_back", "agent", why="鞋底有磨损")
    it = sit("warehouse", "phone", DESK)
    scan(it, ret.number, "找到售后单")
    shows(it, "warehouse-home", whole=True, most=900)
    it = sit("warehouse", "desk", DESK)
    it.keyboard.press("?")
    it.get_by_role("dialog").wait_for()
    shows(it, "warehouse-keys", part="dialog[open]")
    it.keyboard.press("Escape")
    it.goto(page("slip", ret.pk))
    shows(it, "warehouse-slip", part=".slip")


# ---- the lead
def test_the_lead_approves_reconciles_and_sets_the_rules(desk, scenes, sit, shows):
    edit(desk, authority={"agent": {"refund_case": 10_000}})
    above = [scenes.take(inspected(scenes, scenes.asks()), "refund", "agent") for _ in range(3)]
    lead = sit("lead")
    lead.goto(f"{REFUNDS}?queue=to_approve")
    shows(lead, "lead-approve", most=480)
    first = scenes.take(refund_of(above[0]), "approve", "lead")
    first = scenes.outside(fresh(first), "fail", why="商户余额不足")
    lead.goto(at(first, of=REFUNDS))
    shows(lead, "lead-failed")
    lead.goto(at(first, "step", "reconcile", of=REFUNDS))
    shows(lead, "lead-reconcile", part=NOW)
    newest = Policy.objects.filter(shop=desk.shop).order_by("version").last()
    lead.goto(f"/admin/shops/policy/{newest.pk}/change/")
    shows(lead, "lead-rules", part="#policy-form", most=1500)
