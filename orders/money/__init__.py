"""What comes in for an order and what goes back. Called by effects, under the order's lock; amounts are fen."""

from .collected import presume
from .ledger import book, carry_in, carry_out, receive
from .purse import SETTLED, Purse, bring, bring_orders, facts, order_of
from .refunds import Asked, fit, free, give_all_back, outside, promise, pull_back

__all__ = [
    "SETTLED",
    "Asked",
    "Purse",
    "book",
    "bring",
    "bring_orders",
    "carry_in",
    "carry_out",
    "facts",
    "fit",
    "free",
    "give_all_back",
    "order_of",
    "outside",
    "presume",
    "promise",
    "pull_back",
    "receive",
]
