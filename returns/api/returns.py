"""Returns as a resource: how they are found and narrowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from flows.api.queries import some_of, text
from flows.api.subjects import Resource
from flows.models import LONGEST
from orders.api.orders import MOST_FOUND
from orders.api.orders import find as find_orders
from orders.couriers import normal

from ..models import BackParcel, Return
from ..states import Kind, Reason
from ..tables import RETURN
from .showing import SCHEMA, load, own


def find(q: str, shops: Sequence[int]) -> list[int]:
    """Its own number, a parcel that came back with it, its replacement's number, or its order as orders are found."""
    mine = Return.objects.filter(shop__in=shops).order_by().values_list("pk", flat=True)
    parcels = BackParcel.objects.filter(shop__in=shops, tracking_number=normal(q), of__isnull=False)
    found = mine.filter(number=q).union(
        mine.filter(order__in=find_orders(q, shops)),
        mine.filter(replacement__number=q),
        parcels.order_by().values_list("of_id", flat=True),
    )
    return sorted(found, reverse=True)[:MOST_FOUND]


def narrow(rows: QuerySet[Any], asked: Mapping[str, Any]) -> QuerySet[Any]:
    for name in ("kind", "reason"):
        if asked[name]:
            rows = rows.filter(**{f"{name}__in": asked[name]})
    return rows.filter(order__number=asked["order"]) if asked["order"] else rows


RETURNS = Resource(
    "returns",
    "Return",
    RETURN,
    own,
    SCHEMA,
    find,
    "Its number, the number of a parcel that came back, or exactly a number, a phone, a buyer's id or a tracking "
    "number of its order.",
    load=load,
    joined=("order",),
    params=(
        some_of("kind", Kind.values, "One or several kinds, separated by commas."),
        some_of("reason", Reason.values, "One or several reasons, separated by commas."),
        text("order", "Number of its order.", LONGEST),
    ),
    narrow=narrow,
)
