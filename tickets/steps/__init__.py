"""What a ticket's steps do beside moving."""

from . import colouring, compensating, ending, matters, merging, opening, rating, splitting, talking, working

__all__ = [
    "colouring",
    "compensating",
    "ending",
    "matters",
    "merging",
    "opening",
    "rating",
    "splitting",
    "talking",
    "working",
]
