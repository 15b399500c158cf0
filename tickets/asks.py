"""What a ticket's step asks for: one serializer is the REST body, the desk's form and the schema."""

from __future__ import annotations

from typing import Any

from django.db.models import Q as If
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from flows.asks import Asks, Moment, Money, Reason
from orders.models import Order
from shops.models import Member
from shops.punctuation import listed
from shops.roles import ANSWERS
from shops.unseen import visible

from .choices import For, Gives, Outcome
from .replies.template import left_open
from .states import Colour, Desk, Kind, Result, Team

LONGEST_WORDS = 4000  # characters of one message, as in hooks
MOST_FILES = 9

Why = Reason


class Words(serializers.CharField):
    """What somebody says: kept with the message, never in the log."""

    def __init__(self, **how: Any) -> None:
        super().__init__(max_length=LONGEST_WORDS, trim_whitespace=True, **how)


class File(Asks):
    """A file of the conversation: an address at the platform, or the key of one that was uploaded here."""

    url = serializers.URLField(label=gettext_lazy("链接"), max_length=1000, required=False)
    file = serializers.IntegerField(
        label=gettext_lazy("已上传的文件"), min_value=1, max_value=2**63 - 1, required=False
    )
    name = serializers.CharField(label=gettext_lazy("文件名"), max_length=100, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if len({"url", "file"} & attrs.keys()) != 1:
            raise serializers.ValidationError(_("请给出链接或已上传的文件，二选一"))
        return attrs


class Spoken(Asks):
    words = Words(label=gettext_lazy("内容"), required=False, allow_blank=True)
    files = File(label=gettext_lazy("图片/文件"), many=True, required=False, max_length=MOST_FILES)  # type: ignore[call-arg]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if not self.says(attrs.get("words", "")) and not attrs.get("files"):
            raise serializers.ValidationError({"words": _("请写下内容或附上文件")})
        return attrs

    @staticmethod
    def says(words: str) -> bool:
        return bool(words)


class Reply(Spoken):
    """quick_reply: the key of the one that it was made from; why: a lead's, for words that the rules block.

    with_blanks: a variable that nobody filled in ({快递单号}) is sent as it stands; else it is refused and said.
    """

    quick_reply = serializers.IntegerField(
        label=gettext_lazy("快捷回复"), min_value=1, max_value=2**63 - 1, required=False
    )
    with_blanks = serializers.BooleanField(label=gettext_lazy("未填的变量照样发送"), required=False)
    why = serializers.CharField(
        label=gettext_lazy("仍要发送的原因（主管）"), max_length=200, required=False, allow_blank=True
    )

    @staticmethod
    def says(words: str) -> bool:
        """An answer that nobody can see is none. What a customer sends is a fact and kept, whatever it is."""
        return visible(words)

    def validate_quick_reply(self, pk: int) -> int:
        from .models import QuickReply

        if not QuickReply.objects.filter(If(shop=None) | If(shop=self.context["subject"].shop_id), pk=pk).exists():
            raise serializers.ValidationError(_("本店没有这条快捷回复"))
        return pk

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        empty = left_open(attrs.get("words", ""))
        if not attrs.pop("with_blanks", False) and empty:
            said = _("还有没填的变量：%s。请补上，或勾选照样发送") % listed(f"{{{name}}}" for name in empty)
            raise serializers.ValidationError({"words": said})
        return attrs


class Hear(Spoken):
    """external: the message's own id at its source, which is told once."""

    external = serializers.CharField(label=gettext_lazy("消息编号"), max_length=100, required=False)

    def validate_external(self, value: str) -> str:
        from .models import Message

        if Message.objects.filter(shop=self.context["subject"].shop_id, external=value).exists():
            raise serializers.ValidationError(_("这条消息早已收到"))
        return value


class AskInternal(Asks):
    team = serializers.ChoiceField(label=gettext_lazy("请谁协作"), choices=Team.choices)
    words = Words(label=gettext_lazy("要做什么"))
    waits_for = serializers.CharField(
        label=gettext_lazy("等哪张单"), max_length=80, required=False, allow_blank=True,
        help_text=gettext_lazy("售后单、退款单、缺货单、物流查询或平台介入的编号：它结束时，工单自动回到待回复"),
    )  # fmt: skip

    def validate_waits_for(self, value: str) -> dict[str, Any] | None:
        from .links import awaited

        if not value.strip():
            return None
        found = awaited(self.context["subject"], value.strip())
        if found is None:
            raise serializers.ValidationError(_("这个订单没有这张未结束的单"))
        return found


class Resume(Asks):
    words = Words(label=gettext_lazy("结果"), required=False, allow_blank=True)


class Resolve(Asks):
    result = serializers.ChoiceField(label=gettext_lazy("结果"), choices=Result.choices, default=Result.SOLVED)
    words = Words(label=gettext_lazy("处理小结"), required=False, allow_blank=True)


class TicketNumber(serializers.CharField):
    """What the log keeps as a key is told as the number that was said."""

    def worded(self, value: Any) -> str:
        from .models import Ticket

        return Ticket.objects.filter(pk=value).values_list("number", flat=True).first() or str(value)


class Merge(Asks):
    into = TicketNumber(label=gettext_lazy("并入工单"), max_length=80)
    why = serializers.CharField(label=gettext_lazy("原因"), max_length=200, required=False, allow_blank=True)

    def validate_into(self, number: str) -> int:
        """A ticket of the same shop -> its key."""
        from .models import Ticket

        there = Ticket.objects.filter(shop=self.context["subject"].shop_id, number=number)
        pk = there.values_list("pk", flat=True).first()
        if pk is None:
            raise serializers.ValidationError(_("本店没有这个编号的工单"))
        return pk


class Colleague(serializers.CharField):
    """A member of the ticket's shop who answers customers, by login."""

    def __init__(self, **how: Any) -> None:
        super().__init__(max_length=150, **how)

    def to_internal_value(self, data: Any) -> Any:
        name = super().to_internal_value(data)
        shop = self.parent.context["subject"].shop_id
        found = Member.objects.filter(shop=shop, user__username=name, user__is_active=True).first()
        if found is None or not ANSWERS & set(found.roles):
            raise serializers.ValidationError(_("本店没有这位客服"))
        return name


class Assign(Asks):
    to = Colleague(label=gettext_lazy("分派给"))
    why = serializers.CharField(label=gettext_lazy("原因"), max_length=200, required=False, allow_blank=True)


class Transfer(Reason):
    to = Colleague(label=gettext_lazy("转给"))


class Note(Spoken):
    """Only colleagues see it, and its files."""

    words = Words(label=gettext_lazy("备注"), required=False, allow_blank=True)
    mentions = serializers.ListField(
        label=gettext_lazy("提醒同事"), child=serializers.CharField(max_length=150), required=False, max_length=10
    )

    def validate_mentions(self, names: list[str]) -> list[str]:
        members = Member.objects.filter(shop=self.context["subject"].shop_id, user__is_active=True)
        known = set(members.filter(user__username__in=names).values_list("user__username", flat=True))
        if unknown := [n for n in names if n not in known]:
            raise serializers.ValidationError(_("本店没有这些同事：%(names)s") % {"names": ", ".join(unknown)})
        return list(dict.fromkeys(names))


class Classify(Asks):
    kind = serializers.ChoiceField(label=gettext_lazy("类型"), choices=Kind.choices, required=False)
    desk = serializers.ChoiceField(label=gettext_lazy("队列"), choices=Desk.choices, required=False)
    title = serializers.CharField(label=gettext_lazy("标题"), max_length=120, required=False, allow_blank=True)


class Paint(Asks):
    colour = serializers.ChoiceField(label=gettext_lazy("分级"), choices=[c for c in Colour.choices if c[0]])
    why = serializers.CharField(label=gettext_lazy("原因"), min_length=2, max_length=200)


class OrderNumber(serializers.CharField):
    """An order of the same shop -> its key; the log keeps the key, and says the number."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Looked up last: the field's validators speak of the number, not of the key."""
        number, subject = super().run_validation(data), self.context.get("subject")
        found = Order.objects.filter(shop=subject.shop_id, number=number) if subject else None
        if found is None or (pk := found.values_list("pk", flat=True).first()) is None:
            raise serializers.ValidationError(_("本店没有这个订单"))
        return pk

    def worded(self, value: Any) -> str:
        return Order.objects.filter(pk=value).values_list("number", flat=True).first() or str(value)


class Link(Asks):
    order = OrderNumber(label=gettext_lazy("订单号"), max_length=80)


class FollowUpOn(Asks):
    at = Moment(label=gettext_lazy("回访时间"))
    words = Words(label=gettext_lazy("要跟进什么"), required=False, allow_blank=True)


# ---- what is given, complaints, ratings
class Compensate(Asks):
    gives = serializers.ChoiceField(label=gettext_lazy("方式"), choices=Gives.choices)
    amount = Money(label=gettext_lazy("金额/价值（元）"))
    reason = serializers.ChoiceField(label=gettext_lazy("原因"), choices=For.choices)
    sku = serializers.CharField(label=gettext_lazy("赠品货号"), max_length=64, required=False, allow_blank=True)
    words = serializers.CharField(label=gettext_lazy("说明"), max_length=200, required=False, allow_blank=True)


class DecideCompensation(Asks):
    compensation = serializers.IntegerField(label=gettext_lazy("哪一笔"), min_value=1)
    decision = serializers.ChoiceField(
        label=gettext_lazy("决定"), choices=[("approve", gettext_lazy("批准")), ("refuse", gettext_lazy("不批准"))]
    )
    why = serializers.CharField(label=gettext_lazy("原因"), max_length=200, required=False, allow_blank=True)


class Stars(serializers.IntegerField):
    def __init__(self, **how: Any) -> None:
        super().__init__(min_value=1, max_value=5, **how)


class Record(Asks):
    case_number = serializers.CharField(
        label=gettext_lazy("平台投诉/申诉单号"), max_length=80, required=False, allow_blank=True
    )
    demand = serializers.CharField(label=gettext_lazy("客户诉求"), max_length=500, required=False, allow_blank=True)
    statement = Words(label=gettext_lazy("举证说明"), required=False, allow_blank=True)
    evidence = File(label=gettext_lazy("凭证"), many=True, required=False, max_length=MOST_FILES)  # type: ignore[call-arg]
    due_at = Moment(label=gettext_lazy("平台要求答复的时间"), required=False)
    rating_before = Stars(label=gettext_lazy("原评分"), required=False)


class Conclude(Asks):
    outcome = serializers.ChoiceField(label=gettext_lazy("结果"), choices=Outcome.choices)
    rating_after = Stars(label=gettext_lazy("后评分"), required=False)
    words = serializers.CharField(label=gettext_lazy("说明"), max_length=500, required=False, allow_blank=True)


class Rate(Asks):
    rating = Stars(label=gettext_lazy("评分（1–5）"))
    words = serializers.CharField(label=gettext_lazy("评语"), max_length=500, required=False, allow_blank=True)
