"""Figures: what the desk achieves, each with its definition (desk.md "Figures"). One file a family."""

from . import answering, keeping, missing, paying, rating, returning, solving, working

__all__ = ["answering", "keeping", "missing", "paying", "rating", "returning", "solving", "working"]
