"""The desk's pages of refunds: what waits for a lead, what it is made of, and who may decide it."""

import pytest
from django.utils import timezone

from flows import engine
from flows.table import Who
from orders.models import Line, Refund
from shops import policy

from .pages import page_of, take, text
from .test_lists import statements

LIST = "/admin/orders/refund/"


def cheaper(desk, **may):
    """An agent makes an order cheaper by 50.00 -> its refund."""
    policy.edit(desk.shop, {"authority": {"agent": {"refund_case": 1000, **may}}}, "test", timezone.now())
    order = desk.order("awaiting_confirmation")
    line = Line.objects.filter(order=order).first()
    inputs = {"lines": [{"line": line.line, "paid": line.paid - 5000}]}
    name = desk.people["agent"].get_username()
    engine.take(order, "amend", who=Who.AGENT, by=name, at=timezone.now(), inputs=inputs)
    return Refund.objects.get(order=order)


def test_a_lead_approves_from_the_queue_what_is_above_an_agents_authority(desk, sits):
    refund = cheaper(desk)
    page = sits("lead").get(f"{LIST}?queue=to_approve")
    assert refund.number in text(page)
    assert "货款 50.00" in text(page)
    assert "改单差价" in text(page)
    take(sits("lead"), refund, "approve")
    refund = Refund.objects.get(pk=refund.pk)
    assert (refund.state, refund.approved_by) == ("sent", desk.people["lead"].get_username())
    assert refund.number in text(sits("agent").get(f"{LIST}?queue=refunds_out"))


def test_who_asked_sees_the_button_greyed_with_the_reason_and_is_refused(desk, sits):
    refund = cheaper(desk)
    Refund.objects.filter(pk=refund.pk).update(asked_by=desk.people["lead"].get_username())
    client = sits("lead")
    assert "须由另一位店长/主管审批" in text(client.get(page_of(refund)))
    take(client, refund, "approve")
    assert Refund.objects.get(pk=refund.pk).state == "drafted"


def test_an_agent_decides_nothing_about_it(desk, sits):
    refund = cheaper(desk)
    take(sits("agent"), refund, "approve")
    assert Refund.objects.get(pk=refund.pk).state == "drafted"
    assert sits("agent").get(page_of(refund)).status_code == 200


def test_the_orders_page_shows_its_refunds_and_the_form_what_will_be_kept(desk, sits):
    refund = cheaper(desk)
    order_page = sits("lead").get(page_of(refund.order))
    assert page_of(refund) in order_page.content.decode()
    assert "待审批" in text(order_page)
    form = sits("lead").get(page_of(refund, "step", "reject"))
    assert "不退 ¥50.00 = 货款 50.00" in text(form)
    take(sits("lead"), refund, "reject", why="先与客户确认")
    assert Refund.objects.get(pk=refund.pk).state == "cancelled"


def test_a_refund_is_found_by_its_number_and_its_key(desk, sits):
    refund = cheaper(desk)
    for words in (refund.number, refund.key):
        answer = sits("agent").get("/admin/search/", {"q": words}, follow=True)
        assert refund.number in text(answer)


@pytest.mark.parametrize("address", [LIST, f"{LIST}?queue=to_approve"])
def test_a_list_of_refunds_costs_the_same_whatever_its_length(desk, sits, address):
    client = sits("lead")
    for _ in range(2):
        cheaper(desk)
    client.get(address)
    few = statements(client, address)
    for _ in range(4):
        cheaper(desk)
    assert statements(client, address) == few


def test_nobody_of_another_shop_sees_it(desk, sits):
    from .scenes import Desk

    refund, other = cheaper(desk), Desk(name="别家")
    stranger = sits(other.people["lead"])
    assert stranger.get(page_of(refund)).status_code in (302, 403, 404)
    assert refund.number not in text(stranger.get(LIST))
