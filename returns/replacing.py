"""The replacement order of an exchange, a reship, a gift, a repair: opened, called off, and its money's way.

Money follows the goods: what was paid for the goods that an exchange takes back goes over to its replacement, so that a
later return of that refunds it from there; called off, it comes home. What is sent besides carries nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

import rows
from flows.asks import yuan
from flows.effects import FollowUp, Refused, Save, Start, Take, Tell
from orders import goods, money
from orders.models import Line, Order, Product
from orders.settle import replacement
from orders.states import Payment
from orders.states import S as O

from . import amounts
from .belongings import LEFT, gone
from .models import Return, ReturnLine
from .paying import at_the_door
from .states import Kind

Wanted = Sequence[Mapping[str, Any]]


def cause_of(ret: Return) -> str:
    """Of the refund by which an exchange is cheaper; stands beside the one that would end the return."""
    return f"exchange:{ret.pk}"


# ---- opened
def open_(ret: Return, *, lines: Wanted | None = None, price: int | None = None) -> Iterator[FollowUp]:
    """Open the replacement at the auditor's; one that still lives stays.

    lines: {"sku", "title", "quantity"} of what is given besides (a gift); None: the return's own goods, or what an
    exchange has chosen. price: fen for all of an exchange's choice; None: as agreed, else what was paid for the goods.
    Raises Refused where the choice is dearer and the difference has not been paid.
    """
    if _lives(ret.belongings.replacement):
        return
    order, wanted = ret.belongings.order, list(lines or ())
    if ret.kind == Kind.EXCHANGE and not wanted:
        yield from agree(ret, price)
        yield from _carry_out(ret)
    elif wanted:
        ret.choice = {"besides": wanted}
    carried = int(ret.choice.get("carried") or 0)
    sent = [_besides(ret, n, x) for n, x in enumerate(wanted, 1)] or _spread(_goods(ret), carried)
    [pk] = rows.allocate(Order, 1)
    new = replacement(order, carried, 0, ret.moment)
    new.pk, new.after_sale, new.payment = pk, True, Payment.ONLINE
    ret.replacement = ret.belongings.replacement = new
    ret.replacement_lost, ret.reshipped = False, {}
    yield Start(new, {"lines": sent, "carried": carried, "cause": _trip(ret)})


def _lives(order: Order | None) -> bool:
    return order is not None and order.state != O.CLOSED


def _besides(ret: Return, n: int, wanted: Mapping[str, Any]) -> dict[str, Any]:
    product = product_of(ret, wanted.get("sku", ""), wanted.get("title", ""))
    return {**product, "line": str(n), "quantity": wanted.get("quantity") or 1, "unit_price": 0, "paid": 0,
            "gift": True}  # fmt: skip


def product_of(ret: Return, sku: str, title: str = "") -> dict[str, Any]:
    """What the order or the shop calls this article. Raises Refused where neither knows it and no name was given."""
    same = next((x.line for x in ret.belongings.lines if sku and x.line.sku == sku), None)
    product = same or Product.objects.filter(shop=ret.shop_id, sku=sku).first()
    if product is None and not title:
        raise Refused(_("本店没有货号 %(sku)s，请填写商品名称") % {"sku": sku}, "input")
    title, category = (title or product.title, product.category) if product else (title, "")
    return {"sku": sku, "title": title, "category": category}


def pieces(ret: Return) -> dict[ReturnLine, int]:
    """What is replaced: of a reship what was asked for, else what of ours is here, else what is to come."""
    here = {x: x.here - x.not_ours for x in ret.belongings.lines if x.here > x.not_ours}
    asked = {x: x.quantity for x in ret.belongings.lines if x.quantity}
    return asked if ret.kind == Kind.RESHIP else here or asked


def _goods(ret: Return) -> list[dict[str, Any]]:
    """The lines of the replacement, each with its weight in `paid`."""
    if (sku := ret.choice.get("sku")) and ret.kind == Kind.EXCHANGE:
        count = ret.choice.get("quantity") or sum(pieces(ret).values())
        each = int(ret.choice.get("carried") or 0) // count
        product = product_of(ret, sku, ret.choice.get("title", ""))
        return [{**product, "line": "1", "quantity": count, "unit_price": each, "paid": 1}]
    same = [name for name in Line.SAME if name != "gift"]
    return [
        {**{name: getattr(x.line, name) for name in same}, "line": x.line.line, "quantity": n, "gift": x.line.gift,
         "paid": x.line.paid * n}
        for x, n in pieces(ret).items()
    ]  # fmt: skip


def _spread(lines: list[dict[str, Any]], carried: int) -> list[dict[str, Any]]:
    """carried: fen, over the lines in proportion to their `paid`; the last takes the rest."""
    whole, given, seen = sum(x["paid"] for x in lines) or 1, 0, 0
    for x in lines:
        seen += x["paid"]
        x["paid"], given = carried * seen // whole - given, carried * seen // whole
    if lines and given < carried:
        lines[-1]["paid"] += carried - given
    return lines


# ---- what it costs
def agree(ret: Return, price: int | None = None) -> Iterator[FollowUp]:
    """Keep in `choice` what goes over, and give back by how much the choice is cheaper.

    Dearer: the customer pays the difference first, as one more payment of the order.
    """
    due, order = amounts.due(ret), at_the_door(ret)
    agreed = check_price(ret, price, due)
    carried, back = min(agreed, max(0, money.free(order))), max(0, due.goods - agreed)
    ret.choice = {**ret.choice, "price": agreed, "carried": carried, "difference": max(0, agreed - due.goods),
                  "back": back}  # fmt: skip
    yield from _spoken_for(ret, due.shares, due.lines)
    if back:
        asked = money.Asked(ret.actor, ret.caller)
        yield from money.promise(order, cause_of(ret), goods=back, about=ret.number, asked=asked)


def check_price(ret: Return, price: int | None = None, due: amounts.Amounts | None = None) -> int:
    """-> fen for all of the choice: as said, as agreed before, else what was paid for the goods. Raises Refused."""
    worth = (due or amounts.due(ret)).goods
    agreed = ret.choice.get("price") if price is None else price
    agreed = worth if agreed is None else int(agreed)
    if agreed > worth and (missing := agreed - worth - surplus(ret)) > 0:
        raise Refused(_("换货差价还有 %(amount)s 元未收到，请先向客户收取") % {"amount": yuan(missing)}, "refused")
    return agreed


def short_of(fen: int) -> str:
    return _("还差 %(amount)s 元运费") % {"amount": yuan(fen)}


def _spoken_for(ret: Return, shares: Mapping[int, int], fen: Mapping[int, int]) -> Iterator[FollowUp]:
    """What was paid for these lines has gone its way: other returns of the order count with it."""
    for x in ret.belongings.lines:
        x.share, x.refunded = shares.get(x.pk, 0), fen.get(x.pk, 0)
        yield Save(x, "share", "refunded")


def surplus(ret: Return) -> int:
    """Fen that came in for the order beyond what it costs, and that no other exchange has taken."""
    order = ret.belongings.order
    others = Return.objects.filter(order=ret.order_id).exclude(pk=ret.pk).values_list("choice", flat=True)
    taken = sum(int(c.get("carried") or 0) - int(c.get("difference") or 0) for c in others)
    return order.paid + taken - order.total


# ---- the money's way
def _trip(ret: Return) -> str:
    """What a journey of the money is booked for: there, home, there again, each once."""
    return f"exchange:{ret.pk}:{ret.choice.get('trips', 0)}"


def _book(ret: Return, order: Order, kind: str, amount: int) -> Iterator[FollowUp]:
    yield from money.book(order, kind, amount, _trip(ret), ret.moment)
    yield Save(order, "paid")


def _carry_out(ret: Return) -> Iterator[FollowUp]:
    ret.choice = {**ret.choice, "trips": ret.choice.get("trips", 0) + 1}
    yield from _book(ret, ret.belongings.order, "carried_out", -ret.choice["carried"])


def bring_home(ret: Return) -> Iterator[FollowUp]:
    """What the replacement holds comes back to the return's order; what it was about to refund does, too."""
    new, order = ret.belongings.replacement, ret.belongings.order
    if new is None or not ret.choice.get("carried"):
        return
    money.bring([new])
    new.caller, new.actor, new.moment, new.now = ret.caller, ret.actor, ret.moment, ret.now
    yield from money.pull_back(new, "cancel", quietly=True)
    held = min(ret.choice["carried"], new.received - new.purse.pending())
    ret.choice = {**ret.choice, "carried": 0, "difference": 0, "trips": ret.choice.get("trips", 0) + 1}
    yield from _spoken_for(ret, {}, {})
    if held > 0:
        yield from _book(ret, new, "carried_out", -held)
        yield from _book(ret, order, "carried_in", held)


