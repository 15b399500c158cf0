"""The examples of the rules are their tests."""

import pytest

from tickets.quality import Rule, Scene, check, corpus, review, rules


def finds(rule: Rule, example: str) -> list[str]:
    """The passages that this rule finds in one of its examples."""
    of_talks = bool(rule.judge)
    findings = review(corpus.spoken(example).conversation, [rule]) if of_talks else check(example, Scene(), [rule])
    return [finding.passage for finding in findings]


def examples(kind: str) -> list:
    return [
        pytest.param(rule, example, id=f"{rule.name}-{n}")
        for rule in rules()
        for n, example in enumerate(getattr(rule, kind))
    ]


@pytest.mark.parametrize(("rule", "example"), examples("hits"))
def test_a_rule_finds_its_hits(rule, example) -> None:
    assert finds(rule, example), f"{rule.name} does not find {example}"


@pytest.mark.parametrize(("rule", "example"), examples("misses"))
def test_a_rule_leaves_its_misses_alone(rule, example) -> None:
    assert finds(rule, example) == []


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_a_rule_says_where_it_comes_from_what_to_say_instead_and_shows_both_sides(rule) -> None:
    assert all((rule.label, rule.source, rule.message, rule.better))
    assert bool(rule.patterns) != bool(rule.judge)
    assert len(rule.hits) >= 2 and len(rule.misses) >= 2


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_the_better_wording_is_no_finding_itself(rule) -> None:
    assert [
        finding.rule for finding in check(rule.better, Scene()) if finding.rule not in ("greeting", "apology")
    ] == []
