"""Who bought and where it goes, masked until somebody who may see it asks, saying why. Every look is logged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from shops.scoped_admin import caller_of

from .models import Order
from .phones import masked_name, masked_phone

SHOWN = "kefu_personal"  # {order's key: until} in the session
LASTS = timedelta(minutes=10)
PREFIX = "personal: "


@dataclass(frozen=True)
class Buyer:
    """What the page may show. clear: unmasked just now; may: the shop lets this member see it."""

    name: str
    phone: str
    region: str
    detail: str
    may: bool
    clear: bool


def buyer_of(request: HttpRequest, order: Order, now: datetime) -> Buyer:
    address, may = order.address or {}, caller_of(request).may_unmask(order.shop_id)
    clear = may and shown(request, order, now)
    region = " ".join(str(address[k]) for k in ("province", "city", "district") if address.get(k))
    detail = str(address.get("detail", ""))
    if clear:
        return Buyer(order.buyer_name, order.buyer_phone, region, detail, may, clear)
    hidden = "****" if detail else ""
    return Buyer(masked_name(order.buyer_name), masked_phone(order.buyer_phone), region, hidden, may, clear)


def shown(request: HttpRequest, of: Model, now: datetime) -> bool:
    """Whether the personal data of this order (or of another row that holds some) is unmasked just now."""
    until = parse_datetime(request.session.get(SHOWN, {}).get(_key(of), ""))
    return until is not None and now < until


def show(request: HttpRequest, of: Model, why: str, now: datetime) -> None:
    """Unmask for ten minutes of this session; log who, when and why. The right was asked before."""
    kept = {pk: t for pk, t in request.session.get(SHOWN, {}).items() if (until := parse_datetime(t)) and until > now}
    request.session[SHOWN] = {**kept, _key(of): (now + LASTS).isoformat()}
    LogEntry.objects.create(
        user_id=request.user.pk or 0, content_type=ContentType.objects.get_for_model(of), object_id=str(of.pk),
        object_repr=str(of)[:200], action_flag=CHANGE, action_time=now, change_message=PREFIX + why[:200],
    )  # fmt: skip


def _key(of: Model) -> str:
    return str(of.pk) if isinstance(of, Order) else f"{of._meta.label_lower}:{of.pk}"


def looks(of: Model) -> Any:
    """The log of who has seen this row's personal data."""
    kind = ContentType.objects.get_for_model(of)
    found = LogEntry.objects.filter(content_type=kind, object_id=str(of.pk), change_message__startswith=PREFIX)
    return found.select_related("user").order_by("pk")


def reasons() -> list[str]:
    return [_("联系客户"), _("核对地址"), _("打包发货"), _("处理投诉")]
