"""A default reply is suggested only in the cases that it is made for; it can be found in all."""

from dataclasses import fields

import pytest

from tickets.replies.defaults import defaults
from tickets.replies.offered import Shelf
from tickets.replies.suggest import Situation, fitting

from .test_filling import Both, case_of


@pytest.fixture
def hands(db):
    from tickets.replies.loading import load

    made = Both()
    load(made.shop, "test", made.t0)
    return made


def suggested(hands, ticket, minutes):
    return [o.reply.key for o in Shelf(hands.caller(), case_of(ticket, hands.at(minutes))).suggested()]


def test_a_reply_asks_only_about_what_a_case_tells():
    known = {*Situation().told, "never"}
    assert {name for d in defaults() for name in d.fits} <= known
    assert {f.name for f in fields(Situation)} >= known - {"never", "wants_order", "ship"}


def test_all_conditions_must_hold_and_more_of_them_go_first():
    told = {"order": frozenset({"picking"}), "payment": frozenset({"cod"})}
    assert fitting({}, told) == 0
    assert fitting({"order": ("picking", "packed")}, told) == 1
    assert fitting({"order": ("picking",), "payment": ("cod",)}, told) == 2
    assert fitting({"order": ("picking",), "payment": ("online",)}, told) is None
    assert fitting({"never": ("suggested",)}, told) is None


def test_a_question_about_an_order_that_we_do_not_know_asks_for_its_number(hands):
    found = suggested(hands, hands.says("我的快递到哪了"), 1)
    assert found == ["greeting.which-order"]


def test_a_greeting_is_greeted(hands):
    assert suggested(hands, hands.says("在吗"), 1)[0] == "greeting.hello"


@pytest.mark.parametrize(
    ("payment", "key"), [("online", "order_change.cancel-paid"), ("cod", "order_change.cancel-cod")]
)
def test_a_cancellation_is_answered_by_how_it_was_paid(hands, payment, key):
    ticket = hands.says("不想要了，取消订单吧", order=hands.picking("A1", payment=payment), at=5)
    assert key in suggested(hands, ticket, 6)


def test_who_urges_in_time_is_told_the_moment_and_who_urges_late_gets_an_apology(hands):
    ticket = hands.says("怎么还不发货", order=hands.picking("A1"), at=5)
    assert suggested(hands, ticket, 6)[0] == "urging.due"
    assert suggested(hands, ticket, 60 * 24 * 30)[0] == "urging.late"


def test_a_change_of_a_shipped_order_is_refused_with_a_way_out(hands):
    ticket = hands.says("改一下地址", order=hands.shipped(), at=200)
    assert "order_change.shipped" in suggested(hands, ticket, 201)


def test_nothing_typed_shows_first_what_the_case_calls_for(hands):
    ticket = hands.says("怎么还不发货", order=hands.picking("A1"), at=5)
    shelf = Shelf(hands.caller(), case_of(ticket, hands.at(6)))
    found = shelf.found()
    assert [o.reply.key for o in found[:2]] == [o.reply.key for o in shelf.suggested()[:2]]
    assert len({o.reply.pk for o in found}) == len(found)
