"""The native events of what customers say: in a conversation, in a review."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from ..refused import invalid
from .fields import NAMES, Fact, Number, Short, Words
from .orders import Buyer
from .returns import Links

Channel = Literal["im", "phone", "web", "email", "shop"]
Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=NAMES)]  # of a message, of a review, at its source
Url = Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"\Ahttps?://[\x21-\x7e]+\Z")]


class Attachment(Struct, frozen=True, kw_only=True):
    """Where it lies at the platform; kept as it is and never fetched."""

    url: Url
    name: Short = ""


class MessageReceived(Fact, frozen=True, kw_only=True):
    """A customer has spoken. conversation: the source's own id of it, by which further messages find its ticket;
    message: the message's own id, which is heard once; order: what it is about, where the source knows it."""

    type: ClassVar = "message.received"
    conversation: Annotated[str, Meta(min_length=1, max_length=120, pattern=NAMES)]
    channel: Channel
    buyer: Buyer
    text: Words = ""
    attachments: Annotated[list[Attachment], Meta(max_length=20)] = []
    message: Name | None = None
    order: Number | None = None

    @property
    def about(self) -> str:
        return self.conversation

    def check(self, currency: str) -> None:
        if not self.text.strip() and not self.attachments:
            raise invalid("A message needs a text or an attachment.", "/data/text")


class ReviewPosted(Fact, frozen=True, kw_only=True):
    """What the buyer says publicly of an order; said again under the same id, it was changed or added to.

    order: the order's number, which `number` may name as well. review: its own id at its source; absent, the order has
    one. images: kept as they are and never fetched.
    """

    type: ClassVar = "review.posted"
    order: Number | None = None
    number: Number | None = None
    rating: Annotated[int, Meta(ge=1, le=5)]
    review: Name | None = None
    text: Words = ""
    images: Links = []
    buyer: Buyer | None = None

    @property
    def about(self) -> str:
        return self.order or self.number or ""

    def check(self, currency: str) -> None:
        if not self.about:
            raise invalid("A review needs the number of its order.", "/data/order")
