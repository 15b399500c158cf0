"""The returns' own parcels, for the courier services below: which return hears of a number."""

from __future__ import annotations

from collections.abc import Iterable

from orders.couriers.whose import Number, Whose, finds, last_four

from .models import BackParcel
from .tables import RETURN


@finds
def of_returns(numbers: Iterable[Number]) -> Iterable[tuple[Number, Whose]]:
    """Of what travels back the customer is the sender: the courier takes its phone as well."""
    pairs = list(numbers)
    known = BackParcel.objects.filter(
        shop__in={shop for shop, _text in pairs}, tracking_number__in={text for _shop, text in pairs}, of__isnull=False
    )
    for shop, text, ret, phone in known.order_by("pk").values_list(
        "shop_id", "tracking_number", "of_id", "of__order__buyer_phone"
    ):
        yield (shop, text), Whose(RETURN.name, ret, last_four(phone))
