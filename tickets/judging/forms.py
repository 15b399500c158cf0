"""Forms of a shop's rules and promises: lists are written a line each, money in yuan."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shops.punctuation import listed

from ..models import QualityRule, ShopPromise
from ..quality import rules
from ..quality.own import known_lists

if TYPE_CHECKING:
    RuleModelForm = forms.ModelForm[QualityRule]
    PromiseModelForm = forms.ModelForm[ShopPromise]
else:
    RuleModelForm = PromiseModelForm = forms.ModelForm


class Lines(forms.CharField):
    """A text a line -> a list."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data) != (initial or []))


class RuleForm(RuleModelForm):
    said = Lines(label=_("怎么说算命中"), required=False)
    unless = Lines(label=_("同一句里有这些就不算"), required=False)
    hits = Lines(label=_("应命中的例句"), required=False, help_text=_("至少两句；保存时逐句试过，不对就不保存。"))
    misses = Lines(label=_("不应命中的例句"), required=False, help_text=_("至少两句：否定、转述、看着像但没问题的。"))

    class Meta:
        model = QualityRule
        fields = ["shop", "name", "on", "severity", "points", "label", "message", "better", "said", "unless", "negated",
                  "hits", "misses"]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "name" in self.fields:
            house = listed(f"{rule.name} {rule.label}" for rule in rules())
            self.fields["name"].help_text = (
                _("系统规则填它的代号，即可停用或改级别：%s。自建规则起一个新的英文代号。") % house
            )
        if "said" in self.fields:
            self.fields["said"].help_text = _(
                "一行一种说法。… 表示中间可隔十个字，(甲|乙) 任选其一，# 是数字，{名单} 是一组词：%s。"
            ) % listed(known_lists())


class Yuan(forms.DecimalField):
    """Yuan in the form, fen in the row."""

    def __init__(self, **how: Any) -> None:
        super().__init__(min_value=Decimal("0.01"), max_digits=9, decimal_places=2, **how)

    def prepare_value(self, value: Any) -> Any:
        return Decimal(value) / 100 if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        yuan = super().clean(value)
        return None if yuan is None else int(yuan * 100)


class PromiseForm(PromiseModelForm):
    upto = Yuan(label=_("最多补偿（元）"), required=False, help_text=_("类别为补偿权限时填写。"))

    class Meta:
        model = ShopPromise
        fields = ["shop", "kind", "words", "upto", "begins", "ends"]
        help_texts = {"words": _("客服会怎么说，例如：满200减20；防尘袋；48小时内发货。")}
