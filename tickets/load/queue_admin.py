"""How each queue is given out: one form, in words, with lengths as people write them (30s, 5m)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shops import durations
from shops.models import Member
from shops.roles import ANSWERS
from shops.scoped_admin import ScopedAdmin

from ..assign.rules import DEFAULT
from ..models import QueuePolicy
from ..states import Kind

SHORTEST_SILENCE = 60  # seconds: a desk gives a sign of life every half minute
MOST = 100

if TYPE_CHECKING:
    Base = forms.ModelForm[QueuePolicy]
else:  # Django's forms take no parameters at run time
    Base = forms.ModelForm


class Length(forms.CharField):
    """30s, 5m <-> seconds."""

    def __init__(self, label: Any, usual: int, help_text: Any) -> None:
        widget = forms.TextInput(attrs={"size": 8})
        super().__init__(label=label, initial=usual, help_text=help_text, max_length=12, widget=widget)

    def prepare_value(self, value: Any) -> Any:
        return durations.written(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int:
        try:
            return durations.seconds_of(super().clean(value))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class QueuePolicyForm(Base):
    """weight-{kind}: how much of a person's capacity a ticket of it takes; empty: the usual."""

    named = forms.MultipleChoiceField(
        label=gettext_lazy("由谁接"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("不勾：店铺的全部客服和店长"),
    )  # fmt: skip

    hold_for = Length(
        gettext_lazy("为熟悉的客服等多久"),
        DEFAULT.hold_for,
        gettext_lazy("他离开或已满时，先等这么久再给别人；0s 不等。首次接待只有 15 秒，慎用"),
    )
    anybody_after = Length(
        gettext_lazy("等多久后不限技能"),
        DEFAULT.anybody_after,
        gettext_lazy("等到这么久还没人接，就不限技能和指定的人，谁有空给谁。写成 30s、5m"),
    )
    silent_after = Length(
        gettext_lazy("多久没有动静算离线"),
        DEFAULT.silent_after,
        gettext_lazy("工作台这么久没有动静，就收回客户还在等的工单。写成 5m"),
    )

    class Meta:
        model = QueuePolicy
        fields = [
            "shop", "desk", "kind", "on", "named", "prefer_known", "hold_for", "red_to_leads", "anybody_after",
            "silent_after",
        ]  # fmt: skip
        help_texts = {
            "kind": gettext_lazy("空：整个队列；选了类型，这一类按这条规则"),
            "on": gettext_lazy("关掉后由客服领取、主管分派"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shops = self.fields["shop"].queryset  # type: ignore[attr-defined]
        if not self.instance.pk and len(shops) == 1:
            self.fields["shop"].initial = shops[0].pk
        held = Member.objects.filter(shop__in=shops, user__is_active=True).select_related("user", "shop")
        self.people = [m for m in held.order_by("shop__code", "user__username") if ANSWERS & set(m.roles)]
        self.fields["named"].choices = list(  # type: ignore[attr-defined]
            {m.user.get_username(): f"{m.user.get_short_name() or m.user} · {m.shop.name}" for m in self.people}.items()
        )
        for kind, label in Kind.choices:
            self.fields[f"weight-{kind}"] = forms.IntegerField(
                label=_("分量：%s") % label, required=False, min_value=1, max_value=MOST,
                initial=self.instance.weights.get(kind),
                widget=forms.NumberInput(attrs={"placeholder": DEFAULT.weight(kind)}),
            )  # fmt: skip

    def clean_silent_after(self) -> int:
        seconds: int = self.cleaned_data["silent_after"]
        if seconds < SHORTEST_SILENCE:
            raise forms.ValidationError(_("至少 1 分钟：工作台每半分钟报一次平安"))
        return seconds

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        here = {m.user.get_username() for m in self.people if m.shop == data.get("shop")}
        if data.get("shop") and (strange := [n for n in data.get("named") or () if n not in here]):
            self.add_error("named", _("不是这个店铺的客服：%s") % ", ".join(strange))
        found = {kind: data.get(f"weight-{kind}") for kind in Kind.values}
        self.instance.weights = {kind: weight for kind, weight in found.items() if weight}
        return data


@admin.register(QueuePolicy)
class QueuePolicyAdmin(ScopedAdmin):
    form = QueuePolicyForm
    list_display = ["queue", "shop", "on", "prefer_known", "hold_words", "anybody_words", "silent_words"]
    list_select_related = ["shop"]
    ordering = ["shop", "desk", "kind"]
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        weights = [f"weight-{kind}" for kind in Kind.values]
        rest = list(QueuePolicyForm.Meta.fields)
        return [(None, {"fields": rest}), (_("一张工单占多少容量（空为默认）"), {"fields": weights})]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change=change, **{**kwargs, "fields": QueuePolicyForm.Meta.fields})

    @admin.display(description=gettext_lazy("队列"), ordering="desk")
    def queue(self, row: QueuePolicy) -> str:
        return str(row)

    @admin.display(description=gettext_lazy("等熟悉的客服"))
    def hold_words(self, row: QueuePolicy) -> str:
        return durations.words(row.hold_for) if row.hold_for else _("不等")

    @admin.display(description=gettext_lazy("不限技能"))
    def anybody_words(self, row: QueuePolicy) -> str:
        return _("等 %s后") % durations.words(row.anybody_after)

    @admin.display(description=gettext_lazy("算离线"))
    def silent_words(self, row: QueuePolicy) -> str:
        return _("%s没有动静") % durations.words(row.silent_after)
