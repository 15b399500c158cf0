"""The refund that ends a return: promised once, pulled back while nobody has heard of it. Called by effects."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from flows.asks import yuan
from flows.effects import FollowUp, Refused, Save, Take, Tell
from orders import money

from .amounts import Amounts, belongings, due, exactly, most, owed

if TYPE_CHECKING:
    from orders.models import Order, Refund

    from .models import Return

UNSENT = ("drafted", "approved", "failed")
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
    asked: money.Asked | None = None,
) -> Iterator[FollowUp]:
    """Promise what is owed, or what is said instead (less or more only with why). One that lives is not made again.

    asked: whose word it is and whose authority counts; who takes the step, where nobody else has said so before.
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
        asked=asked or money.Asked(ret.actor, ret.caller), paid_by=paid_by, draft=draft, note=why[:200],
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
    """Pull back what has not left; what was sent or is unknown is an alarm for people.

    In the step of another subject the return hears of it from the refund (`money_stopped`).
    """
    if not ret.money:
        return
    yield from money.pull_back(at_the_door(ret), ret.money, instead=at_work(ret))
    if at_work(ret):
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
    if at_work(ret):
        order.caller, order.actor, order.moment, order.now = ret.caller, ret.actor, ret.moment, ret.now
    return order


def at_work(ret: Return) -> bool:
    """Is it this return's own step that is under way? What is set of it is written then."""
    return "moment" in ret.__dict__


# ---- the platform's own money
def by_platform(ret: Return, at: datetime, amount: int | None = None) -> Iterator[FollowUp]:
    """The platform has paid: no instruction ever leaves this house. Told again it moves no money again.

    Our own refund is pulled back; one that has left already is an alarm: the customer may have been paid twice.
    """
    if ret.platform_paid_at is not None:
        ret.platform_paid_at = min(ret.platform_paid_at, at)
        return
    ret.platform_paid_at = at
    if (known := _told_before(ret, amount)) is not None:
        yield from _ends(ret, known.cause)
        return
    found = exactly(ret, amount) if amount else owed(ret)
    yield from _ours(ret)
    yield from pay(ret, found, paid_by="platform")


def _told_before(ret: Return, amount: int | None) -> Refund | None:
    """The same money, as a success under the platform's own key told it first."""
    for r in at_the_door(ret).purse.live():
        if r.cause.startswith("outside:"):
            fits = amount is None or r.amount == amount
            if (r.about == ret.number and fits) or (not r.about and r.amount == (amount or owed(ret).total)):
                return r
    return None


def _ours(ret: Return) -> Iterator[FollowUp]:
    order = at_the_door(ret)
    refund = order.purse.of_cause(ret.money) if ret.money else None
    if refund is None or refund.paid_by == "platform":
        return
    if refund.state in UNSENT:
        yield from money.pull_back(order, refund.cause, quietly=True)
    else:
        yield paid_twice(ret, refund)


def paid_twice(ret: Return, refund: Refund) -> Tell:
    data = {"return": ret.number, "key": refund.key, "amount": yuan(refund.amount), "state": refund.state}
    return Tell("return.paid_twice", data)


# ---- somebody else's money
def by_others(ret: Return, cause: str) -> Iterator[FollowUp]:
    """An outside refund named this return and is booked: where it covers what was owed, it is what ends it."""
    if ret.money != cause and at_the_door(ret).purse.of_cause(cause) is not None and not owed(ret).total:
        yield from _ends(ret, cause)


def _ends(ret: Return, cause: str) -> Iterator[FollowUp]:
    """This refund ends it, and none of ours: that is pulled back, or people hear of it."""
    yield from _ours(ret)
    ret.money = cause
