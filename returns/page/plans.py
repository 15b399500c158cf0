"""The ways out that an agent offers, as the customer reads them."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flows.asks import yuan

from ..models import Offer

KINDS = {
    "cash": gettext_lazy("商品留下，补偿您"),
    "gift": gettext_lazy("商品留下，补寄赠品"),
    "coupon": gettext_lazy("商品留下，送您优惠券"),
}


class Plan(NamedTuple):
    """n: its number, from 1; value: as a form says it. what: the kind; sums: its amounts; words: the shop's."""

    n: int
    value: str
    what: str
    sums: str
    words: str


def of(offer: Offer) -> list[Plan]:
    found = []
    for n, plan in enumerate(offer.plans, 1):
        sums = [f"¥{yuan(plan['amount'])}"] if plan.get("amount") else []
        if plan.get("freight"):
            sums.append(_("另退运费 ¥%s") % yuan(plan["freight"]))
        what = str(KINDS.get(plan["kind"], ""))
        found.append(Plan(n, str(n), what, " + ".join(sums), str(plan.get("words", ""))))
    return found
