"""A stock-out is settled with the customer: wait, swap, or money back. Procedures 2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from django.utils.translation import gettext as _

from deadlines.models import Deadline
from flows.effects import Add, Due, FollowUp, Refused, Start, Take
from shops.punctuation import listed

from . import goods, money
from .models import Contact, Line, Order, Product, StockOut
from .states import Payment, S
from .tables import STOCK_OUT

SETTLING = ("agree_swap", "agree_refund", "presume_refund", "swap", "drop")


def bring(stock_outs: Sequence[StockOut]) -> None:
    """The orders of a batch with their goods and money; they are locked already."""
    orders = {o.pk: o for o in Order.objects.filter(pk__in=[s.order_id for s in stock_outs])}
    goods.bring(list(orders.values()))
    money.bring(list(orders.values()))
    for s in stock_outs:
        s.order = orders[s.order_id]
        s.goods, s.purse = s.order.goods, s.order.purse


STOCK_OUT.brings(bring, *SETTLING)


@STOCK_OUT.on("contact")
def contact(
    stock_out: StockOut, *, channel: str, words: str, offered: Sequence[str] = (), none_why: str = ""
) -> Iterator[FollowUp]:
    """The first attempt offers at least one related product, or says why none exists."""
    if not stock_out.contacts_made and not offered and not none_why.strip():
        raise Refused(_("第一次联系须推荐至少一件替代商品，或写明为什么没有"), "input")
    known = set(Product.objects.filter(shop=stock_out.shop_id, sku__in=offered).values_list("sku", flat=True))
    if unknown := [sku for sku in offered if sku not in known]:
        raise Refused(_("本店没有货号 %(sku)s") % {"sku": listed(unknown)}, "input")
    stock_out.contacts_made += 1
    stock_out.promised_for = None
    yield Add(Contact(
        stock_out_id=stock_out.pk, channel=channel, words=words, offered=list(offered), none_why=none_why,
        by=stock_out.actor[:80], at=stock_out.moment,
    ))  # fmt: skip


@STOCK_OUT.on("agree_wait")
def agree_wait(stock_out: StockOut, *, promised_for: datetime) -> Iterator[FollowUp]:
    """The order's ship clock moves to the promised date; the platform's own date still wins."""
    if promised_for <= stock_out.now:
        raise Refused(_("承诺的到货时间已经过去"), "input")
    stock_out.promised_for = promised_for
    yield Due("order", stock_out.order_id, "ship", promised_for, Deadline.PROMISE)


@STOCK_OUT.on("agree_swap")
def agree_swap(stock_out: StockOut, *, sku: str, price: int, quantity: int = 1, title: str = "") -> None:
    """price: for the whole quantity. A dearer choice is collected before the auditor re-orders."""
    product = Product.objects.filter(shop=stock_out.shop_id, sku=sku).first()
    if product is None and not title:
        raise Refused(_("本店没有货号 %(sku)s，请填写商品名称") % {"sku": sku}, "input")
    name = title or (product.title if product else "")
    category = product.category if product else ""
    stock_out.choice = {"sku": sku, "title": name, "quantity": quantity, "unit_price": price // quantity,
                        "paid": price, "category": category}  # fmt: skip
    stock_out.difference = price - worth(stock_out)


def missing(stock_out: StockOut) -> list[dict[str, Any]]:
    """Its lines without what was shipped after all. Raises Refused where that is everything."""
    left = stock_out.goods.unshipped()
    lines = [{"line": m["line"], "quantity": min(m["quantity"], left.get(m["line"], 0))} for m in stock_out.lines]
    if still := [m for m in lines if m["quantity"]]:
        return still
    raise Refused(_("缺货的商品已经发出，请仓库登记“已找到货”"), "refused")


def worth(stock_out: StockOut) -> int:
    """What was paid for the missing lines."""
    return sum(stock_out.goods.line(m["line"]).share(m["quantity"]) for m in missing(stock_out))


@STOCK_OUT.on("agree_refund")
def agree_refund(stock_out: StockOut, *, refund_of: str = "") -> Iterator[FollowUp]:
    """Whole order: order.cancel makes the one refund. Missing lines: they leave the order, and only they go back."""
    whole = covers_order(stock_out)
    stock_out.refund_of = refund_of or ("order" if whole else "lines")
    if stock_out.refund_of == "lines" and whole:
        stock_out.refund_of = "order"  # nothing would be left of it
    if stock_out.refund_of == "order" and not stock_out.goods.untouched():
        raise Refused(_("订单已有部分发出，只能退缺货的商品"), "refused")
    yield from _money_goes_back(stock_out)


def covers_order(stock_out: StockOut) -> bool:
    """Is everything that is still owed missing, and nothing of it under way?"""
    missing = {m["line"]: m["quantity"] for m in stock_out.lines}
    return stock_out.goods.untouched() and all(missing.get(k, 0) >= q for k, q in stock_out.goods.owed().items())


def _money_goes_back(stock_out: StockOut) -> Iterator[FollowUp]:
    order, cause = stock_out.order, f"stock_out:{stock_out.pk}"
    stopped = order.purse.stopped(cause)
    if stock_out.refund_of == "order":
        by = "merchant" if order.payment == Payment.COD else "customer"
        yield Take("order", order.pk, "cancel", {"by": by, "reason": "stock_out", "asked": _word(stock_out)})
    elif stopped is not None:  # the lines have left the order already
        again: dict[str, Any] = dict(stopped.parts)
        yield from money.promise(order, cause, **again, clip=True)
    else:
        inputs = {"lines": missing(stock_out), "cause": cause, "asked": _word(stock_out)}
        yield Take("order", order.pk, "drop_rest", inputs)
    if order.received <= 0 or (order.after_sale and stock_out.refund_of == "order"):
        yield Take("stock_out", stock_out.pk, "settle")  # of a replacement its return refunds


def _word(stock_out: StockOut) -> list[str]:
    """Whose word a refund is that this step causes."""
    return [stock_out.caller.word, stock_out.actor]


@STOCK_OUT.on("presume_refund")
def presume_refund(stock_out: StockOut) -> Iterator[FollowUp]:
    """The customer stayed silent: the whole order where nothing has left, else the missing lines."""
    if stock_out.refund_of != "lines":
        stock_out.refund_of = "order" if stock_out.goods.untouched() else "lines"
    yield from _money_goes_back(stock_out)


@STOCK_OUT.on("drop")
def drop(stock_out: StockOut, **_inputs: Any) -> None:
    stock_out.promised_for = None


@STOCK_OUT.on("swap")
def swap(stock_out: StockOut) -> Iterator[FollowUp]:
    """The old order is cancelled (a partly shipped one loses the missing lines) and its replacement opened.

    The money paid is carried over, never refunded; of a lower price only the difference goes back. Where something else
    is missing now than when the customer agreed, the customer is asked again.
    """
    if stock_out.choice["paid"] - worth(stock_out) != stock_out.difference:
        raise Refused(_("谈好换货后，缺货的商品有变化，请客服与客户重新商定"), "refused")
    order, cause = stock_out.order, f"swap:{stock_out.pk}"
    whole = stock_out.goods.untouched()
    lines, freight = replacing(stock_out) if whole else ([{**stock_out.choice, "line": "1"}], 0)
    total = sum(line["paid"] for line in lines) + freight
    held = order.received - order.purse.pending()
    held = held if whole else min(held, worth(stock_out) + max(0, order.received - order.total))
    carried = min(held, total)
    swapping = {"cause": cause, "carried": carried, "back": held - carried}
    if whole:
        yield Take("order", order.pk, "cancel", {"by": "customer", "swap": swapping, "asked": _word(stock_out)})
    else:
        yield Take(
            "order", order.pk, "drop_rest", {"lines": missing(stock_out), "swap": swapping, "asked": _word(stock_out)}
        )
    yield Start(
        replacement(order, total, freight, stock_out.moment), {"lines": lines, "carried": carried, "cause": cause}
    )


def replacing(stock_out: StockOut) -> tuple[list[dict[str, Any]], int]:
    """The old order's lines with the choice in the place of the missing ones, and its freight."""
    missing = {m["line"]: m["quantity"] for m in stock_out.lines}
    kept = [_kept(line, line.owed - missing.get(line.line, 0)) for line in stock_out.goods.lines]
    name = next(iter(missing), "1")
    return [
        *(k for k in kept if k["quantity"]),
        {**stock_out.choice, "line": f"{name}-H"[:64]},
    ], stock_out.order.freight


