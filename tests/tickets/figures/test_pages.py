"""Who sees which figures, and what a page says of them."""

import re
from urllib.parse import parse_qs, urlencode

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from tests.admin.pages import text
from tests.factories import make_member, make_shop, make_user
from tests.tickets.figures.scenes import agent, lead, week
from tickets.figures.figure import FAMILIES, FIGURES
from tickets.models import Rollup


def sit(user):
    client = Client()
    client.force_login(user)
    return client


def test_every_page_opens_for_a_lead_and_names_every_figure_with_its_definition(hands):
    week(hands)
    client = sit(lead(hands))
    for family in FAMILIES:
        said = text(client.get(f"/admin/reports/{family}/"))
        for figure in FIGURES.values():
            if figure.family == family:
                assert str(figure.label) in said
                assert str(figure.words)[:20] in said
    assert "统计至 12:00" in text(client.get("/admin/reports/"))


def test_every_figure_can_be_looked_at_by_every_dimension_of_its_page(hands):
    week(hands)
    client = sit(lead(hands))
    for family in FAMILIES:
        for by in {d for f in FIGURES.values() if f.family == family for d in f.dimensions}:
            assert client.get(f"/admin/reports/{family}/?by={by}").status_code == 200, (family, by)


def test_the_overview_says_today_yesterday_and_a_week_ago(hands):
    week(hands)
    said = text(sit(lead(hands)).get("/admin/reports/"))
    assert "新工单 3 昨天 3 · 上周同日 0" in said
    assert "手上的工单，按客服" in said
    assert "amy 5" in said  # those that were never resolved


def test_an_agent_sees_their_own_numbers_alone(hands):
    week(hands)
    client = sit(agent(hands, "bob"))
    page = client.get("/admin/reports/answers/?by=agent&agent=amy")
    said = text(page)
    assert "只含您自己的数字" in said
    assert "bob" in said
    assert "amy" not in text(client.get("/admin/reports/answers/?by=agent")).replace("bob", "")
    assert client.get("/admin/reports/refunded.csv").status_code == 404  # the shop's own
    assertNotContains(client.get("/admin/reports/money/"), 'id="refunded"')
    assertContains(client.get("/admin/reports/agents/"), 'id="load"')


@pytest.mark.parametrize("roles", [["warehouse"], ["auditor"]])
def test_who_neither_leads_nor_answers_sees_none(hands, roles):
    user = make_user("wang", is_staff=True)
    make_member(hands.shop, *roles, user=user)
    assert sit(user).get("/admin/reports/").status_code == 403
    assert sit(user).get("/admin/reports/tickets.csv").status_code == 403
    assertNotContains(sit(user).get("/admin/"), "/admin/reports/")


def test_nobody_sees_another_shops_numbers_by_any_address(hands):
    week(hands)
    other = make_shop("theirs")
    user = make_user("eve", is_staff=True)
    make_member(other, "lead", user=user)
    client = sit(user)
    for address in ("answers/", f"answers/?shop={hands.shop.code}", "tickets/?by=shop", "first_answer.csv?by=agent"):
        response = client.get(f"/admin/reports/{address}")
        told = b"".join(response) if response.streaming else response.content
        assert b"amy" not in told
        assert hands.shop.name.encode() not in told


def test_what_makes_no_sense_is_said_and_the_usual_is_shown(hands):
    client = sit(lead(hands))
    for query, words in {
        "from=2026-11-05&to=2026-11-01": "开始日期不能晚于结束日期",
        "from=yesterday": "日期须像 2026-11-01 这样写",
        "from=2020-01-01&to=2026-01-01": "一次最多看",
        "shop=nowhere": "没有这家店铺",
    }.items():
        assert words in text(client.get(f"/admin/reports/answers/?{query}"))
    assert client.get("/admin/reports/answers/?by=nothing&from=%00&agent=%00").status_code == 200
    assert client.get("/admin/reports/nothing/").status_code == 404
    assert client.post("/admin/reports/").status_code == 405


