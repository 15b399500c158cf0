"""The native events of a refund: what became of money."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, field

from ..refused import invalid
from .fields import NAMES, Code, Fact, Fen, Number, Short, Text
from .orders import check_currency

Key = Annotated[str, Meta(min_length=1, max_length=160, pattern=NAMES)]  # ours: an order's number and a cause


class RefundFact(Fact, frozen=True, kw_only=True):
    """A fact of the refund with this key; `order`, `return_` name its subject where the key is not ours."""

    key: Key
    order: Number | None = None
    return_: Number | None = field(name="return", default=None)
    amount: Fen | None = None
    currency: Code | None = None
    voucher: Short = ""
    paid_by: Short = ""  # empty: the shop
    reason: Text = ""

    @property
    def about(self) -> str:
        return self.order or self.return_ or self.key

    def check(self, currency: str) -> None:
        check_currency(self.currency or "", currency)
        if self.amount == 0:
            raise invalid("A refund of nothing.", "/data/amount")


class RefundSucceeded(RefundFact, frozen=True, kw_only=True):
    type: ClassVar = "refund.succeeded"
    amount: Fen


class RefundFailed(RefundFact, frozen=True, kw_only=True):
    type: ClassVar = "refund.failed"


class RefundConfirmed(RefundFact, frozen=True, kw_only=True):
    type: ClassVar = "refund.confirmed"
