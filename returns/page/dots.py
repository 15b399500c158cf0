"""The way of a return as a row of dots: what is done, where it stands, what is to come."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from ..states import Kind, S

ASK, DECIDE, SEND, CHECK, MONEY, MEND, SHIP, END = (
    _("申请"), _("审核"), _("寄回"), _("检查"), _("退款"), _("维修"), _("寄出"), _("完成"),
)  # fmt: skip

WAYS: dict[str, tuple[Any, ...]] = {
    Kind.RETURN_REFUND: (ASK, DECIDE, SEND, CHECK, MONEY, END),
    Kind.REFUND_ONLY: (ASK, DECIDE, MONEY, END),
    Kind.EXCHANGE: (ASK, DECIDE, SEND, CHECK, SHIP, END),
    Kind.RESHIP: (ASK, DECIDE, SHIP, END),
    Kind.REPAIR: (ASK, DECIDE, SEND, MEND, SHIP, END),
}

AT: dict[str, Any] = {
    S.REQUESTED: DECIDE, S.AWAITING_EVIDENCE: DECIDE, S.OFFERED: DECIDE, S.REFUSED: DECIDE, S.INTERCEPTING: DECIDE,
    S.AWAITING_RETURN: SEND, S.RETURNING: SEND, S.RECEIVED: CHECK, S.INSPECTED: CHECK, S.RECEIPT_REFUSED: CHECK,
    S.AWAITING_FREIGHT: SHIP, S.REPAIRING: MEND, S.EXCHANGING: SHIP, S.RESHIPPED: SHIP, S.REFUNDING: MONEY,
    S.HANDING_BACK: CHECK,
}  # fmt: skip
# Where a kind's usual way has not that dot: a repair is checked while it is mended, a swap may end with money.
INSTEAD = {CHECK: (MEND, DECIDE), SEND: (DECIDE,), MONEY: (SHIP,), SHIP: (MONEY,), MEND: (CHECK,)}


class Dot(NamedTuple):
    """phase: done, now or later."""

    label: Any
    phase: str


def dots(state: str, kind: str) -> list[Dot]:
    """Done ones first; a closed return has no dots, for it goes nowhere."""
    way = WAYS[kind]
    if state == S.CLOSED:
        return []
    if state == S.COMPLETED:
        return [Dot(label, "done") for label in way]
    here = AT[state]
    if here not in way:
        # what really happens is said, in the place of what usually does
        near = next((x for x in INSTEAD[here] if x in way), DECIDE)
        way = tuple(here if label is near else label for label in way) if near is not DECIDE else way
        here = here if here in way else DECIDE
    place = way.index(here)
    return [Dot(label, "done" if n < place else "now" if n == place else "later") for n, label in enumerate(way)]
