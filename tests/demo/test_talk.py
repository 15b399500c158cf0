"""What the sample shops' customers say: decided by the seed and by what has happened, in words that hooks bring."""

from collections import Counter

import pytest

from hooks.platform import Endpoint
from hooks.platforms.native.translate import translate
from hooks.strict import read
from kefu.demo import backend, talk
from kefu.demo.messages import PAGE
from kefu.demo.queue import envelope
from kefu.demo.stories import story
from tests.demo.test_customers import SEED, event
from tickets.mood import colour_of, signals
from tickets.mood.signals import Heard

MANY = 400


def spoken(topic="order.pay", **data):
    for n in range(MANY):
        told = story(SEED, n)
        yield told, talk.hears(SEED, 1, event(topic, told.number, told.shop, **data))


def answered(seq=3, who="agent"):
    for n in range(MANY):
        told = story(SEED, n)
        said = {"conversation": f"{talk.CONVERSATION}{told.number}", "seq": seq, "who": who}
        yield told, talk.hears(SEED, 1, event("ticket.reply", f"T{n}", told.shop, **said))


@pytest.mark.parametrize("topic", talk.OPENINGS)
def test_what_happens_brings_some_customers_to_speak_in_their_orders_conversation(topic):
    found = [(told, m) for told, m in spoken(topic) if any(x.type == "message.received" for x in m)]
    assert 0.3 < len(found) / MANY / talk.OPENINGS[topic].share < 2
    for told, messages in found:
        for m in (m for m in messages if m.type == "message.received"):
            assert m.data["conversation"] == f"{talk.CONVERSATION}{told.number}"
            assert (m.shop, m.data["channel"]) == (told.shop, "im")


def test_every_message_is_one_that_the_hooks_understand():
    endpoint = Endpoint(1, "muli", "native", "CNY", ())
    count = 0
    for topic in ("order.sign", "order.pay", "return.refuse", "order.start"):
        for _told, messages in spoken(topic):
            for m in messages:
                body = envelope(m.type, m.data, 1_780_000_000.0).encode()
                assert translate(read(body), {}, endpoint).events
                count += 1
    assert count > 50


def test_the_same_event_brings_the_same_words():
    assert [m for _t, m in spoken()] == [m for _t, m in spoken()]


def test_an_answer_is_met_with_thanks_questions_curses_or_silence():
    said = Counter(messages[0].data["text"] if messages else "" for _told, messages in answered())
    for words in (talk.THANKS, talk.MORE, talk.CURSES):
        assert any(said[w] for w in words)
    assert said[""] > MANY / 8


def test_a_conversation_does_not_go_on_for_ever():
    late = [m.data["text"] for _told, messages in answered(seq=40) for m in messages]
    assert set(late) <= set(talk.THANKS)


def test_nobody_answers_a_machine():
    assert not any(messages for _told, messages in answered(who="system"))


def test_who_is_answered_urges_nobody_any_more():
    told = story(SEED, 1)
    reply = event("ticket.reply", "T1", told.shop, conversation=f"{talk.CONVERSATION}{told.number}")
    assert backend.react(SEED, 1, reply).drops[told.number] == {"message.received"}
    assert talk.unsaid(SEED, event("ticket.reply", "T1", told.shop, conversation="somebody-else")) == ""


def test_some_follow_the_link_and_rate():
    rated = Counter()
    for n in range(MANY):
        told = story(SEED, n)
        said = {"conversation": f"{talk.CONVERSATION}{told.number}", "url": "http://127.0.0.1:8000/c/rate/x/"}
        for m in talk.hears(SEED, 1, event("satisfaction.asked", f"T{n}", told.shop, **said)):
            assert m.type == f"{PAGE}rate"
            rated[m.data["rating"]] += 1
    assert rated["5"] > rated["1"] > 0


def test_bad_reviews_come_and_some_are_changed():
    reviews = [m.data for _told, messages in spoken("order.sign") for m in messages if m.type == "review.posted"]
    assert {d["rating"] for d in reviews} == {1, 2, 3, 4, 5}
    assert Counter(d["review"] for d in reviews).most_common(1)[0][1] == 2


def test_curses_have_a_colour_and_thanks_another():
    assert all(colour_of(signals(Heard(w))) in ("red", "yellow") for w in talk.CURSES)
    assert all(colour_of(signals(Heard(w))) in ("green", "") for w in talk.THANKS)


def test_of_strangers_nothing_is_said():
    assert talk.hears(SEED, 1, event("order.pay", "A1")) == []
    assert talk.hears(SEED, 1, event("ticket.reply", "T1", conversation="talk-A1")) == []
