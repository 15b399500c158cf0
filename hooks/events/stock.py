"""The native event that speaks of what a shop has in store."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from .fields import Fact, Fen, Number, Text


class Stock(Struct, frozen=True, kw_only=True):
    """So many pieces of it can be sold. title, price: with a title, a product that is not known here yet begins."""

    sku: Number
    quantity: Annotated[int, Meta(ge=0, le=2_000_000_000)]
    title: Text = ""
    price: Fen = Fen(0)


class StockChanged(Fact, frozen=True, kw_only=True):
    """No subject's fact: what is there, per product, the newest word."""

    type: ClassVar = "stock.changed"
    goods: Annotated[list[Stock], Meta(min_length=1, max_length=500)]

    @property
    def about(self) -> str:
        return self.goods[0].sku
