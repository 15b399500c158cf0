"""The native events of a return: what customer, shop and platform do about goods and money that come back."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ..refused import invalid
from .fields import Code, Fact, Fen, Moment, Number, Short, Words
from .orders import Some, check_currency

Kind = Literal["return_refund", "refund_only", "exchange", "reship", "repair"]
Reason = Literal[
    "no_reason", "quality", "wrong_item", "missing", "damaged", "not_as_described", "counterfeit", "not_received",
    "late", "rejected", "price_protection", "agreed", "other",
]  # fmt: skip
Link = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\Ahttps?://[\x21-\x7e]+\Z")]
Links = Annotated[list[Link], Meta(max_length=30)]
Lines = Annotated[list[Some], Meta(min_length=1, max_length=1000)]


class ReturnFact(Fact, frozen=True, kw_only=True):
    """A fact of one return, by its own number. status: the platform's own code, as it came; due_at: its deadline."""

    number: Number
    status: Short = ""
    due_at: Moment | None = None

    @property
    def about(self) -> str:
        return self.number


class ReturnRequested(ReturnFact, frozen=True, kw_only=True):
    """`lines` absent: everything of the order; `evidence`: addresses, kept as they are and never fetched."""

    type: ClassVar = "return.requested"
    order: Number
    kind: Kind
    reason: Reason
    lines: Lines | None = None
    amount: Fen | None = None
    currency: Code | None = None
    words: Words = ""
    evidence: Links = []

    @property
    def about(self) -> str:
        """Parked until its order is there."""
        return self.order

    def check(self, currency: str) -> None:
        check_currency(self.currency or "", currency)
        check_some(self.lines)


class ReturnRevised(ReturnFact, frozen=True, kw_only=True):
    """What is absent stays as it is."""

    type: ClassVar = "return.revised"
    order: Number | None = None
    kind: Kind | None = None
    reason: Reason | None = None
    lines: Lines | None = None
    amount: Fen | None = None
    currency: Code | None = None
    words: Words | None = None
    evidence: Links = []

    def check(self, currency: str) -> None:
        check_currency(self.currency or "", currency)
        check_some(self.lines)


class ReturnWithdrawn(ReturnFact, frozen=True, kw_only=True):
    type: ClassVar = "return.withdrawn"
    reason: Words = ""


class ReturnEvidenceGiven(ReturnFact, frozen=True, kw_only=True):
    type: ClassVar = "return.evidence_given"
    words: Words = ""
    evidence: Links = []


class ReturnRefused(ReturnFact, frozen=True, kw_only=True):
    """`stage`: the application, or the goods as they were received."""

    type: ClassVar = "return.refused"
    stage: Literal["application", "receipt"] = "application"
    reason: Words = ""
    evidence: Links = []


class ReturnClosed(ReturnFact, frozen=True, kw_only=True):
    """It has happened: withdrawn by the customer, expired or dismissed at the platform."""

    type: ClassVar = "return.closed"
    reason: Literal["withdrawn", "expired", "dismissed"]
    words: Words = ""

    @property
    def from_platform(self) -> bool:
        return self.reason != "withdrawn"


class ReturnPlatformApproved(ReturnFact, frozen=True, kw_only=True):
    """The platform agreed in the shop's stead; `version`: of the application that it saw."""

    type: ClassVar = "return.platform_approved"
    by_platform: ClassVar = True
    kind: Kind | None = None


def check_some(lines: list[Some] | None) -> None:
    if lines is not None and len({some.line for some in lines}) != len(lines):
        raise invalid("Two lines have the same name.", "/data/lines")
