"""Where a rule's words stand in an agent's message, and whether they mean what they look like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from . import clauses, negation, quotation
from .pattern import Pattern
from .plain import Plain
from .promised import promised
from .rule import Finding, Rule
from .scene import Line, Promise, Speaker


@dataclass(frozen=True)
class Message:
    """What is looked at. before: the lines before it. promises: the shop's."""

    plain: Plain
    before: Sequence[Line] = ()
    promises: tuple[Promise, ...] = ()

    def heard(self, words: str) -> bool:
        """Whether the customer has said these plain words of one line before."""
        return any(words in line.plain.text for line in self.before if line.speaker is Speaker.CUSTOMER)


def found(rule: Rule, message: Message, words: str) -> list[Finding]:
    """This rule's findings in the message, in the order of its words; overlapping ones are one."""
    spans = sorted(_spans(rule, message), key=lambda span: (span[0], -span[1]))
    return [_finding(rule, message.plain, words, *span) for span in _merged(spans)]


def _spans(rule: Rule, message: Message) -> Iterator[tuple[int, int, str]]:
    text = message.plain.text
    for pattern in rule.patterns:
        for match in pattern.regex.finditer(text):
            if match.end() > match.start() and not _excused(rule, pattern, match, message):
                yield match.start(), match.end(), pattern.better


def _excused(rule: Rule, pattern: Pattern, match: re.Match[str], message: Message) -> bool:
    text, start, end = message.plain.text, match.start(), match.end()
    around = _cut(text, clauses.clause(text, start, end))
    if _any(rule.unless, around) or _any(rule.unless_sentence, _cut(text, clauses.sentence(text, start, end))):
        return True
    denies = rule.negated if pattern.negated is None else pattern.negated
    if denies and negation.negated(text, start, end, pattern.gaps(match)):
        return True
    if quotation.foreign(text, start, end, message.heard):
        return True
    if rule.promise is None:
        return False
    whole = _cut(text, clauses.sentence(text, start, end))
    return promised(match.group(), around, whole, rule.promise, message.promises)


def _any(patterns: Iterable[Pattern], text: str) -> bool:
    return any(pattern.regex.search(text) for pattern in patterns)


def _cut(text: str, span: tuple[int, int]) -> str:
    return text[span[0] : span[1]]


def _merged(spans: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    merged: list[tuple[int, int, str]] = []
    for start, end, better in spans:
        if merged and start < merged[-1][1]:
            first = merged[-1]
            merged[-1] = (first[0], max(first[1], end), first[2] or better)
        else:
            merged.append((start, end, better))
    return merged


def _finding(rule: Rule, plain: Plain, words: str, start: int, end: int, better: str) -> Finding:
    begins, ends = plain.written(start, end)
    return Finding(
        rule=rule.name,
        label=rule.label,
        severity=rule.severity,
        start=begins,
        end=ends,
        passage=words[begins:ends],
        message=rule.message,
        better=better or rule.better,
        replaces=rule.replaces,
    )
