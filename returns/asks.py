"""What the steps of returns and disputes ask for."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from flows.asks import Asks, Money
from orders.asks import LINE, LineQuantity, Lines, Why

from .states import Condition, Fault, Kind, Payer, Reason, Remedy

__all__ = ["Why"]

MOST_PLANS = 3


class Proof(serializers.ListField):
    """Keys of evidence that was given for this return before the step: photos, videos, documents."""

    child = serializers.IntegerField(min_value=1)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, **kwargs)


def words(label: Any, most: int = 500, **kwargs: Any) -> serializers.CharField:
    return serializers.CharField(label=label, max_length=most, **kwargs)


def said(label: Any, most: int = 500) -> serializers.CharField:
    """Words that may be left out."""
    return words(label, most, required=False, allow_blank=True)


# ---- the application
class AskEvidence(Asks):
    words = words(_("请客户提供什么（拍哪里、拍什么）"), min_length=2)


class GiveEvidence(Asks):
    words = said(_("说明"), 1000)
    evidence = Proof(label=_("凭证"), required=False)


class Plan(serializers.Serializer):  # type: ignore[type-arg]
    """One way out that the customer may choose: what they get, and how and when."""

    kind = serializers.ChoiceField(
        label=_("补偿方式"),
        choices=[("cash", _("补偿现金，商品留下")), ("gift", _("补寄赠品")), ("coupon", _("优惠券"))],
    )
    amount = Money(label=_("补偿金额"), required=False)
    freight = Money(label=_("另退运费"), required=False)
    sku = serializers.CharField(label=_("赠品货号"), max_length=64, required=False, allow_blank=True)
    words = words(_("对客户说的步骤和时间"), min_length=2)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["kind"] == "cash" and not attrs.get("amount"):
            raise serializers.ValidationError({"amount": _("现金补偿须写明金额")})
        if attrs["kind"] == "gift" and not attrs.get("sku"):
            raise serializers.ValidationError({"sku": _("补寄赠品须写明货号")})
        return attrs


class Offer(Asks):
    plans = serializers.ListField(label=_("方案"), child=Plan(), min_length=1, max_length=MOST_PLANS)
    leaving_why = said(_("客户为什么要退（留档）"), 200)


class Accept(Asks):
    plan = serializers.IntegerField(label=_("选第几个方案"), min_value=1, max_value=MOST_PLANS, default=1)


class Decline(Asks):
    words = said(_("客户怎么说"))


class ReturnAddress(serializers.Serializer):  # type: ignore[type-arg]
    """Where the customer sends the goods: the shop's own address."""

    name = serializers.CharField(label=_("收货人"), max_length=80)
    phone = serializers.CharField(label=_("电话"), max_length=40)
    detail = serializers.CharField(label=_("详细地址"), max_length=300)


class Approve(Asks):
    """What is left out follows from the shop's rules: its return address, who bears the freight."""

    address = ReturnAddress(label=_("退货地址"), required=False)
    mind = said(_("寄回时请客户注意"))
    freight_by = serializers.ChoiceField(label=_("退货运费"), choices=Payer.choices, required=False)
    freight_why = said(_("改变运费承担的原因"), 200)
    override_why = said(_("不符合条件仍同意的原因"), 200)


class Refuse(Asks):
    """Taobao's measure of a refusal: 2 to 200 characters, and proof."""

    why = serializers.CharField(label=_("拒绝理由"), min_length=2, max_length=200)
    proof = Proof(label=_("凭证"), allow_empty=False)


class RefuseReceipt(Refuse):
    pass


