"""The set that a new shop begins with: a file a scene, in words of our own, with a platform's own where they differ."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from shops.presets import PLATFORMS

from .scenes import Scene

FOLDER = Path(__file__).with_name("wordings")
FIELDS = {"key", "title", "shortcut", "words", "fits", *PLATFORMS}
# {what of the case (suggest.Situation.told): values of which one must hold}
Fits = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Default:
    """key: its name within the whole set, for ever: `urging.due`. variants: {platform: words}.

    fits: the cases in which it may be suggested by itself; {}: any. It can be found and picked in all of them.
    """

    scene: Scene
    key: str
    title: str
    words: str
    shortcut: str = ""
    variants: Mapping[str, str] = field(default_factory=dict)
    fits: Fits = field(default_factory=dict)

    def wording(self, platform: str) -> str:
        """As it is said on this platform."""
        return self.variants.get(platform, self.words)


@cache
def defaults() -> tuple[Default, ...]:
    """All of them, scene by scene. Raises ValueError for a file that says something nobody reads."""
    return tuple(found for scene in Scene for found in _of_scene(scene))


def _of_scene(scene: Scene) -> list[Default]:
    told = tomllib.loads((FOLDER / f"{scene.value}.toml").read_text("utf-8"))
    if told.get("scene") != scene.value or set(told) != {"scene", "reply"}:
        raise ValueError(f"{scene.value}.toml is about another scene")
    return [_default(scene, row) for row in told["reply"]]


def _default(scene: Scene, row: Mapping[str, Any]) -> Default:
    if unknown := set(row) - FIELDS:
        raise ValueError(f"{scene.value}.toml: {sorted(unknown)}")
    variants = {name: words for name, words in row.items() if name in PLATFORMS}
    key = f"{scene.value}.{row['key']}"
    fits = {name: tuple(values) for name, values in row.get("fits", {}).items()}
    return Default(scene, key, row["title"], row["words"], row.get("shortcut", ""), variants, fits)


@cache
def fits_of() -> Mapping[str, Fits]:
    """{key: in which cases it may be suggested}"""
    return {default.key: default.fits for default in defaults()}
