"""What a conversation is about is guessed from the customer's words until somebody knows better."""

import pytest

from deadlines.models import Deadline
from tickets.kinds import OF, guess
from tickets.replies.scenes import Scene
from tickets.states import Kind

SAID = {
    "这件有现货吗": Kind.PRESALE,
    "尺码偏大还是偏小": Kind.PRESALE,
    "快递到哪里了": Kind.LOGISTICS,
    "什么时候发货": Kind.LOGISTICS,
    "收到就是坏的，质量太差": Kind.RETURN,
    "退款什么时候到账": Kind.RETURN,
    "帮我改一下地址": Kind.ORDER_CHANGE,
    "在吗": "",
    "": "",
}


@pytest.mark.parametrize(("words", "kind"), SAID.items())
def test_words_tell_what_it_is_about(words, kind):
    assert guess(words, bought=False) == kind


def test_who_has_bought_asks_nothing_before_the_sale():
    assert guess("这件有现货吗", bought=True) == ""


def test_every_scene_but_courtesies_and_freight_has_a_kind():
    assert set(Scene) - set(OF) == {Scene.GREETING, Scene.FREIGHT, Scene.THANKS}


def test_a_ticket_begins_with_its_guess_in_its_queue(hands):
    ticket = hands.says("这件有现货吗？")
    assert (ticket.kind, ticket.desk) == ("presale", "presale")


def test_what_the_first_words_leave_open_the_next_ones_tell(hands):
    ticket = hands.says("在吗")
    assert ticket.kind == "other"
    assert hands.hears(ticket, "快递到哪里了").kind == "logistics"


def test_a_complaint_that_the_next_words_tell_is_answered_in_the_laws_time(hands):
    ticket = hands.hears(hands.says("在吗"), "我要投诉你们", at=1)
    [row] = Deadline.objects.filter(flow="ticket", subject=ticket.pk, clock="case")
    assert (ticket.kind, row.started_at) == ("complaint", hands.at(1))


def test_what_is_known_is_guessed_no_more(hands):
    ticket = hands.does(hands.says("在吗"), "classify", kind="complaint")
    assert hands.hears(ticket, "快递到哪里了").kind == "complaint"
