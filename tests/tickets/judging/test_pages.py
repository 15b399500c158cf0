"""The pages of quality: hints in the composer, the queue of verdicts, figures; who sees what, and what it costs."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_member, make_user
from tickets.models import QualityFinding, QualityRule, QualityVerdict

QUEUE = "/admin/tickets/qualityfinding/"
BAD = "亲，五星好评截图发我，返您5元红包哦"


def sits(hands, name, *roles):
    """A browser in which this person has signed in."""
    hands.person(name, *roles)
    client = Client()
    client.force_login(hands.people[name].user)
    return client


def stranger(other_shop):
    client = Client()
    client.force_login(make_member(other_shop, "agent", "lead", user=make_user("far", is_staff=True)).user)
    return client


def check(client, ticket, words, **more):
    return client.post(reverse("admin:tickets_qualityfinding_check", args=[ticket.pk]), {"words": words, **more})


def text(response):
    return response.content.decode()


# ---- while an agent writes
def test_a_draft_shows_the_passage_and_a_better_wording_one_click_away(hands):
    page = text(check(sits(hands, "amy"), hands.says(), BAD))
    assert "亲，<mark>五星好评截图发我，返您5元</mark>红包哦" in page
    assert 'data-mend data-start="2" data-end="18"' in page
    assert "感谢您的支持" in page and "主管" in page


def test_an_innocent_draft_shows_nothing(hands):
    assert text(check(sits(hands, "amy"), hands.says(), "您好，在的")).strip() == ""


def test_a_note_is_among_ourselves(hands):
    assert text(check(sits(hands, "amy"), hands.says(), BAD, mode="note")).strip() == ""


def test_words_are_shown_as_words(hands):
    page = text(check(sits(hands, "amy"), hands.says(), "您好，加微信<script>alert(1)</script>"))
    assert "<script>" not in page and "&lt;script" in page


def test_another_shops_ticket_is_not_there(hands, other_shop):
    assert check(stranger(other_shop), hands.says(), BAD).status_code == 404


def test_who_answers_no_customers_asks_nothing(hands):
    assert check(sits(hands, "wu", "warehouse"), hands.says(), BAD).status_code == 403


def test_hints_are_asked_by_post(hands):
    address = reverse("admin:tickets_qualityfinding_check", args=[hands.says().pk])
    assert sits(hands, "amy").get(address).status_code == 405


def test_the_ticket_page_has_the_place_of_hints_and_a_lead_the_place_of_a_reason(hands):
    ticket = hands.says()
    address = reverse("admin:tickets_ticket_change", args=[ticket.pk])
    agents, leads = (text(sits(hands, *who).get(address)) for who in (("amy",), ("lea", "lead")))
    assert 'id="quality-hints"' in agents and 'name="why"' not in agents
    assert 'id="quality-hints"' in leads and 'name="why"' in leads


# ---- the queue
@pytest.fixture
def finding(hands):
    hands.talk("在吗", "您好😊，木有问题", "好的谢谢")
    return QualityFinding.objects.get()


def verdict(client, finding, right="1", **headers):
    return client.post(f"{QUEUE}{finding.pk}/verdict/", {"right": right}, headers=headers)


def test_a_lead_sees_the_passage_marked_and_judges_it(hands, finding):
    client = sits(hands, "lea", "lead")
    assert "您好😊，<mark>木有</mark>问题" in text(client.get(QUEUE))
    assert verdict(client, finding).status_code == 302
    assert QualityVerdict.objects.get().by == "lea"
    assert "木有" not in text(client.get(QUEUE))
    assert "木有" in text(client.get(f"{QUEUE}?state=right"))
    assert "木有" not in text(client.get(f"{QUEUE}?state=wrong"))


def test_htmx_gets_the_row_alone(hands, finding):
    page = text(verdict(sits(hands, "lea", "lead"), finding, "0", HX_Request="true"))
    assert page.startswith("<li") or page.lstrip().startswith("<li")
    assert "lea 已判断" in page


@pytest.mark.parametrize("roles", [("agent",), ("warehouse",), ("auditor",)])
def test_only_leads_see_and_judge(hands, finding, roles):
    client = sits(hands, "ben", *roles)
    assert client.get(QUEUE).status_code == 403
    assert verdict(client, finding).status_code == 403
    assert not QualityVerdict.objects.exists()


def test_another_shops_findings_are_not_there(hands, finding, other_shop):
    client = stranger(other_shop)
    assert "木有" not in text(client.get(f"{QUEUE}?state=all"))
    assert verdict(client, finding).status_code == 404
    assert not QualityVerdict.objects.exists()


def test_nonsense_is_refused_and_writes_nothing(hands, finding):
    client = sits(hands, "lea", "lead")
    assert verdict(client, finding, "yes").status_code == 400
    assert client.get(f"{QUEUE}{finding.pk}/verdict/").status_code == 405
    assert client.post(f"{QUEUE}{2**70}/verdict/", {"right": "1"}).status_code == 404
    assert client.get(f"{QUEUE}?before=x&state=y&rule=%00").status_code == 200
    assert not QualityVerdict.objects.exists()


def test_the_queue_is_narrowed_by_rule_and_agent(hands, finding):
    client = sits(hands, "lea", "lead")
    assert "木有</mark>" in text(client.get(f"{QUEUE}?rule=dialect&agent=amy"))
    assert "木有</mark>" not in text(client.get(f"{QUEUE}?rule=reward"))
    assert "木有</mark>" not in text(client.get(f"{QUEUE}?agent=ben"))


def test_a_key_of_the_api_is_named_as_everywhere(hands, monkeypatch):
    monkeypatch.setattr("tickets.judging.admin.timezone.now", lambda: hands.at(600))
    ticket = hands.says("在吗")
    hands.does(ticket, "reply", by="kf_abcdefghijkl", words="您好，木有问题")
    hands.close(ticket)
    client, key = sits(hands, "lea", "lead"), "接口密钥 kf_abcde…"
    address = reverse("admin:tickets_ticket_change", args=[ticket.pk])
    shown = text(client.get(QUEUE)), text(client.get(f"{QUEUE}agents/")), text(client.get(address))
    for page in shown:
        assert key in page
        assert "kf_abcdefghijkl" not in page.replace('value="kf_abcdefghijkl"', "")
    assert "木有</mark>" in text(client.get(f"{QUEUE}?agent=kf_abcdefghijkl"))


def test_the_queue_costs_the_same_for_one_finding_as_for_many(hands, finding, django_assert_max_num_queries):
    client = sits(hands, "lea", "lead")
    client.get(QUEUE)
    with django_assert_max_num_queries(99) as few:
        client.get(QUEUE)
    for n in range(4):
        hands.talk("在吗", "您好，木有问题", "好的谢谢", conversation=f"d-{n}")
    with django_assert_max_num_queries(len(few)):
        client.get(QUEUE)


# ---- figures
def test_leads_see_everybody_and_agents_themselves(hands, finding, monkeypatch):
    monkeypatch.setattr("tickets.judging.admin.timezone.now", lambda: hands.at(600))
    hands.talk("在吗", "您好，请讲", "好的谢谢", conversation="c-9", by="ben")
    lead, amy = (text(sits(hands, *who).get(f"{QUEUE}agents/")) for who in (("lea", "lead"), ("amy",)))
    assert "<td>amy</td>" in lead and "<td>ben</td>" in lead and "规则准不准" in lead
    assert "<td>amy</td>" in amy and "<td>ben</td>" not in amy and "规则准不准" not in amy


def test_a_closed_tickets_page_shows_its_score(hands, finding):
    page = text(sits(hands, "lea", "lead").get(reverse("admin:tickets_ticket_change", args=[finding.review.ticket_id])))
    assert '<b class="num">95</b>' in page and "<mark>木有</mark>" in page


# ---- rules
def own(hands, **fields):
    return {
        "shop": hands.shop.pk, "name": "rival", "on": "on", "severity": "warn", "label": "提及同行",
        "message": "不提同行", "better": "我们只说自己", "said": "隔壁老王家\n对面那家",
        "hits": "隔壁老王家贵\n对面那家差", "misses": "我们家\n隔壁",
        **fields,
    }  # fmt: skip


def test_a_lead_writes_a_rule_a_line_each(hands):
    client = sits(hands, "lea", "lead")
    assert client.post("/admin/tickets/qualityrule/add/", own(hands)).status_code == 302
    row = QualityRule.objects.get()
    assert (row.said, row.by) == (["隔壁老王家", "对面那家"], "lea")


def test_a_rule_that_fails_its_own_example_is_not_kept_and_the_example_is_named(hands):
    answer = sits(hands, "lea", "lead").post("/admin/tickets/qualityrule/add/", own(hands, hits="隔壁老王家贵\n那家差"))
    assert "没有命中：“那家差”" in text(answer)
    assert not QualityRule.objects.exists()


def test_an_agent_writes_no_rule(hands):
    assert sits(hands, "amy").post("/admin/tickets/qualityrule/add/", own(hands)).status_code == 403
    assert not QualityRule.objects.exists()


def test_a_lead_writes_no_rule_of_another_shop(hands, other_shop):
    sits(hands, "lea", "lead").post("/admin/tickets/qualityrule/add/", own(hands, shop=other_shop.pk))
    assert not QualityRule.objects.exists()


def test_an_address_with_a_nul_in_it_is_answered(hands):
    """PostgreSQL knows none."""
    assert sits(hands, "lee", "lead").get(f"{QUEUE}?rule=%00&agent=a%00").status_code == 200
