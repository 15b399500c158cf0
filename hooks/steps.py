"""Native events -> what is said to which subject, in the words of the flows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from flows.table import Who
from orders.models import Order
from orders.phones import phone_key
from orders.states import S

from . import events as e

WHO = {"shop": Who.SHOP, "platform": Who.PLATFORM}
Said = tuple[str, dict[str, Any]]  # the kind of report, its inputs


def _parcels(parcels: Sequence[e.Parcel]) -> list[dict[str, Any]]:
    return [
        {
            "carrier": p.carrier,
            "tracking_number": p.tracking_number,
            "lines": None if p.lines is None else some(p.lines),
        }
        for p in parcels
    ]


def some(lines: Sequence[e.Some]) -> list[dict[str, Any]]:
    return [{"line": x.line, "quantity": x.quantity} for x in lines]


def _ended(data: Any) -> dict[str, Any]:
    """Naming no parcel speaks of all."""
    return {"parcels": _parcels(data.parcels) or None}


def _closed(data: e.OrderClosed) -> Said:
    return {"unpaid": "close_unpaid", "refunded": "close_refunded"}.get(data.reason, "cancel"), {}


def _amended(data: e.OrderAmended) -> Said:
    plain: dict[str, Any] = {}
    for name in ("address", "buyer"):
        if (value := getattr(data, name)) is not None:
            plain[name] = msgspec.structs.asdict(value)
    if data.lines is not None:
        plain["lines"] = [msgspec.structs.asdict(line) for line in data.lines]
    plain |= {k: v for k in ("freight", "ship_by", "buyer_note") if (v := getattr(data, k)) is not None}
    return "amend", {**plain, "version": str(data.version or ""), "whole": data.snapshot}


def _tracked(data: e.ParcelTracked) -> Said:
    points = [{"at": p.at, "text": p.text} for p in data.points]
    return "track", {
        "carrier": data.carrier, "tracking_number": data.tracking_number, "status": data.state, "points": points,
    }  # fmt: skip


def _unwatched(data: e.ParcelUnwatched) -> Said:
    return "unwatched", {"tracking_number": data.tracking_number, "service": data.service}


def _deadline(data: e.DeadlineChanged) -> Said:
    return "deadline", {"clock": data.clock, "due": data.due_at, "part": (data.tracking_number or "").upper()}


# ---- returns
CLOSED = {"withdrawn": "withdraw", "expired": "expire", "dismissed": "dismiss"}


def _version(data: e.Fact) -> str:
    return str(data.version or "")


def _platform(data: e.ReturnFact) -> dict[str, Any]:
    """The platform's own code and deadline, where they are told."""
    return {name: value for name in ("status", "due_at") if (value := getattr(data, name))}


def _revised(data: e.ReturnRevised) -> Said:
    told: dict[str, Any] = {
        name: value for name in ("kind", "reason", "amount", "words") if (value := getattr(data, name)) is not None
    }
    if data.lines is not None:
        told["lines"] = some(data.lines)
    return "revise", {**told, "links": data.evidence, "version": _version(data), **_platform(data)}


def _refused(data: e.ReturnRefused) -> Said:
    step = "refuse" if data.stage == "application" else "refuse_receipt"
    return step, {"why": data.reason, "links": data.evidence, "version": _version(data), **_platform(data)}


def _sent_back(data: e.ReturnSentBack) -> Said:
    lines = None if data.lines is None else some(data.lines)
    return "send_back", {
        "tracking_number": data.tracking_number, "carrier": data.carrier, "lines": lines,
        "instead_of": data.instead_of, **_platform(data),
    }  # fmt: skip


def _received(data: e.ReturnReceived) -> Said:
    given: dict[str, Any] = {"tracking_number": data.tracking_number or "", "words": data.words[:500]}
    if data.lines is not None:
        given["lines"] = some(data.lines)
    return "receive", {**given, **_platform(data)}


def _platform_refunded(data: e.ReturnPlatformRefunded) -> Said:
    told = {"amount": data.amount, "version": _version(data), **_platform(data)}
    return "platform_refunded", {name: value for name, value in told.items() if value}


def _intercepted(data: e.ReturnIntercepted) -> Said:
    if data.result == "failed":
        return "intercept_failed", {"why": data.words[:200], **_platform(data)}
    return "intercepted", {"refund_now": data.refund_now, **_platform(data)}


def _box(data: Any) -> dict[str, Any]:
    return {"carrier": data.carrier, "tracking_number": data.tracking_number, **_platform(data)}


# ---- disputes
def _of_dispute(data: e.DisputeFact) -> dict[str, Any]:
    named = {"number": data.number, "status": data.status, "version": _version(data), "due_at": data.due_at}
    return {name: value for name, value in {**named, "words": data.words}.items() if value}


def _ruled(data: e.DisputeRuled) -> Said:
    told = {name: value for name, value in _of_dispute(data).items() if name != "number"}
    if data.ruling == "seller":
        return "rule_for_seller", told
    return "rule_for_buyer", {**told, "remedy": data.remedy or "refund", "amount": data.amount}


