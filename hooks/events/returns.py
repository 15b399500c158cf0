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


# ---- the goods
class ReturnSentBack(ReturnFact, frozen=True, kw_only=True):
    """`carrier` absent: guessed from the number. `lines` absent: whatever of the return is in no other parcel.
    `instead_of`: a number that was told before and was false."""

    type: ClassVar = "return.sent_back"
    tracking_number: Number
    carrier: Annotated[str, Meta(max_length=40)] = ""
    lines: Lines | None = None
    instead_of: Annotated[str, Meta(max_length=64)] = ""

    def check(self, currency: str) -> None:
        check_some(self.lines)


class ReturnReceived(ReturnFact, frozen=True, kw_only=True):
    """`lines`: what was in the parcel, absent: as announced. Of a return that has ended it is a late arrival."""

    type: ClassVar = "return.received"
    tracking_number: Number | None = None
    lines: Lines | None = None
    words: Words = ""

    def check(self, currency: str) -> None:
        check_some(self.lines)


class ReturnFreightPaid(ReturnFact, frozen=True, kw_only=True):
    """The customer paid the freight of an exchange; `amount` absent: what was asked for."""

    type: ClassVar = "return.freight_paid"
    amount: Fen | None = None
    currency: Code | None = None
    transaction: Short = ""

    def check(self, currency: str) -> None:
        check_currency(self.currency or "", currency)


class ReturnReplacementSent(ReturnFact, frozen=True, kw_only=True):
    """With the real number: a false one lets the platform's rule act."""

    type: ClassVar = "return.replacement_sent"
    carrier: Annotated[str, Meta(min_length=1, max_length=40)]
    tracking_number: Number


class ReturnReplacementSigned(ReturnFact, frozen=True, kw_only=True):
    type: ClassVar = "return.replacement_signed"


class ReturnIntercepted(ReturnFact, frozen=True, kw_only=True):
    """What became of the interception; `refund_now`: the money does not wait for the parcel."""

    type: ClassVar = "return.intercepted"
    result: Literal["succeeded", "failed"]
    refund_now: bool = False
    words: Words = ""


class ReturnHandedBack(ReturnFact, frozen=True, kw_only=True):
    type: ClassVar = "return.handed_back"
    carrier: Annotated[str, Meta(max_length=40)] = ""
    tracking_number: Number


class ReturnPlatformRefunded(ReturnFact, frozen=True, kw_only=True):
    """The platform has paid the customer itself. `amount` absent: all that was owed."""

    type: ClassVar = "return.platform_refunded"
    by_platform: ClassVar = True
    kind: Kind | None = None
    amount: Fen | None = None
    currency: Code | None = None

    def check(self, currency: str) -> None:
        check_currency(self.currency or "", currency)
        if self.amount == 0:
            raise invalid("A refund of nothing.", "/data/amount")


def check_some(lines: list[Some] | None) -> None:
    if lines is not None and len({some.line for some in lines}) != len(lines):
        raise invalid("Two lines have the same name.", "/data/lines")
