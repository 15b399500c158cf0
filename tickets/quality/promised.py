"""Whether the shop does promise what was said: then it is no finding."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .plain import plain
from .rule import Kind
from .scene import Promise

_FIGURE = re.compile(r"[0-9]+(?:\.[0-9]{1,2})?")
_CHINESE_FIGURES = str.maketrans("一二两三四五六七八九", "1223456789")
_LEAST = 2


def promised(passage: str, surroundings: str, whole: str, kind: Kind, promises: Iterable[Promise]) -> bool:
    """passage: what was found, in plain text. surroundings: the clauses it stands in; whole: its sentence."""
    ours = [promise for promise in promises if promise.kind == kind]
    return any(_covers(promise, passage, surroundings, whole) for promise in ours)


def _covers(promise: Promise, passage: str, surroundings: str, whole: str) -> bool:
    if promise.fen is not None:
        asked = _fen(passage) or _fen(surroundings)
        return bool(asked) and max(asked) <= promise.fen
    words = plain(promise.words).text
    return _alike(words, surroundings) or (promise.kind == "gift" and len(words) > 1 and words in whole)


def _fen(text: str) -> list[int]:
    """Every sum named, in fen."""
    return [round(float(figure) * 100) for figure in _FIGURE.findall(text.translate(_CHINESE_FIGURES))]


def _alike(words: str, said: str) -> bool:
    """Whether the promise's own words are said: whole, or a run of them that no figure contradicts.

    满200减20 covers 满200减20 and not 满200减30; 48小时内发货 covers 48小时内.
    """
    if not words:
        return False
    if words in said:
        return True
    figures = set(_FIGURE.findall(words))
    if not set(_FIGURE.findall(said)) <= figures:
        return False
    least = max(_LEAST, min(4, len(words) // 2))
    return any(words[at : at + least] in said for at in range(len(words) - least + 1))
