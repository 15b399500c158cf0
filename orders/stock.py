"""What a shop has in store, as its back end tells it: shown beside its products, and decided by nobody here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

import rows

from .models import Product, Related

Key = tuple[int, str]  # the shop's key, the product's own name
NEW = ("shop", "sku", "title", "price", "category", "exclusion", "picture", "on_sale")


@dataclass(frozen=True)
class Counted:
    """quantity: pieces at that moment. title, price (fen): of a product that may not be known here yet."""

    shop: int
    sku: str
    quantity: int
    at: datetime
    title: str = ""
    price: int = 0

    @property
    def key(self) -> Key:
        return self.shop, self.sku


def instead(of: QuerySet[Related]) -> list[Product]:
    """What is offered instead, the best first: what is on sale and not known to be out of stock."""
    there = of.filter(instead__on_sale=True).exclude(instead__stock=0).select_related("instead")
    return [r.instead for r in there.order_by("rank", "pk")]


def keep(told: Iterable[Counted]) -> tuple[set[Key], set[Key]]:
    """The newest word of each product stays; of one moment, the later told. -> (those whose stock was written, those
    that are no product here); of the others something newer is known. In a transaction; four statements at most,
    however many there are."""
    newest: dict[Key, Counted] = {}
    for one in sorted(told, key=lambda one: one.at):
        newest[one.key] = one
    found = _locked(newest)
    strange = sorted(newest.keys() - found.keys())  # sorted: who inserts the same ones waits in no ring
    if fresh := [newest[key] for key in strange if newest[key].title]:
        told_first = [(one.shop, one.sku, one.title, one.price, "", "", "", True) for one in fresh]
        rows.insert(Product, NEW, told_first, ignore=True)
        found |= _locked([one.key for one in fresh])
    latest = {key: p for key, p in found.items() if p.stock_at is None or p.stock_at <= newest[key].at}
    rows.update(Product, ("stock", "stock_at"), [(p.pk, newest[k].quantity, newest[k].at) for k, p in latest.items()])
    return set(latest), newest.keys() - found.keys()


def _locked(keys: Collection[Key]) -> dict[Key, Product]:
    """In order of their keys."""
    shops, skus = {shop for shop, _ in keys}, {sku for _, sku in keys}
    near = Product.objects.filter(shop__in=shops, sku__in=skus).select_for_update().order_by("pk")
    return {(p.shop_id, p.sku): p for p in near if (p.shop_id, p.sku) in keys}