def _kept(line: Line, quantity: int) -> dict[str, Any]:
    """What stays of a line, with its share of what was paid."""
    same = {name: getattr(line, name) for name in ("line", *Line.SAME)}
    return {**same, "quantity": quantity, "paid": line.worth - line.share(line.owed - quantity)}


def replacement(order: Order, total: int, freight: int, at: datetime) -> Order:
    """Straight to the auditor (换货/补寄/换款重下单)."""
    return Order(
        shop_id=order.shop_id, number=heirs_number(order), state=S.AWAITING_AUDIT, payment=order.payment,
        channel=order.channel, buyer_id=order.buyer_id, buyer_name=order.buyer_name, buyer_phone=order.buyer_phone,
        phone_key=order.phone_key, address=order.address, buyer_note=order.buyer_note, freight=freight, total=total,
        placed_at=at, paid_at=order.paid_at, replaces=order, origin_id=order.origin_id or order.pk,
        after_sale=order.after_sale,
    )  # fmt: skip


def heirs_number(order: Order) -> str:
    """{number}-H{n}, the next that is free: an order of the shop's own may be called so."""
    same = Order.objects.filter(shop=order.shop_id)
    tried = (f"{order.number}-H{n}" for n in count(order.replacements.count() + 1))
    return next(number for number in tried if not same.filter(number=number).exists())
