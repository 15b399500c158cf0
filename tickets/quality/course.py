"""What can only be seen of the whole conversation: greeting, apology, seconds, an end without an answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set
from functools import cache

from .figures import FIRST_LIMIT, REPLY_LIMIT, answers
from .reading import listed
from .rule import Finding, Rule
from .scene import Conversation, Line, Speaker

Hurt = Set[int]
Judge = Callable[[Conversation, Hurt], Iterator[int]]
JUDGES: dict[str, Judge] = {}

# Kinds of ticket that begin with our fault, or the customer's anger.
_SORRY_KINDS = {"complaint"}
_SORRY_WHEN_WE_OPEN = {"stock_out", "bad_review", "appeal", "complaint"}
_WITHIN = 2
# A question of several words asks at its end.
_TAIL = 4
_SUPPOSED = re.compile(
    r"会不会|(?<!怎么)会.{0,8}(吗|么|不)[?？]?$|如果.{0,12}(怎么|能|可以|算)|万一|要是.{0,12}(怎么|能|可以)|怎么选|保质期"
)
_ASKED = re.compile(r"[?？]\s*$|^[?？!！.。…\s]+$")


def judge(name: str) -> Callable[[Judge], Judge]:
    def keep(function: Judge) -> Judge:
        JUDGES[name] = function
        return function

    return keep


def judged(rule: Rule, conversation: Conversation, hurt: Hurt = frozenset()) -> list[Finding]:
    """The rule's findings: whole messages. hurt: lines in which an agent was rude, or asked for what is unlawful."""
    return [_whole(rule, conversation.lines[place], place) for place in JUDGES[rule.judge](conversation, hurt)]


def _whole(rule: Rule, line: Line, place: int) -> Finding:
    return Finding(
        rule=rule.name,
        label=rule.label,
        severity=rule.severity,
        start=0,
        end=len(line.words),
        passage=line.words,
        message=rule.message,
        better=rule.better,
        line=place,
    )


@judge("greeting")
def without_greeting(conversation: Conversation, _hurt: Hurt) -> Iterator[int]:
    """The first answer of a person, unless the shop's automatic words have greeted."""
    for place, line in enumerate(conversation.lines):
        if line.speaker is Speaker.ROBOT and greets(line):
            return
        if line.speaker is Speaker.AGENT:
            if not greets(line) and not apologises(line):
                yield place
            return


@judge("apology")
def without_apology(conversation: Conversation, _hurt: Hurt) -> Iterator[int]:
    """The first answer to a customer in trouble, where neither it nor the next one says sorry."""
    place = _trouble(conversation)
    if place is None:
        return
    after = [at for at, line in enumerate(conversation.lines) if at >= place and line.speaker is Speaker.AGENT][
        :_WITHIN
    ]
    sorry_before = any(apologises(line) for line in conversation.lines[:place] if line.speaker is Speaker.AGENT)
    if after and not sorry_before and not any(apologises(conversation.lines[at]) for at in after):
        yield after[0]


def _trouble(conversation: Conversation) -> int | None:
    for place, line in enumerate(conversation.lines):
        opened = line.speaker is Speaker.EVENT and conversation.kind in _SORRY_WHEN_WE_OPEN
        told = line.speaker is Speaker.CUSTOMER and (conversation.kind in _SORRY_KINDS or complains(line))
        if opened or told:
            return place
    return None


@judge("late_first")
def late_at_first(conversation: Conversation, _hurt: Hurt) -> Iterator[int]:
    yield from (answer.line for answer in answers(conversation) if answer.first and answer.seconds > FIRST_LIMIT)


@judge("late_reply")
def late_afterwards(conversation: Conversation, _hurt: Hurt) -> Iterator[int]:
    yield from (answer.line for answer in answers(conversation) if not answer.first and answer.seconds > REPLY_LIMIT)


@judge("unresolved")
def without_an_answer(conversation: Conversation, hurt: Hurt) -> Iterator[int]:
    """The customer has the last word: a question, anger; or we have hurt, and it makes no peace."""
    spoken = [at for at, line in enumerate(conversation.lines) if line.speaker in (Speaker.CUSTOMER, Speaker.AGENT)]
    if not conversation.ended or not spoken:
        return
    last = conversation.lines[spoken[-1]]
    if last.speaker is Speaker.CUSTOMER and (_leaves_open(last) or _unforgiven(spoken, last, hurt)):
        yield spoken[-1]


def _leaves_open(last: Line) -> bool:
    text = last.plain.text
    if _has("unhappy", text):
        return True
    if _ASKED.search(last.words):
        return True
    return (_has("asks_back", text[-_TAIL:]) or _has("presses", text)) and not _has("content", text)


def _unforgiven(spoken: list[int], last: Line, hurt: Hurt) -> bool:
    """Whoever has just been hurt and says 行 and no more agrees to nothing."""
    if len(spoken) < 2 or spoken[-2] not in hurt:
        return False
    text = last.plain.text
    return _has("curt", text) or not _has("content", text)


def greets(line: Line) -> bool:
    return _has("greets", line.plain.text)


def apologises(line: Line) -> bool:
    return _has("apologises", line.plain.text)


def complains(line: Line) -> bool:
    """Of something that is so; whoever asks whether it would be (会起球吗) complains of nothing."""
    text = line.plain.text
    return _has("complains", text) and not _SUPPOSED.search(text)


@cache
def _searched(name: str) -> re.Pattern[str]:
    return listed(name).regex


def _has(name: str, text: str) -> bool:
    return _searched(name).search(text) is not None
