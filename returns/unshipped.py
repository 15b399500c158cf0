"""Money asked back for an order that has not left: it waits here while that is undecided, and is cancelled once it is.

Asking for the money back and cancelling are one thing: one refund, whoever says so first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import FollowUp, Report, Save, Take, Tell
from flows.table import OUTSIDE, Who
from orders import goods
from orders.models import Order
from orders.states import Closed, Payment
from orders.states import S as O
from orders.tables import ORDER

from . import paying
from .belongings import UNSENT
from .models import Return, ReturnLine
from .states import Kind, S
from .tables import RETURN

ASKED = (S.REQUESTED.value, S.AWAITING_EVIDENCE.value, S.OFFERED.value)
WHOLE = "cancel"  # the cause of a cancelled order's refund
LEAVES = ("audit", "pack", "ship", "ship_part")


@dataclass
class Claim:
    """A return of an order that has not ended."""

    pk: int
    number: str
    state: str
    money: str
    kind: str
    opened_by: str
    lines: dict[str, int] = field(default_factory=dict)

    @property
    def undecided(self) -> bool:
        return self.state in ASKED


def bring(orders: Sequence[Order]) -> None:
    """The open returns of a batch or of a page of orders: one statement."""
    rows = ReturnLine.objects.filter(of__order__in=[o.pk for o in orders], quantity__gt=0)
    rows = rows.exclude(of__state__in=RETURN.final).order_by("of_id")
    found: dict[int, dict[int, Claim]] = {}
    names = ("of_id", "of__number", "of__state", "of__money", "of__kind", "of__opened_by")
    for order, line, count, pk, *told in rows.values_list("of__order_id", "line__line", "quantity", *names):
        found.setdefault(order, {}).setdefault(pk, Claim(pk, *told)).lines[line] = count
    for o in orders:
        o.__dict__["claims"] = list(found.get(o.pk, {}).values())


def opened(order: Order) -> list[Claim]:
    """Its open returns, loaded where a batch has not brought them."""
    if "claims" not in order.__dict__:
        bring([order])
    found: list[Claim] = order.__dict__["claims"]
    return found


def claims(order: Order) -> list[Claim]:
    """Those that ask for nothing but money."""
    return [c for c in opened(order) if c.kind == Kind.REFUND_ONLY]


# Every step whose reactions here or in reactions.py ask for them.
ORDER.brings(bring, "cancel", "close_refunded", *LEAVES, "sign", "bounce", "reject_parcel", "complete")


# ---- while it is undecided
@ORDER.needs(*LEAVES, bring=bring)
def money_is_asked_back(order: Any) -> str:
    """Nobody here sends what the customer does not want any more; what shop or platform report has happened."""
    held = next((c for c in claims(order) if c.undecided and _touches(order, c)), None)
    if held is None:
        return ""
    return _("客户申请了仅退款（%(number)s）：请先同意退款，或与客户谈妥后撤销申请，再继续") % {"number": held.number}


def _touches(order: Order, claim: Claim) -> bool:
    """Is something that it asks for still in the house? Of an order that has left in part, the lines tell."""
    if order.state in UNSENT:
        return True
    return bool(claim.lines.keys() & set(goods.of(order).unshipped()))


@ORDER.after("pack", "ship", "ship_part")
def left_all_the_same(order: Order) -> Iterator[FollowUp]:
    """It leaves though its money was asked back: people stop it."""
    for claim in claims(order):
        if claim.undecided and order.caller & OUTSIDE:
            yield Tell("return.left_all_the_same", {"return": claim.number, "state": order.state})


@ORDER.after("pack", "ship", "ship_part", "sign", "bounce", "reject_parcel", "complete")
def was_not_cancelled(order: Order) -> Iterator[FollowUp]:
    """The goods had left after all, and the refund of the cancellation was pulled back: the return that was agreed to
    pays by itself."""
    for claim in claims(order):
        if claim.money == WHOLE:
            yield Take("return", claim.pk, "approve", {"again": True}, must=False, who=Who.PLATFORM)


# ---- once it is decided
def still_here(ret: Return) -> bool:
    """Had nothing of the order left when this was decided, as far as is known now? What has arrived, or come back, is
    no order to cancel any more."""
    order = ret.order
    left = [p.shipped_at for p in order.goods.sent() if p.shipped_at]
    if left:
        return order.state in (O.PARTLY_SHIPPED, O.SHIPPED) and min(left) > ret.moment and whole(ret)
    return order.state in UNSENT or (order.state == O.CLOSED and order.purse.of_cause(WHOLE) is not None)


def asked_for(ret: Return) -> dict[str, int]:
    """{line: pieces} of it that are still in the order."""
    return {x.line.line: x.quantity - x.dropped for x in ret.belongings.lines if x.quantity > x.dropped}


def whole(ret: Return) -> bool:
    """Is it everything that the order still owes?"""
    return covers(ret.order, asked_for(ret))


def covers(order: Order, asked: Mapping[str, int]) -> bool:
    return all(asked.get(line, 0) >= quantity for line, quantity in order.goods.owed().items())


def drop(ret: Return) -> Iterator[FollowUp]:
    """The whole order is cancelled with its one refund; of a part the lines leave it, and they are refunded."""
    if not whole(ret):
        yield from paying.pay(ret)
        yield from _leave(ret)
        return
    order, ret.money = ret.order, WHOLE
    if order.state != O.CLOSED:
        by = "merchant" if order.payment == Payment.COD else "customer"
        asked = [ret.caller.word, ret.actor]
        told = {"by": by, "reason": "refund_only", "asked": asked, "about": ret.number}
        yield Take("order", order.pk, "cancel", told, who=Who.PLATFORM if ret.caller & OUTSIDE else Who.SYSTEM)
    if order.received <= 0:  # nothing was paid: nothing has to come
        yield Take("return", ret.pk, "settle")


def _leave(ret: Return) -> Iterator[FollowUp]:
    """Their money goes back with the return, so the order pays nothing of its own for them."""
    gone = [{"line": line, "quantity": quantity} for line, quantity in asked_for(ret).items()]
    for x in ret.belongings.lines:
        x.dropped = x.quantity
        yield Save(x, "dropped")
    paid_apart = {"cause": f"return:{ret.pk}", "carried": 0, "back": 0}
    yield Take("order", ret.order_id, "drop_rest", {"lines": gone, "swap": paid_apart})


# ---- cancelled or refunded by others meanwhile: that is its refund
@ORDER.after("cancel", "close_refunded")
def is_that_refund(order: Order) -> Iterator[FollowUp]:
    for claim in claims(order):
        waits = bool(claim.money) and order.purse.of_cause(claim.money) is not None
        pulled_back = claim.money == WHOLE and not waits and closed_as_refunded(order)
        if not claim.undecided and claim.state != S.REFUSED and not pulled_back:
            continue
        if order.received <= 0:
            yield Take("return", claim.pk, "settle", must=False)
        elif closed_as_refunded(order) and not waits and covers(order, claim.lines):
            yield Report("return", claim.pk, "platform_refunded")
        elif not claim.money:
            yield Save(Return(pk=claim.pk, money=WHOLE), "money")


def closed_as_refunded(order: Order) -> bool:
    """The platform says that it has paid all of it back; whether that was told to the ledger or not."""
    return order.state == O.CLOSED and order.close_reason == Closed.REFUNDED


def asked_too_late(ret: Return) -> Iterator[FollowUp]:
    """Heard of after its order was closed as refunded: that was its refund."""
    order = ret.order
    if ret.kind != Kind.REFUND_ONLY or not ret.caller & OUTSIDE or not closed_as_refunded(order):
        return
    if order.received <= 0:
        yield Take("return", ret.pk, "settle", must=False)
    elif covers(order, asked_for(ret)):
        yield Report("return", ret.pk, "platform_refunded", at=order.closed_at)
