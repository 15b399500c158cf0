"""What the steps of a logistics query ask for."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from flows.asks import Asks, Moment

from .asks import Lines
from .states import Delay

WORDS = {"min_length": 2, "max_length": 1000}
WHOM = [
    ("hotline", _("快递客服电话")),
    ("online", _("快递在线客服")),
    ("station", _("派送网点/快递员")),
    ("desk", _("物流组")),
    ("platform", _("平台物流")),
]


class Trace(Asks):
    """Whom we asked, what was said and when (now, where nothing is said)."""

    whom = serializers.ChoiceField(label=_("问了谁"), choices=WHOM)
    words = serializers.CharField(label=_("怎么说的"), **WORDS)  # type: ignore[arg-type]
    asked_at = Moment(label=_("什么时候问的"), required=False, help_text=_("不填表示现在"))


class Answer(Asks):
    """Where the parcel is, why it is late if it is, and when it should come."""

    words = serializers.CharField(label=_("对客户说了什么"), **WORDS)  # type: ignore[arg-type]
    expected_at = Moment(label=_("告知的预计送达时间"), help_text=_("到时还没签收，会自动回到“待查询”，请再联系客户"))
    reason = serializers.ChoiceField(label=_("晚到的原因"), choices=Delay.choices, default=Delay.NONE.value)
    apologised = serializers.BooleanField(label=_("已先向客户道歉"), default=False)


class Lost(Asks):
    what = serializers.ChoiceField(label=_("认定为"), choices=[("lost", _("丢件")), ("damaged", _("破损"))])
    words = serializers.CharField(label=_("依据"), **WORDS)  # type: ignore[arg-type]


class MakeGood(Asks):
    """How the customer is made whole, and for which lines of the parcel."""

    kind = serializers.ChoiceField(label=_("怎么补偿"), choices=[("reship", _("补寄")), ("refund_only", _("退款"))])
    lines = Lines(label=_("哪些商品"), required=False, help_text=_("不填表示这个包裹里的全部商品"))
    words = serializers.CharField(label=_("说明"), required=False, allow_blank=True, max_length=200)

    def validate_lines(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if not value:
            raise serializers.ValidationError(_("请至少选择一件商品"))
        return value
