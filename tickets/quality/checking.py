"""The two looks: at a draft while the agent writes it, and at a conversation after its close."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from . import course, reading
from .passages import Message, found
from .rule import Finding, Rule
from .scene import Conversation, Line, Scene, Speaker

# Judged of a draft too, as if it had been said: what is not yet said can still be put right.
_OF_DRAFTS = ("greeting", "apology")

# After these a customer who says nothing good has not been helped.
_HURTS = ("insult", "doubt", "brush", "threat", "rights", "data")


def check(words: str, scene: Scene, rules: Iterable[Rule] | None = None) -> list[Finding]:
    """What stands against these words of an agent, before they leave. rules: those of the shop; else all.

    Fast enough for every key pressed. A missing greeting or apology is said of the draft that should have it.
    """
    chosen = tuple(reading.rules() if rules is None else rules)
    draft = Line(Speaker.AGENT, words)
    message = Message(draft.plain, scene.before, scene.promises)
    said = [finding for rule in _saying(chosen, scene.kind) for finding in found(rule, message, words)]
    return sorted(said, key=lambda finding: finding.start) + _left_out(draft, scene, chosen)


def review(conversation: Conversation, rules: Iterable[Rule] | None = None) -> list[Finding]:
    """Every finding of a conversation, in the order of its lines. Only agents' words are looked at."""
    chosen = tuple(reading.rules() if rules is None else rules)
    findings = [finding for place in _spoken(conversation) for finding in _of_line(place, conversation, chosen)]
    hurt = {finding.line for finding in findings if finding.rule in _HURTS}
    for rule in _judging(chosen, conversation.kind):
        findings += course.judged(rule, conversation, hurt)
    return sorted(findings, key=lambda finding: (finding.line, finding.start, finding.rule))


def _spoken(conversation: Conversation) -> list[int]:
    return [place for place, line in enumerate(conversation.lines) if line.speaker is Speaker.AGENT]


def _of_line(place: int, conversation: Conversation, rules: tuple[Rule, ...]) -> list[Finding]:
    line = conversation.lines[place]
    message = Message(line.plain, conversation.lines[:place], conversation.promises)
    saying = _saying(rules, conversation.kind)
    return [replace(finding, line=place) for rule in saying for finding in found(rule, message, line.words)]


def _left_out(draft: Line, scene: Scene, rules: tuple[Rule, ...]) -> list[Finding]:
    so_far = Conversation(scene.kind, (*scene.before, draft), scene.channel, scene.promises, ended=False)
    last = len(scene.before)
    judging = [rule for rule in _judging(rules, scene.kind) if rule.judge in _OF_DRAFTS]
    return [
        replace(finding, line=0)
        for rule in judging
        for finding in course.judged(rule, so_far)
        if finding.line == last and draft.words.strip()
    ]


def _saying(rules: tuple[Rule, ...], kind: str) -> list[Rule]:
    return [rule for rule in rules if rule.patterns and rule.applies(kind)]


def _judging(rules: tuple[Rule, ...], kind: str) -> list[Rule]:
    return [rule for rule in rules if rule.judge and rule.applies(kind)]
