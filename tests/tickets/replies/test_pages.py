"""The pages of quick replies: written with a look at what is wrong, found by pinyin, within one's rights."""

import pytest
from django.test import Client

from tests.factories import make_shop
from tickets.models import QuickReply

PAGES = "/admin/tickets/quickreply/"


@pytest.fixture
def sits(hands):
    def sits(name="amy", *roles):
        client = Client()
        client.force_login(hands.user(name, *roles))
        return client

    return sits


def fields(hands, **changes):
    return {
        "title": "催发货", "words": "订单{订单号}正在准备。", "scene": "urging", "scope": "shop", "shop": hands.shop.pk,
        "desk": "", "platform": "", "shortcut": "cfh", "active": "on", **changes,
    }  # fmt: skip


# ---- writing
def test_a_lead_writes_one_for_the_shop(hands, sits):
    answer = sits("boss", "lead").post(f"{PAGES}add/", fields(hands))
    assert answer.status_code == 302
    made = QuickReply.objects.get()
    assert (made.scope, made.shop, made.version, made.updated_by) == ("shop", hands.shop, 1, "boss")
    assert made.sounds == "cui fa huo"


def test_an_unknown_variable_is_named_beside_the_field_and_nothing_is_saved(hands, sits):
    answer = sits("boss", "lead").post(f"{PAGES}add/", fields(hands, words="订单{定单号}和{快递单}"))
    assert answer.status_code == 200
    said = answer.context["adminform"].form.errors["words"][0]
    assert "{订单号}" in said
    assert "{快递单号}" in said
    assert QuickReply.objects.count() == 0


def test_an_agent_writes_own_ones_whatever_the_form_says(hands, sits):
    client = sits()
    answer = client.post(f"{PAGES}add/", fields(hands, scope="own"))
    assert answer.status_code == 302
    assert QuickReply.objects.get().owner == hands.user()
    answer = client.post(f"{PAGES}add/", fields(hands, title="别的"))
    assert answer.status_code == 200
    assert "scope" in answer.context["adminform"].form.errors
    assert QuickReply.objects.count() == 1


def test_a_lead_cannot_write_for_another_shop_nor_for_all(hands, sits):
    other = make_shop()
    client = sits("boss", "lead")
    assert client.post(f"{PAGES}add/", fields(hands, shop=other.pk)).status_code == 200
    assert client.post(f"{PAGES}add/", fields(hands, scope="global")).status_code == 200
    assert QuickReply.objects.count() == 0


def test_a_teams_needs_its_queue(hands, sits):
    client = sits("boss", "lead")
    assert "desk" in client.post(f"{PAGES}add/", fields(hands, scope="team")).context["adminform"].form.errors
    assert client.post(f"{PAGES}add/", fields(hands, scope="team", desk="presale")).status_code == 302
    assert QuickReply.objects.get().desk == "presale"


def test_who_edits_what_somebody_else_has_changed_meanwhile_is_told(hands, sits):
    reply = hands.made(words="甲")
    client = sits("boss", "lead")
    data = fields(hands, words="乙", seen=reply.version)
    assert client.post(f"{PAGES}{reply.pk}/change/", data).status_code == 302
    answer = client.post(f"{PAGES}{reply.pk}/change/", {**data, "words": "丙"})
    assert "他人修改" in answer.content.decode()
    reply.refresh_from_db()
    assert (reply.words, reply.version) == ("乙", 2)


# ---- seeing
def test_the_list_shows_ones_own_and_the_shops_and_nobody_elses(hands, sits):
    hands.made("本店的")
    hands.made("同事的", scope="own", owner=hands.user("bob"))
    hands.made("他店的", shop=make_shop())
    page = sits().get(PAGES).content.decode()
    assert "本店的" in page
    assert "同事的" not in page
    assert "他店的" not in page


def test_a_colleagues_own_one_is_not_there_by_any_address(hands, sits):
    theirs = hands.made("同事的", scope="own", owner=hands.user("bob"))
    client = sits("boss", "lead")
    assert client.get(f"{PAGES}{theirs.pk}/change/").status_code == 302  # the admin's way to say: not there
    assert client.post(f"{PAGES}{theirs.pk}/change/", fields(hands, words="改")).status_code == 302
    theirs.refresh_from_db()
    assert theirs.version == 1


