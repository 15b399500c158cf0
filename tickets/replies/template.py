"""The words of a quick reply: read once, refused where a variable is not known, filled from a case.

A variable stands between braces, half- or full-width: 您好{买家}，订单{订单号}已发出. Braces serve nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from shops.unseen import seen

from .variables import VARIABLES, nearest

MOST = 1000  # characters of a template
SLOT = re.compile(r"[{｛]([^{}｛｝]*)[}｝]")
BRACE = re.compile(r"[{}｛｝]")
HARMLESS = str.maketrans("{}｛｝", "()（）")


@dataclass(frozen=True)
class Part:
    """A piece of a template: text, or a variable's name, and where it stands (characters from 0)."""

    text: str
    start: int
    end: int
    variable: bool = False


@dataclass(frozen=True)
class Fault:
    """What is wrong at one place. code: unknown, empty-name, unpaired. near: the variable that was probably meant."""

    code: str
    start: int
    end: int
    said: str
    near: str = ""


@dataclass(frozen=True)
class Filled:
    """words: with every empty variable still in its braces. parts: (kind, text): text, value, empty."""

    words: str
    empty: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]


def parts(words: str) -> Iterator[Part]:
    """Every character of it, once and in order. Whether the names are known is not looked at."""
    at = 0
    for found in SLOT.finditer(words):
        if found.start() > at:
            yield Part(words[at : found.start()], at, found.start())
        yield Part(found[1].strip(), found.start(), found.end(), variable=True)
        at = found.end()
    if at < len(words):
        yield Part(words[at:], at, len(words))


def faults(words: str) -> list[Fault]:
    """All of them, in the order of their places; none where the template may be saved."""
    found: list[Fault] = []
    for part in parts(words):
        if not part.variable:
            found += [unpaired(part, brace) for brace in BRACE.finditer(part.text)]
        elif part.text not in VARIABLES:
            found.append(unknown(part))
    return found


def unpaired(part: Part, brace: re.Match[str]) -> Fault:
    at = part.start + brace.start()
    said = _("第 %(at)s 个字“%(brace)s”没有配对的括号") % {"at": at + 1, "brace": brace[0]}
    return Fault("unpaired", at, at + 1, said)


def unknown(part: Part) -> Fault:
    at = part.start + 1
    if not part.text:
        said = _("第 %(at)s 个字起的括号里没有变量名") % {"at": at}
        return Fault("empty-name", part.start, part.end, said)
    near = nearest(part.text)
    said = _("第 %(at)s 个字起：没有变量“%(name)s”") % {"at": at, "name": part.text}
    said += _("，您是不是要写“{%s}”？") % near if near else ""
    return Fault("unknown", part.start, part.end, said, near)


def variables(words: str) -> tuple[str, ...]:
    """The known variables in it, each once, in the order in which they come."""
    return tuple(dict.fromkeys(p.text for p in parts(words) if p.variable and p.text in VARIABLES))


def filled(words: str, values: Mapping[str, str]) -> Filled:
    """What a case gives for it. A value is never read as a template: its braces are made harmless."""
    made: list[tuple[str, str]] = []
    for part in parts(words):
        if not part.variable:
            made.append(("text", part.text))
        elif value := values.get(part.text, "").strip().translate(HARMLESS):
            made.append(("value", value))
        else:
            made.append(("empty", f"{{{part.text}}}"))
    empty = tuple(dict.fromkeys(text[1:-1] for kind, text in made if kind == "empty"))
    return Filled("".join(text for _kind, text in made), empty, tuple(made))


def left_open(words: str) -> tuple[str, ...]:
    """Variables that nobody filled in words about to be sent: the customer would read {订单号}, also where characters
    that nobody sees stand in it."""
    return variables(seen(words))
