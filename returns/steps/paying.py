"""The money of a return: refunded, paid by the platform, asked for instead of an exchange, stopped, come. Procedures 4
and 5."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import FollowUp, Implies, Refused
from flows.table import OUTSIDE, Who
from orders.states import S as O

from .. import amounts, paying, replacing
from ..models import Return
from ..outside import says
from ..states import COME_BACK, Kind, S
from ..tables import RETURN

UNDER_WAY = (S.AWAITING_FREIGHT, S.REPAIRING, S.EXCHANGING)


@RETURN.on("refund")
def refund(
    ret: Return, *, goods: int | None = None, freight: int | None = None, compensation: int | None = None, why: str = ""
) -> Iterator[FollowUp]:
    """Nothing said: what was really paid for what is here. Less or more only with why, kept with the refund.

    Nothing at all is no refund but a refusal, which wants its proof.
    """
    if goods == 0 and not freight and not compensation and amounts.due(ret).goods:
        raise Refused(_("退 0 元就是不退：商品不合格请“验货不通过”，并附上凭证"), "input")
    return paying.pay(ret, goods=goods, freight=freight, compensation=compensation, why=why)


@RETURN.told("platform_refunded")
@RETURN.told("auto_refund")
def told_platform_refunded(
    ret: Return, at: datetime, *, amount: int | None = None, status: str = "", version: str = "",
    due_at: datetime | None = None, **_inputs: Any,
) -> Iterator[FollowUp]:  # fmt: skip
    """`return.platform_refunded`, a ruling. Recorded whatever the return has got to; where it stands follows.

    An exchange that is under way is switched; everything else goes on as auto_refund (returns/facts.py).
    """
    yield from says(ret, at, clock="receive", status=status, version=version, due_at=due_at)
    yield from paying.by_platform(ret, at, amount)
    if ret.state in UNDER_WAY:
        yield Implies("switch_to_refund", at)


@RETURN.told("money_moved")
def told_money_moved(ret: Return, at: datetime, **_inputs: Any) -> None:
    """The refund that ends it has come: where the return stands follows (returns/facts.py)."""


@RETURN.told("paid_outside")
def told_paid_outside(ret: Return, at: datetime, *, cause: str) -> Iterator[FollowUp]:
    """Somebody else has refunded and named this return; whether that ends it follows from how much."""
    return paying.by_others(ret, cause)


@RETURN.on("auto_refund")
def auto_refund(ret: Return, **_inputs: Any) -> Iterator[FollowUp]:
    """The platform has paid already; what our clock pays starts drafted, for a lead."""
    yield from replacing.call_off(ret)
    ret.ended_at, ret.closed_by = None, ""
    if ret.caller & OUTSIDE:
        yield from paying.by_platform(ret, ret.platform_paid_at or ret.moment)
    else:
        yield from paying.pay(ret, draft=True)


@RETURN.on("switch_to_refund")
def switch_to_refund(ret: Return, *, why: str = "") -> Iterator[FollowUp]:
    """The replacement is called off, what was carried to it comes home, and the money goes back from the return's own
    order. From then on it is a return of money, so that a refund that is stopped can be made again."""
    yield from replacing.call_off(ret)
    ret.kind = Kind.RETURN_REFUND if ret.kind in COME_BACK else Kind.REFUND_ONLY
    if ret.caller & Who.PLATFORM:
        yield from paying.by_platform(ret, ret.platform_paid_at or ret.moment)
    else:
        yield from paying.pay(ret, why=why, draft=bool(ret.caller & Who.CLOCK))


@RETURN.on("settle")
def settle(ret: Return) -> Iterator[FollowUp]:
    """The refund that ends it has come: a replacement that was under way for it is called off."""
    if (new := ret.belongings.replacement) is not None and new.state != O.CLOSED:
        yield from replacing.call_off(ret)
    ret.ended_at, ret.closed_by = ret.moment, ret.caller.word


@RETURN.on("money_stopped")
def money_stopped(ret: Return) -> Iterator[FollowUp]:
    """Its refund was rejected or cancelled: nothing is promised for it any more, a person decides anew."""
    ret.accepted = ""
    yield from paying.forget(ret)