def test_a_figure_that_cannot_be_cut_by_it_says_so(hands):
    week(hands)
    said = text(sit(lead(hands)).get("/admin/reports/money/?by=agent"))
    assert "这个数字不能按客服看" in said


def links(response):
    """{path: query} of the tabs, the files and the six figures of a page."""
    found = re.findall(r'href="(/admin/reports/[^"?#]*)\??([^"#]*)', response.content.decode())
    return {path: parse_qs(query.replace("&amp;", "&")) for path, query in found}


def test_what_is_asked_goes_along_to_every_page_that_understands_it_and_to_the_files(hands):
    week(hands)
    client = sit(lead(hands))
    shop = {"shop": [hands.shop.code], "period": ["month"]}
    asked = {**shop, "agent": ["amy"], "kind": ["complaint"], "by": ["agent"]}
    told = links(client.get(f"/admin/reports/answers/?{urlencode(asked, doseq=True)}"))
    for family in FAMILIES:
        known = {"day", "week", "shop", "platform", *(d for f in FIGURES.values() if f.family == family for d in f.by)}
        expected = {k: v for k, v in asked.items() if k in {*shop, *known} or (k == "by" and v[0] in known)}
        assert told[f"/admin/reports/{family}/"] == expected, family
    assert told["/admin/reports/"] == asked
    del asked["kind"]  # of which there is nothing to take away
    told = links(client.get(f"/admin/reports/answers/?{urlencode(asked, doseq=True)}"))
    assert told["/admin/reports/first_answer.csv"] == {**asked, "encoding": ["gbk"]}
    assert told["/admin/reports/first_answer.xlsx"] == asked


def test_the_overview_passes_on_what_is_asked_and_says_to_what_it_is_narrowed(hands):
    week(hands)
    client = sit(lead(hands))
    page = client.get(f"/admin/reports/?agent=amy&shop={hands.shop.code}&period=quarter&by=agent")
    told, said = links(page), text(page)
    asked = {"agent": ["amy"], "shop": [hands.shop.code], "period": ["quarter"], "by": ["agent"]}
    assert told["/admin/reports/answers/"] == asked
    month = told["/admin/reports/tickets.xlsx"]  # the file is of what is drawn here: thirty days, whatever is asked
    assert set(month) == {"agent", "shop", "from", "to"}
    assert f"只看 店铺：{hands.shop.name}、客服：amy" in said
    assert "没有按客服筛选：这个数字不分" in said
    assert "只看" not in text(client.get("/admin/reports/?period=quarter"))


def test_an_empty_desk_says_what_will_be_here(hands):
    assert "有了以后，这里是图和表" in text(sit(lead(hands)).get("/admin/reports/tickets/"))


def test_names_are_text_in_every_chart(hands):
    week(hands)
    Rollup.objects.filter(agent="amy").update(agent="<script>alert(1)</script>")
    page = sit(lead(hands)).get("/admin/reports/answers/?by=agent").content.decode()
    assert "<script>alert" not in page
    assert "style=" not in page[page.index("<svg") :].replace("data-style=", "")


def test_old_numbers_say_that_they_are_old(hands):
    week(hands)
    import time_machine

    with time_machine.travel(hands.at(60 * 5), tick=False):
        said = text(sit(lead(hands)).get("/admin/reports/"))
    assert "统计至 12:00 · 统计比平时晚" in said


@pytest.mark.parametrize("address", ["", "answers/?by=agent", "tickets/", "returns/?by=reason"])
def test_a_page_takes_as_many_statements_for_many_tickets_as_for_few(hands, address, django_assert_max_num_queries):
    week(hands, days=2)
    client = sit(lead(hands))
    client.get(f"/admin/reports/{address}")
    with django_assert_max_num_queries(70) as few:
        client.get(f"/admin/reports/{address}")
    for n in range(30):
        hands.says(at=n / 10, conversation=f"d-{n}", buyer=f"d-{n}")
    hands.count()
    with django_assert_max_num_queries(len(few)):
        client.get(f"/admin/reports/{address}")
