"""Every step of both flows from its form: rendered for who may take it, taken, greyed or refused for the others."""

from datetime import timedelta

import pytest
from django.utils import timezone

from flows.acting import STAFF, asks_something, buttons
from flows.models import Move
from flows.table import Who
from orders.models import Amendment, Contact, Order, StockOut
from orders.phones import masked_phone
from orders.tables import ORDER, STOCK_OUT

from .pages import page_of, take, text
from .scenes import ROLES

pytestmark = pytest.mark.django_db


# ---- how a subject comes to where a step is open, and what its form is told
def shipped(desk):
    order = desk.order("packed")
    parcel = {"carrier": "顺丰", "tracking_number": "SF10001", "lines": []}
    return desk.take(order, "ship", "warehouse", parcels=[parcel])


def bounced(desk):
    return desk.take(shipped(desk), "bounce", "agent")


def contacting(desk):
    desk.products()
    return desk.take(desk.stock_out(), "contact", "agent", channel="im", words="x", none_why="无")


def swapping(desk):
    return desk.take(contacting(desk), "agree_swap", "agent", sku="S-202", quantity=1, price=3000)


def out(desk):
    return desk.stock_out().order


def merging(desk):
    order = desk.order("awaiting_audit", number="M-1", name="张三")
    other = desk.order("awaiting_audit", number="M-2", name="张三")
    # one buyer, one address: else they are not merged
    same = {"buyer_id": order.buyer_id, "address": order.address, "phone_key": order.phone_key}
    Order.objects.filter(pk=other.pk).update(buyer_phone=order.buyer_phone, **same)
    return order


SOON = {"promised_for": "2030-01-02T10:30"}
FIRST = {"lines-0-quantity": "1", "lines-1-quantity": "0"}
PARCEL = {"carrier": "顺丰", "tracking_number": "SF20001"}
STEPS = {
    ("order", "confirm"): (lambda d: d.order("awaiting_confirmation"), {}),
    ("order", "send_back"): (lambda d: d.order("awaiting_audit"), {"why": "地址不全"}),
    ("order", "audit"): (lambda d: d.order("awaiting_audit"), {}),
    ("order", "amend"): (lambda d: d.order("awaiting_confirmation"), {"buyer-name": "新名字"}),
    ("order", "report_stock_out"): (lambda d: d.order("picking"), FIRST),
    ("order", "restock"): (out, {}),
    ("order", "pack"): (lambda d: d.order("picking"), {}),
    ("order", "recall"): (lambda d: d.order("packed"), {"why": "客户改地址"}),
    ("order", "ship_part"): (lambda d: d.order("packed"), {**PARCEL, **FIRST}),
    ("order", "ship"): (lambda d: d.order("packed"), PARCEL),
    ("order", "reject_parcel"): (shipped, {}),
    ("order", "cancel"): (lambda d: d.order("awaiting_confirmation"), {"by": "customer", "reason": "不想要了"}),
    ("order", "merge"): (merging, {"into": "M-2"}),
    ("order", "bounce"): (shipped, {}),
    ("order", "resend"): (bounced, {"confirmed": "1"}),
    ("stock_out", "contact"): (
        lambda d: (d.products(), d.stock_out())[1],
        {"channel": "phone", "words": "抱歉", "offered": "S-303"},
    ),
    ("stock_out", "agree_wait"): (contacting, SOON),
    ("stock_out", "agree_swap"): (contacting, {"sku": "S-202", "quantity": "1", "price": "30.00"}),
    ("stock_out", "agree_refund"): (contacting, {"refund_of": "order"}),
    ("stock_out", "presume_refund"): (contacting, {}),
    ("stock_out", "found"): (lambda d: d.stock_out(), {}),
    ("stock_out", "swap"): (swapping, {}),
}
FLOWS = {"order": ORDER, "stock_out": STOCK_OUT}
STAFFS = [
    (f.name, name) for f in FLOWS.values() for name in f.rows if any(not r.fact and r.who & STAFF for r in f.rows[name])
]


