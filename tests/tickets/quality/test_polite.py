"""Polite sentences of an after-sales desk leave: everyday ones, and those right beside the frames of the rules."""

import pytest

from tests.tickets.quality.hand_labelled import FOLDER
from tickets.quality import Scene, check
from tickets.quality.rule import Severity


def lines(name: str) -> list[str]:
    """A file's sentences, without its remarks."""
    return [line for line in (FOLDER / name).read_text("utf-8").splitlines() if line and not line.startswith("#")]


POLITE, BESIDE = lines("polite.txt"), lines("beside.txt")
# What must be in every first message, or what only a whole conversation shows.
OF_THE_COURSE = ("greeting", "apology")


def findings(words):
    return [finding for finding in check(words, Scene()) if finding.rule not in OF_THE_COURSE]


def test_there_are_many_of_them_and_no_two_are_the_same():
    assert len(POLITE) >= 300 and len(set(POLITE)) == len(POLITE)


@pytest.mark.parametrize("words", [*POLITE, *BESIDE])
def test_no_polite_sentence_is_blocked(words):
    assert [finding.passage for finding in findings(words) if finding.severity is Severity.BLOCK] == []


def test_hardly_any_polite_sentence_is_warned_about():
    for sentences in (POLITE, BESIDE):
        assert sum(bool(findings(words)) for words in sentences) <= len(sentences) / 50


@pytest.mark.parametrize("words", ["保证明天到，好评返现5元", "亲，保证今天到的，五星返您5元红包"])
def test_a_day_of_arrival_is_no_refunds_though_money_stands_in_another_clause(words):
    assert {finding.rule for finding in findings(words)} == {"date", "reward"}
