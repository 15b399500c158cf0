"""The one search finds returns too: by number, by the parcel that came back, by the order of the replacement."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from orders.couriers import normal
from orders.search import LONGEST, MOST, Found

from .models import BackParcel, Dispute, Return


def find(text: str, shops: Iterable[int]) -> list[Found]:
    """Each once; exact, by indexed columns."""
    text, mine = text.replace("\x00", "").strip()[:LONGEST], sorted(shops)
    if not text:
        return []
    returns = Return.objects.filter(shop__in=mine).select_related("shop").order_by("-pk")
    found = [Found(r, _("售后单号")) for r in returns.filter(number=text)[:MOST]]
    found += [Found(r, _("换货/补寄订单号")) for r in returns.filter(replacement__number=text)[:MOST]]
    parcels = BackParcel.objects.filter(shop__in=mine, tracking_number=normal(text), of__isnull=False)
    found += [Found(p.of, _("寄回单号")) for p in parcels.select_related("of__shop").order_by("-pk")[:MOST]]
    disputes = Dispute.objects.filter(shop__in=mine, number=text).select_related("shop")
    found += [Found(d, _("介入单号")) for d in disputes[:MOST]]
    return list({(f.subject.flow.name, f.subject.pk): f for f in reversed(found)}.values())[::-1]
