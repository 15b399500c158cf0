"""Who has gone loses what a customer still waits on; who is away, or has answered, keeps it."""

import pytest
from django.db import connection

from flows.models import Move
from tests.factories import make_shop
from tests.returns.written import written
from tickets.assign.taking_back import held_by_who_left
from tickets.models import SeatChange, Ticket
from tickets.steps.opening import begun

pytestmark = pytest.mark.django_db


def released(ticket):
    return Move.objects.filter(flow="ticket", subject=ticket.pk, step="release").order_by("-seq").first()


def test_tickets_of_who_goes_off_are_taken_back_and_given_anew_at_once(desk):
    desk.sits("amy")
    ticket = desk.says()
    desk.gives(1)
    desk.sits("bob")
    desk.puts("amy", "off", 2)
    assert desk.gives(3) == 2  # one back, one out
    assert desk.of(ticket) == "bob"
    move = released(ticket)
    assert (move.who, move.by, move.why) == ("system", "system", "amy 已下线而客户还在等，收回")


def test_with_nobody_else_there_they_wait_in_the_queue(desk):
    desk.sits("amy")
    ticket = desk.says()
    desk.gives(1)
    desk.puts("amy", "off", 2)
    assert desk.gives(3) == 1
    assert (desk.of(ticket), desk.why(ticket)) == ("", "amy 已下线而客户还在等，收回")
    assert Ticket.objects.get(pk=ticket.pk).state == "new"
    assert desk.gives(4) == 0


def test_what_was_answered_stays_until_the_customer_speaks_again(desk):
    desk.sits("amy")
    ticket = desk.says()
    desk.gives(1)
    desk.does(ticket, "reply", "amy", 2, words="您好")
    desk.puts("amy", "off", 3)
    before = written()
    assert desk.gives(4) == 0
    assert written() == before
    desk.hears(ticket, at=5)
    assert desk.gives(6) == 1
    assert desk.of(ticket) == ""


def test_what_no_customer_waits_for_stays(desk):
    """A ticket that a flow has opened is work, not a conversation."""
    desk.sits("amy")
    ticket = desk.opens("stock_out")
    desk.gives(1)
    desk.puts("amy", "off", 2)
    assert desk.gives(3) == 0
    assert desk.of(ticket) == "amy"


def test_who_is_away_keeps_what_they_have_and_is_given_nothing(desk):
    desk.sits("amy")
    mine = desk.says()
    desk.gives(1)
    desk.puts("amy", "away", 2)
    other = desk.says(conversation="c-2", buyer="b-2", at=3)
    assert desk.gives(4) == 0
    assert (desk.of(mine), desk.of(other)) == ("amy", "")


@pytest.mark.parametrize(("limit", "minutes", "kept"), [
    (None, 5, True), (None, 5.1, False), (60, 1, True), (60, 1.1, False), (900, 14, True),
])  # fmt: skip
def test_whose_desk_gives_no_sign_of_life_has_gone_after_as_long_as_the_rule_says(desk, limit, minutes, kept):
    if limit is not None:
        desk.rule(silent_after=limit)
    desk.sits("amy")
    ticket = desk.says()
    desk.gives(0)
    desk.gives(minutes, now=minutes)
    assert desk.of(ticket) == ("amy" if kept else "")
    if not kept:
        assert "没有动静而客户还在等，收回" in released(ticket).why


def test_who_gives_a_sign_of_life_again_is_given_tickets_again(desk):
    desk.sits("amy")
    ticket = desk.says()
    desk.gives(10, now=10)
    assert desk.of(ticket) == ""
    from tickets.assign import seats

    seats.alive(desk.people["amy"].user_id, at=desk.at(11))
    desk.gives(11, now=11)
    assert desk.of(ticket) == "amy"


def test_what_was_taken_on_after_going_off_stays(desk):
    desk.sits("amy")
    desk.puts("amy", "off", 1)
    claimed = desk.says(at=2)
    desk.does(claimed, "claim", "amy", 3)
    given = desk.says(conversation="c-2", buyer="b-2", at=2)
    desk.does(given, "assign", "lee", 3, "lead", to="amy", why="她熟")
    assert desk.gives(4) == 0
    assert desk.gives(60) == 0
    assert (desk.of(claimed), desk.of(given)) == ("amy", "amy")


def test_who_has_never_sat_down_is_not_thought_gone(desk):
    ticket = desk.says()
    desk.person("amy")
    desk.does(ticket, "claim", "amy", 1)
    assert desk.gives(600) == 0
    assert desk.of(ticket) == "amy"


def test_a_closed_login_loses_its_tickets(desk):
    desk.sits("amy")
    ticket = desk.says()
    desk.gives(1)
    user = desk.people["amy"].user
    user.is_active = False
    user.save()
    assert desk.gives(2) == 1
    assert desk.why(ticket) == "amy 的账号已停用，收回"


def test_an_answer_of_the_same_moment_stands(desk, monkeypatch):
    from tickets.assign import taking_back

    desk.sits("amy")
    ticket = desk.says()
    desk.gives(1)
    desk.puts("amy", "off", 2)
    rules_of = taking_back.rules_of

    def answered_first(shops):
        desk.does(ticket, "reply", "amy", 3, words="在的")
        return rules_of(shops)

    monkeypatch.setattr(taking_back, "rules_of", answered_first)
    assert desk.gives(3) == 0
    assert desk.of(ticket) == "amy"


def test_every_change_of_a_status_is_kept_and_the_same_again_is_none(desk):
    desk.sits("amy", status="off")
    assert desk.puts("amy", "online", 1)
    assert not desk.puts("amy", "online", 2)
    assert desk.puts("amy", "away", 3, by="lee")
    assert list(SeatChange.objects.order_by("pk").values_list("agent", "status", "by")) == [
        ("amy", "online", "amy"), ("amy", "away", "lee"),
    ]  # fmt: skip
    seat = desk.seat()
    assert (seat.status, seat.since, seat.set_by) == ("away", desk.at(3), "lee")
    assert seat.last_seen == desk.at(2)  # a lead's word is no sign of life


def test_who_left_the_shop_for_another_loses_what_waits_in_it(desk):
    """They sit at their desk all day, but never see this ticket again."""
    desk.sits("amy")
    ticket = desk.says()
    desk.gives(1)
    desk.joins("amy", make_shop())
    desk.people["amy"].delete()
    assert desk.gives(2) == 1
    assert (desk.of(ticket), desk.why(ticket)) == ("", "amy 已不在这家店铺，收回")
    assert desk.gives(3) == 0


@pytest.mark.postgres
def test_who_left_is_looked_for_among_those_that_wait_and_not_among_all(desk):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # rows without a story, which the guard refuses
        Ticket.objects.bulk_create(
            begun(shop_id=desk.shop.pk, number=f"N{n}", created_at=desk.at(0), agent="amy") for n in range(3000)
        )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        cursor.execute("ANALYZE tickets_ticket")
    plan = held_by_who_left().order_by("pk")[:500].explain()
    assert "ticket_held" in plan
    assert "Seq Scan on tickets_ticket" not in plan
