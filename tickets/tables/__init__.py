"""The desk's tables."""

from .ticket import TICKET

__all__ = ["TICKET"]
