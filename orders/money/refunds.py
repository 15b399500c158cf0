"""Refunds that an order promises: one a cause, under one key for its life, never more than the order holds.

What a hook alone has caused waits the shop's `reorder_window`, since a fact that outranks its cause may still be under
way; it is pulled back while nobody has heard of it. No rule on states cures money that has left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from flows.asks import yuan
from flows.effects import FollowUp, Refused, Start, Take, Tell
from flows.table import PEOPLE, Who

from ..models import Order, Refund
from ..models.refund import OWED
from ..states import Closed, R, S
from . import authority
from .purse import UNHEARD, UNSENT

# What comes in for these goes back; where the platform itself has closed it as refunded, its own refund is awaited.
FOR_GOOD = (Closed.CANCELLED, Closed.REFUNDED, Closed.SWAPPED, Closed.MERGED)
LEAST_OWED = ("compensation", "freight", "goods")  # what is cut first where not all of it can go back


@dataclass(frozen=True)
class Asked:
    """Whose word a refund is, and whose authority counts."""

    by: str
    who: Who

    @classmethod
    def of(cls, said: Sequence[str]) -> Asked | None:
        """[role, name], as one subject's step hands it on to another's; [] where nobody was said."""
        return cls(said[1], Who[said[0].upper()]) if said else None


def free(order: Order) -> int:
    """Fen that could still go back."""
    return max(0, order.received - order.purse.pending())


def promise(
    order: Order, cause: str, *, goods: int = 0, freight: int = 0, compensation: int = 0, about: str = "",
    asked: Asked | None = None, paid_by: str = Refund.SHOP, draft: bool = False, note: str = "", payee: str = "",
    clip: bool = False,
) -> Iterator[FollowUp]:  # fmt: skip
    """Start the refund of this cause, unless one lives. Amounts are fen; asked: by default who acts on the order.

    What the platform pays itself starts as sent; what a clock has caused or what is above the authority of who asked
    waits for a lead. More than can go back is refused, or clipped (`clip`: what the order itself owes).
    Raises Refused ("refused") with the amounts.
    """
    if order.purse.of_cause(cause):
        return
    asked = asked or Asked(order.actor, order.caller)
    parts = {"goods": goods, "freight": freight, "compensation": compensation}
    if paid_by == Refund.SHOP:
        parts = _within(order, parts, clip=clip)
    if not sum(parts.values()):
        return
    refund = Refund(
        shop_id=order.shop_id, order=order, number=f"{order.number}-F{len(order.purse.refunds) + 1}",
        key=order.purse.fresh_key(order, cause), cause=cause, about=about, amount=sum(parts.values()), **parts,
        paid_by=paid_by, asked_by=asked.by[:80], asked_as=asked.who.word, note=note[:200], payee=payee,
        state=_begins(order, cause, parts, asked, paid_by, draft),
    )  # fmt: skip
    order.purse.refunds.append(refund)
    yield Start(refund)


def _within(order: Order, parts: dict[str, int], *, clip: bool) -> dict[str, int]:
    """The parts, or what can go back of them. Raises Refused."""
    asked, most = sum(parts.values()), free(order)
    if asked <= most:
        return parts
    if not clip:
        raise Refused(_more_than_free(order, asked, most), "refused", order)
    for name in LEAST_OWED:
        cut = min(parts[name], asked - most)
        parts, asked = {**parts, name: parts[name] - cut}, asked - cut
    return parts


def _more_than_free(order: Order, asked: int, most: int) -> str:
    return _("要退 %(asked)s 元，最多还可退 %(most)s 元（实收 %(paid)s，已退 %(refunded)s，退款中 %(pending)s）") % {
        "asked": yuan(asked), "most": yuan(most), "paid": yuan(order.paid), "refunded": yuan(order.refunded),
        "pending": yuan(order.purse.pending()),
    }  # fmt: skip


def _begins(order: Order, cause: str, parts: dict[str, int], asked: Asked, paid_by: str, draft: bool) -> str:
    """Where a refund starts. What a cancelled order owes needs nobody's authority."""
    if paid_by == Refund.PLATFORM:
        return R.SENT
    if draft or asked.who & Who.CLOCK:
        return R.DRAFTED
    owed = cause.partition(":")[0] == OWED
    if asked.who & PEOPLE and not owed and authority.above(order, asked.by, asked.who, parts):
        return R.DRAFTED
    return R.APPROVED


