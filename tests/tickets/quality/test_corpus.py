"""The hand-labelled conversations: how many, how different, and how right the rules are on them."""

from collections import Counter
from itertools import combinations

import pytest

from tests.tickets.quality.hand_labelled import PARTS, everything, part
from tickets.quality import Speaker, corpus, rules

KINDS = {
    "presale",
    "order_change",
    "stock_out",
    "logistics",
    "return",
    "complaint",
    "bad_review",
    "appeal",
    "dispute",
    "distributor",
    "hard_case",
    "other",
}


def test_there_are_enough_conversations_of_every_kind() -> None:
    assert len(everything()) >= 330
    assert len(part("held")) >= 120
    assert {labelled.conversation.kind for labelled in everything()} == KINDS


def test_no_two_have_one_name() -> None:
    assert [name for name, count in Counter(labelled.name for labelled in everything()).items() if count > 1] == []


def test_at_least_two_in_five_have_nothing_to_find() -> None:
    assert sum(not labelled.labels for labelled in everything()) >= 0.4 * len(everything())


def test_every_rule_is_labelled_in_both_parts() -> None:
    for name in PARTS:
        labelled = Counter(label.rule for talk in part(name) for label in talk.labels)
        assert {rule.name for rule in rules()} - set(labelled) == set()
        assert set(labelled) - {rule.name for rule in rules()} == set()


def grams(labelled, speaker: Speaker) -> set[str]:
    words = "".join(line.words for line in labelled.conversation.lines if line.speaker is speaker)
    return {words[at : at + 3] for at in range(len(words) - 2)}


def test_no_two_agents_say_nearly_the_same() -> None:
    """Three-character runs that two conversations share, of the shorter one's: a template would share most of them."""
    runs = [(labelled.name, grams(labelled, Speaker.AGENT)) for labelled in everything()]
    near = [
        (one, other)
        for (one, left), (other, right) in combinations(runs, 2)
        if min(len(left), len(right)) >= 12 and len(left & right) > 0.6 * min(len(left), len(right))
    ]
    assert near == []


def test_only_agents_messages_are_labelled_but_for_the_end() -> None:
    for labelled in everything():
        for label in labelled.labels:
            speaker = labelled.conversation.lines[label.line].speaker
            assert speaker is (Speaker.CUSTOMER if label.rule == "unresolved" else Speaker.AGENT), labelled.name


@pytest.mark.parametrize(
    "broken", ["K 0 谁", "= a other\nX 0 谁", "= a other\nK zero 谁", "= a other\n+ compensation 多"]
)
def test_a_line_that_cannot_be_read_is_named(broken) -> None:
    with pytest.raises(corpus.BadCorpus, match=r"file.txt:\d"):
        list(corpus.parsed(broken, "file.txt"))
