"""What the sample shops' back ends say of their stock: at times, of all their goods. Pure."""

from __future__ import annotations

from random import Random

from .messages import Message, Teller
from .products import GOODS
from .stories import Story

EVERY = 5  # orders of all shops together, between two counts
GONE = 0.08  # of all goods


def counted(seed: int, hurry: float, told: Story) -> list[Message]:
    """The shop of every so many orders has counted what it has."""
    if told.n % EVERY != 1:
        return []
    rng = Random(f"{seed}:{told.n}:stock")  # noqa: S311 (dice, no secret)
    tell = Teller(rng, told.shop, told.number, hurry, f"stock.{told.number}")
    goods = [{"sku": g.sku, "quantity": 0 if rng.random() < GONE else rng.randint(1, 120)} for g in GOODS[told.shop]]
    tell.tell("stock.changed", 0, goods=goods)
    return tell.told
