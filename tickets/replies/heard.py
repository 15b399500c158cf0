"""What a customer's words are about: patterns (heard.toml), each with the scene that it speaks for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .scenes import Scene

TOLD = Path(__file__).with_name("heard.toml")
MOST = 500  # characters that are looked at
CLAUSE = re.compile(r"[，。！？；、,.!?;\n]+|但是|可是|不过|就是")


@dataclass(frozen=True)
class Cue:
    """weight: how surely these words mean the scene, 1 to 10. unless: words that make it another matter."""

    scene: Scene
    weight: int
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None


@cache
def cues() -> tuple[Cue, ...]:
    """Raises ValueError for a scene that there is not, re.error for a pattern that is none."""
    told = tomllib.loads(TOLD.read_text("utf-8"))["cue"]
    return tuple(
        Cue(Scene(c["scene"]), c["weight"], _any(c["says"]), _any(c["unless"]) if "unless" in c else None) for c in told
    )


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


def hear(words: str) -> Iterator[tuple[Scene, int, str]]:
    """(scene, weight, the passage that speaks for it) of each cue that is met, each scene once, by its first clause.

    Clause by clause: 没有质量问题，就是不喜欢 is about the second alone.
    """
    met: set[Scene] = set()
    for clause in CLAUSE.split(words[-MOST:].strip()):
        for cue in cues():
            found = cue.pattern.search(clause)
            if found and cue.scene not in met and not (cue.unless and cue.unless.search(clause)):
                met.add(cue.scene)
                yield cue.scene, cue.weight, found[0].strip()
