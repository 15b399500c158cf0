"""In a real browser: a hint while one writes, the better wording by a click; findings judged by keys."""

import pytest
from django.test import Client

from tests.admin.scenes import Desk
from tests.admin.ticket_scenes import Talks, page_of
from tickets.models import QualityFinding, QualityVerdict

from .conftest import Reviewers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(transactional_db):
    return Desk()


def enters(page, live_server, user):
    client = Client()
    client.force_login(user)
    name, morsel = next(iter(client.cookies.items()))
    page.context.add_cookies([{"name": name, "value": morsel.value, "url": live_server.url}])


def test_a_better_wording_takes_the_clauses_place_by_a_click(desk, live_server, page):
    enters(page, live_server, desk.people["agent"])
    page.goto(live_server.url + page_of(Talks(desk).mine(words="收到了，挺好")))
    page.fill("#words", "亲😊，木有问题，五星好评截图发我，返您5元红包哦")
    page.click("#quality-hints li:has-text('好评返现') [data-mend]")
    assert page.input_value("#words") == "亲😊，木有问题，感谢您的支持，欢迎您按真实感受写评价，这对我们很有帮助。"
    page.wait_for_selector("#quality-hints li:has-text('好评返现')", state="detached")
    assert page.locator("#quality-hints li").count() == 1


def test_however_many_hints_the_worst_is_first_and_the_button_that_sends_in_sight(desk, live_server, page):
    page.set_viewport_size({"width": 1280, "height": 860})
    enters(page, live_server, desk.people["agent"])
    page.goto(live_server.url + page_of(Talks(desk).mine(words="什么时候到")))
    page.fill("#words", "木有问题，保证明天到，送你一个杯子，全网最低价，好评返现5元，加我微信 kefu888")
    page.wait_for_selector("#quality-hints li:nth-child(5)", state="attached")
    tones = [li.get_attribute("class") for li in page.locator("#quality-hints li").all()]
    assert tones == sorted(tones) and tones[0] == "tone-late" and tones[-1] == "tone-soon"
    send = page.locator("#send").bounding_box()
    assert send["y"] + send["height"] <= 860


def test_a_lead_judges_by_keys(desk, live_server, page):
    talks = Talks(desk)
    ticket = talks.does(talks.mine(), "reply", words="您好，木有问题", ago=3)
    for step in ("resolve", "close"):
        ticket = talks.does(ticket, step)
    Reviewers.listen()
    finding = QualityFinding.objects.get(rule="dialect")
    enters(page, live_server, desk.people["lead"])
    page.goto(f"{live_server.url}/admin/tickets/qualityfinding/?rule=dialect")
    page.keyboard.press("n")
    page.wait_for_selector(f"#finding-{finding.pk} [data-key=n][aria-pressed=true]")
    assert QualityVerdict.objects.get().right is False
