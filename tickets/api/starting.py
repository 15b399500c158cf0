"""POST /tickets/: a conversation that staff or the shop's back end begins."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from flows import engine
from flows.api.addresses import Starting
from flows.api.bodies import an_object, validated
from flows.api.inputs import field_schema
from flows.api.problems import Problem, invalid
from flows.api.starting import shop_and_role
from flows.asks import Asks
from flows.models import LONGEST
from flows.table import Who
from orders.api.placing import ONE_LINE
from orders.models import Order
from shops.access import Caller

from .. import customers
from ..asks import Words
from ..conversations import hearing
from ..models import Customer, Ticket
from ..states import Channel, Kind, Side
from ..steps.opening import begun

MAY_OPEN = Who.AGENT | Who.LEAD | Who.SHOP
SPEAKERS = [(Side.CUSTOMER.value, Side.CUSTOMER.label), (Side.NOTE.value, Side.NOTE.label)]


class Buyer(Asks):
    id = serializers.CharField(max_length=100, required=False, allow_blank=True)
    name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)


class Opened(Asks):
    """side: who says the words; a customer's begin the clock of the greeting."""

    kind = serializers.ChoiceField(choices=Kind.choices, default=Kind.OTHER)
    channel = serializers.ChoiceField(choices=Channel.choices, default=Channel.INTERNAL)
    order = serializers.RegexField(ONE_LINE, max_length=LONGEST, required=False)
    buyer = Buyer(required=False)
    conversation = serializers.RegexField(ONE_LINE, max_length=120, required=False)
    title = serializers.CharField(max_length=120, required=False, allow_blank=True)
    words = Words()
    side = serializers.ChoiceField(choices=SPEAKERS, default=Side.CUSTOMER.value)


def begin(caller: Caller, data: Any, shop: str | None, trigger: str) -> Ticket:
    """-> the started ticket. Raises Problem 400, 403, 404, 409."""
    its, who = shop_and_role(caller, shop, MAY_OPEN, _("您的角色不能新开工单"))
    told = validated(Opened(data=data), an_object(data))
    now = timezone.now()
    order = _order(its.pk, told)
    try:
        with transaction.atomic():
            ticket = begun(
                shop_id=its.pk, kind=told["kind"], channel=told["channel"], order=order,
                customer=_customer(its.pk, order, told, now), conversation=told.get("conversation", ""),
                title=told.get("title", ""), opened_by="api",
            )  # fmt: skip
            started: Ticket = engine.start(
                ticket, who=who, by=caller.by[:80], at=now, trigger=trigger,
                inputs={"words": told["words"], "side": told["side"]},
            )  # fmt: skip
    except IntegrityError:
        if hearing([(its.pk, told.get("conversation", ""))]):
            raise Problem(409, "exists", _("这段会话已有未关闭的工单")) from None
        raise
    return started


def _order(shop: int, told: dict[str, Any]) -> Order | None:
    if "order" not in told:
        return None
    order = Order.objects.filter(shop=shop, number=told["order"]).first()
    if order is None:
        raise invalid(_("本店没有这个订单"), "/order")
    return order


def _customer(shop: int, order: Order | None, told: dict[str, Any], now: Any) -> Customer | None:
    """Who is named; else the order's buyer; else whom the conversation stands for."""
    buyer = told.get("buyer") or {}
    conversation = told.get("conversation", "")
    if not buyer.get("id") and order is not None and order.buyer_id:
        return customers.of_order(order, at=now)
    if not (buyer.get("id") or conversation):
        return None
    known = customers.Told(shop, buyer.get("id", ""), buyer.get("name", ""), buyer.get("phone", ""), conversation)
    return customers.known([known], at=now)[known.key]


OPENING = Starting(
    begin, lambda: field_schema(Opened()), gettext_lazy("客户的话由 customer 说，客服自己的备注由 note 说")
)