def may(flow, step, state, role):
    row = flow.row(step, state)
    return bool(row and row.who & Who[role.upper()])


def test_the_steps_below_are_all_that_staff_take():
    assert set(STAFFS) == set(STEPS)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("flow", "step"), STAFFS)
def test_a_step_is_taken_from_its_form_by_whose_it_is_and_refused_to_others(desk, sits, flow, step, role):
    prepare, posted = STEPS[flow, step]
    subject, client = prepare(desk), sits(role)
    moves = Move.objects.count()
    form = client.get(page_of(subject, "step", step))
    response = take(client, subject, step, **posted)
    found = type(subject).objects.get(pk=subject.pk)
    if not may(FLOWS[flow], step, subject.state, role):
        assert form.status_code == 302
        assert response.status_code == 403
        assert (found.version, Move.objects.count()) == (subject.version, moves)
        return
    assert form.status_code == 200
    assert f"/step/{step}/" in form.content.decode()
    assert response.status_code == 302, text(response)
    last = Move.objects.filter(flow=flow, subject=subject.pk, step=step).latest("seq")
    assert (last.who, last.by) == (role, desk.people[role].get_username())
    assert found.version > subject.version
    page = client.get(page_of(found))
    assert page.status_code == 200
    assert str(FLOWS[flow].head(step).label) in text(page)


# ---- what the page offers
@pytest.mark.parametrize("role", ROLES)
def test_the_case_offers_exactly_the_steps_that_are_open(desk, sits, role):
    for state in ("awaiting_confirmation", "awaiting_audit", "picking", "packed"):
        order = desk.order(state)
        page = sits(role).get(page_of(order)).content.decode()
        offered = {b.step for b in buttons(ORDER, order, [role]) if b.open}
        assert {s for s in ORDER.rows if f'/step/{s}/"' in page} == offered


def test_a_greyed_step_says_why(desk, sits):
    order = desk.order("awaiting_confirmation")
    Order.objects.filter(pk=order.pk).update(address={"province": "浙江省"})
    client = sits("agent")
    page = text(client.get(page_of(order)))
    assert "收货人、电话或地址不完整" in page
    assert "/step/confirm/" not in client.get(page_of(order)).content.decode()
    assert take(client, order, "confirm").status_code == 302
    assert Order.objects.get(pk=order.pk).state == "awaiting_confirmation"
    assert "审核通过" in text(sits("agent").get(page_of(desk.order("awaiting_audit"))))  # greyed: the auditor's


def test_harm_names_its_consequence_before_it_is_done(desk, sits):
    order = desk.order("awaiting_confirmation")
    client = sits("agent")
    assert asks_something(ORDER, "cancel")
    page = text(client.get(page_of(order, "step", "cancel")))
    assert "订单关闭，货不再发出" in page
    assert f"退款 ¥{order.paid / 100:.2f} = 已收 {order.paid / 100:.2f}" in page
    assert Order.objects.get(pk=order.pk).state == "awaiting_confirmation"


def test_who_has_two_roles_acts_as_the_first_that_may(desk, sits):
    both = desk.person("agent", "auditor")
    order = desk.order("awaiting_audit")
    take(sits(both), order, "audit")
    assert Move.objects.filter(flow="order", subject=order.pk).latest("seq").who == "auditor"


