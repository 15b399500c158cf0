"""The families of words that tell how a customer feels (words.toml), and where they are meant.

A word that is denied ("我不是要投诉") or said of something else ("垃圾袋") is left alone as far as the words around it
tell; a person can always set the colour by hand.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ..quality.plain import plain

LABELS = {
    "threat": _("扬言投诉或曝光"),
    "insult": _("辱骂"),
    "anger": _("生气"),
    "unhappy": _("不满意"),
    "unsolved": _("问题没有解决"),
    "urgent": _("着急"),
    "thanks": _("满意或道谢"),
    "solved": _("客户说已解决"),
}
# Directly before a word: it is not meant. At most two characters stand between ("不是要投诉", "没想过给差评").
DENIAL = "不是|没|并非|不想|不打算|不会|没有|没想|没打算|懒得|不用|不必|不至于|无意|别|未曾|从没|从不|不"
DENIED = re.compile(f"(?:{DENIAL})[要去想再过来给是很太]{{0,2}}$")
SPACE = re.compile(r"[\s·•*_\-~]+")
AROUND, BEFORE, MOST = 12, 6, 4000  # characters


@dataclass(frozen=True)
class Family:
    """denied: a denial before its words takes their meaning away; good: they speak for a satisfied customer."""

    name: str
    weight: int
    patterns: tuple[str, ...]
    denied: bool = True
    good: bool = False
    unless: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return str(LABELS[self.name])

    @cached_property
    def means(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{p})" for p in self.patterns), re.IGNORECASE)

    @cached_property
    def excuses(self) -> re.Pattern[str] | None:
        return re.compile("|".join(self.unless)) if self.unless else None

    def found(self, text: str) -> str:
        """The first passage of a folded text that is meant, "" where there is none."""
        return next((m.group() for m in self.means.finditer(text) if self._meant(text, m.start(), m.end())), "")

    def _meant(self, text: str, start: int, end: int) -> bool:
        if self.denied and DENIED.search(text[max(0, start - BEFORE) : start]):
            return False
        return not (self.excuses and self.excuses.search(text[max(0, start - AROUND) : end + AROUND]))


def folded(words: str) -> str:
    """As they are meant, with full width, traditional characters and what stands between characters taken away, as our
    own words are looked at."""
    return SPACE.sub("", plain(words[:MOST]).text)


def _read() -> tuple[Family, ...]:
    found = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
    return tuple(
        Family(
            name, f["weight"], tuple(f["patterns"]), f.get("denied", True), f.get("good", False),
            tuple(f.get("unless", ())),
        )
        for name, f in found.items()
    )  # fmt: skip


FAMILIES = _read()
