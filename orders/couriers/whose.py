"""Whose parcels a number is: who hears of its track, and whose phone the courier may want to be told.

Orders know their own; a floor above, whose subjects have parcels as well, registers how to find those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..models import Parcel
from ..phones import digits
from ..tables import ORDER

Number = tuple[int, str]  # shop, tracking number


class Whose(NamedTuple):
    """phone: the last four digits of the customer's; personal, for the service alone."""

    flow: str
    pk: int
    phone: str


Find = Callable[[Iterable[Number]], Iterable[tuple[Number, Whose]]]
FINDERS: list[Find] = []


def finds(find: Find) -> Find:
    FINDERS.append(find)
    return find


def whose(numbers: Iterable[Number]) -> dict[Number, list[Whose]]:
    """One statement a floor, however many numbers."""
    asked = list(dict.fromkeys(numbers))
    found: dict[Number, list[Whose]] = {number: [] for number in asked}
    for find in FINDERS:
        for number, one in find(asked):
            if number in found:
                found[number].append(one)
    return found


@finds
def of_orders(numbers: Iterable[Number]) -> Iterable[tuple[Number, Whose]]:
    """A parcel may carry two orders' goods."""
    shops, texts = _apart(numbers)
    known = Parcel.objects.filter(shop__in=shops, tracking_number__in=texts, void=False)
    for shop, text, order, phone in known.order_by("pk").values_list(
        "shop_id", "tracking_number", "order_id", "order__buyer_phone"
    ):
        yield (shop, text), Whose(ORDER.name, order, last_four(phone))


def last_four(phone: str) -> str:
    """ "" where there is no number to speak of."""
    plain = digits(phone)
    return plain[-4:] if len(plain) >= 7 else ""


def _apart(numbers: Iterable[Number]) -> tuple[set[int], set[str]]:
    pairs = list(numbers)
    return {shop for shop, _text in pairs}, {text for _shop, text in pairs}
