"""After the close: every finding, the score of the conversation and of its agents, the seconds; once."""

import pytest

from flows.models import OneDoor
from outbox.models import Event
from tickets.judging import agents
from tickets.judging.after import judge
from tickets.models import QualityFinding, QualityReview, QualityRule, QualityShare


def found():
    rows = QualityFinding.objects.select_related("message").order_by("pk")
    return [(row.rule, row.message.words[row.start : row.end], row.agent) for row in rows]


def test_a_good_conversation_is_a_hundred(hands):
    hands.talk("在吗", "您好，请讲", "几时发货", "明天之前会出库的", "好的谢谢")
    review = QualityReview.objects.get()
    assert (review.score, review.answers, review.in_time) == (100, 2, 2)
    assert found() == []


def test_findings_stand_in_the_words_as_they_were_written(hands):
    hands.talk("在吗", "您好😊，木有问题", "行吧")
    assert found() == [("dialect", "木有", "amy")]
    assert QualityReview.objects.get().score == 95


def test_each_agent_answers_for_their_own(hands):
    hands.person("amy")
    hands.person("ben")
    ticket = hands.does(hands.says("在吗"), "reply", at=0.1, words="您好，木有问题")
    ticket = hands.hears(ticket, "那几时发", at=1)
    ticket = hands.does(ticket, "reply", by="ben", at=2, words="明天之前会出库")
    hands.close(hands.hears(ticket, "好的谢谢", at=3))
    shares = {
        share.agent: (share.score, share.answers, share.in_time, share.first) for share in QualityShare.objects.all()
    }
    assert shares == {"amy": (95, 1, 1, 6), "ben": (97, 1, 0, None)}


def test_a_customer_left_without_an_answer_counts_against_who_spoke_last(hands):
    hands.talk("几时发", "您好，我去问问，稍等", "人呢？？")
    assert found() == [("unresolved", "人呢？？", "amy")]


def test_the_seconds_are_the_shops_working_seconds(hands):
    ticket = hands.talk("在吗", "您好，请讲", "好的谢谢")
    share = QualityShare.objects.get()
    assert (share.waited, share.first) == (10, 10)
    assert ticket.first_answered_at is not None


def test_what_was_said_in_a_ticket_that_was_merged_is_judged_with_the_other(hands):
    rude = hands.does(hands.says("在吗"), "reply", at=0.1, words="您好，木有问题")
    other = hands.says("几时发", at=1, conversation="c-2")
    hands.does(rude, "merge", at=1.1, into=other.pk)
    hands.close(hands.does(other, "reply", at=1.2, words="明天之前会出库的"))
    assert found() == [("dialect", "木有", "amy")]
    assert QualityReview.objects.get().answers == 2


def test_the_same_event_again_writes_nothing(hands):
    hands.talk("在吗", "木有", "行吧")
    event = Event.objects.get(topic="ticket.close")
    judge(event, event.at)
    assert QualityReview.objects.count() == QualityShare.objects.count() == 1


def test_a_conversation_in_which_we_never_spoke_is_not_judged(hands):
    hands.person("amy")
    hands.close(hands.says("在吗"))
    assert not QualityReview.objects.exists()


def test_a_rule_that_is_off_finds_nothing_and_a_shops_points_count(hands):
    QualityRule.objects.create(shop=hands.shop, name="greeting", on=False)
    QualityRule.objects.create(shop=hands.shop, name="dialect", points=40)
    hands.talk("在吗", "木有", "行吧")
    assert found() == [("dialect", "木有", "amy")]
    assert QualityReview.objects.get().score == 60


def test_rows_are_never_changed(hands):
    hands.talk("在吗", "木有", "行吧")
    for model in (QualityReview, QualityFinding, QualityShare):
        with pytest.raises(OneDoor):
            model.objects.first().delete()


def test_the_figures_of_agents(hands):
    hands.talk("在吗", "您好，木有问题", "好的谢谢", conversation="c-1")
    hands.talk("在吗", "您好，请讲", "多少钱", "九块", "好的谢谢", conversation="c-2", by="ben")
    worst, best = agents.by_agent([hands.shop.pk], hands.at(-99), hands.at(9999))
    assert (worst.agent, worst.talks, worst.score, worst.share, worst.first) == ("amy", 1, 95, 1, 10)
    assert (best.agent, best.answers, best.in_time, best.average, best.firsts_in_time) == ("ben", 2, 2, 10, 1)
    assert agents.by_agent([], hands.at(-99), hands.at(9999)) == []
    assert agents.by_agent([hands.shop.pk], hands.at(9998), hands.at(9999)) == []
