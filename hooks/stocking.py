"""What shops' back ends say of their stock: no subject's step, so each message has its outcome at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from orders import stock
from orders.stock import Counted
from shops.punctuation import listed

from . import events as e
from .models import Inbox
from .platform import Event

if TYPE_CHECKING:
    from .process import Item

NAMED = 5  # products that a message's outcome names


def count(spoken: Sequence[tuple[Item, Event, str]]) -> None:
    """Write these counts: a few statements for all of them."""
    told = {item: _counted(item.row.shop_id, event) for item, event, _trigger in spoken}
    written, strange = stock.keep(one for those in told.values() for one in those) if told else (set(), set())
    for item, those in told.items():
        unknown = [one.sku for one in those if one.key in strange]
        why = _unknown(unknown) if unknown else ""
        if any(one.key in written for one in those):
            item.ended = Inbox.APPLIED, why
        else:
            item.ended = Inbox.NO_OP, why or _("已有更新的库存")


def _counted(shop: int, event: Event) -> list[Counted]:
    data = event.data
    assert isinstance(data, e.StockChanged)
    return [Counted(shop, x.sku, x.quantity, event.at, x.title.strip(), x.price) for x in data.goods]


def _unknown(skus: Sequence[str]) -> str:
    words = {"skus": listed(skus[:NAMED]), "n": len(skus)}
    return _("本店商品里没有这 %(n)s 个货号：%(skus)s。请在“商品”里添加，或在消息里附上名称") % words
