"""How customers send goods back: mostly well; with a false number, in two parcels, unannounced, or never. Pure."""

from __future__ import annotations

from collections.abc import Callable

from . import courier
from .messages import Teller
from .wishes import Wish


def send(tell: Teller, wish: Wish | None) -> None:
    """From the approval on."""
    [how] = tell.rng.choices([how for _share, how in WAYS], [share for share, _how in WAYS])
    how(tell, wish)


def usually(tell: Teller, wish: Wish | None) -> None:
    at, (carrier, tracking) = tell.rng.uniform(12, 50), courier.parcel_number(tell.rng)
    tell.of_order("return.sent_back", at, carrier=carrier, tracking_number=tracking)
    _arrives(tell, at, carrier, tracking)


def without_a_carrier(tell: Teller, wish: Wish | None) -> None:
    """Only the number: whose it is can be seen from it."""
    at, (carrier, tracking) = tell.rng.uniform(12, 50), courier.parcel_number(tell.rng)
    tell.of_order("return.sent_back", at, tracking_number=tracking)
    _arrives(tell, at, carrier, tracking)


def on_the_page(tell: Teller, wish: Wish | None) -> None:
    at, (carrier, tracking) = tell.rng.uniform(12, 50), courier.parcel_number(tell.rng)
    tell.visit("parcel", at, tracking_number=tracking)
    _arrives(tell, at + 6, carrier, tracking)


def with_a_false_number(tell: Teller, wish: Wish | None) -> None:
    """Corrected after a while."""
    at, (carrier, false), (_same, tracking) = (
        tell.rng.uniform(10, 30), courier.parcel_number(tell.rng), courier.parcel_number(tell.rng),
    )  # fmt: skip
    tell.of_order("return.sent_back", at, carrier=carrier, tracking_number=false)
    later = at + tell.rng.uniform(50, 100)
    tell.of_order("return.sent_back", later, tracking_number=tracking, instead_of=false)
    _arrives(tell, later, _same, tracking)


def in_two_parcels(tell: Teller, wish: Wish | None) -> None:
    """Where there is more than one piece; the second follows by itself."""
    if wish is None or wish.lines is None or wish.lines[0][1] < 2:
        return usually(tell, wish)
    at = tell.rng.uniform(10, 30)
    [(line, quantity)] = wish.lines
    for place, some in enumerate((1, quantity - 1)):
        carrier, tracking = courier.parcel_number(tell.rng)
        lines = [{"line": line, "quantity": some}]
        tell.of_order("return.sent_back", at + 25 * place, carrier=carrier, tracking_number=tracking, lines=lines)
        _arrives(tell, at + 25 * place, carrier, tracking)
    return None


def unannounced(tell: Teller, wish: Wish | None) -> None:
    """Nobody said a number: the warehouse finds a parcel at its door."""
    _carrier, tracking = courier.parcel_number(tell.rng)
    at = tell.rng.uniform(60, 120)
    tell.of_order("return.received", at, tracking_number=tracking, words="未登记单号的包裹，面单上有售后单号")


def never(tell: Teller, wish: Wish | None) -> None:
    """The clock closes it."""


def _arrives(tell: Teller, at: float, carrier: str, tracking: str) -> None:
    """The courier's part; some shops' own warehouses scan what has come."""
    points = courier.way_back(tell.rng)
    tell.track(at, carrier, tracking, points)
    if points[-1].state == "signed" and tell.rng.random() < 0.25:
        tell.of_order("return.received", at + points[-1].after + tell.rng.uniform(70, 140), tracking_number=tracking)


WAYS: tuple[tuple[float, Callable[[Teller, Wish | None], None]], ...] = (
    (0.54, usually),
    (0.10, without_a_carrier),
    (0.12, on_the_page),
    (0.07, with_a_false_number),
    (0.05, in_two_parcels),
    (0.05, unannounced),
    (0.07, never),
)
