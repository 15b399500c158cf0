"""How a return begins, whoever asks for it: an unsaved return and the inputs of its start, for flows.engine.start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from orders.models import Order

from .models import Return
from .states import S


def begin(
    order: Order,
    *,
    kind: str,
    reason: str,
    lines: Sequence[Mapping[str, Any]] | None = None,
    amount: int | None = None,
    words: str = "",
    links: Sequence[str] = (),
    parcels: Sequence[Mapping[str, Any]] = (),
    state: str = S.REQUESTED,
    opened_by: str = "",
    number: str = "",
    version: str = "",
    status: str = "",
    due_at: datetime | None = None,
    asked: Sequence[str] = (),
) -> tuple[Return, dict[str, Any]]:
    """-> an unsaved Return and the inputs of its start.

    lines: [{"line", "quantity"}], no quantity: all that may still be asked for; None: every line of the order.
    amount: fen that the customer asks for. links: addresses of evidence elsewhere, kept and never fetched.
    parcels: [{"carrier", "tracking_number", "sent_at"}] already on their way to us (state `returning`).
    state: requested; returning for a rejected parcel; exchanging, refunding where the decision is already made.
    asked: [role, name] of whose word the money is, where the decision is already made: its authority counts.
    number: the platform's own, else the next of the order. version, status, due_at: as the platform says them.
    Its start raises Refused: "input" for lines that are not there to be returned, "refused" for what people may not.
    """
    ret = Return(
        shop_id=order.shop_id, order_id=order.pk, number=number, state=state, kind=kind, reason=reason, amount=amount,
        words=words, opened_by=opened_by,
    )  # fmt: skip
    given = {"lines": lines, "links": list(links), "parcels": list(parcels), "version": version, "status": status,
             "due_at": due_at, "asked": list(asked)}  # fmt: skip
    return ret, {name: value for name, value in given.items() if value not in ("", [], None)}
