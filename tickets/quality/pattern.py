"""How a rule says what it looks for: words, with a few marks that a shop's lead can learn in a minute.

    好评…返{money}      … up to ten characters of the same sentence; …… up to twenty
    (加|添加)我?         one of these; the character or bracket before ? may be missing
    (!不)支持 没收到(~短信)  not right after this; not right before this
    {wechat}            a list of words from rules/words.toml
    #                   a number, in figures or Chinese
    {figure} {account} {mobile}  a number in figures only, an account's name or number, a mobile number
    ^ $                 the clause begins, ends here

Everything else stands for itself. No mark can repeat without end, so no text makes a pattern slow.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

GAP = 10
MARKS = "，,。！!？?；;：:、~\n"
_TOKEN = re.compile(r"\{(\w+)\}|(…+)|(#)|(\(!|\(~|[()|?^$])|(.)", re.S)
_NUMBER = r"(?:[0-9]{1,9}(?:\.[0-9]{1,2})?|[一二两三四五六七八九十百千万半几]{1,6})"
_BEGIN = rf"(?:(?<=[{MARKS} ])|(?<![\s\S]))"
_END = rf"(?=[{MARKS} ]|\Z)"
# Lists that cannot be listed: an account's name, a mobile number.
_MARKS = {"(": "(?:", "(!": "(?<!", "(~": "(?!", "^": _BEGIN, "$": _END}
_BUILT_IN = {
    "figure": r"[0-9]{1,6}(?:\.[0-9]{1,2})?",
    "account": r"(?<![a-z0-9])[a-z][a-z0-9_\-]{4,30}|[1-9][0-9]{5,11}",
    "mobile": r"1[3-9][0-9]{2,9}",
}
_LATIN = re.compile(r"[a-z0-9]")


class BadPattern(ValueError):
    """A pattern that cannot be read; the message says what is wrong with it."""


@dataclass(frozen=True)
class Pattern:
    """said: as the rule's file writes it. better: words in place of the passage alone (a slang word's proper one)."""

    said: str
    regex: re.Pattern[str]
    better: str = ""
    negated: bool | None = None

    def gaps(self, match: re.Match[str]) -> str:
        """What stood where the pattern leaves a gap: the only part of it in which a "not" can hide."""
        return "|".join(part for part in match.groups() if part)


def compiled(
    said: str, words: Mapping[str, tuple[str, ...]], *, better: str = "", negated: bool | None = None
) -> Pattern:
    """Raise BadPattern where brackets do not close or a list of words is unknown."""
    if not said.strip():
        raise BadPattern("a pattern of nothing")
    try:
        return Pattern(said, re.compile(_translated(said, tuple(sorted(words.items())))), better, negated)
    except re.error as error:
        raise BadPattern(f"{said!r}: {error}") from error


@lru_cache(maxsize=4096)
def _translated(said: str, words: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    lists, parts = dict(words), []
    for token in _TOKEN.finditer(said.lower()):
        name, gap, number, mark, letter = token.groups()
        if name:
            parts.append(_one_of(name, lists, said, words))
        elif gap:
            parts.append(rf"([^。！!？?\n]{{0,{GAP * min(len(gap), 2)}}}?)")
        elif number:
            parts.append(_NUMBER)
        elif mark:
            parts.append(_MARKS.get(mark, mark))
        elif letter:
            parts.append(_letter(letter, said))
    return "".join(parts)


def _one_of(
    name: str, lists: Mapping[str, tuple[str, ...]], said: str, words: tuple[tuple[str, tuple[str, ...]], ...]
) -> str:
    if name in _BUILT_IN:
        return f"(?:{_BUILT_IN[name]})"
    if name not in lists:
        raise BadPattern(f"{said!r} names the unknown list {{{name}}}")
    longest_first = sorted(lists[name], key=len, reverse=True)
    return "(?:" + "|".join(_whole(word, _translated(word, words)) for word in longest_first) + ")"


def _whole(word: str, translated: str) -> str:
    """A word in Latin letters is not found inside a longer one: vx, but not in vxyz."""
    head = "(?<![a-z])" if _LATIN.match(word[0]) else ""
    return head + translated + ("(?![a-z])" if _LATIN.match(word[-1]) else "")


def _letter(letter: str, said: str) -> str:
    if letter in "{}":
        raise BadPattern(f"{said!r}: a list of words is written {{name}}")
    return re.escape(unicodedata.normalize("NFKC", letter))
