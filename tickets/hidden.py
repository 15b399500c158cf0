"""Numbers that people write into their words, masked for who answers no customers and may not see phones."""

from __future__ import annotations

from orders.phones import masked_words

from .states import Side


def words_of(text: str, unmasked: bool, side: str = Side.CUSTOMER) -> str:
    """A customer writes phones into their words: those are masked as everywhere. What the desk itself says has been
    masked when it was worded, and its numbers are those of orders and parcels."""
    return text if unmasked or side == Side.SYSTEM else masked_words(text)
