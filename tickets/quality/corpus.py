"""Conversations as people label them by hand, a line each:

    = a002 presale                     begins one: its name, its ticket's kind, its channel if it is not im
    + gift 防尘袋                       what the shop promises; of a compensation, up to how many yuan
    K 0 有货吗                          K customer, A agent, R automatic greeting, S what opened it; the number is
    A 7 您好，[五星返5元](reward)哦       the seconds since the line before
    A 30 稍等 (!late_reply)            [passage](rule) marks a passage (of several rules: a,b), (!rule) all of it

A line that begins with # is a remark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from .scene import Conversation, Line, Promise, Speaker

_SPEAKERS = {"K": Speaker.CUSTOMER, "A": Speaker.AGENT, "R": Speaker.ROBOT, "S": Speaker.EVENT}
_MARK = re.compile(r"\[([^\[\]]+)\]\(([\w,]+)\)|\s*\(!(\w+)\)")


class BadCorpus(ValueError):
    """A line that cannot be read: its file and number."""


@dataclass(frozen=True)
class Label:
    """What a person found: rule, line, and the passage; a whole message is all of it."""

    rule: str
    line: int
    start: int
    end: int


@dataclass(frozen=True)
class Labelled:
    name: str
    conversation: Conversation
    labels: tuple[Label, ...] = ()


def read(paths: Iterable[Path]) -> list[Labelled]:
    return [labelled for path in sorted(paths) for labelled in parsed(path.read_text("utf-8"), path.name)]


def parsed(text: str, file: str = "") -> Iterator[Labelled]:
    """Raise BadCorpus at the first line that cannot be read."""
    now: Labelled | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            if line.startswith("= "):
                if now:
                    yield now
                now = _begun(line)
            elif now is None:
                raise ValueError("no conversation has begun")
            else:
                now = _promising(now, line) if line.startswith("+ ") else _spoken(now, line)
        except (ValueError, KeyError) as error:
            raise BadCorpus(f"{file}:{number}: {line!r}: {error}") from error
    if now:
        yield now


def spoken(text: str, kind: str = "other") -> Labelled:
    """A conversation in one line, as examples of rules have it: [kind:] K 0 words | A 5 words."""
    named = re.match(r"(\w+): ?", text)
    kind, text = (named[1], text[named.end() :]) if named else (kind, text)
    return next(parsed(f"= example {kind}\n" + "\n".join(part.strip() for part in text.split("|"))))


def _begun(line: str) -> Labelled:
    name, kind, *channel = line.split()[1:]
    return Labelled(name, Conversation(kind, (), channel[0] if channel else "im"))


def _promising(now: Labelled, line: str) -> Labelled:
    kind, words = line[2:].split(" ", 1)
    fen = round(float(words) * 100) if kind == "compensation" else None
    promise = Promise(kind, "" if fen else words, fen)  # type: ignore[arg-type]
    talk = now.conversation
    return replace(now, conversation=replace(talk, promises=(*talk.promises, promise)))


def _spoken(now: Labelled, line: str) -> Labelled:
    match = re.fullmatch(r"([KARS])(?: (\d+))? (.+)", line)
    if match is None or (match[2] is None and match[1] != "S"):
        raise ValueError("a line is K, A or R, seconds, words; or S, words")
    who, seconds, marked = match.groups()
    talk = now.conversation
    at = (talk.lines[-1].at if talk.lines else 0.0) + float(seconds or 0)
    words, labels = _unmarked(marked, len(talk.lines))
    lines = (*talk.lines, Line(_SPEAKERS[who], words, at))
    return replace(now, conversation=replace(talk, lines=lines), labels=(*now.labels, *labels))


def _unmarked(marked: str, line: int) -> tuple[str, list[Label]]:
    """The words without their marks, and the marks as labels."""
    words, spans, whole, here = "", [], [], 0
    for mark in _MARK.finditer(marked):
        words += marked[here : mark.start()]
        here = mark.end()
        passage, rule, message = mark.groups()
        if rule:
            spans += [Label(one, line, len(words), len(words) + len(passage)) for one in rule.split(",")]
            words += passage
        else:
            whole.append(message)
    words = (words + marked[here:]).rstrip()
    return words, spans + [Label(rule, line, 0, len(words)) for rule in whole]
