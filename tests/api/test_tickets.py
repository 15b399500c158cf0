"""Tickets in the API: opened, shown, found, talked in, moved alone and together, with files, walled."""

import jsonschema
import pytest
import schemathesis
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kefu.wsgi import application
from outbox.models import Event
from returns.store import orphans
from tests.api.callers import V1, Api, is_problem, start_order
from tests.api.test_schema import schema, violations  # noqa: F401 (a fixture)
from tests.factories import make_key, make_member, make_user
from tests.returns.files import NO_PHOTO, SECRET, image, upload, with_gps
from tickets.asks import Hear
from tickets.conversations import hearing
from tickets.models import Attachment, Customer, Message, Ticket

pytestmark = pytest.mark.django_db
BUYER = {"id": "b-7", "name": "李四光", "phone": "13911112222"}


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def opened(api, words="鞋底开胶", **more):
    told = api.post("/tickets/", {"words": words, "channel": "im", "buyer": BUYER, **more})
    assert told.status_code == 201, told.data
    return told.data


def step(api, ticket, name, status=200, **body):
    told = api.post(f"/tickets/{ticket['number']}/steps/{name}/", body)
    assert told.status_code == status, told.data
    return told.data


# ---- opening
def test_a_ticket_is_opened_with_what_the_customer_said(api, shop):
    order = start_order(shop, "A1", buyer="b-1")
    told = api.post("/tickets/", {"words": "鞋底开胶", "channel": "phone", "order": "A1", "kind": "return"})
    assert (told.status_code, told["ETag"]) == (201, '"1"')
    body, ticket = told.data, Ticket.objects.get()
    assert (body["number"], body["state"], body["kind"], body["desk"]) == (
        ticket.number,
        "new",
        "return",
        "after_sales",
    )
    assert (body["order"], body["customer"]["id"], body["opened_by"], body["spoken"]) == ("A1", "b-1", "api", True)
    assert (body["title"], body["colour"], body["agent"], body["heard"]) == ("鞋底开胶", None, None, 1)
    assert body["waiting_since"] is not None
    assert {d["clock"] for d in body["deadlines"]} >= {"greet", "resolve"}
    assert {s["name"] for s in body["steps"]} >= {"reply", "claim", "note", "link"}
    assert ticket.order == order


def test_a_note_of_ours_begins_no_greeting(api):
    body = opened(api, "给客户回个电话", side="note")
    assert (body["spoken"], body["waiting_since"]) == (False, None)
    assert Message.objects.get().side == "note"


