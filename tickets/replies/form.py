"""The form in which a quick reply is written: what its scope has no use for falls away, rights are asked at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shops import presets
from shops.access import Caller
from shops.models import Shop

from ..models import QuickReply
from ..models.quick_reply import Scope
from . import rights

if TYPE_CHECKING:
    ReplyModelForm = forms.ModelForm[QuickReply]
else:
    ReplyModelForm = forms.ModelForm

WORDS = forms.Textarea({"rows": 5, "maxlength": 1000, "data-words": ""})


class ReplyForm(ReplyModelForm):
    """caller: who writes. seen: the version that was read; another one meanwhile is told, not overwritten."""

    caller: Caller
    platform = forms.ChoiceField(label=gettext_lazy("平台"), required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = QuickReply
        fields = ["title", "words", "scene", "scope", "shop", "desk", "platform", "shortcut", "active"]
        widgets = {"words": WORDS}
        help_texts = {
            "words": gettext_lazy("变量写在花括号里，例如 {订单号}；下面列出全部变量，点一下插入。"),
            "shortcut": gettext_lazy("字母和数字。打全它，这条排在最前。"),
            "desk": gettext_lazy("只在范围是“本店一个队列”时填。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "scope" not in self.fields:  # only to be read
            return
        allowed = rights.scopes(self.caller)
        choices = [(s.value, s.label) for s in Scope if s in allowed or s == self.instance.scope]
        self.fields["scope"].choices = choices  # type: ignore[attr-defined]
        platforms = [("", _("不限")), *presets.PLATFORM_LABELS.items()]
        self.fields["platform"].choices = platforms  # type: ignore[attr-defined]
        own = Shop.objects.filter(pk__in=sorted(self.caller.shops)).order_by("code")
        self.fields["shop"].queryset = own  # type: ignore[attr-defined]
        for way in ("add", "change", "delete", "view"):  # no side doors to the shop's own page
            setattr(self.fields["shop"].widget, f"can_{way}_related", False)
        self.fields["seen"].initial = self.instance.version
        if self.instance.pk is None:
            self._begin(allowed, own.first() if own.count() == 1 else None)

    def _begin(self, allowed: list[Scope], shop: Shop | None) -> None:
        self.fields["scope"].initial = Scope.SHOP if Scope.SHOP in allowed else Scope.OWN
        self.fields["shop"].initial = shop

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and cleaned.get("seen") not in (None, self.instance.version):
            raise ValidationError(_("这条刚被他人修改过，请重新打开再改"))
        return cleaned

    def _post_clean(self) -> None:
        """As the model has it; then whether this caller may leave it so."""
        self._fit()
        super()._post_clean()  # type: ignore[misc]
        if not self.errors and not rights.may_edit(self.caller, self.instance):
            self.add_error("scope", _("您不能在这个范围里保存"))

    def _fit(self) -> None:
        """Before the model looks: the owner, and nothing that the scope has no use for."""
        scope, cleaned = self.cleaned_data.get("scope"), self.cleaned_data
        if scope == Scope.OWN:
            self.instance.owner_id = self.instance.owner_id or rights.person(self.caller)
        else:
            self.instance.owner = None
        if scope != Scope.TEAM and "desk" in cleaned:
            cleaned["desk"] = ""
        if scope == Scope.GLOBAL:
            cleaned["shop"] = None