class Revise(Asks):
    kind = serializers.ChoiceField(label=_("售后类型"), choices=Kind.choices, required=False)
    reason = serializers.ChoiceField(label=_("原因"), choices=Reason.choices, required=False)
    lines = Lines(label=_("商品"), required=False)
    amount = Money(label=_("申请退款金额"), required=False)
    words = said(_("说明"), 1000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if not any(attrs.get(name) is not None for name in ("kind", "reason", "lines", "amount", "words")):
            raise serializers.ValidationError(_("请填写要修改的内容"))
        return attrs


# ---- the goods
class SendBack(Asks):
    """The carrier is guessed from the number where it is left out; nothing is refused for it."""

    carrier = said(_("快递公司"), 40)
    tracking_number = serializers.RegexField(r"^[A-Za-z0-9-]{4,40}$", label=_("快递单号"))
    lines = Lines(label=_("内件"), required=False)
    instead_of = said(_("替换原来登记的单号（原单号有误时）"), 40)


class Parcel(Asks):
    carrier = serializers.CharField(label=_("快递公司"), max_length=40)
    tracking_number = serializers.RegexField(r"^[A-Za-z0-9-]{4,40}$", label=_("快递单号"))


class Receive(Asks):
    tracking_number = serializers.RegexField(r"^[A-Za-z0-9-]{4,40}$", label=_("快递单号"), required=False)
    lines = Lines(label=_("收到的商品（不填表示与申报一致）"), required=False)
    words = said(_("备注"), 500)


class Judged(LineQuantity):
    """So many pieces of a line, in this condition; a line may be named once for each condition."""

    line = serializers.CharField(label=_("行号"), **LINE)  # type: ignore[arg-type]
    quantity = serializers.IntegerField(label=_("数量"), min_value=1, max_value=100_000)
    condition = serializers.ChoiceField(label=_("成色"), choices=Condition.choices)
    words = said(_("说明"), 200)


class Inspect(Asks):
    lines = serializers.ListField(
        label=_("验货结果"), child=Judged(), required=False, help_text=_("不填表示全部可二次销售")
    )
    fault = serializers.ChoiceField(label=_("责任"), choices=Fault.choices, required=False)
    photos = Proof(label=_("照片"), required=False)
    words = said(_("验货说明"), 500)


class Choice(Asks):
    """Nothing said: the same goods again."""

    sku = said(_("换成货号"), 64)
    title = said(_("商品"), 300)
    quantity = serializers.IntegerField(label=_("数量"), min_value=1, max_value=100_000, required=False)
    price = Money(label=_("换货商品总价"), required=False, help_text=_("不填表示与退回的商品等价"))


class AskFreight(Choice):
    amount = Money(label=_("请客户补的运费"))
    words = said(_("对客户说明"))


class PayFreight(Asks):
    amount = Money(label=_("已付运费"), required=False)
    transaction = said(_("支付单号"), 100)


class Exchange(Choice):
    freight_back = Money(label=_("退还客户垫付的运费"), required=False)


class Repaired(Asks):
    result = serializers.ChoiceField(
        label=_("维修结果"), choices=[("repaired", _("已修好")), ("beyond_repair", _("无法修复"))]
    )
    words = said(_("说明"))


class Intercepted(Asks):
    refund_now = serializers.BooleanField(label=_("立即退款（不等包裹退回）"), default=False)


class Bounce(Asks):
    why = serializers.CharField(label=_("原因"), min_length=2, max_length=200)
    tracking_number = said(_("快递单号（不填表示在途的全部）"), 40)


# ---- the money
class Refund(Asks):
    """Nothing said: what was really paid for the goods, and the freight where the fault is the seller's."""

    goods = Money(label=_("货款"), required=False)
    freight = Money(label=_("运费"), required=False)
    compensation = Money(label=_("补偿"), required=False)
    why = said(_("少退或多补的原因"), 200)


class Switch(Asks):
    why = said(_("原因"), 200)


# ---- the platform
class DisputeEvidence(Asks):
    words = words(_("举证说明"), 2000, min_length=2)
    evidence = Proof(label=_("凭证"), required=False)


class RuleForBuyer(Asks):
    remedy = serializers.ChoiceField(label=_("裁决要求"), choices=Remedy.choices)
    amount = Money(label=_("判退金额"), required=False)
    words = said(_("平台的说明"), 1000)


class RuleForSeller(Asks):
    words = said(_("平台的说明"), 1000)
