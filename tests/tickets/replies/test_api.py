"""Quick replies through the API: within one's rights and one's shops, offered and suggested for a ticket."""

import json

import pytest
from django.test import Client

from tests.api.callers import V1, Api, is_problem
from tests.factories import make_key, make_member, make_shop
from tickets.models import QuickReply, ReplyUse

PATH = "/quick-replies/"


@pytest.fixture
def as_role(hands):
    return lambda *roles, **fields: Api(make_key(hands.shop, roles=roles, **fields)[1])


@pytest.fixture
def amy(hands):
    """A person by session."""
    client = Client()
    client.force_login(hands.user("amy"))
    api = Api()
    api.client = client
    return api


def written(**changes):
    return {"title": "催发货", "words": "订单{订单号}正在准备。", "scene": "urging", **changes}


# ---- writing
def test_a_lead_writes_one_and_changes_it(hands, as_role):
    api = as_role("lead")
    made = api.post(PATH, written(shortcut="cfh"))
    assert made.status_code == 201
    assert (made.data["scope"], made.data["shop"], made.data["variables"]) == ("shop", hands.shop.code, ["订单号"])
    changed = api.send("PATCH", f"{PATH}{made.data['id']}/", {"words": "好的"}, if_match=made["ETag"])
    assert (changed.status_code, changed.data["words"], changed.data["version"]) == (200, "好的", 2)
    stale = api.send("PATCH", f"{PATH}{made.data['id']}/", {"words": "迟了"}, if_match=made["ETag"])
    is_problem(stale, 409, "moved")
    assert QuickReply.objects.get().words == "好的"


def test_an_unknown_variable_is_an_error_that_names_the_nearest(as_role):
    refused = as_role("lead").post(PATH, written(words="订单{定单号}"))
    is_problem(refused, 400, "validation")
    (error,) = refused.data["errors"]
    assert (error["pointer"], error["code"]) == ("/words", "unknown")
    assert "{订单号}" in error["detail"]
    assert QuickReply.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        written(scene="nowhere"), written(title=""), written(words="长" * 1001), written(shortcut="快"),
        written(platform="mars"), written(scope="team"), written(version=9), written(owner=1), {"title": "x"},
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_saved(as_role, body):
    refused = as_role("lead").post(PATH, body)
    is_problem(refused, 400, "validation")
    assert refused.data["errors"]
    assert QuickReply.objects.count() == 0


def test_an_agent_writes_own_ones_only(hands, amy):
    assert amy.post(PATH, written(scope="own")).status_code == 201
    assert QuickReply.objects.get().owner == hands.user("amy")
    is_problem(amy.post(PATH, written()), 403, "forbidden")
    is_problem(amy.post(PATH, written(scope="global")), 403, "forbidden")
    assert QuickReply.objects.count() == 1


def test_a_machine_has_nothing_of_its_own(as_role):
    is_problem(as_role("lead").post(PATH, written(scope="own")), 403, "forbidden")
    assert QuickReply.objects.count() == 0


def test_the_same_key_writes_once(as_role):
    api = as_role("lead")
    one, two = (api.post(PATH, written(), idempotency_key="k-1") for _n in range(2))
    assert one.data == two.data
    assert QuickReply.objects.count() == 1


# ---- walls
def test_another_shops_and_a_colleagues_are_not_there(hands, as_role, amy):
    theirs = hands.made("他店", shop=make_shop())
    bobs = hands.made("鲍勃的", scope="own", owner=hands.user("bob"))
    for api in (as_role("lead"), amy):
        for reply in (theirs, bobs):
            is_problem(api.get(f"{PATH}{reply.pk}/"), 404, "not-found")
            is_problem(api.send("PATCH", f"{PATH}{reply.pk}/", {"words": "改"}), 404, "not-found")
        assert api.get(PATH).data["results"] == []
    is_problem(as_role("lead").post(PATH, written(shop=theirs.shop.code)), 404, "not-found")
    is_problem(as_role("lead").get(PATH, {"shop": theirs.shop.code}), 404, "not-found")
    assert {r.version for r in QuickReply.objects.all()} == {1}


def test_an_agent_reads_the_shops_and_changes_it_not(hands, as_role):
    reply = hands.made()
    api = as_role("agent")
    assert api.get(f"{PATH}{reply.pk}/").data["title"] == reply.title
    is_problem(api.send("PATCH", f"{PATH}{reply.pk}/", {"words": "改"}), 403, "forbidden")
    reply.refresh_from_db()
    assert reply.version == 1


def test_nobody_without_a_key(hands):
    is_problem(Api().get(PATH), 401, "unauthorized")


