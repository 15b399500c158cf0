"""Everybody's own switch: one press; and the sign of life that it gives."""

import pytest
from django.test import Client

from tests.factories import make_member
from tests.tickets.assign.rooms import SEAT, Room
from tickets.models import Seat, SeatChange

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(db):
    return Room()


@pytest.mark.parametrize("status", ["online", "away", "off"])
def test_one_press_and_back_to_the_page(room, status):
    client = room.client_of("lee")
    response = client.post(SEAT, {"status": status, "next": "/admin/keys/"})
    assert (response.status_code, response["Location"]) == (302, "/admin/keys/")
    seat = room.seat("lee")
    assert seat.status == status
    assert seat.last_seen is not None
    assert SeatChange.objects.count() == (status != "off")


def test_another_host_is_no_page_to_go_back_to(room):
    response = room.client_of("amy").post(SEAT, {"status": "away", "next": "https://elsewhere.example/"})
    assert response["Location"] == "/admin/"


def test_it_stands_on_every_page_of_who_answers_customers(room):
    page = room.client_of("amy").get("/admin/keys/").content.decode()
    assert 'id="seat"' in page
    assert 'value="online" id="seat-online"' in page and 'aria-pressed="true"' in page


def test_who_answers_nobody_has_none(room):
    member = make_member(room.shop, "warehouse")
    client = Client()
    client.force_login(member.user)
    assert 'id="seat"' not in client.get("/admin/keys/").content.decode()
    assert client.post(SEAT, {"status": "online"}).status_code == 403
    assert not Seat.objects.filter(user=member.user).exists()


def test_what_is_no_status_is_refused(room):
    assert room.client_of("amy").post(SEAT, {"status": "asleep"}).status_code == 400
    assert room.client_of("amy").put(SEAT).status_code == 405
    assert room.seat("amy").status == "online"


def test_asking_is_a_sign_of_life_and_says_what_a_lead_has_turned(room):
    room.puts("amy", "away", 1, by="lee")
    before = room.seat("amy").last_seen
    response = room.client_of("amy").get(SEAT, headers={"HX-Request": "true"})
    assert 'value="away" id="seat-away"' in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    seen = room.seat("amy").last_seen
    assert seen > before
    room.client_of("amy").get(SEAT, headers={"HX-Request": "true"})
    assert room.seat("amy").last_seen == seen  # not every time


def test_a_page_that_is_just_opened_is_not_taken_for_it(room):
    assert room.client_of("amy").get(SEAT)["Location"] == "/admin/"


def test_a_new_member_who_answers_customers_has_a_seat(room):
    agent, other = make_member(room.shop, "agent"), make_member(room.shop, "auditor")
    assert Seat.objects.filter(user=agent.user).exists()
    assert not Seat.objects.filter(user=other.user).exists()
