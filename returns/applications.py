"""Applications that are made here, at the desk or through the API: what is asked, and the start that follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from flows import engine
from flows.asks import Asks, Moment, Money
from flows.effects import Refused
from flows.table import NOBODY, Who
from orders.asks import Lines
from orders.models import Order

from . import starting
from .belongings import OVER
from .models import Dispute, Return, ReturnLine
from .states import D, Kind, Reason

MAY_OPEN = Who.AGENT | Who.LEAD | Who.SHOP


class Application(Asks):
    kind = serializers.ChoiceField(label=gettext_lazy("售后类型"), choices=Kind.choices)
    reason = serializers.ChoiceField(label=gettext_lazy("原因"), choices=Reason.choices)
    lines = Lines(
        label=gettext_lazy("商品"), required=False, allow_empty=False,
        help_text=gettext_lazy("不填表示全部还能申请的商品"),
    )  # fmt: skip
    amount = Money(label=gettext_lazy("客户要求退款金额"), required=False, help_text=gettext_lazy("不填表示按实付退"))
    words = serializers.CharField(label=gettext_lazy("客户怎么说"), max_length=1000, required=False, allow_blank=True)


def role_of(roles: tuple[str, ...]) -> Who:
    """The role in which one who has these opens a return or a dispute; NOBODY where none may."""
    return next((who for who in (Who[r.upper()] for r in roles) if who & MAY_OPEN), NOBODY)


def left(order: Order) -> dict[str, int]:
    """{line: so many of it may still be asked for}. Its goods are loaded."""
    found = order.goods.owed()
    asked = ReturnLine.objects.filter(of__order=order.pk).exclude(of__state__in=OVER)
    for line, quantity, dropped in asked.values_list("line__line", "quantity", "dropped"):
        found[line] = found.get(line, 0) - quantity + dropped
    return {line: quantity for line, quantity in found.items() if quantity > 0}


def start(
    order: Order, told: Mapping[str, Any], *, who: Who, by: str, at: datetime, opened_by: str, trigger: str = ""
) -> Return:
    """-> the started return; without a number of its own it gets the order's next. Raises Refused, also ("exists")
    where the number is another's."""
    number = told.get("number", "")
    ret, inputs = starting.begin(
        order, kind=told["kind"], reason=told["reason"], lines=told.get("lines"), amount=told.get("amount"),
        words=told.get("words", ""), opened_by=opened_by, number=number,
    )  # fmt: skip
    try:
        started: Return = engine.start(ret, who=who, by=by, at=at, trigger=trigger, inputs=inputs)
    except IntegrityError:
        if number and Return.objects.filter(shop=order.shop_id, number=number).exists():
            raise Refused(_("本店已有这个售后单号"), "exists") from None
        raise
    return started


class Opening(Asks):
    """The platform's officer has stepped in."""

    reason = serializers.CharField(label=gettext_lazy("介入原因"), max_length=300, required=False, allow_blank=True)
    words = serializers.CharField(
        label=gettext_lazy("平台或客户怎么说"), max_length=1000, required=False, allow_blank=True
    )
    due_at = Moment(label=gettext_lazy("平台要求举证的截止时间"), required=False)


def start_dispute(
    ret: Return, told: Mapping[str, Any], *, who: Who, by: str, at: datetime, opened_by: str, trigger: str = ""
) -> Dispute:
    """-> the started dispute. Raises Refused, also where one is open."""
    dispute = Dispute(
        shop_id=ret.shop_id, order_id=ret.order_id, of=ret, state=D.OPENED, reason=told.get("reason", ""),
        opened_by=opened_by,
    )  # fmt: skip
    inputs = {name: told[name] for name in ("words", "due_at") if told.get(name)}
    started: Dispute = engine.start(dispute, who=who, by=by, at=at, trigger=trigger, inputs=inputs)
    return started
