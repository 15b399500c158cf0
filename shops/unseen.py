"""Characters that a reader does not see: words made of them say nothing, and words with them between say the same."""

from __future__ import annotations

import unicodedata

BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters, or a sign, by their category; drawn as nothing
WITHIN = frozenset(("Cf", "Mn", "Me"))  # what is drawn as nothing or onto the character before it
ALONE = WITHIN | {"Cc", "Cs", "Mc", "Zs", "Zl", "Zp"}


def unseen(character: str) -> bool:
    """Whether words with it between their characters read as without it."""
    kind = unicodedata.category(character)
    return kind in WITHIN or character in BLANK or (kind == "Cc" and not character.isspace())


def seen(words: str) -> str:
    """The words as they read."""
    return "".join(character for character in words if not unseen(character))


def visible(words: str) -> bool:
    """Whether there is anything to read. A character that Unicode has not named yet may be a new sticker."""
    return any(c not in BLANK and unicodedata.category(c) not in ALONE for c in words)
