"""Seats, shifts and rules on the desk: a lead sets them for the own shops, nobody else's are touched."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.admin.pages import text
from tests.factories import make_member, make_shop
from tests.tickets.assign.rooms import RULES, SEATS, SHIFTS, Room
from tickets.assign.rules import rules_of
from tickets.models import QueuePolicy, Seat, Shift, Skill

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(db):
    return Room()


@pytest.fixture
def lee(room):
    return room.client_of("lee")


def seat_page(room, name="amy"):
    return f"{SEATS}{room.seat(name).pk}/change/"


def plan_page(room, name="amy"):
    return f"{SHIFTS}{room.people[name].pk}/plan/"


def outsider(room):
    return room.outsider(make_shop(), "lead")


# ---- seats
def test_a_lead_sets_capacity_and_skills(room, lee):
    shop = room.shop.pk
    posted = {"capacity": "5", f"kinds-{shop}": ["return", "complaint"], f"desks-{shop}": ["after_sales"]}
    assert lee.post(seat_page(room), posted).status_code == 302
    assert room.seat("amy").capacity == 5
    skill = Skill.objects.get()
    assert (skill.shop, skill.kinds, skill.desks) == (room.shop, ["return", "complaint"], ["after_sales"])
    said = text(lee.get(SEATS))
    assert "退换货、投诉" in said
    assert "checked" in lee.get(seat_page(room)).content.decode()


def test_what_somebody_does_in_another_shop_is_not_told_here(room, lee):
    other = make_shop(name="对面的店")
    make_member(other, "agent", user=room.people["amy"].user)
    Skill.objects.create(seat=room.seat("amy"), shop=other, kinds=["complaint"], desks=[])
    said = text(lee.get(SEATS))
    assert "amy" in said
    assert "对面的店" not in said
    assert "投诉" not in said


@pytest.mark.parametrize("wrong", [{"capacity": "-1"}, {"capacity": ""}, {"capacity": "x"}, {"capacity": "201"}])
def test_a_capacity_that_is_none_is_refused(room, lee, wrong):
    response = lee.post(seat_page(room), wrong)
    assert response.status_code == 400
    assert "有地方要改正" in text(response)
    assert (room.seat("amy").capacity, Skill.objects.count()) == (8, 0)


def test_a_skill_that_is_none_is_refused(room, lee):
    assert lee.post(seat_page(room), {"capacity": "5", f"kinds-{room.shop.pk}": ["magic"]}).status_code == 400
    assert (room.seat("amy").capacity, Skill.objects.count()) == (8, 0)


def test_of_a_person_of_two_shops_a_lead_sets_the_skills_of_the_own_one(room, lee):
    other = make_shop()
    room.joins("amy", other)
    room.can("amy", "logistics", shop=other)
    page = lee.get(seat_page(room)).content.decode()
    assert f"kinds-{room.shop.pk}" in page and f"kinds-{other.pk}" not in page
    lee.post(seat_page(room), {"capacity": "5", f"kinds-{other.pk}": ["return"]})
    assert Skill.objects.get(shop=other).kinds == ["logistics"]


@pytest.mark.parametrize("who", ["amy", "eve"])
def test_others_see_and_set_no_seat(room, who):
    client = outsider(room) if who == "eve" else room.client_of("amy")
    response = client.post(seat_page(room, "bob"), {"capacity": "1"})
    assert response.status_code in (302, 403)  # not there, or not for them
    assert room.seat("bob").capacity == 8
    assert "bob" not in text(client.get(SEATS))


# ---- shifts
def test_a_lead_plans_a_week_and_it_is_read_as_a_grid(room, lee):
    posted = {"day-0": "09:00-12:00 13:00-18:00", "day-2": "14:00-22:00"}
    assert lee.post(plan_page(room), posted).status_code == 302
    assert {s.weekday: s.hours for s in Shift.objects.all()} == {
        0: [["09:00", "12:00"], ["13:00", "18:00"]], 2: [["14:00", "22:00"]],
    }  # fmt: skip
    said = text(lee.get(SHIFTS))
    assert "09:00–12:00、13:00–18:00" in said and "14:00–22:00" in said and "休息" in said and "不限" in said
    assert "09:00-12:00 13:00-18:00" in lee.get(plan_page(room)).content.decode()
    lee.post(plan_page(room), {"day-2": ""})
    assert not Shift.objects.exists()


def test_single_days_are_added_over_a_span_and_taken_away(room, lee):
    today = timezone.now().date() + timedelta(days=1)
    lee.post(plan_page(room), {"day-0": "09:00-18:00", "first": today, "last": today + timedelta(days=2)})
    days = Shift.objects.exclude(date=None)
    assert [d.hours for d in days] == [[], [], []]
    assert "单日" in text(lee.get(f"{SHIFTS}?week={today}"))
    lee.post(plan_page(room), {"day-0": "09:00-18:00", "first": today, "hours": "10:00-11:00", "drop": days[2].pk})
    assert {d.date: d.hours for d in Shift.objects.exclude(date=None)} == {
        today: [["10:00", "11:00"]], today + timedelta(days=1): [],
    }  # fmt: skip


@pytest.mark.parametrize("wrong", [
    {"day-0": "9-18"}, {"day-0": "09:00-25:00"}, {"day-0": "18:00-09:00"}, {"day-0": "09:00-12:00 11:00-13:00"},
    {"first": "soon"}, {"last": "2026-12-01"}, {"hours": "09:00-10:00"},
    {"first": "2026-12-05", "last": "2026-12-01"}, {"first": "2026-12-05", "last": "2027-12-05"}, {"drop": "77"},
])  # fmt: skip
def test_hours_and_days_that_are_none_are_refused(room, lee, wrong):
    room.works("amy", weekday=4, hours=[("09:00", "10:00")])
    response = lee.post(plan_page(room), {"day-1": "09:00-10:00", **wrong})
    assert response.status_code == 400
    assert list(Shift.objects.values_list("weekday", "hours")) == [(4, [["09:00", "10:00"]])]


def test_everybody_of_the_shop_reads_the_week_and_a_lead_alone_plans_it(room):
    client = room.client_of("amy")
    page = client.get(SHIFTS)
    assert "bob" in text(page) and "/plan/" not in page.content.decode()
    assert client.post(plan_page(room), {"day-0": "09:00-18:00"}).status_code == 403
    stranger = outsider(room)
    assert "bob" not in text(stranger.get(SHIFTS))
    assert stranger.post(plan_page(room), {"day-0": "09:00-18:00"}).status_code == 404
    assert not Shift.objects.exists()


@pytest.mark.parametrize("week", ["", "2026-12-02", "nonsense", "9999-12-31", "0001-01-01"])
def test_any_week_opens(room, lee, week):
    assert lee.get(f"{SHIFTS}?week={week}").status_code == 200


# ---- rules
GOOD = {"desk": "after_sales", "kind": "", "on": "on", "hold_for": "0s", "anybody_after": "10m", "silent_after": "3m"}


def test_a_lead_writes_a_queues_rule_in_words(room, lee):
    posted = {**GOOD, "shop": room.shop.pk, "named": ["amy"], "weight-return": "3", "prefer_known": "on"}
    response = lee.post(f"{RULES}add/", posted)
    assert response.status_code == 302, text(response)
    rule = rules_of([room.shop.pk]).of(room.shop.pk, "after_sales", "return")
    assert (rule.anybody_after, rule.silent_after, rule.named) == (600, 180, frozenset({"amy"}))
    assert (rule.weight("return"), rule.weight("complaint"), rule.red_to_leads) == (3, 2, False)
    row = QueuePolicy.objects.get()
    page = lee.get(f"{RULES}{row.pk}/change/").content.decode()
    assert 'value="10m"' in page and 'value="3"' in page
    assert "等 10 分钟后" in text(lee.get(RULES))
    assert lee.post(f"{RULES}{row.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not QueuePolicy.objects.exists()


@pytest.mark.parametrize(("wrong", "said"), [
    ({"hold_for": "soon"}, "时长须写成整数加单位"), ({"silent_after": "30s"}, "至少 1 分钟"),
    ({"weight-return": "0"}, "大于或等于1"), ({"desk": "x"}, "x"), ({"kind": "magic"}, "magic"),
    ({"named": ["eve"]}, "eve"),
])  # fmt: skip
def test_a_rule_that_is_wrong_is_refused_with_what_is_wrong(room, lee, wrong, said):
    outsider(room)
    response = lee.post(f"{RULES}add/", {**GOOD, "shop": room.shop.pk, **wrong})
    assert response.status_code == 200
    assert said in text(response)
    assert not QueuePolicy.objects.exists()


def test_two_rules_of_one_queue_are_refused(room, lee):
    room.rule()
    response = lee.post(f"{RULES}add/", {**GOOD, "shop": room.shop.pk})
    assert "已有规则" in text(response)
    assert QueuePolicy.objects.count() == 1


@pytest.mark.parametrize("who", ["amy", "eve"])
def test_others_write_no_rule_of_this_shop(room, who):
    client = outsider(room) if who == "eve" else room.client_of("amy")
    row = room.rule()
    client.post(f"{RULES}add/", {**GOOD, "shop": room.shop.pk, "desk": "presale"})
    client.post(f"{RULES}{row.pk}/change/", {**GOOD, "shop": room.shop.pk, "hold_for": "9m"})
    client.post(f"{RULES}{row.pk}/delete/", {"post": "yes"})
    assert QueuePolicy.objects.get().hold_for == 0
    assert Seat.objects.count() >= 3
