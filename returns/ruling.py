"""What a ruling does to the return that it is about: the goods and the money go as the platform says, never twice.

A ruling is carried out when it is told, not when the dispute moves: so the return and its money end alike whichever of
two rulings came first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import Sum
from django.utils.translation import gettext as _

from deadlines.models import Deadline
from flows.asks import yuan
from flows.effects import Due, FollowUp, Report, Save, Start, Take, Tell
from orders.models import Refund
from orders.states import S as O
from orders.tables import REFUND
from shops import policy

from .belongings import bring as bring_belongings
from .models import Dispute, Return
from .states import COME_BACK, D, Remedy, S
from .tables import RETURN

BUYER, SELLER = "buyer", "seller"
UNDER_WAY = (S.EXCHANGING, S.REFUNDING)
DONE = (S.RESHIPPED, S.COMPLETED)
GONE = ("sent", "unknown", "succeeded", "confirmed")  # a refund that has left, or may have
UNSENT = ("drafted", "approved", "failed")


def bring(disputes: Sequence[Dispute]) -> None:
    """The returns of a batch with all that belongs to them; their orders are locked already."""
    of = Return.objects.in_bulk({d.of_id for d in disputes})
    bring_belongings(list(of.values()))
    for dispute in disputes:
        dispute.of = of[dispute.of_id]


# ---- for the buyer
def carried_out(dispute: Dispute, at: datetime, remedy: str, amount: int | None) -> Iterator[FollowUp]:
    """Refund: the platform has paid, once, whatever it said later. Goods: its approval of that kind, where no later
    ruling is known. After an appeal a second ruling for the buyer moves no money again."""
    if dispute.moved:
        return
    if remedy == Remedy.REFUND:
        dispute.moved = True
        yield Report("return", dispute.of_id, "platform_refunded", {"amount": amount} if amount else {}, at=at)
    elif _newest(dispute, at):
        yield Report("return", dispute.of_id, "approve", {"kind": remedy}, at=at)


def _newest(dispute: Dispute, at: datetime) -> bool:
    return all(datetime.fromisoformat(r[0]) <= at for r in dispute.rulings)


def complied(dispute: Dispute) -> bool:
    """Has the return got there already, before the platform spoke, or by its earlier ruling?"""
    return dispute.of.state in UNDER_WAY or (dispute.moved and dispute.of.state in DONE)


def later(dispute: Dispute) -> Iterator[FollowUp]:
    """Goods that must come back first are waited for: the shop cannot comply sooner. The platform's own moment wins."""
    if dispute.remedy not in COME_BACK or dispute.of.belongings.goods_here:
        return
    limits = policy.of(dispute.shop_id).limits
    wait = sum(limits[name].after for name in ("send_back", "confirm_receipt", "dispute_comply"))
    due = dispute.moment + timedelta(seconds=wait)
    yield Due("dispute", dispute.pk, "comply", due, Deadline.PROMISE, why=_("等客户寄回商品后执行"))


# ---- for the seller
def dismissed(dispute: Dispute) -> Iterator[FollowUp]:
    """Money that has not left stays here; then the return is dismissed where it is open to that."""
    from .paying import stop

    ret = dispute.of
    if ret.state == S.REFUNDING and _unsent(ret):
        yield from stop(ret)
    yield Take("return", ret.pk, "dismiss", must=False)
    yield from recovering(ret, dispute)


def _unsent(ret: Return) -> bool:
    refund = ret.belongings.order.purse.of_cause(ret.money) if ret.money else None
    return refund is not None and refund.state in UNSENT


def recovering(ret: Return, dispute: Dispute) -> Iterator[FollowUp]:
    """What the ruling gives back to the shop, kept with the return until people have it."""
    refunds, replacement = ret.belongings.order.purse.refunds, ret.belongings.replacement
    goods = replacement is not None and replacement.state != O.CLOSED
    yield from _owed_to_us(ret, dispute, sum(r.amount for r in refunds if is_gone(ret, r)), goods=goods)


def is_gone(ret: Return, refund: Refund) -> bool:
    """Has it left for this return, or may it have? What the platform paid is asked of us as well."""
    return refund.about == ret.number and refund.state in GONE


def _owed_to_us(ret: Return, dispute: Dispute, fen: int, *, goods: bool = False) -> Iterator[FollowUp]:
    same = ret.recover == fen
    if not same:
        ret.recover = fen
        yield Save(ret, "recover")
    if goods or (fen and not same):
        data = {"dispute": dispute.number, "return": ret.number, "amount": yuan(fen), "goods": goods}
        yield Tell("dispute.recover", data)


def bring_rulings(refunds: Sequence[Refund]) -> None:
    """The newest ruled dispute about each refund's return: at most one statement a batch."""
    abouts = {r.about for r in refunds if r.about}
    ruled = Dispute.objects.filter(shop__in={r.shop_id for r in refunds}, about__in=abouts, ruled_at__isnull=False)
    those = ruled.select_related("of").order_by("ruled_at", "pk") if abouts else ()
    last = {(d.shop_id, d.about): d for d in those}
    for r in refunds:
        r.__dict__["ruled"] = last.get((r.shop_id, r.about))


REFUND.brings(bring_rulings, *REFUND.rows)


@REFUND.after(*REFUND.rows, "start")
def left_all_the_same(refund: Refund) -> Iterator[FollowUp]:
    """Money that leaves, or of which we hear, after the platform has ruled for us."""
    if not refund.about:
        return
    if "ruled" not in refund.__dict__:
        bring_rulings([refund])
    last: Dispute | None = refund.__dict__["ruled"]
    if last is not None and last.state == D.RULED_FOR_SELLER:
        found = Refund.objects.filter(order=refund.order_id, about=refund.about, state__in=GONE)
        yield from _owed_to_us(last.of, last, found.aggregate(fen=Sum("amount"))["fen"] or 0)


def nothing_to_recover(dispute: Dispute) -> Iterator[FollowUp]:
    if dispute.of.recover:
        dispute.of.recover = 0
        yield Save(dispute.of, "recover")


# ---- the next one
def opened_again(dispute: Dispute, at: datetime) -> Iterator[FollowUp]:
    found = Dispute(
        shop_id=dispute.shop_id, order_id=dispute.order_id, of_id=dispute.of_id, state=D.OPENED, created_at=at,
        opened_by=dispute.opened_by,
    )  # fmt: skip
    yield Start(found)


# ---- what the return tells its disputes
@RETURN.after(*RETURN.rows)
def goes_on(ret: Return) -> Iterator[FollowUp]:
    """Where it does what the ruling demands, that is complied with."""
    for dispute in ret.belongings.disputes:
        if dispute.state == D.RULED_FOR_BUYER and ret.state in UNDER_WAY:
            yield Take("dispute", dispute.pk, "comply", must=False)
