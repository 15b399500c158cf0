"""The default quick replies are words that the rules have nothing against."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tickets import replies
from tickets.quality import Scene, check

WORDINGS = Path(replies.__file__).parent / "wordings"


TITLE = 12  # characters: what is shorter names a reply, and no customer reads it


def texts(held: Any) -> Iterator[str]:
    if isinstance(held, str) and len(held) >= TITLE:
        yield held
    elif isinstance(held, dict | list):
        for part in held.values() if isinstance(held, dict) else held:
            yield from texts(part)


def test_no_default_quick_reply_is_warned_of_or_blocked() -> None:
    said = [text for path in WORDINGS.glob("*.toml") for text in texts(tomllib.loads(path.read_text("utf-8")))]
    assert len(said) > 100
    found = [finding for text in said for finding in check(text, Scene())]
    assert [(f.rule, f.passage) for f in found if f.rule not in ("greeting", "apology")] == []
