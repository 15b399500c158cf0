"""Evidence: taken in clean, kept in the media folder, served to who may see the case."""

from .kept import keep, keep_all, keep_words
from .limits import MOST_BYTES, MOST_FILES, NotKept, few_enough
from .orphans import sweep
from .served import WITHIN, answer
from .shown import checked, of

__all__ = [
    "MOST_BYTES",
    "MOST_FILES",
    "WITHIN",
    "NotKept",
    "answer",
    "checked",
    "few_enough",
    "keep",
    "keep_all",
    "keep_words",
    "of",
    "sweep",
]
