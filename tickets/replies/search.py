"""Which quick replies are meant by what was typed: the exact shortcut, initials, text; then the most used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from .pinyin import spelt_at

MOST = 60  # characters of a search


class Findable(Protocol):
    """What is asked of a reply. own: uses by this person; uses: by everybody, lately."""

    title: str
    words: str
    shortcut: str
    sounds: str
    uses: int
    own: int

    @property
    def scene_label(self) -> str: ...


Reply = TypeVar("Reply", bound=Findable)

EXACT, BEGINS, INSIDE, SAID, NOWHERE = range(5)


def find(replies: Iterable[Reply], typed: str) -> list[Reply]:
    """Those meant, the best first. Nothing typed: all of them, the most used first."""
    asked = typed.strip().lower()[:MOST].split()
    ranked = [(rank(reply, asked), reply) for reply in replies]
    kept = [(r, reply) for r, reply in ranked if r < NOWHERE]
    return [reply for _rank, reply in sorted(kept, key=lambda pair: (pair[0], *busy(pair[1])))]


def busy(reply: Findable) -> tuple[int, int]:
    """Sorts the most used first; what this person uses counts threefold. Equal ones stay as they came."""
    return (-(reply.uses + 2 * reply.own), -reply.own)


def rank(reply: Findable, asked: Sequence[str]) -> int:
    """How well it answers all the words asked for: as badly as its worst."""
    if not asked:
        return INSIDE
    if len(asked) == 1 and reply.shortcut and reply.shortcut.lower() == asked[0]:
        return EXACT
    return max(_of_word(reply, word) for word in asked)


def _of_word(reply: Findable, word: str) -> int:
    title = reply.title.lower()
    spelt = spelt_at(word, reply.sounds)
    if spelt == 0 or title.startswith(word) or (reply.shortcut and reply.shortcut.lower().startswith(word)):
        return BEGINS
    if spelt is not None or word in title:
        return INSIDE
    return SAID if word in reply.words.lower() or word in reply.scene_label.lower() else NOWHERE
