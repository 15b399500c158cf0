"""A reviewer says right or wrong; the last word holds, all are kept; rules are measured by them."""

import pytest

from flows.effects import Refused
from shops.access import Caller
from tickets.judging import verdicts
from tickets.models import QualityFinding, QualityVerdict


@pytest.fixture
def finding(hands):
    hands.person("lea", "lead")
    hands.talk("在吗", "您好，木有问题", "好的谢谢")
    return QualityFinding.objects.get()


def caller(hands, name):
    return Caller.of_user(hands.people[name].user)


def judge(hands, finding, right=True, by="lea"):
    return verdicts.judge(finding, right, caller=caller(hands, by), at=hands.at(99))


def test_a_verdict_is_kept_with_who_and_when(hands, finding):
    judge(hands, finding)
    verdict = QualityVerdict.objects.get()
    assert (verdict.right, verdict.by, verdict.at, verdict.n) == (True, "lea", hands.at(99), 1)
    assert not verdicts.waiting(QualityFinding.objects.all()).exists()


def test_a_second_verdict_holds_and_the_first_is_kept(hands, finding):
    judge(hands, finding, True)
    judge(hands, finding, False)
    assert list(QualityVerdict.objects.order_by("n").values_list("right", flat=True)) == [True, False]
    assert verdicts.judged(QualityFinding.objects.all()).get().verdict is False


def test_an_agent_judges_nothing(hands, finding):
    hands.person("ben")
    with pytest.raises(Refused, match="主管"):
        judge(hands, finding, by="ben")
    assert not QualityVerdict.objects.exists()


def test_nobody_judges_what_was_found_in_their_own_words(hands):
    hands.person("both", "agent", "lead")
    hands.talk("在吗", "您好，木有问题", "好的谢谢", by="both")
    with pytest.raises(Refused, match="自己"):
        judge(hands, QualityFinding.objects.get(), by="both")
    assert not QualityVerdict.objects.exists()


def test_a_lead_of_another_shop_judges_nothing(hands, finding, other_shop):
    from tests.factories import make_member, make_user

    stranger = make_member(other_shop, "lead", user=make_user("far", is_staff=True))
    with pytest.raises(Refused):
        verdicts.judge(finding, True, caller=Caller.of_user(stranger.user), at=hands.at(99))
    assert not QualityVerdict.objects.exists()


def test_precision_counts_the_last_verdicts_of_each_rule(hands):
    hands.person("lea", "lead")
    for n in range(3):
        hands.talk("在吗", "您好，木有问题", "好的谢谢", conversation=f"c-{n}")
    first, second, _third = QualityFinding.objects.order_by("pk")
    judge(hands, first, False)
    judge(hands, first, True)
    judge(hands, second, False)
    (row,) = verdicts.precision([hands.shop.pk], hands.at(-99), hands.at(9999))
    assert (row.rule, row.findings, row.right, row.wrong, row.precision) == ("dialect", 3, 1, 1, 0.5)
