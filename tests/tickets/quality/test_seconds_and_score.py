"""15 s and 20 s of a conversation, and the score that its findings explain."""

import pytest

from tickets.quality import Conversation, Line, Speaker, answers, corpus, response, review, score


def talk(text: str, channel: str = "im") -> Conversation:
    spoken = corpus.spoken(text).conversation
    return Conversation(spoken.kind, spoken.lines, channel)


def test_the_wait_counts_from_the_first_word_that_is_answered() -> None:
    (answer,) = answers(talk("K 0 在吗 | K 9 ？ | A 5 您好"))
    assert (answer.seconds, answer.first, answer.in_time) == (14, True, True)


def test_an_automatic_greeting_does_not_answer() -> None:
    (answer,) = answers(talk("K 0 在吗 | R 1 您好，欢迎 | A 20 您好"))
    assert (answer.seconds, answer.in_time) == (21, False)


def test_an_answer_in_parts_is_one_answer() -> None:
    assert [answer.seconds for answer in answers(talk("K 0 在吗 | A 5 您好 | A 30 请讲 | K 9 有货吗 | A 20 有"))] == [
        5,
        20,
    ]


def test_whoever_is_written_to_first_does_not_wait() -> None:
    assert list(answers(talk("S 缺货 | A 600 您好，抱歉"))) == []


def test_nobody_counts_seconds_by_email() -> None:
    assert response(talk("K 0 在吗 | A 3000 您好", channel="email")).answered == 0


def test_the_figures_of_a_conversation() -> None:
    figures = response(talk("K 0 在吗 | A 10 您好 | K 5 多少钱 | A 30 九块 | K 5 行 | A 8 好"))
    assert (figures.first, figures.answered, figures.in_time, figures.average) == (10, 3, 2, 16)


def test_nothing_found_is_a_hundred() -> None:
    assert score([]).points == 100


def test_every_point_lost_has_its_finding() -> None:
    findings = review(talk("K 0 在吗 | A 16 加微信聊"))
    result = score(findings)
    assert {lost.rule: lost.points for lost in result.lost} == {"contact": 25, "greeting": 5, "late_first": 5}
    assert result.points == 65


def test_one_fault_five_times_is_taken_twice() -> None:
    lines = (Line(Speaker.CUSTOMER, "在吗"), *(Line(Speaker.AGENT, "您好，木有", n) for n in range(5)))
    (lost,) = score(review(Conversation("other", lines))).lost
    assert (lost.findings, lost.points) == (5, 10)


def test_a_shop_sets_what_a_rule_takes() -> None:
    findings = review(talk("K 0 在吗 | A 5 您好，木有"))
    assert score(findings, {"dialect": 40}).points == 60


@pytest.mark.parametrize(
    "worst", ["K 0 在吗 | A 40 滚，加微信聊，把验证码发我，五星好评返5元，你等着收律师函，特价概不退换"]
)
def test_a_score_ends_at_nothing(worst) -> None:
    assert score(review(talk(worst))).points == 0
