"""The native events: the one language that every platform's dialect ends in."""

from .fields import Fact, OrderFact, convert
from .orders import (
    Address,
    Buyer,
    Line,
    OrderAbandoned,
    OrderAmended,
    OrderBounced,
    OrderCancelRequested,
    OrderClosed,
    OrderCompleted,
    OrderOutOfStock,
    OrderPacked,
    OrderPaid,
    OrderParcelRejected,
    OrderPlaced,
    OrderShipped,
    OrderSigned,
    Parcel,
    Some,
)
from .parcels import DeadlineChanged, ParcelTracked, Point
from .refunds import RefundConfirmed, RefundFact, RefundFailed, RefundSucceeded
from .returns import (
    ReturnClosed,
    ReturnEvidenceGiven,
    ReturnFact,
    ReturnPlatformApproved,
    ReturnRefused,
    ReturnRequested,
    ReturnRevised,
    ReturnWithdrawn,
)

EVENTS: dict[str, type[Fact]] = {
    event.type: event
    for event in (
        OrderPlaced,
        OrderPaid,
        OrderAbandoned,
        OrderAmended,
        OrderCancelRequested,
        OrderClosed,
        OrderPacked,
        OrderShipped,
        OrderSigned,
        OrderParcelRejected,
        OrderBounced,
        OrderCompleted,
        OrderOutOfStock,
        ParcelTracked,
        DeadlineChanged,
        ReturnRequested,
        ReturnRevised,
        ReturnWithdrawn,
        ReturnEvidenceGiven,
        ReturnRefused,
        ReturnClosed,
        ReturnPlatformApproved,
        RefundSucceeded,
        RefundFailed,
        RefundConfirmed,
    )
}

# Names of the contract whose flows this version has not: kept as parked, so that the version that has them replays
# them. A flow that is added moves its names from here to EVENTS.
LATER = frozenset(
    f"{subject}.{what}"
    for subject, whats in {
        "return": "sent_back received freight_paid replacement_sent replacement_signed intercepted handed_back "
        "platform_refunded",
        "dispute": "opened ruled enforced withdrawn",
        "message": "received",
        "review": "posted",
        "stock": "changed",
    }.items()
    for what in whats.split()
)

__all__ = [
    "EVENTS",
    "LATER",
    "Address",
    "Buyer",
    "DeadlineChanged",
    "Fact",
    "Line",
    "OrderAbandoned",
    "OrderAmended",
    "OrderBounced",
    "OrderCancelRequested",
    "OrderClosed",
    "OrderCompleted",
    "OrderFact",
    "OrderOutOfStock",
    "OrderPacked",
    "OrderPaid",
    "OrderParcelRejected",
    "OrderPlaced",
    "OrderShipped",
    "OrderSigned",
    "Parcel",
    "ParcelTracked",
    "Point",
    "RefundConfirmed",
    "RefundFact",
    "RefundFailed",
    "RefundSucceeded",
    "ReturnClosed",
    "ReturnEvidenceGiven",
    "ReturnFact",
    "ReturnPlatformApproved",
    "ReturnRefused",
    "ReturnRequested",
    "ReturnRevised",
    "ReturnWithdrawn",
    "Some",
    "convert",
]