SAYS: dict[type[e.Fact], Callable[[Any], Said]] = {
    e.OrderPaid: lambda d: ("pay", {"amount": d.amount, "transaction": d.transaction}),
    e.OrderAbandoned: lambda d: ("abandon", {}),
    e.OrderAmended: _amended,
    e.OrderCancelRequested: lambda d: ("ask_cancel", {"by": d.by, "reason": d.reason}),
    e.OrderClosed: _closed,
    e.OrderPacked: lambda d: ("pack", {"parcels": _parcels(d.parcels)}),
    e.OrderShipped: lambda d: ("ship", {"parcels": _parcels(d.parcels)}),
    e.OrderSigned: lambda d: ("sign", _ended(d)),
    e.OrderParcelRejected: lambda d: ("reject_parcel", _ended(d)),
    e.OrderBounced: lambda d: ("bounce", _ended(d)),
    e.OrderCompleted: lambda d: ("complete", {}),
    e.OrderOutOfStock: lambda d: ("report_stock_out", {"lines": some(d.lines)}),
    e.ParcelTracked: _tracked,
    e.ParcelUnwatched: _unwatched,
    e.DeadlineChanged: _deadline,
    e.ReturnRevised: _revised,
    e.ReturnWithdrawn: lambda d: ("withdraw", _platform(d)),
    e.ReturnEvidenceGiven: lambda d: ("give_evidence", {"words": d.words, "links": d.evidence, **_platform(d)}),
    e.ReturnRefused: _refused,
    e.ReturnClosed: lambda d: (CLOSED[d.reason], _platform(d)),
    e.ReturnPlatformApproved: lambda d: ("approve", {"kind": d.kind or "", "version": _version(d), **_platform(d)}),
    e.ReturnPlatformRefunded: _platform_refunded,
    e.ReturnSentBack: _sent_back,
    e.ReturnReceived: _received,
    e.ReturnFreightPaid: lambda d: ("pay_freight", {"amount": d.amount, "transaction": d.transaction, **_platform(d)}),
    e.ReturnReplacementSent: lambda d: ("dispatch", _box(d)),
    e.ReturnReplacementSigned: lambda d: ("confirm", _platform(d)),
    e.ReturnIntercepted: _intercepted,
    e.ReturnHandedBack: lambda d: ("handed_back", _box(d)),
    e.DisputeOpened: lambda d: ("opened", _of_dispute(d)),
    e.DisputeRuled: _ruled,
    e.DisputeEnforced: lambda d: ("enforce", _of_dispute(d)),
    e.DisputeWithdrawn: lambda d: ("withdraw", _of_dispute(d)),
    e.RefundSucceeded: lambda d: ("succeed", {"amount": d.amount, "voucher": d.voucher, "order": d.order or ""}),
    e.RefundFailed: lambda d: ("fail", {"reason": d.reason, "order": d.order or ""}),
    e.RefundConfirmed: lambda d: ("confirm", {"order": d.order or ""}),
}


def said(data: e.Fact, flow: str) -> Said:
    """What the event says to a subject of this flow."""
    if isinstance(data, e.RefundSucceeded) and flow == "order":
        return _paid_elsewhere(data)
    return SAYS[type(data)](data)


def _paid_elsewhere(data: e.RefundSucceeded) -> Said:
    told = {"key": data.key, "amount": data.amount, "voucher": data.voucher, "about": data.return_ or ""}
    return "refund_succeeded", {**told, "paid_by": data.paid_by}


def order_of(data: e.OrderPlaced, shop: int, at: Any) -> tuple[Order, dict[str, Any]]:
    """A placed order -> the subject to start, and the inputs of its start."""
    placed = data.placed_at or at
    order = Order(
        shop_id=shop, number=data.number, payment=data.payment, channel=data.channel[:20],
        state=S.AWAITING_CONFIRMATION if data.payment == "cod" else S.AWAITING_PAYMENT,
        buyer_id=data.buyer.id[:64], buyer_name=data.buyer.name[:80], buyer_phone=data.buyer.phone,
        phone_key=phone_key(data.buyer.phone), address=msgspec.structs.asdict(data.address),
        buyer_note=data.buyer_note[:500], freight=data.freight, total=data.total, placed_at=placed,
        insured=data.insured,
        dues={"ship": [data.ship_by.isoformat(), at.isoformat()]} if data.ship_by else {},
    )  # fmt: skip
    lines = [{**msgspec.structs.asdict(line), "sku": line.sku[:64]} for line in data.lines]
    return order, {"lines": lines}


def differences(data: e.OrderPlaced, known: Order) -> list[str]:
    """What an order placed again says otherwise, as field names: no personal data."""
    told, _inputs = order_of(data, known.shop_id, known.placed_at)
    names = ("payment", "total", "freight", "buyer_id", "placed_at")
    return [n for n in names if getattr(told, n) != getattr(known, n)] if not known.amended else []
