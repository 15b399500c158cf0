"""Address, buyer and lines of an order: a register, the newest (version, moment) wins even where nothing moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from flows import named
from flows.effects import Add, FollowUp, Implies, Moot, Refused, Save, Tell

from . import money
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
    noted = list(apply(order, at, version, **changes))
    yield from noted
    yield from money.presume(order)
    if not noted:
        yield Moot(_("内容与已知的相同"))
    elif order.state in LATE:
        yield Tell("order.amended_late", {"what": sorted(k for k, v in changes.items() if v)})
        yield Moot(_("已记录；包裹已打包或发出，请拦回或拦截"))
    else:
        yield Implies("amend", at)


def rank(version: str, at: datetime) -> tuple[int, str, datetime]:
    """Versions that are numbers compare as numbers."""
    return (int(version), "", at) if version.isdigit() else (0, version, at)


def amend_order(order: Order, **changes: Any) -> Iterator[FollowUp]:
    """The step: by hand it records what was entered; after a report that is done already.

    Made cheaper by hand, the difference goes back; made dearer, it is collected before the goods go on (needs.paid_up).
    What the outside has amended it has settled itself.
    """
    if not changes:
        return
    was = order.total
    yield from apply(order, order.moment, "", **changes)
    surplus = order.received - order.purse.pending() - order.total
    if order.total < was and surplus > 0:
        yield from money.promise(order, f"amend:{order.version + 1}", goods=min(surplus, was - order.total), clip=True)


def apply(order: Order, at: datetime, version: str, *, whole: bool = False, **changes: Any) -> Iterator[FollowUp]:
    """whole: the lines told are all there are; a line that is not among them was taken out at the source.

    Nothing is logged where nothing differs.
    """
    was: dict[str, Any] = {}
    now: dict[str, Any] = {}
    for name, alter in CHANGE.items():
        if changes.get(name) is not None:
            was[name], now[name] = alter(order, changes[name], at)
    if (ship_by := changes.get("ship_by")) is not None:
        was["ship_by"], now["ship_by"] = (order.dues.get("ship") or [None])[0], ship_by.isoformat()
        yield from (f for f in named.told(order, at, clock="ship", due=ship_by) if not isinstance(f, Moot))
    for change in changes.get("lines") or ():
        yield from _line(order, change, was, now)
    if whole and changes.get("lines"):
        yield from _take_out(order, {change["line"] for change in changes["lines"]}, was, now)
    order.amended = [version, at.isoformat()]
    if was != now:
        yield _log(order, at, version, was, now)


Changed = tuple[Any, Any]  # what was, what is


def _address(order: Order, address: Mapping[str, Any], at: datetime) -> Changed:
    was, order.address = order.address, {k: v for k, v in address.items() if v}
    return was, order.address


def _buyer(order: Order, buyer: Mapping[str, Any], at: datetime) -> Changed:
    was = {"name": order.buyer_name, "phone": order.buyer_phone}
    order.buyer_name = buyer.get("name") or order.buyer_name
    order.buyer_phone = buyer.get("phone") or order.buyer_phone
    order.phone_key = phone_key(order.buyer_phone)
    return was, {"name": order.buyer_name, "phone": order.buyer_phone}


def _freight(order: Order, freight: int, at: datetime) -> Changed:
    was, order.freight = order.freight, freight
    order.total += freight - was
    return was, freight


def _note(order: Order, note: str, at: datetime) -> Changed:
    was, order.buyer_note = order.buyer_note, note[:500]
    return was, order.buyer_note


CHANGE: dict[str, Callable[[Order, Any, datetime], Changed]] = {
    "address": _address, "buyer": _buyer, "freight": _freight, "buyer_note": _note,
}  # fmt: skip


def _line(order: Order, change: Mapping[str, Any], was: dict[str, Any], now: dict[str, Any]) -> Iterator[FollowUp]:
    key = f"line:{change['line']}"
    line = next((x for x in order.goods.lines if x.line == change["line"]), None)
    if line is None and change.get("title"):
        line = Line(order_id=order.pk, **{k: v for k, v in change.items() if v is not None})
        order.goods.lines.append(line)
        order.total += line.paid
        now[key] = {k: getattr(line, k) for k in FIELDS}
        yield Add(line)
        return
    line = line or order.goods.line(change["line"])
    was[key] = {k: getattr(line, k) for k in FIELDS}
    yield from _amend_line(order, line, change)
    now[key] = {k: getattr(line, k) for k in FIELDS}


def _take_out(order: Order, kept: set[str], was: dict[str, Any], now: dict[str, Any]) -> Iterator[FollowUp]:
    for line in order.goods.lines:
        if line.line not in kept and line.owed and not _sent(order, line.line):
            was[f"line:{line.line}"], now[f"line:{line.line}"] = {"quantity": line.owed}, {"quantity": 0}
            order.total -= line.worth
            line.dropped = line.quantity
            yield Save(line, "dropped")


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
    by = order.actor[:80]
    return Add(Amendment(order_id=order.pk, version=version, at=at, by=by, was=was, now=now, applied=applied))


def _plain(changes: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in changes.items() if v}
