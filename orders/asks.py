"""What the steps of orders and stock-outs ask for."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from flows.asks import Asks, Moment, Money

LINE = {"min_length": 1, "max_length": 64}
CHANNELS = [
    ("im", _("旺旺/飞鸽等 IM")),
    ("phone", _("电话")),
    ("web", _("网页")),
    ("email", _("邮件")),
    ("shop", _("店铺后台")),
]


class LineQuantity(serializers.Serializer):  # type: ignore[type-arg]
    """A line of the order, and how many of it (all where absent)."""

    line = serializers.CharField(label=_("行号"), **LINE)  # type: ignore[arg-type]
    quantity = serializers.IntegerField(label=_("数量"), min_value=1, max_value=100_000, required=False)


class Lines(serializers.ListField):
    """Lines of the order with quantities: a table of steppers in a form."""

    child = LineQuantity()


class Why(Asks):
    why = serializers.CharField(label=_("原因"), min_length=2, max_length=200)


class Pay(Asks):
    amount = Money(label=_("金额"), required=False)
    transaction = serializers.CharField(label=_("支付单号"), required=False, allow_blank=True, max_length=100)


class Address(serializers.Serializer):  # type: ignore[type-arg]
    province = serializers.CharField(label=_("省"), max_length=40)
    city = serializers.CharField(label=_("市"), max_length=40)
    district = serializers.CharField(label=_("区县"), max_length=40, allow_blank=True, required=False, default="")
    detail = serializers.CharField(label=_("详细地址"), max_length=300)
    postcode = serializers.CharField(label=_("邮编"), max_length=12, allow_blank=True, required=False, default="")


class Buyer(serializers.Serializer):  # type: ignore[type-arg]
    name = serializers.CharField(label=_("收货人"), max_length=80, required=False)
    phone = serializers.CharField(label=_("电话"), max_length=40, required=False)


class AmendLine(serializers.Serializer):  # type: ignore[type-arg]
    """Another colour or size, another quantity; what is not said stays."""

    line = serializers.CharField(label=_("行号"), **LINE)  # type: ignore[arg-type]
    sku = serializers.CharField(label=_("货号"), max_length=64, required=False)
    title = serializers.CharField(label=_("商品"), max_length=300, required=False)
    quantity = serializers.IntegerField(label=_("数量"), min_value=1, max_value=100_000, required=False)
    paid = Money(label=_("实付"), required=False)


class Amend(Asks):
    address = Address(label=_("地址"), required=False)
    buyer = Buyer(label=_("收货人"), required=False)
    lines = serializers.ListField(label=_("商品"), child=AmendLine(), required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if not any(attrs.get(name) for name in ("address", "buyer", "lines")):
            raise serializers.ValidationError(_("请填写要修改的地址、收货人或商品"))
        return attrs


class Missing(Asks):
    lines = Lines(label=_("缺货商品"), allow_empty=False)


class Parcel(Asks):
    carrier = serializers.CharField(label=_("快递公司"), max_length=40)
    tracking_number = serializers.RegexField(r"^[A-Za-z0-9-]{4,40}$", label=_("快递单号"))
    lines = Lines(label=_("内件"), required=False, help_text=_("不填表示其余全部商品"))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """-> {"parcels": [one]}: the same input as a hook's."""
        return {"parcels": [super().validate(attrs)]}


class Ship(Parcel):
    pass


class ShipPart(Parcel):
    lines = Lines(label=_("内件"), allow_empty=False)


class Pack(Asks):
    """Nothing is asked; a shop's own back end may name the parcels."""


class Ended(Asks):
    tracking_number = serializers.CharField(
        label=_("快递单号"), required=False, allow_blank=True, max_length=40, help_text=_("不填表示全部包裹")
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        number = super().validate(attrs).get("tracking_number")
        return {"parcels": [{"tracking_number": number}]} if number else {}


class Cancel(Asks):
    by = serializers.ChoiceField(label=_("谁要求取消"), choices=[("customer", _("客户")), ("merchant", _("商家"))])
    reason = serializers.CharField(label=_("原因"), min_length=2, max_length=200)


class OrderNumber(serializers.CharField):
    """The number of another order of the same shop -> its key."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Looked up last: the field's validators speak of the number, not of the key."""
        from .models import Order

        number, subject = super().run_validation(data), self.context.get("subject")
        found = Order.objects.filter(shop=subject.shop_id, number=number).exclude(pk=subject.pk) if subject else None
        if found is None or (pk := found.values_list("pk", flat=True).first()) is None:
            raise serializers.ValidationError(_("本店没有另一个订单号为“%(number)s”的订单") % {"number": number})
        return pk


class Merge(Asks):
    into = OrderNumber(label=_("并入订单"), max_length=64)


class Resend(Asks):
    confirmed = serializers.BooleanField(label=_("货已退回，且客户已确认地址"))

    def validate_confirmed(self, value: bool) -> bool:
        if not value:
            raise serializers.ValidationError(_("请先收到退回的货，并与客户确认地址"))
        return value


# ---- stock-outs
class Contact(Asks):
    channel = serializers.ChoiceField(label=_("联系方式"), choices=CHANNELS)
    words = serializers.CharField(label=_("对客户说了什么"), max_length=1000)
    offered = serializers.ListField(
        label=_("推荐的替代商品"), child=serializers.CharField(max_length=64), required=False, max_length=20
    )
    none_why = serializers.CharField(label=_("没有可推荐的，原因"), required=False, allow_blank=True, max_length=200)


class Wait(Asks):
    promised_for = Moment(label=_("承诺到货时间"))


class Swap(Asks):
    sku = serializers.CharField(label=_("换成货号"), max_length=64)
    title = serializers.CharField(label=_("商品"), max_length=300, required=False, allow_blank=True)
    quantity = serializers.IntegerField(label=_("数量"), min_value=1, max_value=100_000, default=1)
    price = Money(label=_("换货商品总价"), help_text=_("该商品本次全部数量的价钱"))


class RefundOf(Asks):
    refund_of = serializers.ChoiceField(label=_("退什么"), choices=[("order", _("整单")), ("lines", _("只退缺货商品"))])


# ---- refunds
VOUCHER = {"max_length": 100, "label": _("凭证号")}


class Succeeded(Asks):
    amount = Money(label=_("金额"))
    voucher = serializers.CharField(required=False, allow_blank=True, **VOUCHER)  # type: ignore[arg-type]


class Failed(Asks):
    reason = serializers.CharField(label=_("原因"), max_length=200, required=False, allow_blank=True)


class Reconcile(Asks):
    """What the shop's account really says. A success needs its voucher."""

    result = serializers.ChoiceField(
        label=_("核对结果"), choices=[("succeeded", _("已到账")), ("failed", _("没有打出"))]
    )
    voucher = serializers.CharField(
        required=False,
        allow_blank=True,
        help_text=_("到账时必填：收支流水号或退款凭证号"),
        **VOUCHER,  # type: ignore[arg-type]
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if attrs["result"] == "succeeded" and not attrs.get("voucher", "").strip():
            raise serializers.ValidationError({"voucher": _("请填写凭证号：没有凭证不能记为到账")})
        return attrs