def pull_back(order: Order, cause: str, *, quietly: bool = False, instead: bool = False) -> Iterator[FollowUp]:
    """The refund is cancelled while nobody has heard of it, or where it has failed; else people must know (unless
    `quietly`): it has left this house. instead: its own cause pulls it back, and need not be told."""
    refund = order.purse.of_cause(cause)
    if refund is None or refund.pk is None:
        return
    if refund.state in UNSENT:
        yield _stop(order, refund, instead=instead)
    elif refund.state in (R.SENT, R.UNKNOWN) and not quietly:
        yield _too_late(refund)


def _stop(order: Order, refund: Refund, *, instead: bool = False) -> Take:
    """instead: it is promised anew, so its cause is not told that its money has stopped."""
    order.purse.gone.add(refund.pk)
    inputs = {"instead": True} if instead and free(order) else {}
    return Take("refund", refund.pk, "cancel", inputs, first=True)


def _too_late(refund: Refund) -> Tell:
    return Tell("refund.too_late", {"key": refund.key, "amount": yuan(refund.amount), "cause": refund.cause})


def give_all_back(order: Order, *, asked: Asked | None = None, about: str = "") -> Iterator[FollowUp]:
    """The one refund of a cancelled order: all that is recorded as paid, whenever that is recorded.

    Money that is recorded later joins the refund while nobody has heard of it; else it goes back by itself. One that
    has failed is sent again, not promised twice.
    """
    owed = order.received - order.purse.promised()
    if owed <= 0:
        return
    like: dict[str, Any] = {"asked": asked, "about": about}
    known = order.purse.of_cause("cancel")
    if known is not None and known.pk is not None and known.state in UNHEARD:
        yield _stop(order, known, instead=True)
        owed, like = owed + known.amount, _like(known)
        known = None
    cause = f"cancel:{len(order.purse.refunds)}" if known else "cancel"
    freight = min(order.purse.left("freight", order.freight), owed)
    yield from promise(order, cause, goods=owed - freight, freight=freight, clip=True, **like)


def _like(refund: Refund) -> dict[str, Any]:
    """What a refund that takes the place of this one keeps of it."""
    return {
        "about": refund.about, "asked": Asked(refund.asked_by, Who[(refund.asked_as or "system").upper()]),
        "draft": refund.state == R.DRAFTED, "note": refund.note, "payee": refund.payee,
    }  # fmt: skip


def fit(order: Order) -> Iterator[FollowUp]:
    """What waits to be refunded fits what the order holds, now that it holds something else: nothing is paid back
    twice. An order that is closed for good gives back all it holds."""
    for refund in [r for r in order.purse.live() if r.state in UNHEARD and r.pk is not None]:
        if order.purse.pending() <= order.received:
            break
        yield _stop(order, refund, instead=True)
        if not refund.owed:
            again: dict[str, Any] = {**refund.parts, **_like(refund)}
            yield from promise(order, refund.cause, **again, clip=True)
    if order.purse.pending() > order.received:
        yield from (_too_late(r) for r in order.purse.live() if r.state in (R.SENT, R.UNKNOWN))
    if order.state == S.CLOSED and order.close_reason in FOR_GOOD and order.fact != "close_refunded":
        yield from give_all_back(order)


def outside(order: Order, key: str, amount: int, voucher: str, about: str = "", paid_by: str = "") -> Refund:
    """An unsaved refund that somebody else has paid."""
    refund = Refund(
        shop_id=order.shop_id, order=order, number=f"{order.number}-F{len(order.purse.refunds) + 1}", key=key,
        cause=elsewhere(key), about=about, goods=amount, amount=amount, voucher=voucher[:100],
        asked_as=order.caller.word, asked_by=order.actor[:80], settled_at=order.moment, state=R.SUCCEEDED,
        heard=[[order.moment.isoformat(), amount, voucher[:100]]], fact="succeed",
        paid_by=Refund.PLATFORM if paid_by == Refund.PLATFORM else Refund.SHOP,
    )  # fmt: skip
    order.purse.refunds.append(refund)
    return refund


def elsewhere(key: str) -> str:
    """The cause of a refund that nothing here has caused; a long key is told apart by its digest."""
    whole = f"outside:{key}"
    return whole if len(whole) <= 60 else f"{whole[:47]}~{sha256(key.encode()).hexdigest()[:12]}"
