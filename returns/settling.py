"""What a refund moves on the returns above it: by its cause, never by its order alone. Registered on its table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.effects import Add, FollowUp, Report, Take, Weigh
from flows.table import Who
from orders.models import Refund
from orders.tables import REFUND

from . import amounts, freight
from .models import CourierClaim, Return
from .states import Fault, Reason
from .tables import RETURN

PAID = ("succeeded", "confirmed")


def bring(refunds: Sequence[Refund]) -> None:
    """Which returns each of a batch ends: one statement."""
    those = Return.objects.filter(order__in={r.order_id for r in refunds}, money__in={r.cause for r in refunds})
    found: dict[tuple[int, str], list[int]] = {}
    for order, cause, pk in those.order_by("pk").values_list("order_id", "money", "pk"):
        found.setdefault((order, cause), []).append(pk)
    for r in refunds:
        r.__dict__["ends"] = found.get((r.order_id, r.cause), [])


REFUND.brings(bring, "succeed", "reconcile", "confirm", "reject", "cancel")


def ended_by(refund: Refund) -> list[int]:
    """The returns that this refund ends; not those that it is only beside (freight, compensation of an exchange)."""
    if "ends" not in refund.__dict__:
        bring([refund])
    found: list[int] = refund.__dict__["ends"]
    return found


@REFUND.after("succeed", "reconcile", "confirm")
def paid(refund: Refund) -> Iterator[FollowUp]:
    """The money has come: the return that waited for it is settled, by inference."""
    if refund.state in PAID:
        for pk in ended_by(refund):
            yield Weigh("return", pk, "money_moved")


@REFUND.after("start")
def paid_by_others(refund: Refund) -> Iterator[FollowUp]:
    """An outside refund that names its return: where it covers what is owed, it is what ends it."""
    if refund.state not in PAID or not refund.about or not refund.cause.startswith("outside:"):
        return
    for pk in Return.objects.filter(order=refund.order_id, number=refund.about).values_list("pk", flat=True):
        yield Report("return", pk, "paid_outside", {"cause": refund.cause}, who=Who.SYSTEM)


@REFUND.after("reject", "cancel")
def stopped(refund: Refund) -> Iterator[FollowUp]:
    """Only the return that this refund was to end; an advance of freight leaves the ledger again. One that is promised
    anew in the same breath has not stopped."""
    if refund.quiet:
        return
    if refund.cause.startswith("freight:"):
        told = {"key": refund.key, "amount": refund.amount}
        yield Report("order", refund.order_id, "freight_withdrawn", told, who=Who.SYSTEM)
        return
    for pk in ended_by(refund):
        yield Take("return", pk, "money_stopped", must=False)


# ---- what the courier has to make good
@RETURN.after("approve", "refund", "exchange", "auto_refund")
def claimed(ret: Return) -> Iterator[FollowUp]:
    """The courier's fault is the shop's loss first: what it cost is kept as a claim, once a parcel."""
    if freight.fault_of(ret) != Fault.COURIER or CourierClaim.objects.filter(of=ret.pk).exists():
        return
    own = amounts.belongings(ret)
    parcels = own.order.goods.sent()
    carrier, number = (parcels[-1].carrier, parcels[-1].tracking_number) if parcels else ("", "")
    lost = amounts.owed(ret)
    cost = sum(lost.shares.values()) + lost.freight + lost.compensation
    if cost:
        yield Add(CourierClaim(
            of_id=ret.pk, carrier=carrier, tracking_number=number, amount=cost, why=str(Reason(ret.reason).label),
            by=ret.actor[:80], at=ret.moment,
        ))  # fmt: skip
