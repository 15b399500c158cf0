"""The refund that ends a return: promised once, pulled back while nobody has heard of it. Called by effects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from flows.asks import yuan
from flows.effects import FollowUp, Refused, Save, Take, Tell
from orders import money

from .amounts import Amounts, belongings, due, most

if TYPE_CHECKING:
    from orders.models import Order

    from .models import Return

PARTS = ("goods", "freight", "compensation")


def cause_of(ret: Return, paid_by: str = "shop") -> str:
    """One refund a return and payer: return:55, platform:55."""
    return f"{'return' if paid_by == 'shop' else 'platform'}:{ret.pk}"


def pay(
    ret: Return,
    amounts: Amounts | None = None,
    *,
    goods: int | None = None,
    freight: int | None = None,
    compensation: int | None = None,
    why: str = "",
    draft: bool = False,
    paid_by: str = "shop",
) -> Iterator[FollowUp]:
    """Promise what is owed, or what is said instead (less or more only with why). One that lives is not made again.

    Where nothing is owed the return is settled at once. Raises Refused for more than the lines or the order hold.
    """
    own, order, cause = belongings(ret), at_the_door(ret), cause_of(ret, paid_by)
    if order.purse.of_cause(cause) is not None:
        return
    found = amounts or due(ret)
    said = {name: value for name, value in zip(PARTS, (goods, freight, compensation), strict=True) if value is not None}
    _agree(found, said, why)
    _spread(ret, found)
    ret.money = cause if found.total else ""
    for x in own.lines:
        x.share, x.refunded = found.shares.get(x.pk, 0), found.lines.get(x.pk, 0)
        yield Save(x, "share", "refunded")
    if not found.total:
        yield Take("return", ret.pk, "settle", must=False)
        return
    yield from money.promise(
        order, cause, goods=found.goods, freight=found.freight, compensation=found.compensation, about=ret.number,
        asked=money.Asked(ret.actor, ret.caller), paid_by=paid_by, draft=draft, note=why[:200],
    )  # fmt: skip


def _agree(found: Amounts, said: dict[str, int], why: str) -> None:
    """What a person says instead of what is owed."""
    other = {name: value for name, value in said.items() if value != getattr(found, name)}
    if other and not why.strip():
        words = {"goods": yuan(found.goods), "freight": yuan(found.freight), "more": yuan(found.compensation)}
        raise Refused(
            _("应退货款 %(goods)s 元、运费 %(freight)s 元、补偿 %(more)s 元；少退或多退须写明原因") % words, "input"
        )
    for name, value in other.items():
        setattr(found, name, value)


def _spread(ret: Return, found: Amounts) -> None:
    """The goods' fen over the lines, whatever a person made of them: less from the last, more up to what was paid."""
    own = belongings(ret)
    more = found.goods - sum(found.lines.values())
    for x in reversed(own.lines):
        if more >= 0:
            break
        less = min(-more, found.lines[x.pk])
        found.lines[x.pk], more = found.lines[x.pk] - less, more + less
    for x in own.lines:
        part = min(max(0, more), most(own, x) - found.lines[x.pk])
        found.lines[x.pk], more = found.lines[x.pk] + part, more - part
    if more > 0:
        words = {"most": yuan(found.goods - more)}
        raise Refused(_("这些商品最多还能退货款 %(most)s 元；要多退请填在补偿里") % words, "input")


def stop(ret: Return) -> Iterator[FollowUp]:
    """Pull back what has not left; what was sent or is unknown is an alarm for people."""
    if not ret.money:
        return
    yield from money.pull_back(at_the_door(ret), ret.money)
    yield from forget(ret)


def forget(ret: Return) -> Iterator[FollowUp]:
    """No refund ends it any more."""
    ret.money = ""
    for x in belongings(ret).lines:
        if x.share or x.refunded:
            x.share = x.refunded = 0
            yield Save(x, "share", "refunded")


def at_the_door(ret: Return) -> Order:
    """Its order, told who is at the door: whose word a refund is, and when."""
    order = belongings(ret).order
    order.caller, order.actor, order.moment, order.now = ret.caller, ret.actor, ret.moment, ret.now
    return order


def alarm(ret: Return, topic: str, **data: str | int) -> Tell:
    return Tell(topic, {"return": ret.number, **data})
