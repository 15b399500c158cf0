"""Couriers: whose a number is, where their tracks are looked up, and the two services that know them all."""

from .guess import PATTERNS, Carried, doubt, fitting, guess, known_as, normal

__all__ = ["PATTERNS", "Carried", "doubt", "fitting", "guess", "known_as", "normal"]
