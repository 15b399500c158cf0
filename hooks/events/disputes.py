"""The native events of a dispute: what the platform's officer (小二) says of a return."""

from __future__ import annotations

from typing import ClassVar, Literal

from msgspec import field

from ..refused import invalid
from .fields import Code, Fact, Fen, Moment, Number, Short, Words
from .orders import check_currency

Remedy = Literal["refund", "return_refund", "exchange", "reship"]


class DisputeFact(Fact, frozen=True, kw_only=True):
    """A fact of the dispute about this return. number: the platform's own of it, where it has one; status: its own
    code, as it came; due_at: its deadline for what the fact asks of the shop."""

    by_platform: ClassVar[bool] = True

    return_: Number = field(name="return")
    number: Number | None = None
    status: Short = ""
    due_at: Moment | None = None
    words: Words = ""

    @property
    def about(self) -> str:
        """Parked until its return, or its dispute, is there."""
        return self.return_


class DisputeOpened(DisputeFact, frozen=True, kw_only=True):
    """due_at: until when evidence is taken."""

    type: ClassVar = "dispute.opened"
    reason: Words = ""


class DisputeRuled(DisputeFact, frozen=True, kw_only=True):
    """remedy: what the shop owes the buyer, absent a refund; amount: of that refund, absent all that is owed; due_at:
    until when the shop complies by itself."""

    type: ClassVar = "dispute.ruled"
    ruling: Literal["buyer", "seller"]
    remedy: Remedy | None = None
    amount: Fen | None = None
    currency: Code | None = None

    def check(self, currency: str) -> None:
        check_currency(self.currency or "", currency)
        if self.amount == 0:
            raise invalid("A refund of nothing.", "/data/amount")


class DisputeEnforced(DisputeFact, frozen=True, kw_only=True):
    type: ClassVar = "dispute.enforced"


class DisputeWithdrawn(DisputeFact, frozen=True, kw_only=True):
    type: ClassVar = "dispute.withdrawn"