# ---- finding
def test_a_list_is_narrowed_and_found_by_initials(hands, as_role):
    hands.made("退换货", scene="no_reason")
    hands.made("重发快递", scene="wrong_goods", active=False)
    api = as_role("agent")
    found = lambda **asked: [r["title"] for r in api.get(PATH, asked).data["results"]]  # noqa: E731
    assert found(q="thh") == ["退换货"]
    assert found(q="cf") == ["重发快递"]
    assert found(scene="no_reason,stock") == ["退换货"]
    assert found(active="false") == ["重发快递"]
    assert found(shop=hands.shop.code, page_size="1") == ["退换货"]
    is_problem(api.get(PATH, {"scene": "x"}), 400, "validation")


# ---- for a ticket
def test_what_is_offered_is_filled_and_tells_what_is_empty(hands, as_role):
    ticket = hands.says(order=hands.place("A1"))
    hands.made("退换货", "订单{订单号}，单号{快递单号}。", "no_reason")
    (one,) = as_role("agent").get(f"{PATH}offered/", {"ticket": ticket.number, "q": "thh"}).data["results"]
    assert (one["words"], one["empty"], one["uses"]) == ("订单A1，单号{快递单号}。", ["快递单号"], 0)


def test_suggestions_say_why_and_one_is_rendered(hands, as_role):
    ticket = hands.says("怎么还没到")
    reply = hands.made("延误道歉", "抱歉，{店铺}", "delay")
    api = as_role("agent")
    (one, *_rest) = api.get(f"{PATH}suggestions/", {"ticket": ticket.number}).data["results"]
    assert one["id"] == reply.pk
    assert "怎么还没到" in one["why"]
    rendered = api.get(f"{PATH}{reply.pk}/render/", {"ticket": ticket.number})
    assert rendered.data["words"] == f"抱歉，{hands.shop.name}"


def test_personal_data_is_masked_for_who_may_not_see_it(hands, as_role):
    ticket = hands.says()
    reply = hands.made("问候", "{买家}您好", "greeting")
    ask = (f"{PATH}{reply.pk}/render/", {"ticket": ticket.number})
    assert as_role("agent").get(*ask).data["words"] == "张*您好"
    assert as_role("agent", sees_personal=True).get(*ask).data["words"] == "张三您好"


def test_tickets_of_other_shops_and_callers_who_answer_nobody(hands, as_role):
    ticket = hands.says()
    stranger = Api(make_key(make_shop(), roles=("agent",))[1])
    is_problem(stranger.get(f"{PATH}offered/", {"ticket": ticket.number}), 404, "not-found")
    is_problem(as_role("warehouse").get(f"{PATH}offered/", {"ticket": ticket.number}), 403, "forbidden")
    is_problem(as_role("agent").get(f"{PATH}offered/"), 400, "validation")


def test_what_cannot_be_used_on_the_ticket_is_not_rendered(hands, as_role):
    ticket = hands.says()
    reply = hands.made("售前", scope="team", desk="presale")
    refused = as_role("agent").get(f"{PATH}{reply.pk}/render/", {"ticket": ticket.number})
    is_problem(refused, 400, "validation")


def test_the_effect_is_told_with_its_scenes(hands, as_role):
    hands.person()
    reply, ticket = hands.made(), hands.says()
    hands.does(ticket, "reply", at=1, words="您好", quick_reply=reply.pk)
    told = as_role("lead").get(f"{PATH}effect/", {"days": "7"}).data
    (one,) = told["results"]
    assert (one["id"], one["own"]["uses"], one["own"]["edited"], one["enough"]) == (reply.pk, 1, 1.0, False)
    assert told["plain"]["uses"] == 0
    other = Api(make_key(make_shop(), roles=("lead",))[1])
    assert other.get(f"{PATH}effect/").data["results"] == []


def test_a_list_costs_the_same_for_one_as_for_fifty(hands, as_role, django_assert_max_num_queries):
    api = as_role("agent")
    for n in range(50):
        hands.made(f"第{n}条")
    with django_assert_max_num_queries(6):
        assert len(api.get(PATH, {"page_size": "50"}).data["results"]) == 50


# ---- the step
def test_a_reply_says_which_it_was_made_from(hands, as_role):
    reply, ticket = hands.made(), hands.says()
    api, path = as_role("agent"), f"/tickets/{ticket.number}/steps/reply/"
    is_problem(api.post(path, {"words": "单号{快递单号}", "quick_reply": reply.pk}), 400, "validation")
    assert ReplyUse.objects.count() == 0
    said = api.post(path, {"words": "单号{快递单号}", "quick_reply": reply.pk, "with_blanks": True})
    assert said.status_code == 200
    assert ReplyUse.objects.get().reply == reply


def test_the_schema_tells_of_them(db):
    told = json.loads(Client().get("/api/schema/").content)
    assert {f"{V1}{PATH}", f"{V1}{PATH}suggestions/"} <= set(told["paths"])


def test_a_superuser_writes_for_all_shops(hands):
    from tests.factories import make_user

    user = make_user(is_superuser=True, is_staff=True)
    make_member(hands.shop, "agent", user=user)
    api = Api()
    api.client.force_login(user)
    made = api.post(PATH, written(scope="global"))
    assert (made.status_code, made.data["shop"]) == (201, None)