# ---- called off
def call_off(ret: Return) -> Iterator[FollowUp]:
    """The replacement is not wanted any more: cancelled, from packed recalled; what has left is told to people.

    Its money comes home in any case, and a difference that was still to be paid out stays here.
    """
    new = ret.belongings.replacement
    if new is None:
        return
    yield from bring_home(ret)
    yield from money.pull_back(at_the_door(ret), cause_of(ret), quietly=True)
    yield from _stop(ret, new)
    if ret.freight_paid:
        yield Tell("return.freight_unused", {"amount": yuan(ret.freight_paid)})


def _stop(ret: Return, new: Order) -> Iterator[FollowUp]:
    if new.state == O.CLOSED:
        return
    if new.state not in LEFT or gone(new):
        yield Take("order", new.pk, "cancel", {"by": "customer", "reason": "return"})
        return
    parcels = [p.words() for p in goods.of(new).sent()]
    yield Tell("order.stop_parcel", {"parcels": parcels})
    yield Tell("return.replacement_out", {"order": new.number, "state": new.state, "parcels": parcels})


def again(ret: Return) -> Iterator[FollowUp]:
    """Lost or rejected: another one is sent, through the auditor; what the first one held goes over to it.

    One that the courier brings back is sent again by its own order (`resend`).
    """
    new = ret.belongings.replacement
    if new is None or new.state == O.BOUNCED:
        return
    yield from bring_home(ret)
    if new.state != O.CLOSED:
        yield Take("order", new.pk, "cancel", {"by": "customer", "reason": "return"})
    ret.choice = {**ret.choice, "earlier": [*ret.choice.get("earlier", []), new.pk]}
    ret.belongings.replacement = None
    yield from open_(ret, lines=ret.choice.get("besides"))


def turned_up(ret: Return, order: int) -> Iterator[FollowUp]:
    """A replacement that was given up has reached the customer after all: it is the one; the other is not needed."""
    if order not in ret.choice.get("earlier", []):
        return
    yield from bring_home(ret)
    if (other := ret.belongings.replacement) is not None:
        yield from _stop(ret, other)
    ret.replacement = ret.belongings.replacement = Order.objects.get(pk=order)
    ret.choice = {**ret.choice, "earlier": [pk for pk in ret.choice["earlier"] if pk != order]}


def carry_again(ret: Return) -> Iterator[FollowUp]:
    """What came home when the replacement was called off goes over again, now that the customer has it."""
    new, agreed = ret.belongings.replacement, ret.choice.get("price")
    if new is None or not ret.choice.get("trips") or ret.choice.get("carried") or not agreed:
        return
    held = min(int(agreed), max(0, money.free(ret.belongings.order)))
    ret.choice = {**ret.choice, "carried": held}
    if held > 0:
        yield from _carry_out(ret)
        yield from _book(ret, new, "carried_in", held)