# ---- refused in the form
@pytest.mark.parametrize(("step", "prepare", "posted", "said"), [
    ("send_back", lambda d: d.order("awaiting_audit"), {"why": ""}, "原因"),
    ("cancel", lambda d: d.order("awaiting_confirmation"), {"by": "pope", "reason": "xx"}, "谁要求取消"),
    ("amend", lambda d: d.order("awaiting_confirmation"), {}, "请填写要修改的地址、收货人或商品"),
    ("amend", lambda d: d.order("awaiting_confirmation"), {"address-province": "浙江"}, "详细地址"),
    ("amend", lambda d: d.order("awaiting_confirmation"), {"lines-0-paid": "1e3"}, "最多两位小数"),
    ("merge", lambda d: d.order("awaiting_confirmation"), {"into": "NONE"}, "NONE"),
    ("bounce", lambda d: shipped(d), {"tracking_number": "x" * 60}, "快递单号"),
])  # fmt: skip
def test_a_bad_input_is_said_beside_its_field_and_nothing_is_written(desk, sits, step, prepare, posted, said):
    order = prepare(desk)
    moves = Move.objects.count()
    role = "auditor" if step == "send_back" else "agent"
    response = take(sits(role), order, step, **posted)
    assert response.status_code == 400
    assert said in text(response)
    assert "errors" in response.content.decode()
    assert Move.objects.count() == moves


def test_what_only_the_order_can_tell_is_said_in_the_form(desk, sits):
    order = desk.order("awaiting_confirmation")
    response = take(sits("agent"), order, "cancel", by="merchant", reason="不想卖了")
    assert response.status_code == 409
    assert "已付款订单只能按客户本人的要求取消" in text(response)
    assert "不想卖了" in response.content.decode()  # what was typed is not lost
    assert Order.objects.get(pk=order.pk).state == "awaiting_confirmation"


def test_too_many_pieces_are_refused(desk, sits):
    order = desk.order("picking")
    response = take(sits("warehouse"), order, "report_stock_out", **{"lines-0-quantity": "99"})
    assert response.status_code == 409
    assert "件可选" in text(response)
    response = take(sits("warehouse"), order, "report_stock_out", **{"lines-0-quantity": "-1"})
    assert response.status_code == 400


def test_no_field_is_taken_that_the_form_does_not_ask_for(desk, sits):
    order = desk.order("awaiting_confirmation")
    take(sits("agent"), order, "amend", **{"buyer-name": "新", "state": "closed", "paid": "0", "total": "0", "id": "9"})
    found = Order.objects.get(pk=order.pk)
    assert (found.state, found.paid, found.total, found.buyer_name) == (order.state, order.paid, order.total, "新")


# ---- moved meanwhile
def test_a_case_that_moved_says_what_happened_and_nothing_is_done(desk, sits):
    order = desk.order("awaiting_confirmation")
    desk.take(order, "confirm", "agent")
    client = sits("agent")
    response = client.post(
        page_of(order, "step", "cancel"), {"version": order.version, "by": "customer", "reason": "xx"}
    )
    assert response.status_code == 302
    said = text(client.get(response["Location"]))
    assert "您没有动它" in said
    assert "确认订单 → 待审单" in said
    assert Order.objects.get(pk=order.pk).state == "awaiting_audit"


def test_a_double_click_confirms_once(desk, sits):
    order, client = desk.order("awaiting_confirmation"), sits("agent")
    assert take(client, order, "confirm").status_code == 302
    assert take(client, order, "confirm").status_code == 302
    assert Move.objects.filter(flow="order", subject=order.pk, step="confirm").count() == 1


def test_an_open_page_learns_that_its_case_has_moved(desk, sits):
    order, client = desk.order("awaiting_confirmation"), sits("agent")
    address = page_of(order, "moved")
    assert "确认订单" not in text(client.get(address, {"version": order.version}))
    desk.take(order, "confirm", "agent")
    assert "确认订单 → 待审单" in text(client.get(address, {"version": order.version}))


# ---- forms in detail
def test_an_amendment_changes_only_what_was_filled_in(desk, sits):
    order = desk.order("awaiting_confirmation")
    posted = {
        "lines-0-sku": "S-101",
        "lines-0-title": "跑步鞋 男款 43 码 黑",
        "lines-0-quantity": "2",
        "lines-0-paid": "378.00",
    }
    assert take(sits("agent"), order, "amend", **posted).status_code == 302
    amendment = Amendment.objects.get(order=order)
    assert list(amendment.now) == ["line:1"]
    assert {k for k, (was, now) in amendment.changed().items() for k in now if was[k] != now[k]} == {"title"}


