"""Address, buyer and lines of an order: a register, the newest (version, moment) wins even where nothing moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import Add, FollowUp, Implies, Moot, Refused, Save, Tell

from .models import Amendment, Line, Order
from .phones import phone_key
from .states import S
from .tables import ORDER

LATE = (S.PACKED, S.PARTLY_SHIPPED, S.SHIPPED, S.BOUNCED)
FIELDS = ("sku", "title", "quantity", "paid")


@ORDER.told("amend")
def told_amend(order: Order, at: datetime, *, version: str = "", **changes: Any) -> Iterator[FollowUp]:
    """An amendment from outside: recorded; older than the newest one it changes nothing. Packed or later it moves
    nothing either, and people are told (拦回包裹 / 拦截快递)."""
    if order.amended and rank(version, at) < rank(order.amended[0], datetime.fromisoformat(order.amended[1])):
        yield _log(order, at, version, {}, _plain(changes), applied=False)
        yield Moot(_("已有更新的修改"))
        return
    yield from apply(order, at, version, **changes)
    if order.state in LATE:
        yield Tell("order.amended_late", {"what": sorted(k for k, v in changes.items() if v)})
        yield Moot(_("已记录；包裹已打包或发出，请拦回或拦截"))
    else:
        yield Implies("amend", at)


def rank(version: str, at: datetime) -> tuple[int, str, datetime]:
    """Versions that are numbers compare as numbers."""
    return (int(version), "", at) if version.isdigit() else (0, version, at)


def amend_order(order: Order, **changes: Any) -> Iterator[FollowUp]:
    """The step: by hand it records what was entered; after a report that is done already."""
    if changes:
        yield from apply(order, order.moment, "", **changes)


def apply(
    order: Order, at: datetime, version: str, *, address: Mapping[str, Any] | None = None,
    buyer: Mapping[str, Any] | None = None, lines: Sequence[Mapping[str, Any]] | None = None,
) -> Iterator[FollowUp]:  # fmt: skip
    was: dict[str, Any] = {}
    now: dict[str, Any] = {}
    if address:
        was["address"], now["address"] = order.address, dict(address)
        order.address = dict(address)
    if buyer:
        was["buyer"] = {"name": order.buyer_name, "phone": order.buyer_phone}
        order.buyer_name = buyer.get("name") or order.buyer_name
        order.buyer_phone = buyer.get("phone") or order.buyer_phone
        order.phone_key = phone_key(order.buyer_phone)
        now["buyer"] = {"name": order.buyer_name, "phone": order.buyer_phone}
    for change in lines or ():
        line = order.goods.line(change["line"])
        was[f"line:{line.line}"] = {k: getattr(line, k) for k in FIELDS}
        yield from _amend_line(order, line, change)
        now[f"line:{line.line}"] = {k: getattr(line, k) for k in FIELDS}
    order.amended = [version, at.isoformat()]
    yield _log(order, at, version, was, now)


def _amend_line(order: Order, line: Line, change: Mapping[str, Any]) -> Iterator[FollowUp]:
    before = line.worth
    for name in FIELDS:
        if change.get(name) is not None:
            setattr(line, name, change[name])
    if line.quantity < line.dropped or line.owed < _sent(order, line.line):
        raise Refused(_("“%(title)s”已有部分发出或去掉，数量不能这样改") % {"title": line.title}, "input")
    order.total += line.worth - before
    yield Save(line, *FIELDS)


def _sent(order: Order, line: str) -> int:
    return sum((p.contents or {}).get(line, 0) for p in order.goods.sent())


def _log(
    order: Order, at: datetime, version: str, was: Mapping[str, Any], now: Mapping[str, Any], *, applied: bool = True
) -> Add:
    by = order.caller.word
    return Add(Amendment(order_id=order.pk, version=version, at=at, by=by, was=was, now=now, applied=applied))


def _plain(changes: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in changes.items() if v}
