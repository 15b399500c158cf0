"""Stored bytes -> what they say, with the dialect and the shop that they came in for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shops.models import Shop

from .couriers import SERVICES
from .endpoints import endpoint_of
from .models import Inbox
from .platform import Told
from .platforms import DIALECTS, decoded
from .refused import Refused


def read_all(rows: Sequence[Inbox]) -> Iterator[tuple[Inbox, Told | None, str]]:
    """-> (row, what it says, ""), or (row, None, why it cannot be read any more)."""
    shops = Shop.objects.in_bulk({row.shop_id for row in rows})
    for row in rows:
        dialect = DIALECTS.get(row.source) or SERVICES.get(row.source)
        if dialect is None:
            yield row, None, f"no dialect {row.source}"
            continue
        try:
            yield row, decoded(dialect, bytes(row.body), row.headers, endpoint_of(shops[row.shop_id])), ""
        except Refused as refused:
            yield row, None, refused.detail
