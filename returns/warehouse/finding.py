"""What a number names, in the shops that are asked: by indexes, in at most five statements however much there is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from orders.models import Order, Parcel

from ..models import BackParcel, Return
from ..tables import RETURN
from .reading import tracking_numbers

MOST = 9  # as many as a digit can choose among


@dataclass
class Found:
    """parcels: announced for a return, by the number of the parcel; strays: unannounced ones that are here already.

    returns: by their own number, or of the orders found. orders: by their own number, or by a parcel that had left
    for the customer (`gone`) and comes back under its own number.
    """

    number: str
    parcels: list[BackParcel] = field(default_factory=list)
    strays: list[BackParcel] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    gone: list[Parcel] = field(default_factory=list)

    @property
    def tracking_number(self) -> str:
        """As it is kept; "" for what cannot be a parcel's."""
        return next(iter(tracking_numbers(self.number)), "")


def find(number: str, shops: Iterable[int]) -> Found:
    """The parcel decides; only what no parcel is called is looked for among returns and orders."""
    mine, found = sorted(shops), Found(number)
    _parcels(found, mine)
    if not found.parcels:
        _by_own_number(found, mine)
    return found


def _parcels(found: Found, shops: list[int]) -> None:
    called = tracking_numbers(found.number)
    if not called:
        return
    back = BackParcel.objects.filter(shop__in=shops, tracking_number__in=called)
    for parcel in back.select_related("of__shop", "of__order", "shop").order_by("pk")[: 4 * MOST]:
        (found.strays if parcel.of is None else found.parcels).append(parcel)
    found.parcels = _one_each(found.parcels)[:MOST]


def _one_each(parcels: list[BackParcel]) -> list[BackParcel]:
    """Of one return the parcel that still travels."""
    ranked = sorted(parcels, key=lambda p: (p.bounced_at is not None, p.received_at is not None, p.pk))
    return list({p.of_id: p for p in reversed(ranked)}.values())[::-1]


def _by_own_number(found: Found, shops: list[int]) -> None:
    names = {found.number, found.number.upper()}
    by_number = Return.objects.filter(shop__in=shops, number__in=names).select_related("shop", "order")
    found.returns = list(by_number.order_by("pk")[:MOST])
    if found.returns:
        return
    found.orders = list(Order.objects.filter(shop__in=shops, number__in=names).select_related("shop")[:MOST])
    if not found.orders:
        gone = Parcel.objects.filter(shop__in=shops, tracking_number__in=tracking_numbers(found.number))
        found.gone = list(gone.select_related("order__shop").order_by("-pk")[:MOST])
        found.orders = list({p.order_id: p.order for p in found.gone}.values())
    if found.orders:
        found.returns = of_orders(found.orders)


def of_orders(orders: Iterable[Order]) -> list[Return]:
    """The returns of these orders, and those whose replacement one of them is: open ones first, the newest first."""
    pks = [o.pk for o in orders]
    those = Return.objects.filter(Q(order__in=pks) | Q(replacement__in=pks)).select_related("shop", "order")
    return sorted(those.order_by("-pk")[:MOST], key=lambda r: r.state in RETURN.final)