def test_a_promised_moment_is_of_the_shops_own_zone(desk, sits):
    subject = contacting(desk)
    take(sits("agent"), subject, "agree_wait", promised_for="2030-01-02T10:30")
    found = StockOut.objects.get(pk=subject.pk)
    assert found.promised_for.isoformat() == "2030-01-02T02:30:00+00:00"


def test_the_offered_products_are_boxes_and_what_was_ticked_is_recorded(desk, sits):
    desk.products()
    subject, client = desk.stock_out(), sits("agent")
    page = client.get(page_of(subject, "step", "contact")).content.decode()
    assert page.index('value="S-303"') < page.index('value="S-505"')  # by rank
    posted = {"channel": "phone", "words": "向客户道歉并推荐", "offered": ["S-505", "S-404"]}
    assert take(client, subject, "contact", **posted).status_code == 302
    contact = Contact.objects.get(stock_out=subject)
    assert contact.offered == ["S-505", "S-404"]
    said = text(client.get(page_of(subject)))
    assert "向客户道歉并推荐" in said
    assert "推荐：S-505、S-404" in said


def test_the_first_contact_offers_something_or_says_why_not(desk, sits):
    desk.products()
    subject = desk.stock_out()
    response = take(sits("agent"), subject, "contact", channel="im", words="您好")
    assert response.status_code == 409
    assert "须推荐至少一件替代商品" in text(response)
    assert not Contact.objects.exists()


def test_what_is_in_store_stands_beside_the_goods_and_what_is_not_is_not_offered(desk, sits):
    made = desk.products()
    subject, client = desk.stock_out(), sits("agent")
    assert "库存" not in text(client.get(page_of(subject)))
    for product, n in ((made[0], 0), (made[1], 34), (made[2], 0), (made[4], 8)):
        product.stock, product.stock_at = n, timezone.now()
        product.save()
    said = text(client.get(page_of(subject)))
    assert ("无货" in said, "库存 34" in said) == (True, True)
    asked = text(client.get(page_of(subject, "step", "contact")))
    assert made[4].sku in asked
    assert "库存 8" in asked
    assert made[2].sku not in asked


# ---- the buyer
def test_the_buyer_is_masked_until_somebody_who_may_asks_and_that_is_logged(desk, sits):
    order, client = desk.order("awaiting_confirmation", name="欧阳小明"), sits("agent")
    page = text(client.get(page_of(order)))
    assert masked_phone(order.buyer_phone) in page
    for secret in ("欧阳小明", order.buyer_phone, order.address["detail"]):
        assert secret not in client.get(page_of(order)).content.decode()
    assert client.post(page_of(order, "personal"), {"why": "核对地址"}).status_code == 302
    page = text(client.get(page_of(order)))
    for secret in ("欧阳小明", order.buyer_phone, order.address["detail"], "查看了买家信息", "核对地址"):
        assert secret in page
    assert desk.people["agent"].get_username() in page
    assert "欧阳小明" not in text(sits("auditor").get(page_of(order)))  # shown to nobody else


def test_who_may_not_see_buyers_cannot_have_them_shown(desk, sits):
    order = desk.order("awaiting_confirmation", name="欧阳小明")
    blind = sits(desk.person("warehouse", sees=False))
    assert "显示十分钟" not in text(blind.get(page_of(order)))
    assert blind.post(page_of(order, "personal"), {"why": "x"}).status_code == 403
    for view in ("change", "slip"):
        assert "欧阳小明" not in blind.get(page_of(order, view)).content.decode()


def test_what_was_shown_is_hidden_again(desk, sits, monkeypatch):
    from orders import personal

    order, client = desk.order("awaiting_confirmation", name="欧阳小明"), sits("agent")
    monkeypatch.setattr(personal, "LASTS", timedelta(seconds=-1))
    client.post(page_of(order, "personal"), {"why": "核对地址"})
    assert "欧阳小明" not in text(client.get(page_of(order)))
