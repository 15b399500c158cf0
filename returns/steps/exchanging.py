"""Another parcel for the customer: exchanges, their freight, and what becomes of the replacement. Procedures 4 to 6."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flows.effects import FollowUp, Implies, Refused, Take, Tell
from flows.table import OUTSIDE, PEOPLE, Who
from orders import money
from orders.states import S as O

from .. import paying, replacing
from ..belongings import LEFT
from ..ends import done
from ..models import Return
from ..outside import bring_given, says, spoken
from ..states import S
from ..tables import RETURN

RETURN.brings(bring_given, "ask_freight")
CHOICE = ("sku", "title", "quantity", "price")


def choose(ret: Return, **given: Any) -> None:
    """What the customer wants instead. Raises Refused for goods that nobody knows."""
    said = {name: given[name] for name in CHOICE if given.get(name) not in (None, "")}
    if said:
        ret.choice = {**ret.choice, **said}
    if sku := ret.choice.get("sku"):
        replacing.product_of(ret, sku, ret.choice.get("title", ""))


@RETURN.on("exchange")
def exchange(ret: Return, *, freight_back: int | None = None, **choice: Any) -> Iterator[FollowUp]:
    """freight_back: what the customer has laid out for the way back, where the fault is the seller's."""
    choose(ret, **choice)
    yield from replacing.open_(ret)
    if freight_back:
        yield from money.promise(
            paying.at_the_door(ret), f"freight:{ret.pk}", freight=freight_back, about=ret.number,
            asked=money.Asked(ret.actor, ret.caller),
        )  # fmt: skip


# ---- the freight of an exchange without fault of the seller
@RETURN.on("ask_freight")
def ask_freight(ret: Return, *, amount: int, words: str = "", **choice: Any) -> Iterator[FollowUp]:
    """Where it is recorded as paid already, the exchange goes on at once; a dearer choice is collected first."""
    choose(ret, **choice)
    yield from spoken(ret, words, "freight")  # the customer's page shows them
    ret.freight_asked = amount
    if ret.freight_due == "paid":
        yield from replacing.open_(ret)
    else:
        replacing.check_price(ret)


@RETURN.told("pay_freight")
def told_pay_freight(
    ret: Return, at: datetime, *, amount: int | None = None, transaction: str = "", status: str = "",
    due_at: datetime | None = None,
) -> Iterator[FollowUp]:  # fmt: skip
    """Recorded whatever the return has got to; the newest word about a payment counts."""
    yield from says(ret, at, clock="dispatch", status=status, due_at=due_at)
    _paid(ret, at, amount, transaction)
    if ret.state == S.AWAITING_FREIGHT and ret.freight_due == "paid":
        yield Implies("pay_freight", at)


def _paid(ret: Return, at: datetime, amount: int | None, transaction: str) -> None:
    known = ret.freight_payments.get(transaction)
    if known and (datetime.fromisoformat(known[1]), known[0] or 0) >= (at, amount or 0):
        return
    ret.freight_payments = {**ret.freight_payments, transaction: [amount, at.isoformat()]}
    ret.freight_paid = sum(fen or 0 for fen, _at in ret.freight_payments.values())


@RETURN.on("pay_freight")
def pay_freight(ret: Return, *, amount: int | None = None, transaction: str = "") -> Iterator[FollowUp]:
    """By hand nothing said means all that was asked for. Raises Refused for less."""
    if ret.caller & PEOPLE:
        _paid(ret, ret.moment, ret.freight_asked if amount is None else amount, transaction)
    if ret.freight_due != "paid":
        missing = (ret.freight_asked or 0) - (ret.freight_paid or 0)
        raise Refused(replacing.short_of(missing), "input")
    yield from replacing.open_(ret)


# ---- the replacement's way
@RETURN.told("dispatch")
def told_dispatch(
    ret: Return, at: datetime, *, status: str = "", due_at: datetime | None = None, **given: Any
) -> Iterator[FollowUp]:
    """The shop's back end has sent it: where nothing waits to be sent people are told."""
    yield from says(ret, at, clock="confirm", status=status, due_at=due_at)
    row = RETURN.row("dispatch", ret.state)
    if row is not None and row.who & ret.caller:
        yield Implies("dispatch", at, given)
    elif ret.state not in (S.RESHIPPED, S.COMPLETED):
        yield Tell("return.sent_unasked", {"state": ret.state, **_parcel(given)})


@RETURN.on("dispatch")
def dispatch(ret: Return, *, carrier: str = "", tracking_number: str = "") -> Iterator[FollowUp]:
    """Its own order goes with it, by its own rules; where that has left, this follows from it."""
    ret.reshipped = _parcel({"carrier": carrier, "tracking_number": tracking_number}) or ret.reshipped
    ret.replacement_lost = False
    new = ret.belongings.replacement
    if new is None or new.state in LEFT or ret.caller & Who.SYSTEM:
        return
    sent = {"parcels": [{"carrier": carrier, "tracking_number": tracking_number, "lines": None}]}
    yield Take("order", new.pk, "ship", sent, must=not ret.caller & OUTSIDE, who=ret.caller)


def _parcel(given: dict[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in ("carrier", "tracking_number") if given.get(name)}


@RETURN.told("confirm")
def told_confirm(
    ret: Return, at: datetime, *, order: int = 0, status: str = "", due_at: datetime | None = None
) -> Iterator[FollowUp]:
    """order: the replacement that was signed, where it is known: also one that had been given up for another."""
    yield from says(ret, at, clock="confirm", status=status, due_at=due_at)
    yield from replacing.turned_up(ret, order)
    yield Implies("confirm", at)


@RETURN.on("confirm")
def confirm(ret: Return, **_inputs: Any) -> Iterator[FollowUp]:
    """The customer has it: the replacement's order is signed with it. Its money is there again, where it had been
    called off before it turned out that it had left."""
    done(ret)
    if ret.money and not ret.platform_paid_at:
        yield from paying.stop(ret)
    new = ret.belongings.replacement
    if new is None:
        return
    yield from replacing.carry_again(ret)
    if new.state not in (O.SIGNED, O.COMPLETED):
        yield Take("order", new.pk, "sign", {}, must=False, who=ret.caller)


@RETURN.on("replacement_failed")
def replacement_failed(ret: Return, *, why: str = "") -> Iterator[FollowUp]:
    """Lost, rejected or brought back: sent again, or refunded if the customer has had enough."""
    ret.reshipped = {}
    yield from replacing.again(ret)


# ---- repairs
@RETURN.on("repair")
def repair(ret: Return, *, why: str = "") -> None:
    ret.repair_result = ""


@RETURN.on("repaired")
def repaired(ret: Return, *, result: str, words: str = "") -> Iterator[FollowUp]:
    """What was repaired goes home by an order of its own; what cannot be is decided anew."""
    ret.repair_result = result
    if result == "repaired":
        yield from replacing.open_(ret)
