"""The lead's page: who carries what, what nobody has and why; tickets are moved and statuses turned from it."""

import pytest
from django.urls import reverse

from flows.models import Move
from tests.admin.pages import text
from tests.admin.test_lists import statements
from tests.factories import make_shop
from tests.returns.written import written
from tests.tickets.assign.rooms import LOAD, MOVE, Room
from tickets.models import SeatChange, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(db):
    room = Room()
    room.now()
    return room


@pytest.fixture
def lee(room):
    return room.client_of("lee")


def moved(client, tickets, to, why="", **more):
    posted = {"pk": [t.pk for t in tickets], "to": to, "why": why, **more}
    return client.post(MOVE, posted | {f"v-{t.pk}": t.version for t in tickets})


def test_it_shows_everybody_with_status_load_and_tickets_by_state(room, lee):
    for n in range(3):
        room.says(conversation=f"c-{n}", buyer=f"b-{n}")
    room.gives(1, now=-60)  # everybody has just been seen
    said = text(lee.get(LOAD))
    assert "amy" in said and "bob" in said and "lee" in said
    assert "2/8" in said and "1/8" in said and "0/8" in said
    assert "待接待 2" in said
    assert "每张工单都有人接" in said


def test_what_nobody_has_is_told_by_queue_with_the_reason(room, lee):
    room.can("amy", "return")
    room.can("bob", "return")
    import datetime

    from django.utils import timezone

    room.t0 = timezone.now() - datetime.timedelta(minutes=2)
    room.opens("logistics")
    room.opens("presale")
    room.rule("presale", on=False)
    said = text(lee.get(LOAD))
    assert "售后 · 物流" in said and "在线的人都没有这项技能：物流" in said
    assert "售前 · 售前咨询" in said and "这个队列不自动分派" in said


def test_somebodys_tickets_are_a_list(room, lee):
    ticket = room.says("我要退货")
    room.does(ticket, "claim", "amy", 1)
    said = text(lee.get(f"{LOAD}?agent=amy"))
    assert "amy 的工单" in said and ticket.number in said and "自己领取" in said
    assert ticket.number not in text(lee.get(LOAD))  # somebody has it
    assert "没有人接的工单" in text(lee.get(f"{LOAD}?agent=nobody"))


def test_a_lead_moves_many_to_somebody_with_a_result_each(room, lee):
    tickets = [room.says(conversation=f"c-{n}", buyer=f"b-{n}") for n in range(3)]
    room.does(tickets[0], "claim", "bob", 1)
    tickets[1] = room.does(tickets[1], "note", "amy", 1, words="看过")  # not as it was seen
    tickets = [room.fresh(t) for t in tickets]
    posted = {"pk": [t.pk for t in tickets], "to": "bob", "why": "晚班"}
    versions = {f"v-{t.pk}": t.version - (t == tickets[1]) for t in tickets}
    said = text(lee.post(MOVE, posted | versions))
    assert "3 行，成功 1" in said
    assert "已经由 bob 负责" in said
    assert [room.of(t) for t in tickets] == ["bob", "", "bob"]
    move = Move.objects.get(flow="ticket", subject=tickets[2].pk, step="assign")
    assert (move.who, move.by, move.why) == ("lead", "lee", "晚班")
    assert room.why(tickets[2]) == "晚班"


def test_a_lead_may_give_more_than_there_is_room_for(room, lee):
    room.sits("amy", capacity=1)
    tickets = [room.says(conversation=f"c-{n}", buyer=f"b-{n}") for n in range(2)]
    assert "成功 2" in text(moved(lee, tickets, "amy"))


def test_a_lead_puts_them_back_into_the_queue(room, lee):
    ticket = room.does(room.says(), "claim", "amy", 1)
    assert "成功 1" in text(moved(lee, [ticket], "-", "请假"))
    assert (room.of(ticket), room.why(ticket)) == ("", "请假")


@pytest.mark.parametrize("to", ["", "eve", "nobody"])
def test_nothing_is_moved_to_nobody_or_to_another_shops_people(room, lee, to):
    room.outsider(make_shop(), "agent")
    ticket = room.says()
    before = written()
    moved(lee, [ticket], to)
    assert room.of(ticket) == ""
    assert written() == before


@pytest.mark.parametrize("who", ["amy", "eve"])
def test_who_leads_no_shop_or_another_moves_nothing(room, who):
    other = make_shop()
    client = room.outsider(other, "lead") if who == "eve" else room.client_of("amy")
    ticket, before = room.says(), None
    before = written()
    response = moved(client, [ticket], "bob")
    assert response.status_code == (403 if who == "amy" else 302)
    put = client.post(reverse("admin:load_seat", args=[room.seat("bob").pk]), {"status": "off"})
    assert put.status_code == (403 if who == "amy" else 404)
    assert written() == before
    assert not SeatChange.objects.exists()
    assert client.get(LOAD).status_code == (403 if who == "amy" else 200)
    if who == "eve":
        assert "amy" not in text(client.get(LOAD))


def test_of_a_mixed_lot_only_the_own_shops_are_moved(room, lee, caplog):
    other = make_shop()
    mine, theirs = room.says(), room.opens(shop_id=other.pk)
    said = text(moved(lee, [mine, theirs], "bob"))
    assert "1 行，成功 1" in said and "另有 1 行不在您的店铺" in said
    assert (room.of(mine), room.of(theirs)) == ("bob", "")


def test_a_lead_turns_somebodys_switch(room, lee):
    response = lee.post(reverse("admin:load_seat", args=[room.seat("amy").pk]), {"status": "off"})
    assert response.status_code == 302
    seat = room.seat("amy")
    assert (seat.status, seat.set_by) == ("off", "lee")
    assert SeatChange.objects.get().by == "lee"
    assert lee.post(reverse("admin:load_seat", args=[seat.pk]), {"status": "asleep"}).status_code == 400


def test_who_works_for_two_shops_is_one_row_whose_load_is_of_both(room, lee):
    other = make_shop()
    room.joins("amy", other)
    room.does(room.opens(shop_id=other.pk), "assign", "x", 1, "lead", to="amy")
    response = lee.get(LOAD)
    assert response.content.decode().count('href="?agent=amy"') == 1
    assert "含其他店铺的" in text(response)


@pytest.mark.parametrize("address", [LOAD, f"{LOAD}?agent=amy", "/admin/tickets/shift/", "/admin/tickets/seat/"])
def test_it_costs_the_same_however_many_people_and_tickets(room, lee, address):
    room.does(room.says(), "claim", "amy", 1)
    room.opens("return")
    lee.get(address)
    few = statements(lee, address)
    for n in range(6):
        name = room.sits(f"p{n}")
        room.can(name, "return")
        room.works(name, weekday=n, hours=[("09:00", "18:00")])
        room.opens("complaint")
        room.does(room.says(conversation=f"x-{n}", buyer=f"x-{n}"), "claim", "amy", 1)
    assert statements(lee, address) == few
    assert few < 60


def test_get_on_an_action_is_405(room, lee):
    assert lee.get(MOVE).status_code == 405
    assert lee.get(reverse("admin:load_seat", args=[1])).status_code == 405


def test_a_post_without_the_token_is_403_and_does_nothing(room):
    ticket = room.says()
    client = room.client_of("lee", enforce_csrf_checks=True)
    assert moved(client, [ticket], "bob").status_code == 403
    assert client.post("/admin/seat/", {"status": "online"}).status_code == 403
    assert Ticket.objects.get().agent == ""
