"""The pages of figures in a real browser: at three widths, light and dark, within the content policy."""

import pytest
from django.test import Client
from django.utils import timezone

from kefu.models import Heartbeat
from tests.browsers import Console, fits
from tests.tickets.figures.hands import Counting
from tests.tickets.figures.scenes import lead, week

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = ("", "answers/", "answers/?by=agent", "tickets/?by=kind", "clocks/?by=clock", "returns/", "money/")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (768, "dark"), (390, "dark"), (390, "light")])
def test_every_page_fits_and_breaks_no_policy(live_server, browser, width, scheme):
    hands = Counting()
    hands.t0 = hands.t0.replace(hour=2)
    week(hands)
    Heartbeat.objects.update_or_create(pk="clock", defaults={"at": timezone.now()})
    client, console = Client(), Console()
    client.force_login(lead(hands))
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=live_server.url, locale="zh-CN"
    )  # fmt: skip
    session = client.cookies["kefu_session"].value
    context.add_cookies([{"name": "kefu_session", "value": session, "url": live_server.url}])
    page = context.new_page()
    console.listens(page)
    for address in PAGES:
        page.goto(f"/admin/reports/{address}")
        fits(page)
    page.goto("/admin/reports/answers/")
    colour = page.locator("#first_answer svg .line").last.evaluate("e => getComputedStyle(e).stroke")
    assert colour == ("rgb(138, 182, 247)" if scheme == "dark" else "rgb(29, 95, 191)")
    context.close()
    assert console.complaints == []
