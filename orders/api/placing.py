"""POST /orders/: an order placed by phone, by a back end; the same data as the hook `order.placed`."""

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
from flows.asks import Asks, Moment, Money
from flows.table import Who
from shops.access import Caller

from ..models import Order
from ..phones import phone_key
from ..states import Exclusion, Payment, S

ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f]+$"
MAY_PLACE = Who.AGENT | Who.AUDITOR | Who.LEAD | Who.SHOP


class PlacedLine(serializers.Serializer):  # type: ignore[type-arg]
    """paid: the whole line after discounts, tax included."""

    line = serializers.RegexField(ONE_LINE, max_length=64)
    sku = serializers.CharField(max_length=64, allow_blank=True, default="")
    title = serializers.CharField(max_length=300)
    quantity = serializers.IntegerField(min_value=1, max_value=100_000)
    unit_price = Money()
    paid = Money()
    gift = serializers.BooleanField(default=False)
    category = serializers.CharField(max_length=40, allow_blank=True, default="")
    exclusion = serializers.ChoiceField(choices=Exclusion.choices, allow_blank=True, default="")
    confirmed = serializers.BooleanField(default=False)
    bundle = serializers.CharField(max_length=64, allow_blank=True, default="")


class PlacedBuyer(serializers.Serializer):  # type: ignore[type-arg]
    id = serializers.CharField(max_length=64, allow_blank=True, default="")
    name = serializers.CharField(max_length=80, allow_blank=True, default="")
    phone = serializers.CharField(max_length=40, allow_blank=True, default="")


class PlacedAddress(serializers.Serializer):  # type: ignore[type-arg]
    province = serializers.CharField(max_length=40, allow_blank=True, default="")
    city = serializers.CharField(max_length=40, allow_blank=True, default="")
    district = serializers.CharField(max_length=40, allow_blank=True, default="")
    detail = serializers.CharField(max_length=300)
    postcode = serializers.CharField(max_length=12, allow_blank=True, default="")


class Placed(Asks):
    number = serializers.RegexField(ONE_LINE, max_length=64)
    payment = serializers.ChoiceField(choices=Payment.choices)
    channel = serializers.CharField(max_length=20, allow_blank=True, default="")
    buyer = PlacedBuyer()
    address = PlacedAddress()
    buyer_note = serializers.CharField(max_length=500, allow_blank=True, default="")
    lines = serializers.ListField(child=PlacedLine(), min_length=1, max_length=1000)
    freight = Money()
    total = Money()
    insured = serializers.BooleanField(default=False)
    placed_at = Moment(required=False)
    ship_by = Moment(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs, lines = super().validate(attrs), attrs["lines"]
        if len({x["line"] for x in lines}) != len(lines):
            raise serializers.ValidationError({"lines": [_("两行的行号相同")]}, code="repeated")
        if sum(x["paid"] for x in lines) + attrs["freight"] != attrs["total"]:
            words = _("各行实付与运费之和不等于应付")
            raise serializers.ValidationError({"total": [words]}, code="inconsistent")
        return attrs


def begin(caller: Caller, data: Any, shop: str | None, trigger: str) -> Order:
    """-> the started order. Raises Problem 400, 403, 404, 409."""
    its, who = shop_and_role(caller, shop, MAY_PLACE, _("您的角色不能新建订单"))
    asks = Placed(data=data)
    told = validated(asks, an_object(data))
    now = timezone.now()
    if told.setdefault("placed_at", now) > now:
        raise invalid(_("下单时间不能在将来"), "/placed_at")
    try:
        with transaction.atomic():
            started: Order = engine.start(
                unsaved(its.pk, told, now), who=who, by=caller.by[:80], at=now, trigger=trigger,
                inputs={"lines": told["lines"]},
            )  # fmt: skip
    except IntegrityError:
        if Order.objects.filter(shop=its, number=told["number"]).exists():
            raise Problem(409, "exists", _("本店已有这个订单号")) from None
        raise
    return started


def unsaved(shop_id: int, told: dict[str, Any], now: Any) -> Order:
    buyer, cod = told["buyer"], told["payment"] == Payment.COD
    return Order(
        shop_id=shop_id, number=told["number"], payment=told["payment"], channel=told["channel"],
        state=S.AWAITING_CONFIRMATION if cod else S.AWAITING_PAYMENT,
        buyer_id=buyer["id"], buyer_name=buyer["name"], buyer_phone=buyer["phone"], phone_key=phone_key(buyer["phone"]),
        address=dict(told["address"]), buyer_note=told["buyer_note"], freight=told["freight"], total=told["total"],
        placed_at=told["placed_at"], insured=told["insured"],
        dues={"ship": [told["ship_by"].isoformat(), now.isoformat()]} if told.get("ship_by") else {},
    )  # fmt: skip


PLACING = Starting(
    begin, lambda: field_schema(Placed()), gettext_lazy("各行实付与运费之和须等于应付；下单时间不填为现在")
)
