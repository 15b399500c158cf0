"""Where is my parcel? answered in a real browser: at a desk and on a phone."""

import os

import pytest

from orders.models import CourierContract, LogisticsQuery
from tests.browsers import fits

from .pages import page_of
from .test_browser import sit  # noqa: F401 (the fixture)
from .test_logistics_queries import LIST, Parcels, soon

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def seen(page, name):
    """A picture of the page, where somebody wants to look at it."""
    if folder := os.environ.get("KEFU_LOOK"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_parcel_in_trouble_is_looked_up_urged_and_answered(desk, sit, width):  # noqa: F811
    desk.products()
    parcels = Parcels(desk)
    query, other = parcels.in_trouble(), parcels.asked()
    agent = sit("agent", width)
    agent.goto(f"{LIST}?queue=to_look_up")
    fits(agent)
    seen(agent, f"queue-{width}")
    agent.get_by_role("link", name=query.number).click()
    fits(agent)
    seen(agent, f"case-{width}")
    agent.get_by_role("button", name="查询物流").click()
    agent.get_by_text("已查询物流").wait_for()
    agent.get_by_role("link", name="登记催件").click()
    agent.get_by_label("派送网点/快递员").check()
    agent.get_by_label("怎么说的").fill("今天下午再派送一次")
    fits(agent)
    agent.get_by_role("button", name="登记催件").click()
    agent.get_by_role("link", name="告知客户").click()
    agent.get_by_label("告知的预计送达时间").fill(soon(days=1))
    agent.get_by_label("晚到的原因").select_option("absent")
    agent.get_by_label("已先向客户道歉").check()
    fits(agent)
    seen(agent, f"answer-{width}")
    agent.get_by_role("button", name="告知客户").click()
    agent.get_by_text("已告知客户").first.wait_for()
    seen(agent, f"answered-{width}")
    assert LogisticsQuery.objects.get(pk=query.pk).state == "answered"
    agent.goto(page_of(other.order))
    fits(agent)
    seen(agent, f"order-{width}")


CUT = """() => {
  const edge = (e) => {  // where what is inside it is cut
    const box = e.getBoundingClientRect();
    return /hidden|clip/.test(getComputedStyle(e).overflowX) ? [box.left, box.right] : [0, window.innerWidth];
  };
  const cut = (e) => {
    const box = e.getBoundingClientRect();
    for (let up = e.parentElement; up; up = up.parentElement) {
      const [left, right] = edge(up);
      if (box.left < left - 0.5 || box.right > right + 0.5) return true;
    }
    return false;
  };
  return [...document.querySelectorAll("#content *")]
    .filter((e) => /^(input|select|textarea|button)$/i.test(e.tagName) && e.type !== "hidden" && e.checkVisibility())
    .filter(cut).map((e) => e.name || e.textContent);
}"""


def within(page):
    """Every field is to be seen whole: what is cut at an edge scrolls nothing."""
    fits(page)
    assert page.evaluate(CUT) == [], page.url


@pytest.mark.parametrize("width", [1280, 390])
def test_a_contract_with_a_courier_service_is_entered_on_a_phone(desk, sit, width):  # noqa: F811
    desk.products()
    lead = sit("lead", width)
    lead.goto("/admin/orders/couriercontract/add/")
    within(lead)
    seen(lead, f"contract-new-{width}")
    lead.locator("[name=shop]").select_option(str(desk.shop.pk))
    lead.get_by_label("查询服务").select_option("kuaidi100")
    lead.locator("[name=customer]").fill("CUST")
    lead.locator("[name=key]").fill("a-key-that-nobody-reads")
    lead.locator("[name=_save]").click()
    lead.locator(".messagelist .success").wait_for()
    made = CourierContract.objects.get()
    for address in (f"{made.pk}/change/", f"{made.pk}/trial/", ""):
        lead.goto(f"/admin/orders/couriercontract/{address}")
        within(lead)
        seen(lead, f"contract-{address.strip('/').replace('/', '-')}-{width}")
