"""Where sentences and clauses begin and end in plain text."""

from __future__ import annotations

import re

_SENTENCE_ENDS = re.compile(r"[。!！?？;；\n]|…{1,2}|\.{2,}")
_CLAUSE_ENDS = re.compile(r"[，,。!！?？;；:：\n ~]|…|\.{2,}")


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The whole sentence or sentences that [start, end) lies in, end marks left out."""
    return _around(_SENTENCE_ENDS, text, start, end)


def clause(text: str, start: int, end: int) -> tuple[int, int]:
    """The clause or clauses that [start, end) touches."""
    return _around(_CLAUSE_ENDS, text, start, end)


def next_clause(text: str, end: int) -> str:
    """The clause that follows the mark at `end`, within the same sentence."""
    mark = _CLAUSE_ENDS.match(text, end)
    if mark is None or _SENTENCE_ENDS.match(text, end):
        return ""
    return text[mark.end() : clause(text, mark.end(), mark.end())[1]]


# How far a sentence without marks is looked at: nobody writes longer ones, and a wall of text must not be slow.
FAR = 200


def _around(ends: re.Pattern[str], text: str, start: int, end: int) -> tuple[int, int]:
    floor = max(0, start - FAR)
    begins = floor
    for mark in ends.finditer(text, floor, start):
        begins = mark.end()
    after = ends.search(text, max(start, end), min(len(text), end + FAR))
    return begins, after.start() if after else min(len(text), end + FAR)
