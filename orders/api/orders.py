"""An order as the API shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from flows.api.openapi import FLAG, MOMENT, MONEY, TEXT, WHOLE, an_object, many, nullable
from flows.api.queries import some_of, text
from flows.api.subjects import Resource, when
from flows.asks import yuan

from .. import goods, money
from ..goods import _by_order
from ..models import Entry, Line, Order, Parcel
from ..models import Refund as RefundRow
from ..phones import digits, phone_key
from ..states import Payment
from ..tables import ORDER
from . import personal

MOST_FOUND = 500


# ---- finding
def find(q: str, shops: Sequence[int]) -> list[int]:
    """Exact: a number, a phone, a buyer's id, a tracking number; each by its index, in one statement."""
    own = Order.objects.filter(shop__in=shops).order_by().values_list("pk", flat=True)
    found = own.filter(number=q).union(own.filter(buyer_id=q), all=True)
    if 7 <= len(digits(q)) <= 15:
        found = found.union(own.filter(phone_key=phone_key(q)), all=True)
    parcels = Parcel.objects.filter(shop__in=shops, tracking_number=q.strip().upper()).values_list(
        "order_id", flat=True
    )
    return list(found.union(parcels, all=True).order_by("-pk")[:MOST_FOUND])


def narrow(rows: QuerySet[Any], asked: Mapping[str, Any]) -> QuerySet[Any]:
    if asked["payment"]:
        rows = rows.filter(payment__in=asked["payment"])
    if asked["buyer"]:
        rows = rows.filter(buyer_id=asked["buyer"])
    return rows


# ---- showing
def load(orders: Sequence[Order]) -> None:
    """Lines, parcels, stock-outs, payments, refunds, ledger: a statement each, however many orders."""
    goods.bring(orders)
    money.bring(orders)
    entries = _by_order(Entry, [o.pk for o in orders])
    for order in orders:
        order.ledger = entries.get(order.pk, [])


def own(order: Any, unmasked: bool) -> dict[str, Any]:
    return {
        "payment": order.payment, "channel": order.channel, "buyer": personal.buyer(order, unmasked),
        "address": personal.address(order, unmasked), "buyer_note": personal.note(order, unmasked),
        "lines": [line(x) for x in order.goods.lines], "parcels": [parcel(p) for p in order.goods.parcels],
        "money": sums(order), "wish": wish(order), "close_reason": order.close_reason,
        "placed_at": when(order.placed_at), "paid_at": when(order.paid_at), "shipped_at": when(order.shipped_at),
        "signed_at": when(order.signed_at), "stock_outs": [s.number for s in order.goods.stock_outs],
        "replaces": order.replaces.number if order.replaces_id else None,
        "insured": order.insured,
        "merged_into": order.merged_into.number if order.merged_into_id else None,
    }  # fmt: skip


def line(x: Line) -> dict[str, Any]:
    return {
        "line": x.line, "sku": x.sku, "title": x.title, "quantity": x.quantity, "dropped": x.dropped,
        "unit_price": yuan(x.unit_price), "paid": yuan(x.paid), "gift": x.gift, "category": x.category,
        "exclusion": x.exclusion, "confirmed": x.confirmed, "bundle": x.bundle,
    }  # fmt: skip


def parcel(p: Parcel) -> dict[str, Any]:
    contents = None if p.contents is None else [{"line": k, "quantity": q} for k, q in p.contents.items()]
    return {
        "carrier": p.carrier, "tracking_number": p.tracking_number, "status": p.status,
        "status_label": p.get_status_display(), "void": p.void, "lines": contents, "packed_at": when(p.packed_at),
        "shipped_at": when(p.shipped_at), "track": [{"at": str(at), "text": words} for at, words in p.track],
    }  # fmt: skip


def sums(order: Any) -> dict[str, Any]:
    """pending: refunds that were promised and have neither come nor failed."""
    return {
        "total": yuan(order.total), "freight": yuan(order.freight), "paid": yuan(order.paid),
        "refunded": yuan(order.refunded), "pending": yuan(order.purse.pending()),
        "refunds": [refund(r) for r in order.purse.refunds],
        "ledger": [{"kind": e.kind, "amount": yuan(e.amount), "at": when(e.at)} for e in order.ledger],
    }  # fmt: skip


def refund(r: RefundRow) -> dict[str, Any]:
    return {
        "number": r.number, "key": r.key, "cause": r.cause, "amount": yuan(r.amount), "state": r.state,
        "voucher": r.voucher, "at": when(r.created_at), "settled_at": when(r.settled_at),
    }  # fmt: skip


def wish(order: Order) -> dict[str, Any] | None:
    """A cancellation that was asked for and waits for a person."""
    return {"what": order.wish, "by": order.wished_by, "at": when(order.wished_at)} if order.wish else None


QUANTITY = an_object({"line": TEXT, "quantity": WHOLE})
SCHEMA = {
    "payment": {"type": "string", "enum": [str(v) for v in Payment.values]},
    "channel": TEXT,
    "buyer": an_object({"id": TEXT, "name": TEXT, "phone": TEXT}, description="Masked without the right to see it."),
    "address": personal.schema(),
    "buyer_note": TEXT,
    "lines": many(
        an_object(
            {
                "line": TEXT, "sku": TEXT, "title": TEXT, "quantity": WHOLE, "dropped": WHOLE, "unit_price": MONEY,
                "paid": MONEY, "gift": FLAG, "category": TEXT,
                "exclusion": TEXT, "confirmed": FLAG, "bundle": TEXT,
            }
        )
    ),
    "parcels": many(
        an_object(
            {
                "carrier": TEXT, "tracking_number": TEXT, "status": TEXT, "status_label": TEXT, "void": FLAG,
                "lines": {**nullable(many(QUANTITY)), "description": "null: all that is in no other parcel."},
                "packed_at": nullable(MOMENT), "shipped_at": nullable(MOMENT),
                "track": many(an_object({"at": TEXT, "text": TEXT})),
            }
        )
    ),
    "money": an_object(
        {
            "total": MONEY, "freight": MONEY, "paid": MONEY, "refunded": MONEY, "pending": MONEY,
            "refunds": many(
                an_object(
                    {
                        "number": TEXT, "key": TEXT, "cause": TEXT, "amount": MONEY, "state": TEXT, "voucher": TEXT,
                        "at": MOMENT, "settled_at": nullable(MOMENT),
                    }
                )
            ),
            "ledger": many(an_object({"kind": TEXT, "amount": MONEY, "at": MOMENT})),
        }
    ),
    "wish": nullable(an_object({"what": TEXT, "by": TEXT, "at": nullable(MOMENT)})),
    "close_reason": TEXT,
    "placed_at": MOMENT,
    "paid_at": nullable(MOMENT),
    "shipped_at": nullable(MOMENT),
    "signed_at": nullable(MOMENT),
    "stock_outs": many(TEXT),
    "replaces": nullable(TEXT),
    "insured": FLAG,
    "merged_into": nullable(TEXT),
}  # fmt: skip

ORDERS = Resource(
    "orders",
    "Order",
    ORDER,
    own,
    SCHEMA,
    find,
    "Exactly a number, a phone, a buyer's id or a tracking number.",
    load=load,
    joined=("replaces", "merged_into"),
    params=(some_of("payment", Payment.values, "online, cod."), text("buyer", "A buyer's id.", 64)),
    narrow=narrow,
)
