"""An answer made from a quick reply is counted in its own transaction: which one, by whom, edited or as it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.effects import Refused
from tests.factories import make_shop
from tickets import asks
from tickets.models import Message, ReplyUse
from tickets.replies import habits
from tickets.replies.template import filled
from tickets.replies.used import as_it_stands
from tickets.replies.variables import EXAMPLE


def test_a_use_is_kept_with_who_when_and_how_long_the_customer_had_waited(hands):
    reply, ticket = hands.made(words="您好，{店铺}为您服务。", scene="greeting"), hands.says(at=0)
    hands.person()
    words = f"您好，{hands.shop.name}为您服务。"
    hands.does(ticket, "reply", at=0.2, words=words, quick_reply=reply.pk)
    (use,) = ReplyUse.objects.all()
    assert (use.reply_id, use.ticket_id, use.by, use.edited, use.scene) == (
        reply.pk,
        ticket.pk,
        "amy",
        False,
        "greeting",
    )
    message = Message.objects.get(ticket=ticket, side="agent")
    assert (use.seq, use.at, use.waited) == (message.seq, message.at, message.waited_working)
    assert message.waited == 12


def test_words_that_were_changed_before_sending_are_an_edited_use(hands):
    reply, ticket = hands.made(words="您好。"), hands.says()
    hands.person()
    hands.does(ticket, "reply", at=1, words="您好。请问有什么可以帮您？", quick_reply=reply.pk)
    assert ReplyUse.objects.get().edited


def test_an_answer_in_own_words_counts_as_no_use(hands):
    ticket = hands.says()
    hands.person()
    hands.does(ticket, "reply", at=1, words="您好")
    assert ReplyUse.objects.count() == 0


def test_a_refused_answer_is_no_use(hands):
    reply, ticket = hands.made(), hands.says()
    hands.person()
    hands.does(ticket, "resolve", at=1)
    with pytest.raises(Refused):
        hands.does(ticket, "reply", at=2, words="您好", quick_reply=reply.pk)
    assert ReplyUse.objects.count() == 0


@given(st.text(alphabet="您好，订单{买家}{订单号} 。\n", max_size=30), st.booleans())
def test_a_template_filled_with_anything_is_recognised(words, spaced):
    said = filled(words, EXAMPLE).words
    assert as_it_stands(words, f"  {said}\n" if spaced else said)


def test_one_word_more_is_an_edit():
    assert not as_it_stands("您好{买家}。", "您好张三。再见")
    assert not as_it_stands("您好", "您好啊")
    assert as_it_stands("a.*b", "a.*b")
    assert not as_it_stands("a.*b", "axxb")
    assert as_it_stands("{买家} {订单号}好", "张三好") and not as_it_stands("{买家} {订单号}好", "张好")


def test_a_long_edited_answer_is_compared_in_one_pass():
    """By trying every place for every variable this would not end."""
    template = "，".join(["{买家}"] * 40)
    assert as_it_stands(f"您好{template}。", "您好" + "，到了" * 1300 + "。")
    assert not as_it_stands(f"您好{template}。", "您好" + "，到了" * 1300 + "！")


@given(
    st.lists(st.sampled_from(["{买家}", "，", "好", "，好", " "]), max_size=7).map("".join),
    st.text(alphabet="，好王 ", max_size=9),
)
def test_it_is_the_template_where_some_way_to_fill_it_gives_the_words(template, words):
    assert as_it_stands(template, words) == fits([*template.replace("{买家}", "x").replace(" ", "")], words)


def fits(template, words):
    """By trying everything; x: one character or more."""
    said = words.replace(" ", "")
    if not template or not said:
        return not template and not said
    head, rest = template[0], template[1:]
    if head != "x":
        return said[0] == head and fits(rest, said[1:])
    return any(fits(rest, said[n:]) for n in range(1, len(said) + 1))


# ---- what the step asks for
def asked(ticket, **data):
    form = asks.Reply(data=data, context={"subject": ticket})
    return form, form.is_valid()


def test_a_variable_that_nobody_filled_in_is_asked_about_before_it_is_sent(hands):
    form, fine = asked(hands.says(), words="单号是{快递单号}，{不是变量}")
    assert not fine
    assert "{快递单号}" in str(form.errors["words"])
    assert "不是变量" not in str(form.errors["words"])


def test_a_variable_with_an_unseen_character_in_it_is_still_open(hands):
    form, fine = asked(hands.says(), words="单号是{快递\u200b单号}")
    assert not fine
    assert "{快递单号}" in str(form.errors["words"])


UNSEEN = ["\u200b", "\ufeff", "\u2060\u200d", "\u3164", "\u2800", "\u115f", "\uffa0", "\u0301", "\u202e", "\u00a0"]


@pytest.mark.parametrize("words", UNSEEN, ids=ascii)
def test_an_answer_that_nobody_can_see_is_none(hands, words):
    ticket = hands.says()
    form, fine = asked(ticket, words=words)
    assert not fine and "words" in form.errors
    assert asked(ticket, words=words, files=[{"url": "https://shop.example/a.jpg"}])[1]
    assert asks.Hear(data={"words": words}, context={"subject": ticket}).is_valid() == bool(words.strip())
    assert Message.objects.filter(side="agent").count() == 0


def test_one_sign_is_an_answer(hands):
    ticket = hands.says()
    assert all(asked(ticket, words=words)[1] for words in ("好", "1", "😊", "？", "\U0001fae8"))


def test_it_is_sent_as_it_stands_where_the_agent_says_so(hands):
    form, fine = asked(hands.says(), words="单号是{快递单号}", with_blanks=True)
    assert fine
    assert "with_blanks" not in form.validated_data


def test_a_quick_reply_of_another_shop_is_unknown(hands):
    theirs = hands.made(shop=make_shop())
    form, fine = asked(hands.says(), words="您好", quick_reply=theirs.pk)
    assert not fine
    assert "quick_reply" in form.errors
    ours = hands.made("甲")
    assert asked(hands.says(conversation="c-2"), words="您好", quick_reply=ours.pk)[1]


def test_the_most_used_is_known_by_all_and_by_oneself(hands):
    often, seldom = hands.made("甲"), hands.made("乙")
    hands.person("amy"), hands.person("bob")
    ticket = hands.says()
    for n, (reply, by) in enumerate([(often, "amy"), (often, "amy"), (seldom, "bob")], 1):
        hands.does(ticket, "reply", by=by, at=n, words="您好", quick_reply=reply.pk)
    at = hands.at(10)
    habits.bring([often, seldom], hands.shop.pk, "bob", at)
    assert [(r.uses, r.own) for r in (often, seldom)] == [(2, 0), (1, 1)]
    habits.forget()
    habits.bring([often, seldom], hands.shop.pk, "bob", at + habits.LATELY * 2)
    assert [(r.uses, r.own) for r in (often, seldom)] == [(0, 0), (0, 0)]


def test_how_often_is_asked_once_a_minute_not_at_every_letter(hands, django_assert_num_queries):
    reply = hands.made()
    with django_assert_num_queries(2):
        for _letter in range(5):
            habits.bring([reply], hands.shop.pk, "amy", hands.at(1))
