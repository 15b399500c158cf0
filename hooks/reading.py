"""Stored bytes -> what they say, with the dialect and the shop that they came in for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shops.models import Shop

from .endpoints import endpoint_of
from .models import Inbox
from .platform import Told
from .platforms import DIALECTS, decode
from .refused import Refused


def read_all(rows: Sequence[Inbox]) -> Iterator[tuple[Inbox, Told | None, str]]:
    """-> (row, what it says, ""), or (row, None, why it cannot be read any more)."""
    shops = Shop.objects.in_bulk({row.shop_id for row in rows})
    for row in rows:
        if row.source not in DIALECTS:
            yield row, None, f"no dialect {row.source}"
            continue
        try:
            yield row, decode(row.source, bytes(row.body), row.headers, endpoint_of(shops[row.shop_id])), ""
        except Refused as refused:
            yield row, None, refused.detail