def test_an_agent_reads_the_shops_but_does_not_change_it(hands, sits):
    reply = hands.made()
    client = sits()
    assert client.get(f"{PAGES}{reply.pk}/change/").status_code == 200
    assert client.post(f"{PAGES}{reply.pk}/change/", fields(hands, words="改")).status_code == 403
    reply.refresh_from_db()
    assert reply.words != "改"


def test_the_search_hears_pinyin(hands, sits):
    hands.made("退换货")
    hands.made("重发快递")
    client = sits()
    assert [r.title for r in client.get(PAGES, {"q": "thh"}).context["cl"].result_list] == ["退换货"]
    assert [r.title for r in client.get(PAGES, {"q": "cf"}).context["cl"].result_list] == ["重发快递"]


def test_a_lead_retires_and_revives_and_an_agent_does_not(hands, sits):
    reply = hands.made()
    data = {"action": "retire", "_selected_action": [reply.pk]}
    sits().post(PAGES, data)
    reply.refresh_from_db()
    assert reply.active
    sits("boss", "lead").post(PAGES, data)
    reply.refresh_from_db()
    assert (reply.active, reply.version) == (False, 2)


def test_the_list_costs_a_fixed_number_of_statements(hands, sits, django_assert_max_num_queries):
    for n in range(40):
        hands.made(f"第{n}条")
    client = sits()
    with django_assert_max_num_queries(24):
        assert client.get(PAGES).status_code == 200


# ---- preview
def test_the_preview_fills_in_an_example_and_names_what_is_wrong(hands, sits):
    client = sits()
    page = client.post(f"{PAGES}preview/", {"words": "订单{订单号}"}).content.decode()
    assert "20261120000123" in page
    page = client.post(f"{PAGES}preview/", {"words": "<b>{定单号}"}).content.decode()
    assert "{订单号}" in page
    assert "<b>{" not in page


# ---- for a ticket
def test_the_composers_list_is_found_by_initials_and_filled_from_the_case(hands, sits):
    ticket = hands.says(order=hands.place("A1"))
    hands.made("退换货", "订单{订单号}可以退，寄到{退货地址}。", "no_reason")
    hands.made("别的", "您好")
    page = sits().get(f"{PAGES}for/{ticket.pk}/", {"part": "list", "q": "thh"}).content.decode()
    assert "订单A1可以退，寄到{退货地址}。" in page
    assert '<mark class="blank"' in page
    assert "别的" not in page


def test_the_suggestions_say_why(hands, sits):
    ticket = hands.says("怎么还没到")
    hands.made("延误道歉", "抱歉", "delay")
    page = sits().get(f"{PAGES}for/{ticket.pk}/", {"part": "chips"}).content.decode()
    assert "延误道歉" in page
    assert "客户说到“怎么还没到”" in page


def test_the_page_without_script_leads_back_to_the_ticket(hands, sits):
    ticket = hands.says()
    reply = hands.made("延误道歉", "抱歉", "delay")
    page = sits().get(f"{PAGES}for/{ticket.pk}/", {"scene": "delay"})
    assert page.status_code == 200
    assert [o.reply for o in page.context["offered"]] == [reply]


def test_anothers_ticket_is_not_there_and_the_warehouse_answers_nobody(hands, sits):
    ticket = hands.says()
    stranger = Client()
    from tests.factories import make_member

    stranger.force_login(make_member(make_shop(), "lead").user)
    assert stranger.get(f"{PAGES}for/{ticket.pk}/").status_code == 404
    assert sits("wang", "warehouse").get(f"{PAGES}for/{ticket.pk}/").status_code == 403
    assert Client().get(f"{PAGES}for/{ticket.pk}/").status_code == 302


@pytest.mark.parametrize(
    "asked", [{"q": "%_\\"}, {"q": "长" * 5000}, {"scene": "nowhere"}, {"part": "x"}, {"q": "{订单号}"}]
)
def test_strange_questions_are_answered_all_the_same(hands, sits, asked):
    ticket = hands.says()
    hands.made()
    assert sits().get(f"{PAGES}for/{ticket.pk}/", asked).status_code == 200


def test_customers_words_stand_escaped_in_the_list(hands, sits):
    hands.customer("b-9", name="<script>x</script>")
    ticket = hands.says(buyer="b-9")
    hands.made("问候", "您好{买家}", "greeting")
    page = sits().get(f"{PAGES}for/{ticket.pk}/", {"part": "list"}).content.decode()
    assert "<script>" not in page
