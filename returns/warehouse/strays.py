"""Parcels that nobody announced: kept once, found again, matched to a return."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from flows.effects import Refused
from orders.models import Order, Parcel
from orders.phones import digits, phone_key
from orders.states import P

from ..models import BackParcel, Return
from ..tables import RETURN
from .finding import MOST, of_orders
from .reading import tracking_numbers

PAGE = 50


def waiting(shops: Iterable[int]) -> QuerySet[BackParcel]:
    """Those that wait for their return."""
    return BackParcel.objects.filter(shop__in=sorted(shops), of=None)


def keep(shop_id: int, tracking_number: str, *, by: str, at: datetime) -> BackParcel | None:
    """-> the new row; None where somebody has kept it just now."""
    stray = BackParcel(
        shop_id=shop_id, tracking_number=tracking_number, status=P.SIGNED, status_at=at, received_at=at,
        received_by=by[:80], scans=1,
    )  # fmt: skip
    try:
        with transaction.atomic():
            stray.save(force_insert=True)
    except IntegrityError:
        return None
    return stray


def absorb(strays: Sequence[BackParcel], ret: Return, at: datetime) -> None:
    """They were received for this return and are nobody's no more. Raises Refused "moved" where somebody else has
    matched one of them just now: two returns never receive one carton."""
    gone, _by_model = BackParcel.objects.filter(pk__in=[s.pk for s in strays], of=None).delete()
    if gone < len(strays):
        raise Refused(_("别人刚刚匹配了这件包裹，请刷新后再看。"), "moved")
    numbers = [s.tracking_number for s in strays]
    BackParcel.objects.filter(of=ret.pk, tracking_number__in=numbers).update(matched_at=at)


# ---- whose it may be
def announced(strays: Sequence[BackParcel]) -> dict[int, list[Return]]:
    """{stray's key: returns that name its number by now, or whose order once left under it}: three statements."""
    numbers, shops = {s.tracking_number for s in strays}, {s.shop_id for s in strays}
    if not strays:
        return {}
    named = BackParcel.objects.filter(shop__in=shops, tracking_number__in=numbers, of__isnull=False)
    found: dict[tuple[int, str], dict[int, Return]] = {}
    for parcel in named.select_related("of__shop", "of__order").order_by("pk"):
        if parcel.of is not None and parcel.received_at is None:
            found.setdefault((parcel.shop_id, parcel.tracking_number), {})[parcel.of.pk] = parcel.of
    for place, ret in _left_under(shops, numbers):
        found.setdefault(place, {})[ret.pk] = ret
    return {s.pk: list(found.get((s.shop_id, s.tracking_number), {}).values())[:MOST] for s in strays}


def _left_under(shops: Iterable[int], numbers: Iterable[str]) -> list[tuple[tuple[int, str], Return]]:
    gone = list(Parcel.objects.filter(shop__in=shops, tracking_number__in=numbers).select_related("order"))
    returns = of_orders([p.order for p in gone]) if gone else []
    return [
        ((p.shop_id, p.tracking_number), r)
        for p in gone
        for r in returns
        if p.order_id in (r.order_id, r.replacement_id) and r.state not in RETURN.final
    ]


def search(stray: BackParcel, text: str) -> tuple[list[Return], list[Order]]:
    """By the number of a return, an order or a parcel, or by the sender's whole phone number; in the stray's shop.

    -> (returns, orders that have none). A phone number is looked for by its keyed hash and never shown.
    """
    text = text.replace("\0", "").strip()[:100]
    if not text:
        return [], []
    mine = Return.objects.filter(shop=stray.shop_id)
    found = list(mine.filter(number__in={text, text.upper()}).select_related("shop", "order")[:MOST])
    by_parcel = BackParcel.objects.filter(shop=stray.shop_id, tracking_number__in=tracking_numbers(text))
    found += [p.of for p in by_parcel.select_related("of__shop", "of__order")[:MOST] if p.of is not None]
    orders = _orders(stray.shop_id, text)
    found += of_orders(orders) if orders else []
    returns = list({r.pk: r for r in found if r.shop_id == stray.shop_id}.values())
    have = {r.order_id for r in returns} | {r.replacement_id for r in returns}
    return sorted(returns, key=lambda r: r.state in RETURN.final)[: 2 * MOST], [o for o in orders if o.pk not in have]


def _orders(shop_id: int, text: str) -> list[Order]:
    mine = Order.objects.filter(shop=shop_id).select_related("shop").order_by("-pk")
    found = list(mine.filter(number__in={text, text.upper()})[:MOST])
    if 7 <= len(digits(text)) <= 15:
        found += mine.filter(phone_key=phone_key(text))[:MOST]
    return list({o.pk: o for o in found}.values())
