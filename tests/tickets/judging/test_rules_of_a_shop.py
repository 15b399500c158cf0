"""A shop's own rule is held to its own examples; the rules of the house are switched, not rewritten."""

from time import thread_time

import pytest
from django.core.exceptions import ValidationError

from tickets.judging.rules import holding
from tickets.models import QualityRule, ShopPromise
from tickets.quality import Scene, check

OWN = {
    "name": "rival", "label": "提及同行", "severity": "warn", "message": "不提同行", "better": "我们只说自己",
    "negated": False, "said": ["隔壁(老王|老李)?家", "{wechat}号"],
    "hits": ["隔壁老王家的不行", "隔壁家贵"], "misses": ["我们家的", "隔壁"],
}  # fmt: skip


def rule(shop, **fields):
    return QualityRule(shop=shop, **{**OWN, **fields})


def errors(row):
    with pytest.raises(ValidationError) as caught:
        row.full_clean()
    return caught.value.message_dict


def test_a_rule_whose_examples_hold_is_kept(hands):
    row = rule(hands.shop)
    row.full_clean()
    row.save()
    assert "rival" in {one.name for one in holding(hands.shop.pk).rules}


def test_a_hit_that_is_not_found_is_named(hands):
    told = errors(rule(hands.shop, hits=["隔壁老王家的不行", "对面的不行"]))
    assert told == {"hits": ["没有命中：“对面的不行”"]}
    assert not QualityRule.objects.exists()


def test_a_miss_that_is_found_is_named_with_its_passage(hands):
    told = errors(rule(hands.shop, misses=["我们家的", "隔壁老李家也行"]))
    assert told == {"misses": ["不该命中却命中：“隔壁老李家也行”（命中了“隔壁老李家”）"]}


@pytest.mark.parametrize("said", [["(隔壁"], ["{nothing}家"], ["{隔壁"]])
def test_a_pattern_that_cannot_be_read_is_named(hands, said):
    assert "读不懂" in errors(rule(hands.shop, said=said))["said"][0]


@pytest.mark.parametrize("said", ["a?" * 22 + "b", "好…评…返…现…钱", "(a|aa)" * 20 + "b"])
def test_a_pattern_that_could_be_read_in_too_many_ways_is_not_kept(hands, said):
    """A text of forty letters took seconds with it, and every reply of the shop waits for that."""
    assert "读不懂" in errors(rule(hands.shop, said=[said]))["said"][0]


def test_a_long_ellipsis_is_one_gap(hands):
    row = rule(hands.shop, said=["好……评"], hits=["好的评", "好多好多评"], misses=["好", "好，" + "远" * 20 + "评"])
    row.full_clean()
    before = thread_time()
    check("好" * 4000, Scene(), [row.rule()])
    assert thread_time() - before < 2


def test_both_sides_need_two_examples(hands):
    assert "例句" in errors(rule(hands.shop, misses=["我们家的"]))["__all__"][0]


@pytest.mark.parametrize("field", ["label", "severity", "message", "better"])
def test_an_own_rule_says_everything(hands, field):
    assert field in errors(rule(hands.shop, **{field: ""}))


def test_the_wording_of_a_house_rule_stays(hands):
    assert "said" in errors(rule(hands.shop, name="reward"))


def test_one_setting_for_a_rule_and_shop(hands):
    QualityRule.objects.create(shop=hands.shop, name="reward", on=False)
    assert errors(QualityRule(shop=hands.shop, name="reward"))


@pytest.mark.parametrize("value", ["word", [1], [""], ["长" * 201], ["词"] * 61, {"a": 1}])
def test_lists_are_lists_of_short_texts(hands, value):
    assert "hits" in errors(rule(hands.shop, hits=value))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "gift", "words": ""}, "words"),
        ({"kind": "compensation"}, "upto"),
        ({"kind": "gift", "words": "毛巾", "begins": "2026-02-02", "ends": "2026-02-01"}, "ends"),
    ],
)
def test_a_promise_says_what_and_until_when(hands, fields, field):
    with pytest.raises(ValidationError) as caught:
        ShopPromise(shop=hands.shop, **fields).full_clean()
    assert field in caught.value.message_dict
