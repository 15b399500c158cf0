"""How a Chinese text is typed: every reading of every character, and whether some letters spell a stretch of it.

退换货 is found by `thh`, `tui`, `tuihuanhuo`, `tuihh`; 重发 by `zf` and by `cf`. The readings are kept with the row
(`sounds`), so that searching needs no dictionary; pypinyin, whose dictionary is large, is imported where one is saved.
"""

from __future__ import annotations

import re
from functools import lru_cache

HAN = re.compile(r"[㐀-䶿一-鿿]")
KEPT = re.compile(r"[a-z0-9]")
TWO_LETTERS = ("zh", "ch", "sh")
# Readings of everyday words that the dictionary has for whole phrases only, or not at all.
BESIDES = {
    "还": ("hai", "huan"),
    "行": ("xing", "hang"),
    "重": ("zhong", "chong"),
    "长": ("chang", "zhang"),
    "吗": ("ma",),
}

Sounds = tuple[tuple[str, ...], ...]


def sounds(text: str) -> str:
    """`重发` -> `zhong/chong/tong fa`: a word a character; letters and digits stay, all else falls out."""
    return " ".join("/".join(readings) for c in text.lower() if (readings := _readings(c)))


@lru_cache(maxsize=4096)
def _readings(character: str) -> tuple[str, ...]:
    if KEPT.match(character):
        return (character,)
    if not HAN.match(character):
        return ()
    from pypinyin import Style, pinyin

    # One character at a time: within a phrase the dictionary decides for one reading, people type either.
    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    read = [r.replace("ü", "v") for r in (found[0] if found else [])]
    return tuple(dict.fromkeys([*BESIDES.get(character, ()), *read]))


@lru_cache(maxsize=4096)
def heard(kept: str) -> Sounds:
    """What `sounds` wrote, taken apart again."""
    return tuple(tuple(word.split("/")) for word in kept.split())


def spelt_at(typed: str, kept: str) -> int | None:
    """The first character from which the typed letters spell the text; None where they do not. 0: from its start."""
    if not typed or not typed.isascii():
        return None
    whole = heard(kept)
    return next((i for i in range(len(whole)) if _spells(typed.lower(), whole, i)), None)


def _spells(typed: str, whole: Sounds, at: int) -> bool:
    """Each character takes its first letter (zh, ch, sh: or both), or a whole reading; the last one any beginning."""
    places = {0}
    while at < len(whole) and places:
        if any(reading.startswith(typed[p:]) for p in places for reading in whole[at]):
            return True
        places = {p + n for p in places for reading in whole[at] for n in _takes(reading, typed[p:])}
        at += 1
    return False


def _takes(reading: str, rest: str) -> list[int]:
    lengths = {1, len(reading), 2 if reading.startswith(TWO_LETTERS) else 1}
    return [n for n in lengths if rest.startswith(reading[:n])]


def initials(kept: str, most: int = 20) -> str:
    """The likeliest initials, to show beside a title: the first reading of each character."""
    return "".join(word[0][0] for word in heard(kept))[:most]
