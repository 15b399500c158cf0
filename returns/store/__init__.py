"""Evidence: taken in clean, kept in the media folder, served to who may see the case."""

from .kept import keep, keep_words
from .limits import MOST_BYTES, MOST_FILES, NotKept, few_enough
from .served import answer
from .shown import checked, of

__all__ = [
    "MOST_BYTES",
    "MOST_FILES",
    "NotKept",
    "answer",
    "checked",
    "few_enough",
    "keep",
    "keep_words",
    "of",
]
