"""One message of a back end, and how a story is told in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

from . import courier

AGAIN, ANEW, CONTRADICTED = "again", "anew", "contradicted"
PAGE = "page."  # how the types of messages begin that are no hooks, but acts on the customer's page


class Message(NamedTuple):
    """`after`: seconds until it is sent · `happened`: at which second it took place, which may be earlier · `twist`:
    AGAIN: sent twice under the same id; ANEW: said once more under another id; CONTRADICTED: the same id comes again
    with another body, which is refused."""

    after: float
    shop: str
    number: str
    id: str
    type: str
    data: dict[str, Any]
    happened: float
    twist: str = ""


@dataclass
class Teller:
    """Tells what happens to one order. `hurry` divides all times."""

    rng: Random
    shop: str
    number: str
    hurry: float = 1.0
    name: str = ""  # stands in the messages' ids, where the order's number does not suffice
    told: list[Message] = field(default_factory=list)

    def tell(self, kind: str, after: float, late: float = 0.0, twist: str = "", /, **data: Any) -> None:
        """`late`: so many seconds after it happened."""
        name = f"{self.name or self.number}.{len(self.told) + 1}"
        sent, happened = (after + late) / self.hurry, after / self.hurry
        self.told.append(Message(sent, self.shop, self.number, name, kind, data, happened, twist or self._twist()))

    def of_order(self, kind: str, after: float, late: float = 0.0, twist: str = "", /, **data: Any) -> None:
        self.tell(kind, after, late, twist, number=self.number, **data)

    def parcel(self, after: float, carrier: str, tracking_number: str) -> None:
        """The courier's part, from the moment it was handed over."""
        self.track(after, carrier, tracking_number, courier.way(self.rng))

    def track(self, after: float, carrier: str, tracking_number: str, points: Iterable[courier.Point]) -> None:
        for point in points:
            at = after + point.after
            self.tell(
                "parcel.tracked", at,
                carrier=carrier, tracking_number=tracking_number, state=point.state, points=[{"text": point.text}],
            )  # fmt: skip

    def visit(self, act: str, after: float, /, **fields: str) -> None:
        """The customer's own page, opened in a browser: no hook, so nothing is said twice. `act` "": only looked at."""
        name = f"{self.name or self.number}.{len(self.told) + 1}"
        at = after / self.hurry
        self.told.append(Message(at, self.shop, self.number, name, PAGE + act, dict(fields), at))

    def _twist(self) -> str:
        dice = self.rng.random()
        return AGAIN if dice < 0.05 else ANEW if dice < 0.07 else CONTRADICTED if dice < 0.074 else ""


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