@pytest.mark.parametrize(("change", "pointer"), [
    ({"kind": "gift"}, "/kind"),
    ({"channel": "fax"}, "/channel"),
    ({"order": "NONE"}, "/order"),
    ({"order": 7}, "/order"),
    ({"words": ""}, "/words"),
    ({"words": "字" * 4001}, "/words"),
    ({"side": "agent"}, "/side"),
    ({"conversation": "c\n1"}, "/conversation"),
    ({"buyer": "b-1"}, "/buyer"),
    ({"buyer": {"email": "a@b.c"}}, "/buyer/email"),
    ({"state": "closed"}, "/state"),
    ({"colour": "red"}, "/colour"),
])  # fmt: skip
def test_what_is_wrong_is_pointed_at_and_nothing_begins(api, change, pointer):
    data = is_problem(api.post("/tickets/", {"words": "在吗", "buyer": BUYER, **change}), 400)
    assert [e["pointer"] for e in data["errors"]] == [pointer]
    assert (Ticket.objects.count(), Customer.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_a_conversation_has_one_open_ticket_by_this_way_too(api):
    first = opened(api, conversation="c-1")
    is_problem(api.post("/tickets/", {"words": "又来", "conversation": "c-1"}), 409, "exists")
    assert Message.objects.count() == 1
    step(api, first, "resolve")
    step(api, first, "close")
    assert opened(api, conversation="c-1")["number"] != first["number"]


def test_who_may_open_and_whose_order(api, as_role, other):
    start_order(other, "B1")
    is_problem(api.post("/tickets/", {"words": "在吗", "order": "B1"}), 400)
    is_problem(as_role("warehouse").post("/tickets/", {"words": "在吗"}), 403, "forbidden")
    assert as_role("shop").post("/tickets/", {"words": "在吗"}).status_code == 201
    assert Ticket.objects.count() == 1


def test_the_same_key_opens_it_once(api):
    for _twice in range(2):
        told = api.post("/tickets/", {"words": "在吗"}, Idempotency_Key="k-1")
        assert told.status_code == 201
    assert Ticket.objects.count() == 1


# ---- talking
def test_answers_are_kept_and_go_out_with_all_that_the_channel_needs(api, shop):
    ticket = opened(api, conversation="c-1")
    make_member(shop, user=make_user("amy", is_staff=True))
    step(api, ticket, "assign", to="amy")
    answered = step(api, ticket, "reply", words="您好，发张照片看看")
    assert (answered["state"], answered["waiting_since"]) == ("awaiting_customer", None)
    data = Event.objects.get(topic="ticket.reply").data
    assert {k: data[k] for k in ("conversation", "channel", "buyer", "words")} == {
        "conversation": "c-1", "channel": "im", "buyer": "b-7", "words": "您好，发张照片看看",
    }  # fmt: skip
    assert "13911112222" not in str(data) and "李四光" not in str(data)
    heard = step(api, ticket, "hear", words="好的", external="m-2")
    assert (heard["state"], heard["heard"]) == ("awaiting_reply", 2)
    is_problem(api.post(f"/tickets/{ticket['number']}/steps/hear/", {"words": "好的", "external": "m-2"}), 400)
    messages = api.get(f"/tickets/{ticket['number']}/messages/").data["results"]
    assert [(m["side"], m["words"]) for m in messages] == [
        ("customer", "鞋底开胶"), ("agent", "您好，发张照片看看"), ("customer", "好的"),
    ]  # fmt: skip
    assert (messages[1]["first"], messages[1]["waited"] is not None, messages[2]["external"]) == (True, True, "m-2")


def test_messages_are_paged_oldest_first_and_chosen_by_who_speaks(api):
    ticket = opened(api)
    for n in range(5):
        step(api, ticket, "hear", words=f"第 {n}")
    at, seen = f"/tickets/{ticket['number']}/messages/", []
    page = api.get(at, {"page_size": 2}).data
    while True:
        seen += [m["words"] for m in page["results"]]
        if page["next"] is None:
            break
        page = api.get(page["next"].partition(V1)[2]).data
    assert seen == ["鞋底开胶", *(f"第 {n}" for n in range(5))]
    step(api, ticket, "note", words="客户很急")
    assert [m["words"] for m in api.get(at, {"side": "note"}).data["results"]] == ["客户很急"]
    is_problem(api.get(at, {"side": "ghost"}), 400)


def test_what_only_some_may_see_is_masked(api, as_role):
    ticket = opened(api, "我的电话 13911112222，快点")
    masked = as_role("agent")
    body = masked.get(f"/tickets/{ticket['number']}/").data
    assert (body["customer"]["name"], body["customer"]["phone"]) == ("李**", "139****2222")
    [message] = masked.get(f"/tickets/{ticket['number']}/messages/").data["results"]
    for told in (body["title"], message["words"]):
        assert "13911112222" not in told
    [clear] = api.get(f"/tickets/{ticket['number']}/messages/").data["results"]
    assert clear["words"] == "我的电话 13911112222，快点"


def test_the_history_keeps_no_word_of_the_conversation(api):
    ticket = opened(api, "我的秘密")
    step(api, ticket, "reply", words="我知道了")
    told = api.get(f"/tickets/{ticket['number']}/history/")
    assert [m["step"] for m in told.data["results"]] == ["start", "reply"]
    assert "秘密" not in told.content.decode() and "我知道了" not in told.content.decode()


def test_two_are_merged_and_taken_apart_by_their_numbers(api):
    one, two = opened(api, conversation="c-1"), opened(api, conversation="c-2")
    told = step(api, one, "merge", into=two["number"])
    assert (told["state"], told["merged_into"]) == ("closed", two["number"])
    assert step(api, one, "split", why="是两件事")["state"] == "new"
    is_problem(api.post(f"/tickets/{one['number']}/steps/merge/", {"into": "T0"}), 400)
    is_problem(api.post(f"/tickets/{one['number']}/steps/merge/", {"into": 7}), 400)


def test_steps_on_many_at_once(api):
    one, two = opened(api, conversation="c-1"), opened(api, conversation="c-2")
    items = [{"number": n, "kind": "complaint"} for n in (one["number"], two["number"], "T0")]
    results = api.post("/tickets/steps/classify/", {"items": items}).data["results"]
    assert [r["status"] for r in results] == [200, 200, 404]
    assert set(Ticket.objects.values_list("kind", flat=True)) == {"complaint"}


def test_an_agents_key_that_would_take_a_ticket_is_told_of_a_step_that_is_open_to_it(as_role, shop):
    member, key = make_member(shop, "agent"), as_role("agent")
    ticket = opened(key)
    refused = step(key, ticket, "claim", 409)
    assert refused["detail"] == "接口密钥不能接单，请用“转给同事”（店长/主管的密钥也可用“分派”）交给一位客服"
    assert [s["name"] for s in refused["steps"] if s["name"] in ("transfer", "assign")] == ["transfer"]
    to = member.user.get_username()
    assert step(key, ticket, "transfer", to=to, why="先看一下")["agent"] == to


def test_one_message_told_to_two_tickets_in_one_request_is_heard_once(api):
    one, two = opened(api, conversation="c-1"), opened(api, conversation="c-2")
    items = [{"number": t["number"], "words": "在吗", "external": "m-1"} for t in (one, two)]
    told = api.post("/tickets/steps/hear/", {"items": items}).data["results"]
    assert [row["status"] for row in told] == [200, 400]
    assert [(e["pointer"], e["detail"]) for e in told[1]["problem"]["errors"]] == [
        ("/items/1/external", "这条消息早已收到"),
    ]
    assert Message.objects.filter(external="m-1").count() == 1


def test_a_message_that_another_request_tells_at_the_same_moment_is_told_already(api, monkeypatch):
    """Both have looked before either has written."""
    ticket = opened(api)
    step(api, ticket, "hear", words="在吗", external="m-1")
    look, there = Hear.validate_external, iter([False])
    monkeypatch.setattr(Hear, "validate_external", lambda self, v: look(self, v) if next(there, True) else v)
    data = is_problem(api.post(f"/tickets/{ticket['number']}/steps/hear/", {"words": "在吗", "external": "m-1"}), 400)
    assert [e["pointer"] for e in data["errors"]] == ["/external"]
    assert Message.objects.filter(external="m-1").count() == 1


# ---- finding
def test_they_are_found_by_every_name_and_narrowed(api, shop):
    start_order(shop, "A1", buyer="b-1")
    mine = opened(api, order="A1", conversation="c-1", kind="complaint")
    other = opened(api, channel="phone", kind="presale")
    step(api, mine, "paint", colour="red", why="要投诉")
    step(api, mine, "assign", to=make_member(shop, user=make_user("amy", is_staff=True)).user.username)

    def found(**asked):
        return {t["number"] for t in api.get("/tickets/", asked).data["results"]}

    a, b = mine["number"], other["number"]
    for q in (a, "A1", "c-1"):
        assert found(q=q) == {a}, q
    for q in ("b-7", "139 1111 2222"):
        assert found(q=q) == {a, b}, q
    assert found(q="%") == set()
    for asked in ({"kind": "complaint"}, {"colour": "red"}, {"agent": "amy"}, {"assignee": "amy"}, {"order": "A1"},
                  {"channel": "im"}, {"desk": "after_sales"}, {"unassigned": "false"}):  # fmt: skip
        assert found(**asked) == {a}, asked
    for asked in ({"kind": "presale"}, {"colour": "none"}, {"unassigned": "true"}, {"desk": "presale"}):
        assert found(**asked) == {b}, asked
    assert found(colour="red,none", buyer="b-7") == {a, b}
    for asked in ({"kind": "gift"}, {"colour": "blue"}, {"unassigned": "maybe"}, {"mood": "red"}):
        is_problem(api.get("/tickets/", asked), 400)


def test_one_that_was_taken_apart_is_found_by_the_conversation_that_another_hears(api, shop):
    one, two = opened(api, conversation="c-1"), opened(api, conversation="c-2")
    step(api, one, "merge", into=two["number"])
    step(api, two, "resolve", result="solved")
    step(api, two, "close")
    hears = opened(api, conversation="c-1")
    assert step(api, one, "split", why="是两件事")["conversation"] == "c-1"
    found = api.get("/tickets/", {"q": "c-1"}).data["results"]
    assert {t["number"] for t in found} == {one["number"], hears["number"]}
    assert {t["conversation"] for t in found} == {"c-1"}
    name = (shop.pk, "c-1")
    assert hearing([name]) == {name: Ticket.objects.get(number=hears["number"]).pk}


def test_a_page_costs_the_same_for_one_and_for_many(api):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert api.get("/tickets/").status_code == 200
        return len(queries)

    opened(api, conversation="c-0")
    api.get("/tickets/")
    one = cost()
    for n in range(1, 12):
        opened(api, conversation=f"c-{n}", buyer={"id": f"b-{n}"})
    assert cost() == one


# ---- files
def give(api, number, *uploads):
    path = f"{V1}/tickets/{number}/files/"
    return Api._told(api.client.post(path, {"files": list(uploads)}, headers=api.headers))


def test_a_photo_is_put_in_redrawn_and_sent_along(api, media):
    ticket = opened(api, conversation="c-1")
    told = give(api, ticket["number"], upload(with_gps(), "鞋底.jpg"))
    assert told.status_code == 201
    [photo] = told.data["results"]
    assert (photo["kind"], photo["name"], photo["type"]) == ("photo", "鞋底.jpg", "image/jpeg")
    assert not [p for p in media.rglob("*") if p.is_file() and SECRET in p.read_bytes()]
    step(api, ticket, "reply", words="您看这张图", files=[{"file": photo["id"], "name": "鞋底.jpg"}])
    at = f"/tickets/{ticket['number']}/files/{photo['id']}/"
    [sent] = Event.objects.get(topic="ticket.reply").data["files"]
    assert sent["url"].endswith(V1 + at)
    seen = api.client.get(V1 + at, headers=api.headers)
    assert (seen.status_code, seen["Content-Type"]) == (200, "image/jpeg")
    assert seen["X-Content-Type-Options"] == "nosniff"
    assert seen["Content-Security-Policy"].endswith("sandbox")
    assert [f["file"] for f in api.get(f"/tickets/{ticket['number']}/messages/").data["results"][1]["files"]] == [
        photo["id"]
    ]


@pytest.mark.parametrize("name", ["reply", "hear"])
def test_a_message_carries_no_file_of_another_ticket_shop_or_nobody(api, other, name):
    one, two = opened(api, conversation="c-1"), opened(api, conversation="c-2")
    [photo] = give(api, one["number"], upload(image())).data["results"]
    theirs = Api(make_key(other, roles=("agent", "shop"))[1])
    [foreign] = give(theirs, opened(theirs)["number"], upload(image())).data["results"]
    before = (Message.objects.count(), Event.objects.count())
    for key in (photo["id"], foreign["id"], 2**63 - 1):
        told = api.post(f"/tickets/{two['number']}/steps/{name}/", {"words": "看", "files": [{"file": key}]})
        is_problem(told, 400, "input")
        assert "不属于这张工单" in told.data["detail"]
    assert (Message.objects.count(), Event.objects.count()) == before
    assert Ticket.objects.get(number=two["number"]).version == 1
    is_problem(api.get(f"/tickets/{two['number']}/files/{photo['id']}/"), 404)


def test_a_customers_photo_that_the_shop_put_in_is_heard_with_its_file(api):
    ticket = opened(api, conversation="c-1")
    [photo] = give(api, ticket["number"], upload(image())).data["results"]
    step(api, ticket, "hear", words="", files=[{"file": photo["id"], "name": "鞋底.jpg"}])
    [heard] = api.get(f"/tickets/{ticket['number']}/messages/").data["results"][1]["files"]
    assert (
        api.client.get(f"{V1}/tickets/{ticket['number']}/files/{heard['file']}/", headers=api.headers).status_code
        == 200
    )


def test_what_is_no_file_is_refused_and_leaves_nothing(api, media):
    ticket = opened(api)
    for name in ("empty", "text", "svg", "truncated"):
        told = give(api, ticket["number"], upload(NO_PHOTO[name], "a.jpg"))
        assert told.status_code in (400, 413), name
    is_problem(give(api, ticket["number"]), 400)
    assert not Attachment.objects.exists()
    assert not [p for p in media.rglob("*") if p.is_file()]


def test_a_closed_ticket_takes_no_file_from_who_may_not_note_there(api, shop):
    ticket = opened(api)
    step(api, ticket, "resolve")
    step(api, ticket, "close")
    back_end = Api(make_key(shop, roles=("shop",))[1])
    is_problem(give(back_end, ticket["number"], upload(image())), 409, "closed")
    assert not Attachment.objects.exists()


def test_a_note_carries_a_file_of_its_ticket_alone_also_when_it_is_closed(api):
    ticket, another = opened(api, conversation="c-1"), opened(api, conversation="c-2")
    [foreign] = give(api, another["number"], upload(image())).data["results"]
    step(api, ticket, "resolve")
    step(api, ticket, "close")
    [photo] = give(api, ticket["number"], upload(image())).data["results"]
    before = Message.objects.count()
    told = api.post(f"/tickets/{ticket['number']}/steps/note/", {"files": [{"file": foreign["id"]}]})
    is_problem(told, 400, "input")
    is_problem(api.post(f"/tickets/{ticket['number']}/steps/note/", {"mentions": []}), 400)
    assert Message.objects.count() == before
    step(api, ticket, "note", files=[{"file": photo["id"]}])
    said = api.get(f"/tickets/{ticket['number']}/messages/").data["results"][-1]
    assert (said["side"], [f["file"] for f in said["files"]]) == ("note", [photo["id"]])
    assert not [e for e in Event.objects.filter(topic="ticket.note") if "files" in e.data]


def test_the_sweep_of_lost_files_knows_those_of_conversations(api):
    ticket = opened(api)
    give(api, ticket["number"], upload(image()))
    row = Attachment.objects.get()
    assert orphans.remove([row.file]) == 0
    Attachment.objects.update(erased_at=row.at)
    assert orphans.remove([row.file]) == 1


# ---- walls
def test_another_shops_ticket_is_not_there(api, other):
    theirs = Api(make_key(other, roles=("agent", "shop"))[1])
    ticket = opened(theirs, conversation="c-1")
    [photo] = give(theirs, ticket["number"], upload(image())).data["results"]
    n = ticket["number"]
    for at in ("", "history/", "messages/", "files/", f"files/{photo['id']}/"):
        is_problem(api.get(f"/tickets/{n}/{at}"), 404)
    is_problem(api.post(f"/tickets/{n}/steps/reply/", {"words": "在"}), 404)
    is_problem(give(api, n, upload(image())), 404)
    mine = opened(api)
    is_problem(api.post(f"/tickets/{mine['number']}/steps/merge/", {"into": n}), 400)
    assert api.get("/tickets/", {"q": "c-1"}).data["results"] == []
    assert Ticket.objects.get(number=n).version == 1


# ---- the schema
@pytest.mark.parametrize("at", ["", "{number}/", "{number}/history/", "{number}/messages/", "{number}/files/"])
def test_answers_are_what_the_schema_says(schema, api, shop, at):  # noqa: F811
    start_order(shop, "A1")
    ticket = opened(api, order="A1", conversation="c-1")
    give(api, ticket["number"], upload(image()))
    step(api, ticket, "paint", colour="red", why="投诉")
    step(api, ticket, "reply", words="您好", files=[{"url": "https://img.example/1.jpg"}])
    told = api.get(f"/tickets/{at}".replace("{number}", ticket["number"])).data
    said = schema["paths"][f"/api/v1/tickets/{at}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    validator = jsonschema.Draft202012Validator({**said, "components": schema["components"]})
    assert list(validator.iter_errors(told)) == []


@pytest.mark.django_db(transaction=True)
def test_a_property_based_client_finds_no_violation_in_tickets(shop):
    token = make_key(shop, roles=("agent", "auditor", "warehouse", "lead", "shop"))[1]
    opened(Api(token))
    told = schemathesis.openapi.from_wsgi("/api/schema/", application, headers={"Host": "localhost"})
    ours = [one.ok() for one in told.get_all_operations() if one.ok().path.startswith("/api/v1/tickets/")]
    assert len(ours) > 20
    found = [violation for one in ours for violation in violations(one, token)]
    assert not found, "\n".join(found)


# ---- moments
@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("0001-01-01T00:00:00Z", "century"), ("5000-01-01T00:00:00Z", "century"), ("2026-12-01T09:00:00", "offset"),
        ("morgen", "invalid"), ("0001-01-01T00:00:00", "century"), ("9999-12-31T23:59:59", "offset"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("name", "field"), [("record", "due_at"), ("follow_up", "at")])
def test_a_moment_has_an_offset_and_lies_in_this_century(api, name, field, at, code):
    ticket = opened(api, kind="complaint")
    told = step(api, ticket, name, 400, **{field: at})
    assert [(e["pointer"], e["code"]) for e in told["errors"]] == [(f"/{field}", code)]
    assert Ticket.objects.get().version == 1
