"""The desk's pages of tickets: who sees what, what words do, who else is there, what the pages cost."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from flows import engine, words
from flows.effects import Refused
from flows.models import Move
from flows.story import person
from flows.sweep import sweep
from flows.table import Who
from orders.models import Order
from outbox.models import Event
from shops import policy
from shops.models import Member
from tests.factories import make_member, make_shop, make_user
from tickets.conversation import line
from tickets.models import Attachment, Customer, Looking, Mention, Message, Ticket
from tickets.steps.opening import begun
from tickets.tables import TICKET

from .pages import page_of as order_page
from .pages import text
from .return_scenes import Scenes, jpeg
from .test_lists import statements
from .ticket_scenes import TICKETS, Talks, fresh, page_of

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def talks(desk):
    return Talks(desk)


@pytest.fixture
def stranger(desk):
    """An agent of another shop."""
    return make_member(make_shop(), "agent", user=make_user(is_staff=True)).user


def say(client, ticket, words="您好，明天发", mode="reply", **more):
    return client.post(page_of(ticket, "say"), {"words": words, "mode": mode, "seen": ticket.version, **more})


def live(client, ticket, page=None, **asked):
    seen = (page or client.get(page_of(ticket))).context["seen"]
    given = {"version": seen.version, "case": seen.case, "here": seen.here, "kind": seen.kind, **asked}
    return client.get(page_of(ticket, "live"), given, headers=HTMX)


def written():
    return Move.objects.count(), Message.objects.count()


# ---- what customers write of themselves
def test_a_phone_in_the_words_is_masked_for_who_answers_nobody_and_may_not_see_phones(talks, desk, sits):
    order = desk.order("packed")
    ticket = talks.mine(words="打我电话 13812345678", order=order)
    Member.objects.filter(shop=desk.shop).update(sees_personal=False)
    for page in (page_of(ticket), order_page(order), f"{TICKETS}"):
        assert "13812345678" not in text(sits("warehouse").get(page)), page
    assert "13812345678" in text(sits("agent").get(page_of(ticket)))
    assert "13812345678" not in text(sits("agent").get(f"{TICKETS}"))


# ---- the page
def test_the_page_tells_what_was_said_with_what_happened_beside(talks, desk, sits):
    ret = Scenes(desk).requested()
    ticket = talks.mine(words="鞋底开胶了", order=ret.order)
    talks.does(ticket, "reply", words="抱歉，请拍张照片")
    page = text(sits("agent").get(page_of(ticket)))
    steps = ("客户等了", "我来接", "打包", "已发货", ret.number, ret.order.number)
    for said in ("鞋底开胶了", "抱歉，请拍张照片", *steps):
        assert said in page, said
    assert page.index("鞋底开胶了") < page.index("抱歉，请拍张照片")


def test_words_stand_in_place_of_the_step_by_which_they_were_said(talks, sits):
    ticket = talks.does(talks.mine(), "reply", words="您好")
    story = sits("agent").get(page_of(ticket)).context["story"]
    assert [h.side or h.step for h in story] == ["ticket.start", "customer", "ticket.claim", "agent"]


def test_the_story_is_filtered_by_kind(talks, sits):
    ticket = talks.does(talks.mine(words="在吗"), "note", words="老客户")
    page = sits("agent").get(page_of(ticket), {"kind": "note"})
    assert [h.words for h in page.context["story"]] == ["老客户"]


def test_tickets_that_were_merged_tell_their_words_too(talks, sits):
    buyer = talks.customer()
    one, two = (talks.mine(words=w, customer=buyer) for w in ("裙子呢", "什么时候发"))
    talks.does(two, "merge", into=one.pk)
    page = text(sits("agent").get(page_of(one)))
    assert "裙子呢" in page
    assert "什么时候发" in page


def test_other_tickets_of_the_order_are_named_but_their_words_stay_there(talks, desk, sits):
    order = desk.order("picking")
    one, two = talks.mine(words="改地址", order=order), talks.mine(words="能开发票吗", order=order)
    page = text(sits("agent").get(page_of(one)))
    assert two.number in page
    assert [h.words for h in sits("agent").get(page_of(one)).context["story"] if h.side] == ["改地址"]


def test_the_order_and_the_return_show_their_tickets_and_open_one(talks, desk, sits):
    ret = Scenes(desk).requested()
    ticket = talks.mine(words="鞋底开胶了", order=ret.order)
    for address in (order_page(ret.order), f"/admin/returns/return/{ret.pk}/change/"):
        page = sits("agent").get(address)
        assert ticket.number in text(page)
        assert "鞋底开胶了" in text(page)
        assert f"{TICKETS}open/{ret.order_id}/" in page.content.decode()


def test_names_and_phones_are_masked_until_somebody_asks_and_says_why(talks, sits):
    ticket = talks.mine(customer=talks.customer(name="周慧敏", phone="13900001111"))
    client = sits("agent")
    masked = text(client.get(page_of(ticket)))
    assert "周慧敏" not in masked
    assert "139****1111" in masked
    client.post(page_of(ticket, "personal"), {"why": "核对地址"})
    clear = text(client.get(page_of(ticket)))
    assert "周慧敏" in clear
    assert "13900001111" in clear
    assert "核对地址" in clear
    assert "13900001111" not in text(sits("lead").get(page_of(ticket)))


def test_who_may_not_see_personal_data_is_refused_and_nothing_is_logged(talks, desk, sits):
    ticket, blind = talks.mine(), desk.person("agent", sees=False)
    assert sits(blind).post(page_of(ticket, "personal"), {"why": "x"}).status_code == 403
    assert "查看了买家信息" not in text(sits("agent").get(page_of(ticket)))


# ---- who may
@pytest.mark.parametrize("view", ["change", "live", "say", "moved", "personal", "step"])
def test_nobody_of_another_shop_gets_anywhere(talks, sits, stranger, view):
    ticket, client = talks.mine(), sits(stranger)
    address, before = page_of(ticket, view, *(["resolve"] if view == "step" else [])), written()
    assert client.get(address).status_code in (404, 405)
    assert client.post(address, {"words": "您好", "mode": "reply"}).status_code in (404, 200, 405)
    assert written() == before
    assert client.get(TICKETS).context["page"].rows == []
    assert client.get("/admin/search/", {"q": ticket.number}).context["hits"] == []
    assert Looking.objects.filter(user=stranger).count() == 0


@pytest.mark.parametrize("role", ["warehouse", "auditor"])
def test_the_warehouse_and_the_auditor_read_and_note_but_do_not_answer(talks, sits, role):
    ticket, client = talks.mine(), sits(role)
    page = client.get(page_of(ticket))
    assert page.context["composer"].may_note
    assert not page.context["composer"].may_reply
    assert say(client, ticket, mode="note", words="仓库有货").status_code == 302
    before = written()
    assert say(client, fresh(ticket)).status_code == 403
    assert written() == before
    assert Message.objects.latest("pk").words == "仓库有货"


def test_without_a_login_there_is_only_the_login(client, talks):
    ticket = talks.mine()
    for view in ("change", "live", "say"):
        assert client.get(page_of(ticket, view)).status_code == 302


# ---- the composer
def test_an_answer_goes_out_and_stands_in_the_story(talks, sits):
    ticket, client = talks.mine(), sits("agent")
    assert say(client, ticket).status_code == 302
    assert fresh(ticket).state == "awaiting_customer"
    assert "您好，明天发" in text(client.get(page_of(ticket)))


def test_what_the_customer_says_meanwhile_stops_no_answer(talks, sits):
    ticket = talks.mine()
    talks.hears(ticket, "快点")
    assert say(sits("agent"), ticket).status_code == 302
    assert fresh(ticket).state == "awaiting_customer"


def test_the_same_draft_posted_twice_is_said_once(talks, sits):
    """A double click, or an answer of ours that was lost on its way; other words of it, or another draft, are said."""
    ticket, client = talks.mine(), sits("agent")
    page = client.get(page_of(ticket))
    once = page.context["composer"].once
    assert f'name="once" value="{once}"' in page.content.decode()
    for more in ({"once": once}, {"once": once}, {"once": once, "words": "还有一件"}, {"once": "another"}, {}):
        assert say(client, ticket, **more).status_code == 302
    assert say(client, ticket, mode="note", once=once).status_code == 302
    said = Message.objects.order_by("pk").exclude(side="customer").values_list("side", "words")
    assert list(said) == [
        ("agent", "您好，明天发"), ("agent", "还有一件"), ("agent", "您好，明天发"), ("agent", "您好，明天发"),
        ("note", "您好，明天发"),
    ]  # fmt: skip


def test_what_a_colleague_has_answered_is_said_first_and_the_words_stay(talks, sits):
    ticket, client = talks.mine(), sits("agent")
    talks.does(ticket, "reply", "lead", words="我来答")
    before = written()
    answer = say(client, ticket, words="我也来答")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "我来答" in page
    assert ">我也来答</textarea>" in page
    assert written() == before
    assert say(client, ticket, words="我也来答", anyway="1").status_code == 302
    assert Message.objects.latest("pk").words == "我也来答"


def test_ones_own_answer_from_another_tab_is_no_colleagues(talks, sits):
    ticket = talks.mine()
    talks.does(ticket, "reply", words="第一句")
    assert say(sits("agent"), ticket, words="第二句").status_code == 302


def test_an_empty_answer_is_refused_and_writes_nothing(talks, sits):
    ticket, before = talks.mine(), written()
    before = written()
    answer = say(sits("agent"), ticket, words="   ")
    assert answer.status_code == 400
    assert "请写下内容" in text(answer)
    assert written() == before


def test_too_long_an_answer_stays_in_the_page(talks, sits):
    ticket = talks.mine()
    before, long = written(), "长" * 4001
    answer = say(sits("agent"), ticket, words=long)
    assert answer.status_code == 400
    assert long in answer.content.decode()
    assert written() == before


def test_a_ticket_that_was_resolved_meanwhile_keeps_the_words(talks, sits):
    ticket, client = talks.mine(), sits("agent")
    talks.does(ticket, "resolve", "lead")
    before = written()
    answer = say(client, ticket, words="还有一句")
    assert answer.status_code == 409
    assert ">还有一句</textarea>" in answer.content.decode()
    assert "已解决" in text(answer)
    assert written() == before


def test_to_htmx_a_refusal_is_a_part_beside_the_words_and_success_an_event(talks, sits):
    ticket, client = talks.mine(), sits("agent")
    sent = client.post(page_of(ticket, "say"), {"words": "您好", "mode": "reply", "seen": ticket.version}, headers=HTMX)
    assert sent["HX-Trigger"] == "kefu:said"
    refused = client.post(page_of(ticket, "say"), {"words": "", "mode": "reply"}, headers=HTMX)
    assert refused.status_code == 400
    assert "HX-Trigger" not in refused
    assert "<textarea" not in refused.content.decode()


def test_a_note_calls_colleagues_by_name_and_they_see_it_until_they_open_it(talks, sits):
    ticket, lead = talks.mine(), talks.login("lead")
    say(sits("agent"), ticket, f"@{lead} 麻烦看一下", mode="note")
    assert ticket.number in text(sits("lead").get(f"{TICKETS}?queue=mentioned"))
    assert ticket.number not in text(sits("agent").get(f"{TICKETS}?queue=mentioned"))
    sits("lead").get(page_of(ticket))
    assert ticket.number not in text(sits("lead").get(f"{TICKETS}?queue=mentioned"))
    assert Mention.objects.get().name == lead


def test_a_word_after_an_at_that_is_nobodys_name_calls_nobody(talks, sits):
    ticket = talks.mine()
    assert say(sits("agent"), ticket, "发到 a@example.com @nobody", mode="note").status_code == 302
    assert Mention.objects.count() == 0


def test_a_photo_goes_with_the_answer_and_is_served_to_who_may_see_it(talks, sits, stranger):
    ticket, client = talks.mine(), sits("agent")
    assert say(client, ticket, words="", files=[jpeg()]).status_code == 302
    [file] = Message.objects.latest("pk").files
    address = page_of(ticket, "file", file["file"])
    assert address in client.get(page_of(ticket)).content.decode()
    assert client.get(address)["Content-Type"] == "image/jpeg"
    assert sits(stranger).get(address).status_code == 404
    assert client.get(page_of(talks.mine(), "file", file["file"])).status_code == 404


def test_what_is_no_photo_is_refused_and_the_words_stay(talks, sits):
    ticket = talks.mine()
    before, bad = written(), SimpleUploadedFile("x.jpg", b"no photo", "image/jpeg")
    answer = say(sits("agent"), ticket, words="看图", files=[bad])
    assert answer.status_code == 400
    assert ">看图</textarea>" in answer.content.decode()
    assert (written(), Attachment.objects.count()) == (before, 0)


def test_who_may_not_answer_keeps_no_file(talks, sits):
    ticket = talks.mine()
    assert say(sits("warehouse"), ticket, files=[jpeg()]).status_code == 403
    assert Attachment.objects.count() == 0


def test_a_note_carries_files_to_colleagues_and_nothing_of_them_goes_out(talks, sits, stranger):
    ticket = talks.mine()
    told = set(Event.objects.values_list("pk", flat=True))
    assert say(sits("warehouse"), ticket, words="", mode="note", files=[jpeg()]).status_code == 302
    note = Message.objects.latest("pk")
    address = page_of(ticket, "file", note.files[0]["file"])
    assert (note.side, note.files[0]["name"]) == ("note", "proof.jpg")
    page = sits("agent").get(page_of(ticket)).content.decode()
    assert f'href="{address}"' in page
    assert sits("agent").get(address)["Content-Type"] == "image/jpeg"
    assert sits(stranger).get(address).status_code == 404
    assert not [e for e in Event.objects.exclude(pk__in=told) if "files" in e.data]
    assert Move.objects.get(flow="ticket", subject=ticket.pk, seq=note.seq).inputs == {}


def test_a_note_with_a_file_is_the_one_thing_that_a_closed_ticket_takes(talks, sits):
    ticket = talks.mine()
    talks.does(ticket, "resolve")
    talks.does(ticket, "close")
    assert 'name="files"' in sits("agent").get(page_of(ticket)).content.decode()
    before = written()
    assert say(sits("agent"), fresh(ticket), files=[jpeg()]).status_code == 409
    assert (written(), Attachment.objects.count()) == (before, 0)
    assert say(sits("agent"), fresh(ticket), mode="note", files=[jpeg()]).status_code == 302
    assert Message.objects.latest("pk").files[0]["file"] == Attachment.objects.get().pk


def test_a_post_without_the_token_is_403(talks, desk, sits):
    ticket = talks.mine()
    before = written()
    assert say(sits("agent", enforce_csrf_checks=True), ticket).status_code == 403
    assert written() == before


# ---- live
def test_nothing_new_is_204(talks, sits):
    assert live(sits("agent"), talks.mine()).status_code == 204


def test_what_is_new_is_added_and_the_composer_is_not_in_it(talks, sits):
    ticket, client = talks.mine(words="第一句"), sits("agent")
    page = client.get(page_of(ticket))
    talks.hears(ticket, "第二句")
    part = live(client, ticket, page)
    body = part.content.decode()
    assert "第二句" in body
    assert "第一句" not in [h.words for h in part.context["news"]]
    assert 'hx-swap-oob="beforeend:#timeline"' in body
    assert "<textarea" not in body
    assert part["HX-Trigger"] == "kefu:heard"
    assert live(client, ticket, part).status_code == 204


def test_who_has_it_is_renewed_beside_the_conversation(talks, sits):
    ticket, client = talks.says(), sits("agent")
    page = client.get(page_of(ticket))
    assert "未分派" in text(page)
    talks.does(ticket, "reply", words="您好")
    part = live(client, ticket, page)
    card = part.content.decode().split('id="ticket-card"')[1].split("</div>\n<section")[0]
    assert talks.login("agent") in card
    assert "未分派" not in card


def test_a_step_of_the_order_tells_the_story_anew(talks, desk, sits):
    order = desk.order("awaiting_confirmation")
    ticket, client = talks.mine(order=order), sits("agent")
    page = client.get(page_of(ticket))
    desk.take(order, "confirm", "agent")
    part = live(client, ticket, page)
    assert part.context["news"] is None
    assert "确认订单" in text(part)
    assert live(client, ticket, part).status_code == 204


def test_colleagues_see_each_other_until_half_a_minute_after_the_last_sign(talks, sits):
    ticket, agent, lead = talks.mine(), sits("agent"), sits("lead")
    page = agent.get(page_of(ticket))
    lead.get(page_of(ticket))
    part = live(agent, ticket, page)
    assert [h.login for h in part.context["here_too"]] == [talks.login("lead")]
    live(lead, ticket, typing="1")
    part = live(agent, ticket, part)
    assert "正在输入" in text(part)
    Looking.objects.update(seen_at=timezone.now() - timedelta(seconds=31))
    assert live(agent, ticket, part).context["here_too"] == []


def test_a_parcel_that_was_seen_somewhere_tells_the_story_anew(talks, desk, sits):
    order = desk.order("shipped")
    parcel = order.parcels.create(shop=order.shop, carrier="顺丰", tracking_number="SF7000000001", track=[])
    ticket, client = talks.mine(order=order), sits("agent")
    page = client.get(page_of(ticket))
    parcel.track = [[timezone.now().isoformat(), "已到达杭州转运中心"]]
    parcel.save()
    part = live(client, ticket, page)
    assert "已到达杭州转运中心" in text(part)
    assert live(client, ticket, part).status_code == 204


@pytest.mark.parametrize("odd", ["version=x", "version=99999999999", "case=%00", "here=%27", "kind=%3Cb%3E", ""])
def test_odd_questions_are_no_errors(talks, sits, odd):
    ticket = talks.mine()
    assert sits("agent").get(f"{page_of(ticket, 'live')}?{odd}", headers=HTMX).status_code in (200, 204)


# ---- steps
def test_a_form_is_not_moved_by_what_the_customer_says(talks, sits):
    ticket = talks.mine()
    talks.hears(ticket)
    posted = {"version": ticket.version, "to": talks.login("lead"), "why": "换班"}
    sits("agent").post(page_of(ticket, "step", "transfer"), posted)
    assert fresh(ticket).agent == talks.login("lead")


def test_who_ends_a_conversation_must_have_read_it(talks, sits):
    ticket, client = talks.mine(), sits("agent")
    talks.hears(ticket, "等等，还没好")
    client.post(page_of(ticket, "step", "resolve"), {"version": ticket.version, "result": "solved"})
    assert fresh(ticket).state != "resolved"
    assert "您没有动它" in text(client.get(page_of(ticket)))


def test_colleagues_are_offered_with_where_they_are(talks, desk, sits):
    ticket, other = talks.mine(), desk.person("agent", name="xiaoli")
    form = sits("agent").get(page_of(ticket, "step", "transfer")).context["form"]
    offered = dict(form.cells[-1].choices or form.cells[0].choices)
    assert set(offered) == {other.get_username(), talks.login("lead")}
    assert offered["xiaoli"] == "xiaoli · 下线 · 手上 0 张"


def test_merging_offers_the_customers_other_open_tickets(talks, sits):
    buyer = talks.customer()
    one, two, strange = talks.mine(customer=buyer), talks.mine(customer=buyer), talks.mine()
    form = sits("agent").get(page_of(one, "step", "merge")).context["form"]
    assert [value for value, _label in form.cells[0].choices] == [two.number]
    assert strange.number not in [value for value, _label in form.cells[0].choices]


def test_a_follow_up_is_agreed_by_one_press(talks, sits):
    ticket, client = talks.mine(), sits("agent")
    form = client.get(page_of(ticket, "step", "follow_up")).context["form"]
    value = next(v for v, label in form.cells[0].presets if "明天" in label)
    client.post(page_of(ticket, "step", "follow_up"), {"version": ticket.version, "at": ["", value]})
    assert fresh(ticket).follow_up_at is not None
    assert ticket.number in text(client.get(f"{TICKETS}?queue=follow_ups"))


def test_an_order_is_found_linked_and_unlinked(talks, desk, sits):
    order, ticket, client = desk.order("picking"), talks.mine(), sits("agent")
    page = client.get(page_of(ticket), {"order": order.buyer_phone})
    assert order.number in text(page)
    client.post(page_of(ticket, "step", "link"), {"version": ticket.version, "order": order.number})
    assert fresh(ticket).order_id == order.pk
    client.post(page_of(ticket, "step", "unlink"), {"version": fresh(ticket).version})
    assert fresh(ticket).order_id is None


def test_an_order_of_another_shop_is_neither_found_nor_linked(talks, desk, sits):
    from .scenes import Desk

    order, ticket, client = Desk().order("picking"), talks.mine(), sits("agent")
    assert order.number not in text(client.get(page_of(ticket), {"order": order.number})).replace(
        f'"{order.number}"', ""
    )
    answer = client.post(page_of(ticket, "step", "link"), {"version": ticket.version, "order": order.number})
    assert answer.status_code == 400
    assert fresh(ticket).order_id is None


# ---- opening
def test_a_ticket_is_opened_about_an_order(talks, desk, sits):
    order = desk.order("picking")
    sits("agent").post(f"{TICKETS}open/{order.pk}/", {
        "kind": "order_change", "channel": "phone", "words": "想改地址", "side": "customer", "mine": "1",
    })  # fmt: skip
    ticket = Ticket.objects.get(order=order)
    assert (ticket.kind, ticket.agent, ticket.customer.buyer_id) == (
        "order_change",
        talks.login("agent"),
        order.buyer_id,
    )
    assert Message.objects.get(ticket=ticket).words == "想改地址"


def test_a_ticket_is_opened_about_none(talks, desk, sits):
    sits("agent").post(f"{TICKETS}open/", {
        "shop": desk.shop.code, "kind": "presale", "channel": "phone", "name": "王女士", "phone": "13711112222",
        "words": "问尺码", "side": "customer",
    })  # fmt: skip
    ticket = Ticket.objects.get()
    assert (ticket.desk, ticket.agent, ticket.customer.name) == ("presale", "", "王女士")
    assert "13711112222" not in ticket.customer.buyer_id


def calls(talks, client, **told):
    """Who calls is opened a ticket. -> their customer"""
    about = {"shop": talks.desk.shop.code, "kind": "other", "channel": "phone", "words": "鞋呢", "side": "customer"}
    client.post(f"{TICKETS}open/", {**about, "name": "张三", **told})
    return Ticket.objects.latest("pk").customer


def test_who_calls_is_known_by_the_phone(talks, sits):
    client, known = sits("agent"), talks.customer(phone="13711112222")
    talks.customer(phone="13711112222", shop=make_shop())
    assert calls(talks, client, phone="137 1111-2222") == known
    assert calls(talks, client, phone="+86 13711112222") == known
    assert (known.name, Customer.objects.filter(shop=talks.desk.shop).count()) == ("周慧敏", 1)


def test_of_several_customers_with_one_phone_none_is_guessed_and_who_calls_is_always_the_same(talks, sits):
    client, others = sits("agent"), [talks.customer(phone="13711112222") for _two in range(2)]
    first = calls(talks, client, phone="13711112222")
    assert first not in others
    assert calls(talks, client, phone="13711112222") == first
    assert first.name == "张三"


def test_two_callers_who_leave_no_number_are_two(talks, sits):
    client = sits("agent")
    assert calls(talks, client, phone="不便告知") != calls(talks, client, phone="不便告知")


@pytest.mark.parametrize("phone", ["138****8000", "1", "转1001", "12-34-56"])
def test_a_masked_number_or_a_piece_of_one_makes_nobody_one_customer(talks, sits, phone):
    client, known = sits("agent"), talks.customer(phone=phone)
    first, second = calls(talks, client, phone=phone), calls(talks, client, phone=phone)
    assert len({known, first, second}) == 3
    assert first.phone == phone  # what was noted stays


def test_who_calls_is_nobody_whose_number_is_known_in_part(talks, sits):
    hidden = talks.customer(phone="138****8000")
    assert calls(talks, sits("agent"), phone="138-8000") != hidden


def test_what_cannot_be_opened_leaves_nothing(talks, desk, sits, stranger):
    order = desk.order("picking")
    about = {"kind": "other", "channel": "phone", "words": "x", "side": "customer"}
    assert sits(stranger).post(f"{TICKETS}open/{order.pk}/", about).status_code == 404
    assert sits("warehouse").post(f"{TICKETS}open/{order.pk}/", about).status_code == 403
    wrong = sits("agent").post(f"{TICKETS}open/", {**about, "shop": desk.shop.code, "order": "nope"})
    assert wrong.status_code == 400
    assert sits(stranger).post(f"{TICKETS}open/", {**about, "shop": desk.shop.code}).status_code == 400
    assert Ticket.objects.count() == 0


# ---- queues
def test_each_queue_holds_its_own(talks, sits):
    mine = talks.mine(words="我的")
    free, presale = talks.says(words="没人接"), talks.says(words="售前", kind="presale")
    red = talks.does(talks.mine("lead", words="投诉你们"), "paint", "lead", colour="red", why="威胁投诉")
    answered = talks.does(talks.mine(words="答过"), "reply", words="您好")
    asked = talks.does(talks.mine(words="查仓"), "ask_internal", team="warehouse", words="查一下")
    holds = {
        "to_reply": {mine}, "mine": {mine, answered, asked}, "unassigned": {free}, "unassigned_presale": {presale},
        "red": {red}, "tickets_customer": {answered}, "tickets_internal": {asked}, "mentioned": set(),
        "follow_ups": set(),
    }  # fmt: skip
    for queue, those in holds.items():
        page = sits("agent").get(f"{TICKETS}?queue={queue}").context["page"]
        assert {r.subject.pk for r in page.rows} == {t.pk for t in those}, queue
    page = sits("warehouse").get(f"{TICKETS}?queue=asked_warehouse").context["page"]
    assert [r.subject.pk for r in page.rows] == [asked.pk]


def test_what_the_warehouse_is_asked_stays_with_it_whatever_the_customer_says_until_it_has_done(talks, sits):
    asked = talks.does(talks.mine(), "ask_internal", team="warehouse", words="查一下")
    asked, client = talks.hears(asked, "好的谢谢"), sits("warehouse")
    page = client.get(f"{TICKETS}?queue=asked_warehouse").context["page"]
    assert (asked.state, [r.subject.pk for r in page.rows]) == ("awaiting_reply", [asked.pk])
    asked = talks.does(asked, "resume", "warehouse", words="在 B 区找到了")
    assert (asked.state, asked.team) == ("awaiting_reply", "")
    assert not client.get(f"{TICKETS}?queue=asked_warehouse").context["page"].rows
    with pytest.raises(Refused, match="没有在等"):
        talks.does(asked, "resume", "warehouse", words="再说一次")


def test_red_is_first_then_who_has_waited_longest_then_alarms_as_in_the_assignment(talks, sits):
    """Not the soonest of all clocks: the one of the whole ticket may be over while the customer has just spoken."""
    rests = talks.does(talks.mine(ago=60 * 60 * 24 * 3), "reply", ago=9000, words="您好")
    late = talks.mine(ago=60 * 60 * 24 * 3)
    talks.hears(talks.does(late, "reply", ago=8000, words="您好"), ago=5)
    long, red = talks.mine(ago=600), talks.does(talks.mine(ago=60), "paint", colour="red", why="威胁投诉")
    asked = talks.does(talks.mine(ago=300), "ask_internal", team="warehouse", words="查一下")
    client = sits("agent")
    for queue, those in {"to_reply": [red, long, late], "mine": [red, long, asked, late, rests]}.items():
        page = client.get(f"{TICKETS}?queue={queue}").context["page"]
        assert [r.subject.pk for r in page.rows] == [t.pk for t in those], queue
    alarm, free, grave = talks.alarm(ago=6000), talks.says(ago=600), talks.says(ago=60)
    talks.does(grave, "paint", colour="red", why="威胁投诉")
    rows = client.get(f"{TICKETS}?queue=unassigned").context["page"].rows
    assert [r.subject.pk for r in rows] == [grave.pk, free.pk, alarm.pk]


def test_what_is_late_stands_in_its_queue(talks, sits):
    ticket = talks.mine(ago=60 * 60 * 24 * 3)
    sweep(at=timezone.now() + timedelta(days=1))
    assert ticket.number in text(sits("agent").get(f"{TICKETS}?queue=tickets_due"))


def test_the_shell_counts_ones_own(talks, desk, sits):
    talks.mine()
    talks.mine("lead")
    links = {link.entry.name: link.waiting for link in sits("agent").get("/admin/").context["shell"].links}
    assert (links["mine"], links["to_reply"], links["unassigned"]) == (1, 1, 0)


def test_a_list_is_narrowed_by_desk_and_kind(talks, sits):
    one, two = talks.says(kind="presale"), talks.says(kind="complaint")
    client = sits("agent")
    assert [r.subject.pk for r in client.get(f"{TICKETS}?desk=presale").context["page"].rows] == [one.pk]
    assert [r.subject.pk for r in client.get(f"{TICKETS}?kind=complaint").context["page"].rows] == [two.pk]
    assert len(client.get(f"{TICKETS}?kind=%27nonsense").context["page"].rows) == 2


def test_a_list_that_has_not_changed_is_204(talks, sits):
    ticket, client = talks.mine(), sits("agent")
    page = client.get(f"{TICKETS}?queue=mine")
    asked = {"headers": {**HTMX, "HX-Target": "queue"}}
    assert client.get(page.context["again"], **asked).status_code == 204
    talks.hears(ticket)
    assert client.get(page.context["again"], **asked).status_code == 200


def test_a_row_shows_the_last_words_and_how_long_the_customer_waits(talks, sits):
    ticket = talks.mine()
    talks.hears(ticket, "到底发不发\n<b>货</b>")
    page = sits("agent").get(f"{TICKETS}?queue=to_reply")
    assert "客户：到底发不发 <b>货</b>" in text(page)
    assert "<b>货</b>" not in page.content.decode()
    assert "data-since" in page.content.decode()


def test_a_row_names_an_answer_of_a_machine_as_such():
    words = line(Message(side="agent", by="kf_sZiFKgzh", words="您好"))
    assert words.startswith("接口密钥 kf_sZiFK")


# ---- batches
@pytest.mark.parametrize(("step", "said"), [("claim", "已接单"), ("resolve", "已解决")])
def test_what_was_done_is_said_as_one_says_it(talks, sits, step, said):
    ticket, client = talks.says(), sits("agent")
    told = client.post(page_of(ticket, "step", step), {"version": ticket.version}, follow=True)
    assert [str(m) for m in told.context["messages"]] == [said]


def test_what_was_done_is_said_in_english_as_well():
    with translation.override("en"):
        assert [words.done(TICKET, step) for step in ("claim", "resolve")] == ["Taken", "Solve – done"]


def test_a_batch_asks_once_and_has_a_result_a_row(talks, sits, stranger):
    one, two, client = talks.says(), talks.says(), sits("lead")
    picked = {"pk": [one.pk, two.pk], f"v-{one.pk}": one.version, f"v-{two.pk}": two.version, "queue": "unassigned"}
    asked = client.post(f"{TICKETS}batch/", {"step": "assign", **picked})
    assert "2 行" in text(asked)
    talks.does(two, "claim")  # it has moved since it was ticked
    told = text(client.post(f"{TICKETS}batch/", {"step": "assign", "given": "1", "to": talks.login("agent"), **picked}))
    assert "2 行，成功 1" in told
    assert fresh(one).agent == talks.login("agent")


def test_a_batch_that_is_filled_in_wrong_takes_no_step(talks, sits):
    one, client = talks.says(), sits("lead")
    before = written()
    answer = client.post(f"{TICKETS}batch/", {"step": "assign", "given": "1", "to": "nobody", "pk": [one.pk]})
    assert answer.status_code == 400
    assert "没有这位客服" in text(answer)
    assert written() == before


@pytest.mark.parametrize(("step", "inputs", "state"), [
    ("resolve", {"result": "solved"}, "resolved"), ("classify", {"kind": "logistics"}, "new"), ("claim", {}, "new"),
])  # fmt: skip
def test_the_steps_of_a_batch(talks, sits, step, inputs, state):
    those, client = [talks.says(), talks.says()], sits("agent")
    posted = {"step": step, "given": "1", "pk": [t.pk for t in those], **inputs}
    assert "2 行，成功 2" in text(client.post(f"{TICKETS}batch/", posted))
    assert {fresh(t).state for t in those} == {state}


def test_one_press_claims(talks, sits):
    ticket, client = talks.says(), sits("agent")
    row = client.get(f"{TICKETS}?queue=unassigned").context["page"].rows[0]
    assert row.button.step == "claim"
    client.post(f"{TICKETS}batch/", {"step": f"claim:{ticket.pk}", "queue": "unassigned"})
    assert fresh(ticket).agent == talks.login("agent")


# ---- the search
@pytest.mark.parametrize("by", ["number", "buyer", "phone", "order"])
def test_the_search_finds_tickets(talks, desk, sits, by):
    order = desk.order("picking")
    ticket = talks.mine(order=order)
    asked = {
        "number": ticket.number, "buyer": ticket.customer.buyer_id, "phone": order.buyer_phone, "order": order.number,
    }[by]  # fmt: skip
    answer = sits("agent").get("/admin/search/", {"q": asked})
    assert ticket.number in text(answer) or answer.headers.get("Location") == page_of(ticket)


# ---- what it costs
def test_a_live_question_costs_few_statements_and_a_page_the_same_whatever_was_said(talks, desk, sits):
    small, big = (talks.mine(order=Scenes(desk).requested().order) for _ in range(2))
    client = sits("agent")
    for n in range(6):
        talks.hears(big, f"{n}")
        talks.does(big, "reply", words=f"答 {n}")
    first = statements(client, page_of(small))
    assert statements(client, page_of(big)) <= first + 2
    assert first < 75
    page = client.get(page_of(big))
    policy.forget()
    with CaptureQueriesContext(connection) as caught:
        assert live(client, big, page).status_code == 204
    assert len(caught) <= 7  # session, user, member, ticket; looked, who else, the case's stamp


@pytest.mark.parametrize("address", [f"{TICKETS}?queue=unassigned", TICKETS, f"{TICKETS}?queue=mine"])
def test_a_list_costs_the_same_whatever_its_length(talks, desk, sits, address):
    client = sits("agent")

    def more(n):
        for _ in range(n):
            talks.says(order=desk.order("picking"))
            talks.mine()

    more(2)
    client.get(address)
    few = statements(client, address)
    more(4)
    assert statements(client, address) == few
    assert few < 25


def test_the_shell_costs_the_same_whatever_waits(talks, desk, sits):
    client = sits("agent")
    client.get("/admin/live/")
    few = statements(client, "/admin/live/")
    for _ in range(3):
        talks.mine()
    assert statements(client, "/admin/live/") == few
    assert few < 10
    assert Order.objects.count() == 0


def test_what_another_flow_began_is_named_by_its_flow():
    assert person("logistics_query.start", "system") == "因“物流查询”"
    assert person("refund.wrong_amount", "system") == "因“退款单”"  # a topic that is no step
    assert {person(topic, "system") for topic in ("deadline.breached", "review.posted", "parcel.in_trouble")} == {""}
    assert person("logistics_query.start") == "logistics_query.start"  # a person may be called so
    assert person("wang.fang", "agent") == "wang.fang"


def test_no_bubble_names_its_author_in_code(talks, desk, sits):
    ticket = talks.mine(order=desk.order("picking"))
    opened = begun(shop_id=desk.shop.pk, kind="logistics", order=ticket.order, opened_by="logistics_query.start")
    inputs = {"words": "包裹停了 48 小时", "side": "system"}
    opened = engine.start(opened, who=Who.SYSTEM, by="logistics_query.start", at=timezone.now(), inputs=inputs)
    talks.does(opened, "reply", "system", by="logistics_query.start", words="我们正在核实")
    talks.does(opened, "note", "system", by="logistics_query.look_up", words="已向快递查询")
    talks.does(opened, "reply", by="kf_abcdefghijkl", words="今天有结果")
    client = sits("agent")
    page, rows = text(client.get(page_of(opened))), text(client.get(f"{TICKETS}?queue=unassigned"))
    assert "因“物流查询”" in page and "接口密钥 kf_abcde…" in page
    for told in (page, rows):
        assert "logistics_query." not in told and "kf_abcdefghijkl" not in told
    assert line(opened.messages.get(side="auto")) == "因“物流查询”：我们正在核实"
